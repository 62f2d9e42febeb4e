package reaction

import (
	"slices"
	"strings"
)

// control is what a control beside an answer does, by its label.
type control int

const (
	controlOther control = iota
	controlCopy
	controlRetry
	controlUp
	controlDown
)

// mostLabel is the longest label of a control, in words. Longer texts are not labels, even if they begin like one.
const mostLabel = 4

// controlOf returns what a control with this label does.
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

// labelled returns what a control does whose whole label is text, as words returns it.
func labelled(text string) control {
	for _, c := range controls {
		if slices.Contains(c.labels, text) {
			return c.is
		}
	}
	return controlOther
}

// Retries reports whether a control with this label asks for another answer to the same question.
func Retries(label string) bool { return controlOf(label) == controlRetry }

// containsPhrase reports whether a text contains one of the phrases.
func containsPhrase(text string, phrases []string) bool {
	for _, phrase := range phrases {
		if strings.Contains(" "+text+" ", " "+phrase+" ") || hasDense(phrase) && strings.Contains(text, phrase) {
			return true
		}
	}
	return false
}
