// Package reaction says what a user did about an answer, from what was recorded of their session: while they waited, in the answer, beside it, and with
// the next question. It needs no flags from an SDK. Its functions are pure: the same facts in any order give the same reaction.
//
// docs/truth.md defines each kind of signal. In short: waiting lasts from asking to the last words of the answer; each kind counts once, at the time
// when it happened first; and the score is the sum of the weights, at most 1 and at least -1.
package reaction

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
)

// Input is what is known about one answer and its user's session. Times are Unix milliseconds of the browser's clock. The order of lists does not matter.
type Input struct {
	Seen model.Seen
	// Question is the last message of the user, plain text, and Answer the answer's text as the backend has it; "" when unknown.
	Question, Answer string
	// StartMS and EndMS are when the call began and ended.
	StartMS, EndMS int64
	// Earlier means that another call completes the answer: what the user does while waiting, asks next, and whether they leave, is about the whole answer
	// and counts there. Only what they do in this call's answer or beside it is about this call.
	Earlier bool
	// Activity is the activity of the whole session, in all its windows: rows of the recording, and events of the browser such as copies. The label of
	// a copy is the text that was copied.
	Activity []model.Activity
	// WindowID is the window in which the user asked, "" when unknown.
	WindowID string
	// Inside says whether an element is the one that shows the answer or lies in it, and Beside whether it is a control that belongs to the answer,
	// such as its copy button. nil means no for every element.
	Inside, Beside func(window string, node int64) bool
	// StopsMS are times at which a control that stops the stream was pressed, ScrolledAwayMS times at which the answer was scrolled out of the viewport.
	StopsMS, ScrolledAwayMS []int64
	// Next are the questions of the same session and conversation after this one.
	Next []Asked
	// Feedback are feedback and metrics of the trace, and those of the session that name no trace.
	Feedback []model.Event
	// WindowsEndMS is when each window of the session ended: its last recorded event or, if later, the last event that its browser sent. The browser
	// sends an event when a page closes, even if nothing moved on the page before it.
	WindowsEndMS map[string]int64
	// SessionOverMS is when the session ended, 0 while it may go on.
	SessionOverMS int64
}

// Asked is a question.
type Asked struct {
	AtMS    int64
	Text    string
	TraceID string
}

// reasonBackground is the reason of a model.Seen for which nobody waited.
const reasonBackground = "background"

const (
	// patienceMS: if a call showed nothing, what its user does still counts as waiting until this long after the end of the call.
	patienceMS = 60_000
	// abortMS is how long after the user's act a backend may end a call that the act ended: the request must be cancelled first. It also covers the
	// remaining difference between both clocks.
	abortMS = 1000
)

// Of returns the reaction to an answer.
func Of(in Input) model.Reaction {
	a := newAbout(in)
	if a.asked > 0 {
		a.inAnswer()
		if !a.Earlier {
			a.waiting()
			a.leaving()
			a.nextQuestion()
		}
	}
	a.opinions()
	return a.reaction()
}

// about collects the signals about one answer.
type about struct {
	Input
	// asked is when the user began to wait; 0 if nobody did.
	asked int64
	// until is the end of waiting for what the user does on the page, and answered is the end of waiting for what they ask. If no words of the answer
	// appeared, they wait until they ask something else.
	until, answered int64
	// loaded is when a window was first reloaded after the last words: from then on the recorder's numbers mean other elements.
	loaded map[string]int64
	// hidden is what windows did after they were hidden, by the index of the activity that hid them.
	hidden  map[int]outcome
	signals map[string]model.Signal
	// thumbs is the last opinion: a user who changes it means the last one.
	thumbs model.Signal
}

