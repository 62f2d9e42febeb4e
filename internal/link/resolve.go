package link

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// Resolve determines whether the recording of the chosen session can be opened, and at which moment. If the link is Linked, the moment is always
// between the first full snapshot and the end of its window.
func Resolve(c Choice, ev Evidence) Link {
	l := Link{
		Method: c.Method, SessionID: c.SessionID, WindowID: c.WindowID, StartMS: c.StartMS, Detail: cmp.Or(c.How, explained[c.Method]),
		Confidence: cmp.Or(c.Confidence, confidences[c.Method]), Candidates: c.Candidates,
	}
	if c.Note != "" {
		l.say(c.Note)
		l.Confidence = min(l.Confidence, 0.9)
	}
	switch {
	case c.Candidates != "":
		l.State, l.Reason = None, Ambiguous
		l.say("Several recordings fit equally well, so none is chosen: they are offered as candidates. Send the session's id to be sure.")
	case c.SessionID == "":
		l.State, l.Reason = None, NoSessionID
		l.say("No event of this trace has a $session_id, and no recording could be recognized by its words or its person. Pass the X-POSTHOG-SESSION-ID " +
			"header of the request, or the session id from its body, as the property $session_id.")
	case ev.Recording == nil:
		l.absent(c, ev)
	default:
		l.Clock = clock.Of(ev.Recording.Uploads).At(c.StartMS - c.Sender.MS).Minus(c.Sender)
		l.place(*ev.Recording, ev.LeadMS)
	}
	return l
}

// Session determines whether a session can be watched at all. lastMS is the time of its latest data.
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
		if age >= UsualFor.Milliseconds() {
			l.say("The session is known, but its recording has not arrived for more than ten minutes, so it probably never will. Usual reasons: the user " +
				"clicked and typed nothing, so that the browser sent nothing; a content blocker stops requests to /s/; or recording is off. To check, open the " +
				"page with the browser's developer tools: click on it, look for requests to /s/ under Network, and run posthog.sessionRecordingStarted() under Console.")
			return
		}
		l.say("The session is known, but its recording has not arrived yet. Browsers begin to send it after the " +
			"user's first click or key.")
		return
	}
	l.State, l.Reason = None, NoRecording
	l.say("The session is known, but its recording did not arrive within a day.")
}

// notRecording returns a sentence if a $recording_status means that the browser does not record, otherwise "". The values are those of posthog-js
// 1.449.2, triggerMatching.ts. "active", "sampled", "buffering", "lazy_loading" and "awaiting_config" mean that it records or soon will. Unknown
// values are treated the same way.
func notRecording(status string) string {
	switch status {
	case "disabled":
		return "The browser reported that it does not record this session (disabled): recording is switched off in its " +
			"settings, or the session was excluded by sampling, by a trigger, or because the user opted out."
	case "missing_config":
		return "The browser reported that it could not begin to record this session (missing_config): it did not receive " +
			"its configuration. Check that /array/ can be reached at its api_host and that advanced_disable_flags is not set."
	case "rrweb_error":
		return "The browser reported that its recorder failed (rrweb_error). Its console says why."
	case "paused":
		return "The browser reported that recording is paused (paused), which it does on addresses that are excluded from recording."
	}
	return ""
}

func (l *Link) place(rec model.Recording, leadMS int64) {
	start := l.StartMS + l.Clock.MS // by the browser's clock
	w, named := pick(rec.Windows, l.WindowID, start)
	if w == nil {
		l.unshowable()
		return
	}
	if l.WindowID != "" && !named {
		l.say("The tab that asked has no recording that can be shown; this is another tab of the same session.")
	}
	l.State, l.WindowID = Linked, w.ID
	want := start - leadMS
	if leadMS > 0 && want > start { // the result would overflow an int64
		want = math.MinInt64
	}
	first, last := w.FirstSnapshotMS, max(w.LastMS, w.FirstSnapshotMS)
	l.MomentMS = min(max(want, first), last)
	switch {
	case start < first:
		l.Clamped = ClampBefore
		l.say(fmt.Sprintf("The call began %s before the recording; this is the beginning of the recording.", span(first-start)))
	case start > last:
		l.Clamped = ClampAfter
		l.say(fmt.Sprintf("The call began %s after the end of the recording so far.", span(start-last)))
	case want < first:
		l.say(fmt.Sprintf("The recording begins %s before the call.", span(start-first)))
	}
}

func (l *Link) unshowable() {
	l.State, l.Reason = None, NoRecording
	l.say("The received part of this session's recording has no full snapshot of the page, so it cannot be shown. " +
		"Its beginning did not arrive.")
}

// WindowAt returns the window of a recording to show at an instant: the window with that name, even if it cannot be shown. If name is "", the rule for
// moments chooses the window (see pick). The result is nil if there is no such window.
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

// pick returns the window to show: the named one if it can be shown; otherwise, of the windows that contain the instant, the one in which the user
// acted last before it; otherwise the nearest one. w is nil if none can be shown; named means that w is the named window.
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
	return a.ID < b.ID // any order works, as long as it is always the same
}

// gap is the distance from an instant to the part of w that can be shown. The distance is 0 inside that part.
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

// span formats a duration for a sentence: "2.3 s", "4 min", "3 h", "2 days".
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
