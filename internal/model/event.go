package model

import (
	"math"

	"github.com/google/uuid"
)

// Kind sorts events by what they are to Playhead.
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
	KindEvaluation Kind = 7 // what a judge, a program or a model, found
	KindNote       Kind = 8 // what happened, as somebody said: of no trace
)

var kindNames = [...]string{"event", "generation", "embedding", "span", "trace", "metric", "feedback", "evaluation", "note"}

// String is the kind's name in the API.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "event"
}

// IsCall reports whether events of the kind are calls, each of which has a link of its own.
func (k Kind) IsCall() bool { return k == KindGeneration || k == KindEmbedding }

// IsNode reports whether events of the kind are part of a trace's tree: a call, a step or the explicit root.
func (k Kind) IsNode() bool {
	switch k {
	case KindGeneration, KindEmbedding, KindSpan, KindTrace:
		return true
	default:
		return false
	}
}

// IsOpinion reports whether events of the kind say what somebody thinks of a trace or of something in it.
func (k Kind) IsOpinion() bool {
	return k == KindMetric || k == KindFeedback || k == KindEvaluation
}

// Event is the light row of one thing an SDK sent: what lists, trees and links read. Its heavy text is a Content.
type Event struct {
	// Project is whose event it is: the one of the token that it came with. With UUID it is the key.
	Project string
	UUID    uuid.UUID
	Name    string // the SDK's, as it was sent
	Kind    Kind
	// TimeMS is the event's timestamp by the client's clock.
	TimeMS int64
	// Untimed says that TimeMS is this side's, because the client sent none, or one that cannot be true: an event that is
	// sent again then has another.
	Untimed    bool
	ReceivedMS int64
	SentMS     int64
	// Order is the event's number among those of its request: events that began in the same millisecond keep it.
	Order int32

	DistinctID string
	// Personless is true where the client said that its distinct id names no person.
	Personless bool
	SessionID  string // the browser's session, "" when none
	WindowID   string
	URL        string // the page's, of browser events
	// RecordingStatus is what the browser says of its recorder: "active", "buffering", "disabled", …; "" when not sent.
	RecordingStatus string
	Library         string // "posthog-node/5.70.0"
	// Env is the deployment it comes from ("production", "staging"), "" when not sent.
	Env string
	// Release is the version of the program that it comes from, "" when not sent.
	Release string
	// Properties are the scalars that the program sent beside what Playhead knows, by name; see Property.
	Properties []Property

	// What follows is set on LLM events (Kind != KindOther).
	TraceID string
	SpanID  string
	// ParentID is the span or trace around it; of an opinion the event or span that it is about, "" for the trace.
	ParentID       string
	ConversationID string
	Title          string // the span's or trace's own name
	Model          string
	Provider       string
	// StartMS is when the call began: TimeMS - latency for SDK events, which are stamped when the call ends.
	StartMS int64
	// LatencyMS and FirstTokenMS are durations; negative when not known.
	LatencyMS    float64
	FirstTokenMS float64
	Tokens       Tokens
	// WebSearches counts searches of the web that the provider made for a call, 0 for none or not reported.
	WebSearches int64
	// ServiceTier is what was paid for where it is not the provider's usual one: "flex", "priority", "batch", …; "" elsewhere.
	ServiceTier string
	Cost        Cost
	HTTPStatus  int32
	IsError     bool
	Error       string // at most 1 kB; the whole of it is in Content.Properties
	// ErrorGroup is Error without what differs from one time to the next, see ingest.
	ErrorGroup string
	StopReason string
	// PromptName and PromptVersion name the prompt that was filled in.
	PromptName, PromptVersion string
	Agent                     string // who acted
	// Tools are the tools that an answer calls, or the one that a span ran, each once, in the order of the calls, with line breaks between.
	Tools string
	// MCPServer is the MCP server that all of them are of, "" where there is none or several.
	MCPServer string
	// MetricName and MetricValue are a metric's or an evaluation's; a feedback's text is in MetricValue.
	MetricName  string
	MetricValue string
	// Score is MetricValue as a number, true and false being 1 and 0. Scored says that it is one.
	Score  float64
	Scored bool
	// Truncated says that part of the content was larger than allowed and was cut off.
	Truncated bool
}

// Property is a custom property of an event: a name that Playhead gives no meaning to, and its value as text. An event keeps at most
// MaxProperties, each of at most MaxPropertyBytes for name and value together; the rest stays in Content.Properties alone.
type Property struct{ Name, Value string }

