package link

import (
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
)

// Choice is the session that an event or trace belongs to, by the ids that were sent.
type Choice struct {
	// SessionID is "" when no event of the trace carries one.
	SessionID string
	// WindowID is the tab named beside the session id, "" when none was.
	WindowID string
	Method   Method
	// StartMS is when the call began.
	StartMS int64
	// ReceivedMS is when the latest event that speaks for this choice was received.
	ReceivedMS int64
	// BrowserID is the distinct id of the browser's own event (feedback, metric) that gave the session id, "" when
	// another one did.
	BrowserID string
	// Note says what was odd about the choice, "" as a rule.
	Note string
}

// ChooseEvent finds the session of e: its own id, else one of another event of its trace. Of several it takes the one
// nearest in time, calls and steps before feedback and metrics. trace may be nil and may hold e itself.
func ChooseEvent(e *model.Event, trace []model.Event) Choice {
	c := Choice{StartMS: e.StartMS, ReceivedMS: e.ReceivedMS}
	if e.SessionID != "" {
		c.SessionID, c.WindowID, c.Method = e.SessionID, e.WindowID, Exact
		c.BrowserID = author(e)
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
		return c
	}
	c.SessionID, c.WindowID, c.Method = best.SessionID, best.WindowID, Inherited
	c.ReceivedMS = max(c.ReceivedMS, best.ReceivedMS)
	c.BrowserID = author(best)
	if n := sessions(trace); n > 1 {
		c.Note = fmt.Sprintf("The events of this trace name %d different sessions; this is the one nearest in time.", n)
	}
	return c
}

// ChooseTrace finds the session of a whole trace: the one of its root, else the one of its earliest generation that has
// one, else of its earliest other step, else of its earliest feedback or metric. events are of one trace, in any order.
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
	c.StartMS = start(events, "")
	if best == nil {
		return c
	}
	c.SessionID, c.WindowID, c.Method = best.SessionID, best.WindowID, Exact
	if said(best) {
		c.Method, c.BrowserID = Inherited, author(best)
	}
	if n := sessions(events); n > 1 {
		c.Note = fmt.Sprintf("The events of this trace name %d different sessions; this one is named by its %s.", n, describe(best))
		// The trace's start may lie in another session: the moment is where this one asked.
		c.StartMS = start(events, best.SessionID)
	}
	if c.WindowID == "" {
		c.WindowID = window(events, best.SessionID)
	}
	return c
}

// said reports whether e is what a person or metric said of a trace, which browsers send, and not a part of it.
func said(e *model.Event) bool { return e.Kind == model.KindFeedback || e.Kind == model.KindMetric }

// author is the distinct id of who sent a feedback or metric, "" for other events and where it names nobody.
func author(e *model.Event) string {
	if !said(e) || e.DistinctID == e.TraceID {
		return ""
	}
	return e.DistinctID
}

// rank orders events by how well they speak for their trace.
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

// start is the earliest start of the calls and steps, of the session named or of any when "". Feedback counts only
// where there is nothing else.
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

// window is the tab that the events of a session name first.
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
