package reaction

import (
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
)

// nextQuestion adds the signals that the next question gives about the answer. Later questions are about later answers.
func (a *about) nextQuestion() {
	if len(a.Next) == 0 || a.Next[0].Text == "" {
		return
	}
	next := &a.Next[0]
	said, only := sentiment(next.Text)
	afterAnswer := next.AtMS > a.answered
	alike := 0.0
	if a.Question != "" {
		alike = Similarity(a.Question, next.Text)
	}
	switch {
	case alike >= Same && !afterAnswer:
		a.add(model.SignalAskedAgain, next.AtMS, fmt.Sprintf("Asked the same again %s after asking, before the answer was there.", a.after(next.AtMS)))
		return
	case !afterAnswer:
		return // they asked something else meanwhile
	case alike >= Same && !goesOn(next.Text):
		how := "the same again"
		if alike < 1 {
			how = fmt.Sprintf("nearly the same again (%.0f %% alike)", alike*100)
		}
		a.add(model.SignalRetried, next.AtMS, fmt.Sprintf("Asked %s after the answer: %s.", how, quoted(next.Text)))
		return
	case said < 0:
		a.add(model.SignalComplained, next.AtMS, fmt.Sprintf("Complained: %s.", quoted(next.Text)))
		return
	case said > 0:
		a.add(model.SignalThanked, next.AtMS, fmt.Sprintf("Said thanks: %s.", quoted(next.Text)))
	}
	if a.Question != "" && !only {
		a.add(model.SignalWentOn, next.AtMS, fmt.Sprintf("Asked the next question %s: %s.", a.sinceAnswer(next.AtMS), quoted(next.Text)))
	}
}

func (a *about) sinceAnswer(atMS int64) string {
	if last := a.Seen.LastWordsMS; last > 0 {
		return seconds(atMS-last) + " after the last words"
	}
	return a.after(atMS) + " after asking"
}
