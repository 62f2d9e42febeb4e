package model

import (
	"math"

	"github.com/google/uuid"
)

// Kind is what an event is to Playhead.
type Kind uint8

// Kinds. The numbers are stored: never renumber.
const (
	KindOther      Kind = 0 // product events
	KindGeneration Kind = 1
	KindEmbedding  Kind = 2
	KindSpan       Kind = 3
	KindTrace      Kind = 4 // the explicit root of its trace
	KindMetric     Kind = 5
	KindFeedback   Kind = 6
	KindEvaluation Kind = 7 // result of a judge, which is a program or a model
	KindNote       Kind = 8 // an annotation that somebody wrote; belongs to no trace
)

var kindNames = [...]string{"event", "generation", "embedding", "span", "trace", "metric", "feedback", "evaluation", "note"}

// String returns the kind's name in the API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "event"
}

// IsCall reports whether events of the kind are calls, each of which has a link of its own.
func (k Kind) IsCall() bool { return k == KindGeneration || k == KindEmbedding }

// IsNode reports whether events of the kind are part of a trace's tree: a call, a span or the explicit root.
func (k Kind) IsNode() bool {
	switch k {
	case KindGeneration, KindEmbedding, KindSpan, KindTrace:
		return true
	default:
		return false
	}
}

// IsOpinion reports whether events of the kind are opinions about a trace or a part of it.
func (k Kind) IsOpinion() bool {
	return k == KindMetric || k == KindFeedback || k == KindEvaluation
}

// Event is the light row of one event that an SDK sent. Lists, trees and links read it. Its heavy text is a Content.
type Event struct {
	// Project is the project of the event's token. Together with UUID it is the key.
	Project string
	UUID    uuid.UUID
	Name    string // as the SDK sent it
	Kind    Kind
	// TimeMS is the event's timestamp by the client's clock.
	TimeMS int64
	// Untimed means that TimeMS is the server's, because the client sent no time, or an impossible one: if the event is sent again, its time differs.
	Untimed    bool
	ReceivedMS int64
	SentMS     int64
	// Order is the event's number among those of its request. It orders events that began in the same millisecond.
	Order int32

	DistinctID string
	// Personless means that, according to the client, the distinct id names no person.
	Personless bool
	SessionID  string // the browser's session, "" when none
	WindowID   string
	URL        string // the page's, for browser events
	// RecordingStatus is the state of the browser's recorder: "active", "buffering", "disabled", …; "" if not sent.
	RecordingStatus string
	Library         string // "posthog-node/5.70.0"
	// Env is the deployment that sent it ("production", "staging"), "" if not sent.
	Env string
	// Release is the version of the program that sent it, "" if not sent.
	Release string
	// Country, Browser, OS, Device and Screen describe the person's surroundings, for browser events: "DE", "Chrome", "Mac OS X", "Desktop",
	// "1920x1080"; "" when not sent.
	Country, Browser, OS, Device, Screen string
	// Properties are the scalars without a meaning in Playhead, by name; see Property.
	Properties []Property

	// The following fields are set for LLM events (Kind != KindOther).
	TraceID string
	SpanID  string
	// ParentID is the span or trace around the event. For an opinion it is the event or span that it is about, "" for the trace.
	ParentID       string
	ConversationID string
	Title          string // the span's or trace's own name
	Model          string
	Provider       string
	// StartMS is when the call began: TimeMS - latency for SDK events, which are stamped when the call ends.
	StartMS int64
	// LatencyMS and FirstTokenMS are durations; negative if unknown.
	LatencyMS    float64
	FirstTokenMS float64
	Tokens       Tokens
	// WebSearches counts the web searches that the provider made for a call; 0 for none or not reported.
	WebSearches int64
	// ServiceTier is the paid tier if it is not the provider's usual one: "flex", "priority", "batch", …; otherwise "".
	ServiceTier string
	Cost        Cost
	HTTPStatus  int32
	IsError     bool
	// Stopped means that somebody stopped the call or span before it was complete, see Aborted. That is not an error: IsError is false, and Error says
	// how it was stopped.
	Stopped bool
	Error   string // at most 1 kB; the full text is in Content.Properties
	// ErrorGroup is Error without its variable parts, see ingest.
	ErrorGroup string
	StopReason string
	// PromptName and PromptVersion name the prompt template of the call.
	PromptName, PromptVersion string
	Agent                     string // who acted
	// Tools are the tools that an answer calls, or the tool that a span ran: each once, in the order of the calls, separated by line breaks.
	Tools string
	// MCPServer is the MCP server of all these tools, "" if there is none or more than one.
	MCPServer string
	// MetricName and MetricValue belong to a metric or an evaluation. The text of feedback is in MetricValue. For a copy in a browser they are the
	// method ("copy", "cut", "paste") and the copied text.
	MetricName  string
	MetricValue string
	// Score is MetricValue as a number; true and false are 1 and 0. Scored means that MetricValue is a number or boolean.
	Score  float64
	Scored bool
	// Truncated means that part of the content exceeded the limit and was cut off.
	Truncated bool
}

// Property is a custom property of an event: a name without a meaning in Playhead, and its value as text. An event keeps at most MaxProperties, each
// with at most MaxPropertyBytes for name and value together; others are only in Content.Properties.
type Property struct{ Name, Value string }

