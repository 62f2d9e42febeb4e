package link

import (
	"fmt"

	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// Choice is the session that an event or a trace belongs to, according to the ids that were sent.
type Choice struct {
	// SessionID is "" if no event of the trace has one.
	SessionID string
	// WindowID is the tab that was sent together with the session id, or "".
	WindowID string
	Method   Method
	// StartMS is when the call began.
	StartMS int64
	// ReceivedMS is when the latest event that this choice is based on was received.
	ReceivedMS int64
	// BrowserID is the distinct id of the browser's own event (feedback, metric) if the session id comes from one, otherwise "".
	BrowserID string
	// Sender is by how much the clock of the call's sender is ahead of the server's.
	Sender clock.Offset
	// Confidence is how certain the choice is; 0 means the usual value for Method.
	Confidence float64
	// How says how the session was found, if the usual sentence about Method does not.
	How string
	// Candidates are equally likely sessions, of which none can be chosen.
	Candidates Candidates
	// Note describes anything unusual about the choice. It is usually "".
	Note string
}

// ChooseEvent returns the session of e: its own id or, without one, the id of another event of its trace. If several have one, it takes the event
// nearest in time, and prefers calls and spans to feedback and metrics. trace may be nil and may contain e.
func ChooseEvent(e *model.Event, trace []model.Event) Choice {
	c := Choice{StartMS: e.StartMS, ReceivedMS: e.ReceivedMS, Sender: senderOf(*e)}
	if e.SessionID != "" {
		c.SessionID, c.WindowID, c.Method = e.SessionID, e.WindowID, Exact
		c.BrowserID = author(e)
		return c
	}
	if own := idsIn(e); own.session != "" {
		c.SessionID, c.WindowID, c.Method = own.session, own.window, Attribute
		return c
	}
	var best *model.Event
	for i := range trace {
		o := &trace[i]
		if o.SessionID == "" || o.UUID == e.UUID || o.TraceID != e.TraceID {
			continue
		}
		if best == nil || nearer(o, best, e.StartMS) {
			best = o
		}
	}
	if best == nil {
		c.byAttribute(trace, e.TraceID)
		return c
	}
	c.SessionID, c.WindowID, c.Method = best.SessionID, best.WindowID, Inherited
	if said(best) {
		c.Method = Feedback
	}
	c.ReceivedMS = max(c.ReceivedMS, best.ReceivedMS)
	c.BrowserID = author(best)
	if n := sessions(trace); n > 1 {
		c.Note = fmt.Sprintf("The events of this trace name %d different sessions; this is the one nearest in time.", n)
	}
	return c
}

// ChooseTrace returns the session of a whole trace: that of its root; without one, that of its earliest generation with a session; then of its
// earliest other span; then of its earliest feedback or metric. events belong to one trace, in any order.
func ChooseTrace(events []model.Event) Choice {
	var (
		c    Choice
		best *model.Event
	)
	for i := range events {
		e := &events[i]
		c.ReceivedMS = max(c.ReceivedMS, e.ReceivedMS)
		if e.SessionID != "" && (best == nil || rootward(e, best)) {
			best = e
		}
	}
	c.StartMS, c.Sender = start(events, ""), senderOf(events...)
	if best == nil {
		if len(events) > 0 {
			c.byAttribute(events, events[0].TraceID)
		}
		return c
	}
	c.SessionID, c.WindowID, c.Method = best.SessionID, best.WindowID, Exact
	if said(best) {
		c.Method, c.BrowserID = Feedback, author(best)
	}
	if n := sessions(events); n > 1 {
		c.Note = fmt.Sprintf("The events of this trace name %d different sessions; this one is named by its %s.", n, describe(best))
		// The trace may have started in another session. The moment is when it first used this one.
		c.StartMS = start(events, best.SessionID)
	}
	if c.WindowID == "" {
		c.WindowID = window(events, best.SessionID)
	}
	return c
}

// byAttribute chooses the session that a property of one of the trace's events names. If several events name one, the most reliable event counts (see rank).
func (c *Choice) byAttribute(trace []model.Event, id string) {
	var best *model.Event
	for i := range trace {
		e := &trace[i]
		if ids := idsIn(e); e.TraceID == id && ids.session != "" && (best == nil || rootward(e, best)) {
			best = e
			c.SessionID, c.WindowID, c.Method = ids.session, ids.window, Attribute
		}
	}
	if best != nil {
		c.ReceivedMS = max(c.ReceivedMS, best.ReceivedMS)
	}
}

// senderOf returns by how much the clock of the backend that sent a trace's events is ahead of the server's.
func senderOf(events ...model.Event) clock.Offset {
	var uploads [8]model.Upload
	n := 0
	for i := range events {
		if e := &events[i]; !e.Untimed && !said(e) && e.SentMS != 0 && n < len(uploads) {
			uploads[n] = model.Upload{SentMS: e.SentMS, ReceivedMS: e.ReceivedMS}
			n++
		}
	}
	return clock.Sender(uploads[:n])
}

// said reports whether e is feedback or a metric about a trace, which browsers send, and not a part of the trace.
func said(e *model.Event) bool { return e.Kind == model.KindFeedback || e.Kind == model.KindMetric }

// author is the distinct id of the sender of feedback or a metric. It is "" for other events, and if the id is not a person's.
func author(e *model.Event) string {
	if !said(e) || e.DistinctID == e.TraceID {
		return ""
	}
	return e.DistinctID
}

// rank orders events by how reliably they identify their trace's session.
func rank(e *model.Event) int {
	switch e.Kind {
	case model.KindTrace:
		return 0
	case model.KindGeneration, model.KindEmbedding:
		return 1
	case model.KindFeedback:
		return 3
	case model.KindMetric, model.KindEvaluation:
		return 4
	default:
		return 2
	}
}

func describe(e *model.Event) string {
	switch e.Kind {
	case model.KindTrace:
		return "root"
	case model.KindGeneration, model.KindEmbedding:
		return "earliest call"
	case model.KindFeedback, model.KindMetric, model.KindEvaluation:
		return "earliest " + e.Kind.String()
	default:
		return "earliest step"
	}
}

func rootward(a, b *model.Event) bool {
	if ra, rb := rank(a), rank(b); ra != rb {
		return ra < rb
	}
	if a.StartMS != b.StartMS {
		return a.StartMS < b.StartMS
	}
	return a.UUID.String() < b.UUID.String()
}

func nearer(a, b *model.Event, atMS int64) bool {
	if sa, sb := said(a), said(b); sa != sb {
		return sb
	}
	if da, db := distance(a.StartMS, atMS), distance(b.StartMS, atMS); da != db {
		return da < db
	}
	return rootward(a, b)
}

// start is the earliest start of the calls and spans of the given session, or of any session if it is "". Feedback counts only if there is nothing
// else.
func start(events []model.Event, session string) int64 {
	var call, other int64
	for i := range events {
		e := &events[i]
		if e.StartMS == 0 || session != "" && e.SessionID != session {
			continue
		}
		at := &call
		if e.Kind.IsOpinion() {
			at = &other
		}
		if *at == 0 || e.StartMS < *at {
			*at = e.StartMS
		}
	}
	if call != 0 {
		return call
	}
	return other
}

// window is the first tab that the events of a session name.
func window(events []model.Event, session string) string {
	var best *model.Event
	for i := range events {
		e := &events[i]
		if e.SessionID == session && e.WindowID != "" && (best == nil || rootward(e, best)) {
			best = e
		}
	}
	if best == nil {
		return ""
	}
	return best.WindowID
}

func sessions(events []model.Event) int {
	seen := make(map[string]struct{}, 2)
	for i := range events {
		if id := events[i].SessionID; id != "" {
			seen[id] = struct{}{}
		}
	}
	return len(seen)
}

func distance(a, b int64) int64 {
	if a > b {
		return a - b
	}
	return b - a
}