func newAbout(in Input) *about {
	in.Activity = ordered(in.Activity, func(a, b model.Activity) int {
		return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.WindowID, b.WindowID), slices.Compare(a.UUID[:], b.UUID[:]), cmp.Compare(a.Position, b.Position))
	})
	in.Next = ordered(in.Next, func(a, b Asked) int { return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), cmp.Compare(a.Text, b.Text)) })
	in.StopsMS, in.ScrolledAwayMS = ordered(in.StopsMS, cmp.Compare[int64]), ordered(in.ScrolledAwayMS, cmp.Compare[int64])
	a := &about{Input: in, loaded: map[string]int64{}, signals: map[string]model.Signal{}}
	if in.Seen.Reason != reasonBackground {
		a.asked = cmp.Or(in.Seen.AskedMS, in.StartMS)
	}
	a.answered = a.endOfWaiting()
	a.until = min(a.answered, max(a.asked, a.EndMS)+patienceMS)
	if len(a.Next) > 0 {
		a.until = min(a.until, a.Next[0].AtMS)
	}
	if a.Inside == nil {
		a.Inside = func(string, int64) bool { return false }
	}
	if a.Beside == nil {
		a.Beside = func(string, int64) bool { return false }
	}
	a.hidden = a.outcomes()
	for i := range a.Activity {
		if r := &a.Activity[i]; isReload(r) && r.AtMS > max(a.Seen.LastWordsMS, a.asked) && a.loaded[r.WindowID] == 0 {
			a.loaded[r.WindowID] = r.AtMS
		}
	}
	return a
}

// ordered returns a sorted list, without changing the caller's list.
func ordered[T any](list []T, compare func(a, b T) int) []T {
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	return slices.SortedFunc(slices.Values(list), compare)
}

// endOfWaiting returns when the last words were there. If the user stopped the stream, it is when they did; if only a part was shown or nothing is
// known, the end of the call; if nothing was shown, never (math.MaxInt64).
func (a *about) endOfWaiting() int64 {
	switch last := a.Seen.LastWordsMS; a.Seen.State {
	case model.SeenAll:
		return cmp.Or(last, a.EndMS)
	case model.SeenStopped:
		return max(last, a.stopped())
	case model.SeenPartly:
		return max(last, a.EndMS+abortMS)
	case model.SeenNotShown, model.SeenNotVisible:
		return math.MaxInt64
	default:
		return max(last, a.EndMS, a.asked)
	}
}

// stopped returns when the user stopped the stream, 0 if they did not.
func (a *about) stopped() int64 {
	end := int64(math.MaxInt64)
	if a.Seen.State != model.SeenStopped {
		end = max(a.EndMS, a.Seen.LastWordsMS) + abortMS
	}
	for _, at := range a.StopsMS {
		if at >= a.asked && at <= end && (len(a.Next) == 0 || at <= a.Next[0].AtMS) {
			return at
		}
	}
	if a.Seen.State == model.SeenStopped {
		return cmp.Or(a.Seen.LastWordsMS, a.EndMS)
	}
	return 0
}

// add keeps a signal. If there are several of one kind, the first one counts.
func (a *about) add(kind string, atMS int64, detail string) {
	old, known := a.signals[kind]
	if !known || atMS < old.AtMS || atMS == old.AtMS && detail < old.Detail {
		a.signals[kind] = model.Signal{Kind: kind, AtMS: atMS, Detail: detail}
	}
}

func (a *about) has(kind string) bool {
	_, known := a.signals[kind]
	return known
}

// reaction returns the signals, sorted by time.
func (a *about) reaction() model.Reaction {
	if a.thumbs.Kind != "" {
		a.signals[a.thumbs.Kind] = a.thumbs
	}
	signals := slices.SortedFunc(maps.Values(a.signals), func(x, y model.Signal) int { return cmp.Or(cmp.Compare(x.AtMS, y.AtMS), cmp.Compare(x.Kind, y.Kind)) })
	return model.Reaction{Signals: signals}
}

// after formats the time since asking, for people.
func (a *about) after(atMS int64) string { return seconds(atMS - a.asked) }

func seconds(ms int64) string { return fmt.Sprintf("%.1f s", float64(max(ms, 0))/1000) }

// quoted formats a label or the beginning of a text, for people.
func quoted(text string) string {
	const most = 60
	text = strings.Join(strings.Fields(text), " ")
	if short := []rune(text); len(short) > most {
		text = string(short[:most]) + "…"
	}
	return "“" + text + "”"
}
