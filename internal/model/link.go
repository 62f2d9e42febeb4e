package model

import "github.com/google/uuid"

// LinkRules is the version of the rules that package link holds. Whoever changes what they answer raises it: links are stored under it,
// and what was derived by other rules is derived again.
const LinkRules = 1

// Link is the stored link of a generation or embedding, or of a trace as a whole. Project, TraceID, UUID and Rules are its key.
type Link struct {
	Project string
	// TraceID is "" for a generation outside of any trace.
	TraceID string
	// UUID is the event's; uuid.Nil for the trace as a whole.
	UUID uuid.UUID
	// Rules is the version of the rules by which it was derived.
	Rules int32
	// TimeMS is when it happened, by which it grows old: the event's time, the latest one of a trace.
	TimeMS int64
	// ReceivedMS is when the latest event was received that is taken into account: the event, or any of the trace.
	ReceivedMS int64
	// State, Method, Reason and Clamped are those of link.Link.
	State, Method, Reason, Clamped string
	SessionID, WindowID            string
	// StartMS is when the call began, MomentMS where to start playing; 0 for none.
	StartMS, MomentMS int64
	// Person is the distinct id of who was there, where no event that it is the link of says so itself (link.Named); "" when nobody is known.
	Person string
	// DerivedMS is when what it is derived of was read. Of two links of one key the one derived later is right.
	DerivedMS int64
	// AgainMS is when it becomes another one because time has passed; 0 for never.
	AgainMS int64
}

// SubjectOf is whose links an event is part of, if of any.
func SubjectOf(e *Event) (of Subject, is bool) {
	if e.TraceID != "" {
		return Subject{Project: e.Project, TraceID: e.TraceID}, true
	}
	return Subject{Project: e.Project, UUID: e.UUID}, e.Kind.IsCall()
}

// Subject is what links are derived of: a trace with all that is in it, or one generation outside of any trace.
type Subject struct {
	Project string
	TraceID string
	// UUID is set when TraceID is "".
	UUID uuid.UUID
}
