package link

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// Resolve says what can be opened of the session chosen, and where. The moment of a linked one always lies between the
// first full snapshot and the end of the window it names.
func Resolve(c Choice, ev Evidence) Link {
	l := Link{Method: c.Method, SessionID: c.SessionID, WindowID: c.WindowID, StartMS: c.StartMS, Detail: c.Note}
	switch {
	case c.SessionID == "":
		l.State, l.Reason = None, NoSessionID
		l.say("No event of this trace carries a $session_id. Pass the X-POSTHOG-SESSION-ID header of the request, " +
			"or the session id from its body, as the property $session_id.")
	case ev.Recording == nil:
		l.absent(c, ev)
	default:
		l.place(*ev.Recording, ev.LeadMS)
	}
	return l
}

// Session says whether a session can be watched, whatever happened in it. lastMS is when it was last heard of.
func Session(lastMS int64, ev Evidence) Link {
	var l Link
	switch {
	case ev.Recording == nil:
		l.absent(Choice{ReceivedMS: lastMS}, ev)
	default:
		if w, _ := pick(ev.Recording.Windows, "", 0); w == nil {
			l.unshowable()
			break
		}
		l.State = Linked
	}
	return l
}

func (l *Link) absent(c Choice, ev Evidence) {
	age := ev.NowMS - c.ReceivedMS
	if why := notRecording(ev.Status); why != "" {
		l.State, l.Reason = None, RecordingNotStarted
		if age < StartupFor.Milliseconds() {
			l.State = Pending
			why += " This may change in the first minute of a page."
		}
		l.say(why)
		return
	}
	if age < PendingFor.Milliseconds() {
		l.State, l.Reason = Pending, NoRecordingYet
		l.say("The session is known, but its recording has not arrived yet. Browsers begin to send it after the " +
			"user's first click or key.")
		return
	}
	l.State, l.Reason = None, NoRecording
	l.say("The session is known, but its recording did not arrive within a day.")
}

// notRecording is a sentence when a $recording_status means that the browser records nothing, else "". The values are
// those of posthog-js 1.449.2, triggerMatching.ts; "active", "sampled", "buffering", "lazy_loading" and
// "awaiting_config" record or are about to, and unknown ones are taken to.
func notRecording(status string) string {
	switch status {
	case "disabled":
		return "The browser reported that it does not record this session (disabled): recording is switched off in its " +
			"settings, or sampling, a trigger or the user's opt-out left the session out."
	case "missing_config":
		return "The browser reported that it could not begin to record this session (missing_config): it did not receive " +
			"its configuration. Check that /array/ can be reached at its api_host and that advanced_disable_flags is not set."
	case "rrweb_error":
		return "The browser reported that its recorder failed (rrweb_error). Its console says why."
	case "paused":
		return "The browser reported that recording is paused (paused), as it is on addresses that are blocked from recording."
	}
	return ""
}

func (l *Link) place(rec model.Recording, leadMS int64) {
	w, named := pick(rec.Windows, l.WindowID, l.StartMS)
	if w == nil {
		l.unshowable()
		return
	}
	if l.WindowID != "" && !named {
		l.say("The tab that asked has no recording that can be shown; this is another tab of the same session.")
	}
	l.State, l.WindowID = Linked, w.ID
	want := l.StartMS - leadMS
	if leadMS > 0 && want > l.StartMS { // beyond the first instant an int64 can hold
		want = math.MinInt64
	}
	first, last := w.FirstSnapshotMS, max(w.LastMS, w.FirstSnapshotMS)
	l.MomentMS = min(max(want, first), last)
	switch {
	case l.StartMS < first:
		l.Clamped = ClampBefore
		l.say(fmt.Sprintf("The call began %s before the recording; this is the beginning of the recording.", span(first-l.StartMS)))
	case l.StartMS > last:
		l.Clamped = ClampAfter
		l.say(fmt.Sprintf("The call began %s after the end of the recording so far.", span(l.StartMS-last)))
	case want < first:
		l.say(fmt.Sprintf("The recording begins %s before the call.", span(l.StartMS-first)))
	}
}

func (l *Link) unshowable() {
	l.State, l.Reason = None, NoRecording
	l.say("The received part of this session's recording has no full snapshot of the page, so it cannot be shown. " +
		"Its beginning did not arrive.")
}

// WindowAt is the window of a recording to show at an instant: the one named, whether it can be shown or not, or when
// name is "" the one picked by the rule for moments. nil when there is none.
func WindowAt(rec model.Recording, name string, atMS int64) *model.Window {
	if name == "" {
		w, _ := pick(rec.Windows, "", atMS)
		return w
	}
	for i := range rec.Windows {
		if rec.Windows[i].ID == name {
			return &rec.Windows[i]
		}
	}
	return nil
}

// pick returns the window to show: the one named when it can be shown; else of those that cover the instant the one in
// which the user last did something before it; else the nearest. It returns nil when none can be shown.
func pick(windows []model.Window, name string, atMS int64) (w *model.Window, named bool) {
	for i := range windows {
		o := &windows[i]
		switch {
		case o.FirstSnapshotMS == 0:
		case name != "" && o.ID == name:
			return o, true
		case w == nil || better(o, w, atMS):
			w = o
		}
	}
	return w, false
}

func better(a, b *model.Window, atMS int64) bool {
	if ga, gb := gap(a, atMS), gap(b, atMS); ga != gb {
		return ga < gb
	}
	if ia, ib := lastInput(a, atMS), lastInput(b, atMS); ia != ib {
		return ia > ib
	}
	return a.ID < b.ID // any order will do, as long as it is always the same
}

// gap is how far outside of what can be shown of w an instant lies, 0 when inside.
func gap(w *model.Window, atMS int64) int64 {
	switch {
	case atMS < w.FirstSnapshotMS:
		return w.FirstSnapshotMS - atMS
	case atMS > w.LastMS:
		return atMS - w.LastMS
	}
	return 0
}

func lastInput(w *model.Window, atMS int64) int64 {
	i, found := slices.BinarySearch(w.InputsMS, atMS)
	switch {
	case found:
		return atMS
	case i > 0:
		return w.InputsMS[i-1]
	}
	return math.MinInt64
}

func (l *Link) say(s string) {
	if l.Detail != "" {
		l.Detail += " "
	}
	l.Detail += s
}

// span puts a duration into words: "2.3 s", "4 min", "3 h", "2 days".
func span(ms int64) string {
	d := time.Duration(ms) * time.Millisecond
	switch {
	case ms < 0 || ms > math.MaxInt64/int64(time.Millisecond):
		return "long"
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.0f h", d.Hours())
	default:
		return fmt.Sprintf("%.0f days", d.Hours()/24)
	}
}
