package reaction

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/playheadhq/playhead/internal/model"
)

// opinionMS is how long before feedback without a trace its thumb may have been pressed: the form that opens may ask for a text.
const opinionMS = 60_000

// opinions adds ratings and texts that users sent.
func (a *about) opinions() {
	for i := range a.Feedback {
		e := &a.Feedback[i]
		if e.TraceID == "" && !a.isOfAnswer(e) {
			continue
		}
		switch kind := opinionOf(e); kind {
		case "":
		case model.SignalThumbsUp, model.SignalThumbsDown:
			a.opine(kind, e.TimeMS, fmt.Sprintf("Rated the answer %s.", quoted(e.MetricValue)))
		default:
			a.add(kind, e.TimeMS, fmt.Sprintf("Wrote %s about the answer.", quoted(e.MetricValue)))
		}
	}
}

// isOfAnswer reports whether feedback that names no trace is about this answer: the thumb that was pressed before it is beside this answer or, if none
// was pressed, this answer is the last one.
func (a *about) isOfAnswer(e *model.Event) bool {
	if a.asked == 0 {
		return false
	}
	for i := a.index(e.TimeMS+nearMS) - 1; i >= 0 && a.Activity[i].AtMS >= e.TimeMS-opinionMS; i-- {
		r := &a.Activity[i]
		if r.Kind != model.ActivityClick || e.WindowID != "" && r.WindowID != e.WindowID {
			continue
		}
		if a.beside(r) || a.inside(r) {
			return true
		}
		if c := controlOf(r.Label); c == controlUp || c == controlDown {
			return false // the thumb is beside another answer
		}
	}
	from := a.asked
	if a.Seen.FirstWordsMS > 0 {
		from = a.Seen.FirstWordsMS
	}
	return e.TimeMS >= from && (len(a.Next) == 0 || e.TimeMS < a.Next[0].AtMS)
}

// userMetrics are words in the names of metrics that a user gives. Other metrics are measured by a program.
var userMetrics = []string{"thumb", "rating", "rate", "feedback", "like", "vote", "star", "satisf", "csat", "helpful", "reaction", "user"}

// opinionOf returns the kind of signal that an event is, "" for none.
func opinionOf(e *model.Event) string {
	switch e.Kind {
	case model.KindFeedback:
	case model.KindMetric:
		if name := strings.ToLower(e.MetricName); !containsAny(name, userMetrics) {
			return ""
		}
	default:
		return ""
	}
	if e.Scored {
		switch rating(e.Score, strings.ToLower(e.MetricName)) {
		case 1:
			return model.SignalThumbsUp
		case -1:
			return model.SignalThumbsDown
		}
		return ""
	}
	if said, is := verdict(e.MetricValue); is {
		switch said {
		case 1:
			return model.SignalThumbsUp
		case -1:
			return model.SignalThumbsDown
		}
		return ""
	}
	switch said, _ := sentiment(e.MetricValue); said {
	case 1:
		return model.SignalThanked
	case -1:
		return model.SignalComplained
	}
	return ""
}

// verdict reads a value that a program sends for what a user pressed: "bad", "thumbs_down", "👎", or the label of a thumb. It is good (1), bad (-1), or
// neither (0). is reports whether the value is one; otherwise somebody wrote it. A thumb sends its value with the press, so the value is the same opinion
// as the thumb, and must not count as words beside it. One word is always taken for such a value, because nobody can tell it from one.
func verdict(value string) (said int, is bool) {
	text := words(value)
	is = isOneWord(value) && longest(text, thanks) == 0
	c := labelled(text)
	if is && c == controlOther {
		c = controlOf(value) // programs add words to names: "thumbs_down_clicked"
	}
	switch {
	case c == controlUp:
		return 1, true
	case c == controlDown:
		return -1, true
	case !is:
		return 0, false
	case ratedUp[text]:
		return 1, true
	case ratedDown[text]:
		return -1, true
	}
	said, _ = sentiment(text)
	return said, true
}

// isOneWord reports whether a value is one word or name, such as "bad", "not_helpful" or "😡". It is false for scripts without spaces, in which one word may be a
// sentence, and for punctuation, which programs do not send.
func isOneWord(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && !hasDense(value) && !strings.ContainsFunc(value, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) && !symbol(r) && !silent(r) && r != '_' && r != '-'
	})
}

// rating reads a number as good (1), bad (-1) or neither (0). A number does not say its scale: up to 1 it is taken for a share or for yes and no, up to
// 5 for stars, up to 10 and up to 100 for points. The metric's name tells a single star from a yes.
func rating(score float64, name string) int {
	good, bad := 0.7, 0.3
	switch {
	case score <= 0:
		return -1
	case score > 10:
		good, bad = 70, 40
	case score > 5:
		good, bad = 7, 4
	case score > 1 || strings.Contains(name, "star") || strings.Contains(name, "csat"):
		good, bad = 4, 2
	}
	if score >= good {
		return 1
	}
	if score <= bad {
		return -1
	}
	return 0
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