// Limits of the custom properties in an event's light row.
const (
	MaxProperties    = 64
	MaxPropertyBytes = 256
)

// Longest texts of rows, in bytes. Longer texts are cut, not refused.
const (
	MaxID    = 512
	MaxName  = 200 // also of models, providers and other short texts
	MaxURL   = 2048
	MaxError = 1024
	MaxValue = 4096
	MaxTools = 4096
)

// MaxScore is the largest absolute value of a score.
const MaxScore = 1e9

// EndMS is the end of a call or span.
func (e *Event) EndMS() int64 { return e.StartMS + int64(math.Round(max(0, e.LatencyMS))) }

// Tokens counts what a call used, with the same meaning for every client: Input is the whole prompt and Output the whole answer. The other counts are
// parts of these.
type Tokens struct {
	// -1 means not reported. CacheRead and CacheWrite are parts of Input, Reasoning is part of Output.
	Input, Output, Total, CacheRead, CacheWrite, Reasoning int64
	// 0 means none or not reported. CacheWrite1h is the part of CacheWrite that is kept for an hour instead of five minutes. CacheReadAudio is the part
	// of CacheRead that is audio.
	CacheWrite1h, InputAudio, OutputAudio, InputImage, OutputImage, CacheReadAudio int64
}

// UnknownTokens are the tokens of a call that reports none.
func UnknownTokens() Tokens {
	return Tokens{Input: -1, Output: -1, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
}

// Costs reports whether events of the kind are calls, which have a cost. Spans and explicit traces often repeat the usage of the calls below them, so
// their usage is never added up and has no price.
func (k Kind) Costs() bool { return k == KindGeneration || k == KindEmbedding }

// Cost is the cost of a generation or embedding.
type Cost struct {
	State CostState
	// Nanos is in billionths of a dollar: a whole number, so that sums are exact in every storage. It is valid if State is given or priced.
	Nanos int64
	// Price is how a priced call was priced, as package price writes it: the source of the price, since when it is valid, and the price of each counted
	// unit. There are few distinct prices, so few distinct texts are stored. For a given cost it is what the client reported about it.
	Price string
}

// Dollars is the cost in US dollars.
func (c Cost) Dollars() float64 { return float64(c.Nanos) / 1e9 }

// Known reports whether there is a cost, and it is known.
func (c Cost) Known() bool { return c.State == CostGiven || c.State == CostPriced }

// Prices are in US dollars by the names of units (see package price): for a million tokens, or for a thousand searches or requests.
type Prices map[string]float64

// Missing reports whether there is a cost that is not known.
func (c Cost) Missing() bool { return !c.Known() && c.State != CostUncharged }

// CostState is the origin of a cost.
type CostState uint8

// States of costs. The numbers are stored: never renumber.
const (
	CostNone     CostState = 0 // not a call, so it has no cost
	CostGiven    CostState = 1 // sent by the client
	CostPriced   CostState = 2 // computed from counts and prices
	CostUnpriced CostState = 3 // there is no price for the model, or nothing was counted
	// CostUncharged means that the provider refused the call, and charges nothing for it.
	CostUncharged CostState = 4
	// CostElsewhere is that of a span which reports a call that counts elsewhere. Price is the uuid of the event that counts. It has no name: readers see
	// a span without a cost.
	CostElsewhere CostState = 5
)

var costNames = [...]string{"", "given", "priced", "unpriced", "uncharged"}

// CostStates are the names of the states that calls can have.
var CostStates = costNames[1:]

// String returns the state's name in the API, "" for CostNone.
func (s CostState) String() string {
	if int(s) < len(costNames) {
		return costNames[s]
	}
	return ""
}

// Content is the heavy text of an event, stored separately. Fields are JSON as the SDK sent it, or nil.
//
// Input and Output are canonical, so that a text search finds what people see: UTF-8 without needless escapes. In their strings only quotes,
// backslashes and control characters are escaped, the latter as \b \f \r \t or \u00xx; a lone surrogate stays escaped.
type Content struct {
	Project string
	UUID    uuid.UUID
	TimeMS  int64 // the event's, so that a reader can find it by time
	Input   []byte
	Output  []byte
	Tools   []byte
	// Properties is a JSON object with all other properties.
	Properties []byte
	// InputPreview and OutputPreview are the last user message and the answer, at most 240 characters, for lists.
	InputPreview, OutputPreview string
}

// Preview is what lists show of an event's content.
type Preview struct {
	UUID          uuid.UUID
	Input, Output string
}

// Key identifies one event's content.
type Key struct {
	Project string
	UUID    uuid.UUID
	TimeMS  int64
}

// Identity is a fact about a person: two of their ids, or properties of one id.
type Identity struct {
	Project string
	UUID    uuid.UUID // of the event that said so
	TimeMS  int64
	ID      string
	// OtherID is another id of the same person, "" if the fact is only about ID.
	OtherID string
	// Name and Email are what was sent about the person, or "".
	Name  string
	Email string
}

// Person is the person to whom a set of distinct ids belongs.
type Person struct {
	// ID is the id that represents the person: an identified id is preferred to an anonymous one.
	ID          string
	Name        string
	Email       string
	DistinctIDs []string
}
