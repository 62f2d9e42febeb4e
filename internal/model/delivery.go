package model

import "context"

// Delivery is the decoded content of one request, before ingest checks it.
type Delivery struct {
	// Project is the project of the request's token.
	Project string
	// Source is the route of the request, for logs and metrics: "/batch/", "/s/".
	Source string
	// ReceivedMS is the server's clock when the body had arrived.
	ReceivedMS int64
	// SentMS is the client's clock when it sent the request; 0 if unknown.
	SentMS int64
	// Arrivals are the request's events, nil for none.
	Arrivals Arrivals
	// Refused are the elements that are not events.
	Refused []Refusal
	// Reserve counts n bytes of memory that are about to be allocated for the request, until it is answered. The error means that there is no room, and
	// is the answer to the request. It may be nil if nobody counts.
	Reserve func(n int64) error
	// Turn is the request's current right to use a processor. It may be nil if nobody waits for one.
	Turn Turn
}

// Turn is a request's right to use a processor while others wait for one.
type Turn interface {
	// Pause lets other requests run first, and returns when the work may continue. It must be called every few milliseconds of work. It fails when ctx
	// has ended: nobody waits for the result, and the work must stop.
	Pause(ctx context.Context) error
	// End gives the turn back, because the request will only wait from now on. It may be called again.
	End()
}

// Arrivals are the events of one request in the order in which the client sent them. They are read one by one, so that the memory for one row
// suffices.
type Arrivals interface {
	// Len is the number of events.
	Len() int
	// Size is the maximal length of the i-th event's content in bytes, and whether it is a piece of a recording, whose bytes are not content.
	Size(i int) (content int, recording bool)
	// Read reads the i-th event into a, which must be new. The byte slices in a may be used until the request is answered. The error is the answer to
	// the whole request.
	Read(i int, a *Arrival) error
}

// Arrival is one event in the model's words, with everything that its client sent. Byte slices are valid UTF-8 JSON of limited depth; nil if absent.
type Arrival struct {
	// Event is its row, with the values that the client sent: texts no longer than MaxID and the other limits, and TimeMS by the client's clock, 0 if
	// there is none. Ingest sets those that only the server knows: Project, Untimed, ReceivedMS, SentMS, StartMS, the previews and Truncated.
	Event Event
	// AgeMS is the age of the event when it was sent, for clients that send this instead of a time; -1 if absent.
	AgeMS int64
	// AtEnd means that TimeMS is the end of the call, and not its start.
	AtEnd bool
	// Prices are the client's own prices for what its call used; nil if there are none.
	Prices Prices
	// Identities are what the event says about persons. Project, UUID and TimeMS are the event's.
	Identities []Identity

	// Input, Output and Tools are an LLM event's content. null means that the client does not send it.
	Input, Output, Tools []byte
	// Properties is an object with everything that was sent. Values in it that are the same bytes as Input, Output or Tools are not stored twice. More
	// are members to add to it.
	Properties []byte
	More       []Member

	// Recording is an array of rrweb events, or one event, if the arrival is a piece of a recording. Of Event, only UUID, SessionID, WindowID,
	// DistinctID, Name and Library are used then.
	Recording []byte
	// DroppedMutations and OversizedMutations are how many changes of the page the recorder says that it left out of the recording, because there
	// were too many, or because they were too large.
	DroppedMutations, OversizedMutations int32

	// Refused is why the event is not kept, or "". Detail is a sentence for the sender with what to do.
	Refused Reason
	Detail  string
	// Bytes is the length of the event as it was sent.
	Bytes int
}

// Member is a member of a JSON object: its name as written between quotes, and its value.
type Member struct {
	Name  string
	Value []byte
}

// NewArrival returns an arrival whose values are unknown.
func NewArrival() Arrival {
	return Arrival{AgeMS: -1, Event: Event{LatencyMS: -1, FirstTokenMS: -1, Tokens: UnknownTokens()}}
}

// Outcome is the result for one arrival.
type Outcome struct {
	// ID is its uuid, "" if it was refused.
	ID string
	// Refused is nil if the event was kept.
	Refused *Refusal
	// Truncated means that the event was kept with part of its content cut off.
	Truncated bool
}

// Refusal is what was not kept, and why. Refusals of one kind are counted together.
type Refusal struct {
	Project string
	AtMS    int64
	Reason  Reason
	// Event is the event's name, or "".
	Event string
	// Detail is a sentence for the sender with what to do.
	Detail string
	// Library is the client that sent it ("posthog-go/1.5.2"), "" if unknown.
	Library string
	Bytes   int64
	Count   int64
}

// Reason is a refusal's machine-readable cause.
type Reason string

// The reasons why an event is refused or cut.
const (
	ReasonNotObject    Reason = "not_an_object"
	ReasonNoName       Reason = "no_event_name"
	ReasonNoDistinctID Reason = "no_distinct_id"
	ReasonNoSessionID  Reason = "no_session_id"
	ReasonBadSnapshot  Reason = "bad_snapshot"
	ReasonTooLarge     Reason = "too_large"
	ReasonTooDeep      Reason = "too_deep"
	// ReasonNotDecoded: part of a request does not follow its protocol. ReasonNotKept: part of a request is of a kind that is not stored.
	ReasonNotDecoded Reason = "not_decoded"
	ReasonNotKept    Reason = "not_kept"
	// ReasonTruncated counts events that were kept with part of their content cut off.
	ReasonTruncated Reason = "truncated"
	// ReasonBadTime counts events of recordings that were kept with another time, because theirs was impossible.
	ReasonBadTime Reason = "bad_time"
)
