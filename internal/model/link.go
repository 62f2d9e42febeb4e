package model

import "github.com/google/uuid"

// LinkRules is the version of the rules in package link. It must be raised when their results change: links are stored with it, and those of other
// versions are derived again.
const LinkRules = 6

// Link is the stored link of a generation or embedding, or of a trace as a whole. Project, TraceID, UUID and Rules are its key.
type Link struct {
	Project string
	// TraceID is "" for a generation outside of any trace.
	TraceID string
	// UUID is the event's; uuid.Nil for the whole trace.
	UUID uuid.UUID
	// Rules is the version of the rules that derived it.
	Rules int32
	// TimeMS determines its age for retention: the event's time, or the latest one of a trace.
	TimeMS int64
	// ReceivedMS is when the latest event that it is based on was received: the event, or any of the trace.
	ReceivedMS int64
	// State, Method, Reason and Clamped are those of link.Link.
	State, Method, Reason, Clamped string
	SessionID, WindowID            string
	// Detail is link.Link's explanation in words.
	Detail string
	// Confidence is how sure it is that this is the right session, from 0 to 1; 0 when there is no session.
	Confidence float64
	// StartMS is the start of the call by its sender's clock, and MomentMS is where playback starts, by the browser's; 0 for none.
	StartMS, MomentMS int64
	// ClockOffsetMS is how far the browser's clock was ahead of the sender's at that time, and ClockUncertaintyMS is the possible error.
	ClockOffsetMS, ClockUncertaintyMS int64
	// Candidates are the sessions that are equally likely, as link.Candidates writes them; "" for none.
	Candidates string
	// Person is the distinct id of the person if none of the linked events names that person (link.Unnamed); otherwise "".
	Person string
	// DerivedMS is when the data that it is based on were read. Of two links with one key, the one derived later is right.
	DerivedMS int64
	// AgainMS is when it must be derived again because its result depends on the time that has passed; 0 for never.
	AgainMS int64
}

// LinkKey identifies a link of one project: of a generation or embedding, or with uuid.Nil of a whole trace.
type LinkKey struct {
	TraceID string
	UUID    uuid.UUID
}

// SubjectOf returns the subject to whose links an event belongs, if there is one.
func SubjectOf(e *Event) (of Subject, is bool) {
	if e.TraceID != "" {
		return Subject{Project: e.Project, TraceID: e.TraceID}, true
	}
	return Subject{Project: e.Project, UUID: e.UUID}, e.Kind.IsCall()
}

// Subject is a trace with everything in it, or one generation outside of any trace. Links are derived per subject.
type Subject struct {
	Project string
	TraceID string
	// UUID is set if TraceID is "".
	UUID uuid.UUID
}
