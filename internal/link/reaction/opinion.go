package reaction

import (
	"fmt"
	"strings"

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
	switch controlOf(e.MetricValue) {
	case controlUp:
		return model.SignalThumbsUp
	case controlDown:
		return model.SignalThumbsDown
	}
	switch said, _ := sentiment(e.MetricValue); said {
	case 1:
		return model.SignalThanked
	case -1:
		return model.SignalComplained
	}
	return ""
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
