package reaction

import "strings"

// control is what a control beside an answer does, by its label.
type control int

const (
	controlOther control = iota
	controlCopy
	controlRetry
	controlUp
	controlDown
)

// mostLabel is the longest label of a control, in words: longer ones are texts that begin alike.
const mostLabel = 4

// controlOf is what the label of a control says.
func controlOf(label string) control {
	text := words(label)
	if text == "" || strings.Count(text, " ") >= mostLabel {
		return controlOther
	}
	for _, c := range controls {
		for _, phrase := range c.labels {
			if begins(text, phrase) || strings.HasSuffix(text, " "+phrase) || hasDense(phrase) && strings.HasPrefix(text, phrase) {
				if c.is == controlCopy && containsPhrase(text, otherCopies) {
					return controlOther
				}
				return c.is
			}
		}
	}
	return controlOther
}

// Retries says that a control with that label asks for another answer to the same question.
func Retries(label string) bool { return controlOf(label) == controlRetry }

// containsPhrase says that a text has one of the phrases in it.
func containsPhrase(text string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(" "+text+" ", " "+phrase+" ") || hasDense(phrase) && strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}