// Bounds of what an event keeps of its custom properties in its light row.
const (
	MaxProperties    = 64
	MaxPropertyBytes = 256
)

// Longest texts of rows, in bytes. What is longer is cut, not refused.
const (
	MaxID    = 512
	MaxName  = 200 // also of models, providers and other short texts
	MaxURL   = 2048
	MaxError = 1024
	MaxValue = 4096
	MaxTools = 4096
)

// MaxScore is the largest score that is a number, either way.
const MaxScore = 1e9

// EndMS is when a call or step was over.
func (e *Event) EndMS() int64 { return e.StartMS + int64(math.Round(max(0, e.LatencyMS))) }

// Tokens counts what a call used, in one way whoever reports it: Input is the whole prompt and Output the whole answer, and the others are parts
// of these, which providers also report beside them.
type Tokens struct {
	// -1 means not reported. CacheRead and CacheWrite are parts of Input, Reasoning is part of Output.
	Input, Output, Total, CacheRead, CacheWrite, Reasoning int64
	// 0 means none or not reported. CacheWrite1h is the part of CacheWrite that is kept for an hour instead of five minutes, CacheReadAudio
	// that of CacheRead which is audio.
	CacheWrite1h, InputAudio, OutputAudio, InputImage, OutputImage, CacheReadAudio int64
}

// UnknownTokens are those of a call that reports none.
func UnknownTokens() Tokens {
	return Tokens{Input: -1, Output: -1, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1}
}

// Costs says whether events of the kind are calls, which cost something. Spans and explicit traces often repeat what the calls below them
// used, so what they report is never added up and has no price.
func (k Kind) Costs() bool { return k == KindGeneration || k == KindEmbedding }

// Cost is what a generation or embedding cost.
type Cost struct {
	State CostState
	// Nanos is in billionths of a dollar: whole numbers, so that sums are exact in every storage. It says something where State is given or
	// priced.
	Nanos int64
	// Price is how a priced call was priced, as package price writes it: where the price is from, since when it holds, and the price of each
	// thing that is counted. Few different texts are stored, because few different prices are. Of a given cost it is what the client said of it.
	Price string
}

// Dollars is the cost in US dollars.
func (c Cost) Dollars() float64 { return float64(c.Nanos) / 1e9 }

// Known says that there is a cost.
func (c Cost) Known() bool { return c.State == CostGiven || c.State == CostPriced }

// Prices are in US dollars, by the names of what is counted (see package price): of a million tokens, of a thousand searches or requests.
type Prices map[string]float64

// CostState says where a cost is from.
type CostState uint8

// States of costs. The numbers are stored: never renumber.
const (
	CostNone     CostState = 0 // of what costs nothing: no call
	CostGiven    CostState = 1 // the client said it
	CostPriced   CostState = 2 // worked out from counts and prices
	CostUnpriced CostState = 3 // there is no price for the model, or nothing was counted
)

var costNames = [...]string{"", "given", "priced", "unpriced"}

// CostStates are the names of the states of calls.
var CostStates = costNames[1:]

// String is the state's name in the API, "" for CostNone.
func (s CostState) String() string {
	if int(s) < len(costNames) {
		return costNames[s]
	}
	return ""
}

// Content is the heavy text of an event, stored apart. Fields are JSON as the SDK sent it, or nil.
//
// Input and Output are canonical so that a text search finds what people see: UTF-8 without needless escapes. In their
// strings only quotes, backslashes and control characters are escaped, the latter as \b \f \n \r \t or else \u00xx; a
// lone surrogate keeps its escape.
type Content struct {
	Project string
	UUID    uuid.UUID
	TimeMS  int64 // the event's, so that a reader can find it by time
	Input   []byte
	Output  []byte
	Tools   []byte
	// Properties is every other property, a JSON object.
	Properties []byte
	// InputPreview and OutputPreview are the last user message and the answer, at most 240 characters, for lists.
	InputPreview, OutputPreview string
}

// Preview is what lists show of an event's content.
type Preview struct {
	UUID          uuid.UUID
	Input, Output string
}

// Key finds one event's content.
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
	// OtherID is another id of the same person, "" when the fact is about ID alone.
	OtherID string
	// Name and Email are what was said of them, "" when nothing.
	Name  string
	Email string
}

// Person is who stands behind a set of distinct ids.
type Person struct {
	// ID is the one id that names them: an identified id before an anonymous one.
	ID          string
	Name        string
	Email       string
	DistinctIDs []string
}
