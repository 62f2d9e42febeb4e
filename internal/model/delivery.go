package model

import "context"

// Delivery is what one request brought, taken apart by the adapter of a protocol and not yet judged.
type Delivery struct {
	// Project is the one that the request's token stands for.
	Project string
	// Source is the route the request came by, for logs and metrics: "/batch/", "/s/".
	Source string
	// ReceivedMS is the server's clock when the body had arrived.
	ReceivedMS int64
	// SentMS is the client's own clock at sending, 0 when the client does not say.
	SentMS int64
	// Arrivals are the events that it brought, nil for none.
	Arrivals Arrivals
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

// Arrivals are the events of one request in the order in which the client sent them. They are read one after the other, so that what
// their rows take is there once.
type Arrivals interface {
	// Len is how many there are.
	Len() int
	// Size is how many bytes of content the i-th has at most, and whether it is a piece of a recording, whose bytes are no content.
	Size(i int) (content int, recording bool)
	// Read reads the i-th into a, which is a new one. The byte slices in a may be used until the request is answered. The error is what the whole
	// request is answered with.
	Read(i int, a *Arrival) error
}

// Arrival is one event in the words of the model, as far as its client says it. Byte slices are valid UTF-8 JSON of bounded depth, nil when
// absent.
type Arrival struct {
	// Event is its row. The adapter fills in what the client says: texts of at most the lengths that MaxID and so on give, TimeMS by
	// the client's clock, 0 when there is none. What only the server can say is left to ingest: Project, Untimed, ReceivedMS, SentMS, StartMS, the
	// previews and Truncated.
	Event Event
	// AgeMS is how old the event was when it was sent, for clients that say this instead of a time; -1 when absent.
	AgeMS int64
	// AtEnd says that TimeMS is when the call ended, and not when it began.
	AtEnd bool
	// Prices are a client's own of what its call used, nil where it has none.
	Prices Prices
	// Identities are what the event says of persons. Project, UUID and TimeMS are the event's.
	Identities []Identity

	// Input, Output and Tools are an LLM event's content. null says that the client keeps it to itself.
	Input, Output, Tools []byte
	// Properties is an object with everything that was sent. Values in it that are Input, Output or Tools, the same bytes, are not stored
	// twice. More is what belongs into it beside.
	Properties []byte
	More       []Member

	// Recording is an array of rrweb events, or one, where the arrival is a piece of a recording. Of its row UUID, SessionID, WindowID, DistinctID,
	// Name and Library count.
	Recording []byte

	// Refused is why the event is not kept, "" when it may be; Detail is a sentence for the sender that says what to do.
	Refused Reason
	Detail  string
	// Bytes is how long it was as it was sent.
	Bytes int
}

// Member is a member of a JSON object: its name as it is written between quotes, and its value.
type Member struct {
	Name  string
	Value []byte
}

// NewArrival returns one of which nothing is known.
func NewArrival() Arrival {
	return Arrival{AgeMS: -1, Event: Event{LatencyMS: -1, FirstTokenMS: -1, Tokens: UnknownTokens()}}
}

// Outcome is what became of one arrival.
type Outcome struct {
	// ID is its uuid, "" when it was refused.
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
