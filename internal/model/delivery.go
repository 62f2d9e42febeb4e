package model

import "context"

// Delivery is what one request brought, decoded by a protocol adapter and not yet judged.
type Delivery struct {
	// Project is the one that the request's token stands for.
	Project string
	// Source is the route the request came by, for logs and metrics: "/batch/", "/s/".
	Source string
	// ReceivedMS is the server's clock when the body had arrived.
	ReceivedMS int64
	// SentMS is the client's own clock at sending (`sent_at`), 0 when the client does not say.
	SentMS int64
	// Events in the order the client sent them.
	Events []Incoming
	// Refused is what the adapter could not make an event of.
	Refused []Refusal
	// Reserve counts n bytes of memory that are about to be taken for the request, until it is answered. The error says that
	// there is no room, and is what the request is answered with. May be nil: then nobody counts.
	Reserve func(n int64) error
	// Turn is the right to use a processor with which it is handed on. May be nil: then nobody waits for it.
	Turn Turn
}

// Turn is a request's right to use a processor while others wait for one.
type Turn interface {
	// Pause lets others go first whose turn it is, and returns when the work may go on: to be called every few milliseconds of
	// it. It fails when ctx has ended: nobody waits for the result any more, and the work is to stop.
	Pause(ctx context.Context) error
	// End gives the turn back: from here on the request only waits. It may be called again.
	End()
}

// Incoming is one event as a client wrote it. Raw fields are valid UTF-8 JSON of bounded depth; strings are unescaped.
type Incoming struct {
	// ID is the client's `uuid`, unparsed; posthog-go sends "".
	ID         string
	Name       string
	DistinctID string
	// Timestamp is the client's text, RFC 3339 as a rule; "" when absent.
	Timestamp string
	// OffsetMS is the age of the event at sending; legacy posthog-js sends it instead of a timestamp. -1 when absent.
	OffsetMS int64
	// SessionID and WindowID are the top-level ids of v1 mode; "" elsewhere, where they are properties.
	SessionID string
	WindowID  string
	// Properties is a JSON object, {} when absent.
	Properties []byte
	// Set and SetOnce are top-level `$set` and `$set_once` objects, nil when absent.
	Set     []byte
	SetOnce []byte
	// Raw is the whole event as sent. Ids of events that came without one are derived from it.
	Raw []byte
}

// Outcome is what became of one Incoming.
type Outcome struct {
	ID string
	// Refused is nil when the event was kept.
	Refused *Refusal
	// Truncated says that the event was kept with part of its content cut off.
	Truncated bool
}

// Refusal says what was not kept, and why. Refusals of one kind are counted together.
type Refusal struct {
	Project string
	AtMS    int64
	Reason  Reason
	// Event is the event's name, "" when it had none.
	Event string
	// Detail is a sentence for the sender that says what to do.
	Detail string
	// Library is the client that sent it ("posthog-go/1.5.2"), "" when unknown.
	Library string
	Bytes   int64
	Count   int64
}

// Reason is a refusal's machine-readable cause.
type Reason string

// The reasons for which an event is refused or cut.
const (
	ReasonNotObject    Reason = "not_an_object"
	ReasonNoName       Reason = "no_event_name"
	ReasonNoDistinctID Reason = "no_distinct_id"
	ReasonNoSessionID  Reason = "no_session_id"
	ReasonBadSnapshot  Reason = "bad_snapshot"
	ReasonTooLarge     Reason = "too_large"
	ReasonTooDeep      Reason = "too_deep"
	// ReasonTruncated counts events that were kept with part of their content cut off.
	ReasonTruncated Reason = "truncated"
)
