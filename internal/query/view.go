package query

import (
	"encoding/json"

	"github.com/playheadhq/playhead/internal/llm"
)

// The values use cases return are the shapes of the JSON API, so that no layer copies them field by field.
// Times end in _ms (Unix milliseconds) or _s (seconds, durations); null means not known.

// Link says in which recorded session a trace's or generation's user was waiting, and when.
type Link struct {
	State  string  `json:"state" enum:"linked,pending,none" doc:"linked: there is a recording to open. pending: there is a session id, and its recording may still arrive. none: see reason"`
	Method *string `json:"method" enum:"exact,inherited" doc:"exact: the event carries the session id. inherited: another event of its trace does"`
	// Reason is null when linked.
	Reason    *string `json:"reason" enum:"no_session_id,no_recording_yet,recording_not_started,no_recording" doc:"why there is nothing to open; null when linked"`
	Detail    string  `json:"detail" doc:"the reason in words: what happened and what to do about it"`
	SessionID *string `json:"session_id"`
	WindowID  *string `json:"window_id" doc:"the tab that asked"`
	MomentMS  *int64  `json:"moment_ms" doc:"where to start playing: five seconds before the call began, inside the recording"`
	StartMS   *int64  `json:"start_ms" doc:"when the call began"`
	Clamped   *string `json:"clamped" enum:"before,after" doc:"the call began before or after the recording, so the moment is the nearest recorded one"`
	URL       *string `json:"url" doc:"the page that opens the replay at the moment"`
}

// Person is who was there.
type Person struct {
	ID          string   `json:"id"`
	Name        *string  `json:"name"`
	Email       *string  `json:"email"`
	DistinctIDs []string `json:"distinct_ids" nullable:"false" doc:"at most 50"`
}

// Tokens counts what calls used; null is not reported.
type Tokens struct {
	Input      *int64 `json:"input" doc:"the complete prompt, including cached tokens"`
	Output     *int64 `json:"output" doc:"the complete answer, including reasoning"`
	Total      *int64 `json:"total"`
	CacheRead  *int64 `json:"cache_read" doc:"a part of input"`
	CacheWrite *int64 `json:"cache_write" doc:"a part of input"`
	Reasoning  *int64 `json:"reasoning" doc:"a part of output"`
	// Of these 0 is not told from not reported.
	CacheWrite5m   *int64 `json:"cache_write_5m" doc:"the part of cache_write for five minutes, if another part is for one hour"`
	CacheWrite1h   *int64 `json:"cache_write_1h" doc:"the part of cache_write for one hour; null for none"`
	CacheReadAudio *int64 `json:"cache_read_audio" doc:"the audio part of cache_read; null for none"`
	AudioInput     *int64 `json:"audio_input" doc:"the audio part of input; null for none"`
	AudioOutput    *int64 `json:"audio_output" doc:"the audio part of output; null for none"`
	ImageInput     *int64 `json:"image_input" doc:"the image part of input; null for none"`
	ImageOutput    *int64 `json:"image_output" doc:"the image part of output; null for none"`
}

// Trace is a row of the trace list.
type Trace struct {
	ID             string   `json:"id"`
	Name           *string  `json:"name"`
	ConversationID *string  `json:"conversation_id"`
	StartMS        int64    `json:"start_ms"`
	EndMS          int64    `json:"end_ms"`
	LatencyS       float64  `json:"latency_s" doc:"wall clock, from the first start to the last end"`
	SummedS        float64  `json:"summed_s" doc:"the latencies of all generations added up"`
	Generations    int64    `json:"generations" doc:"generations and embeddings"`
	Spans          int64    `json:"spans"`
	Errors         int64    `json:"errors"`
	Feedbacks      int64    `json:"feedbacks"`
	Error          *string  `json:"error"`
	Models         []string `json:"models" nullable:"false" doc:"at most 100"`
	Tokens         Tokens   `json:"tokens" doc:"of its generations and embeddings; audio, images and cache writes for an hour are not added up"`
	CostUSD        *float64 `json:"cost_usd" doc:"the known costs of its generations and embeddings; null if there are none. Spans never count, because they often repeat the usage of the calls below them"`
	Unpriced       int64    `json:"unpriced" doc:"the number of its generations and embeddings without a known cost"`
	InputPreview   string   `json:"input_preview"`
	OutputPreview  string   `json:"output_preview"`
	Truncated      bool     `json:"truncated"`
	Person         *Person  `json:"person"`
	Link           Link     `json:"link"`
}

// TraceDetail is one trace with its tree.
type TraceDetail struct {
	Trace
	Nodes        []Node     `json:"nodes" nullable:"false" doc:"the first ones in tree order: parents before children, siblings by start"`
	NodesNext    *string    `json:"nodes_next" doc:"the cursor for /api/traces/{id}/nodes, null when nodes has all"`
	Feedback     []Feedback `json:"feedback" nullable:"false" doc:"the first ones by time"`
	FeedbackNext *string    `json:"feedback_next" doc:"the cursor for /api/traces/{id}/feedback, null when feedback has all"`
	// NodesOmitted counts events past those that are read of a trace.
	NodesOmitted int `json:"nodes_omitted" doc:"events beyond the 10,000 that are read of a trace; no page has them"`
}

// Generation is a generation or embedding, in lists.
type Generation struct {
	ID             string   `json:"id" doc:"the event's uuid"`
	Kind           string   `json:"kind" enum:"generation,embedding,span,trace"`
	TraceID        string   `json:"trace_id"`
	ConversationID *string  `json:"conversation_id"`
	Name           *string  `json:"name"`
	Model          *string  `json:"model"`
	Provider       *string  `json:"provider"`
	StartMS        int64    `json:"start_ms"`
	EndMS          int64    `json:"end_ms"`
	LatencyS       *float64 `json:"latency_s"`
	FirstTokenS    *float64 `json:"time_to_first_token_s"`
	TokensPerS     *float64 `json:"tokens_per_s" doc:"output tokens per second of the whole call"`
	Tokens         Tokens   `json:"tokens"`
	WebSearches    *int64   `json:"web_searches" doc:"web searches of the provider; null for none"`
	ServiceTier    *string  `json:"service_tier" doc:"flex, priority, batch, …; null for the standard tier"`
	// CostState is null of spans and explicit traces, which cost nothing themselves.
	CostState     *string    `json:"cost_state" enum:"given,priced,unpriced" doc:"given: the client sent the cost. priced: it was calculated from a price. unpriced: there is no price for the model, or the usage was not reported. null for spans, which have no cost"`
	CostUSD       *float64   `json:"cost_usd" doc:"null if it is not known, never 0 instead"`
	CostDetail    []CostPart `json:"cost_detail" nullable:"false" doc:"the parts of the cost; empty if it is not known or was given as one figure"`
	HTTPStatus    *int32     `json:"http_status"`
	StopReason    *string    `json:"stop_reason"`
	IsError       bool       `json:"is_error"`
	Error         *string    `json:"error"`
	InputPreview  string     `json:"input_preview"`
	OutputPreview string     `json:"output_preview"`
	Truncated     bool       `json:"truncated" doc:"part of the content was larger than allowed and was cut off"`
	Library       *string    `json:"library"`
	Person        *Person    `json:"person"`
	Link          Link       `json:"link"`
}

// Message is one turn of a conversation.
type Message = llm.Message

// Content is an event's messages, and what was sent, each as far as it fits into an answer.
//
// The messages of an input are those of Input, then those that InputNext reads, then those of InputLast, then those that
// InputLastNext reads. InputLast is empty when Input holds all, or reading on from it does.
type Content struct {
	Input         []Message `json:"input" nullable:"false" doc:"the first messages"`
	InputNext     *string   `json:"input_next" doc:"the cursor for /api/generations/{id}/messages after input, up to input_last; null when there is nothing between them"`
	InputLast     []Message `json:"input_last" nullable:"false" doc:"the latest turn of the user, when there are messages between input and it; otherwise empty"`
	InputLastNext *string   `json:"input_last_next" doc:"the same after input_last"`
	Output        []Message `json:"output" nullable:"false" doc:"the first messages"`
	OutputNext    *string   `json:"output_next" doc:"the same after output"`
	// Private is true when the SDK's privacy mode kept the content back.
	Private         bool                 `json:"private" doc:"the SDK sent no content (privacy mode)"`
	ToolDefinitions []llm.ToolDefinition `json:"tool_definitions" nullable:"true" doc:"the tools that the call could use, in one shape; at most 200"`
	Parameters      json.RawMessage      `json:"parameters" doc:"the parameters of the call (temperature, …); null when there are none"`
	Custom          json.RawMessage      `json:"custom" doc:"the properties that the program added; null when there are none, and beyond 64 KiB: see properties"`
	Tools           json.RawMessage      `json:"tools" doc:"tool definitions as sent; null when there are none, and beyond 64 KiB: see tools_bytes"`
	ToolsBytes      int64                `json:"tools_bytes" doc:"the size of /api/generations/{id}/raw?of=tools"`
	RawInput        json.RawMessage      `json:"raw_input" doc:"as sent; null when there is none, and beyond 64 KiB: see input_bytes"`
	InputBytes      int64                `json:"input_bytes" doc:"the size of /api/generations/{id}/raw?of=input"`
	RawOutput       json.RawMessage      `json:"raw_output" doc:"as sent; null when there is none, and beyond 64 KiB: see output_bytes"`
	OutputBytes     int64                `json:"output_bytes" doc:"the size of /api/generations/{id}/raw?of=output"`
	Properties      json.RawMessage      `json:"properties" doc:"every other property as sent; null when there are none, and beyond 64 KiB: see properties_bytes"`
	PropertiesBytes int64                `json:"properties_bytes" doc:"the size of /api/generations/{id}/raw?of=properties"`
}

// Raw is a piece of an event's content as it was sent.
type Raw struct {
	Text   string `json:"text" doc:"a piece of JSON; all pieces together are the whole"`
	Offset int64  `json:"offset" doc:"start of the piece, in bytes"`
	Next   *int64 `json:"next" doc:"the offset of the next piece, null at the end"`
	Bytes  int64  `json:"bytes" doc:"length of the whole"`
}

// Node is a generation, embedding, span or explicit trace in the tree.
type Node struct {
	Generation
	SpanID   *string `json:"span_id"`
	ParentID *string `json:"parent_id" doc:"the id of the parent node, null at the root"`
	Depth    int     `json:"depth"`
	// Content is null where the answer has no room for it: read /api/generations/{id}.
	Content *Content `json:"content" doc:"null when the answer has no space for it, and on all pages but the first: read /api/generations/{id}"`
}

// GenerationDetail is one generation, embedding, span or explicit trace with its content.
type GenerationDetail struct {
	Generation
	Content Content `json:"content"`
}

// Feedback is what a person or a metric said of a trace.
type Feedback struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind" enum:"feedback,metric,evaluation"`
	AtMS   int64    `json:"at_ms"`
	Name   *string  `json:"name" doc:"a metric's or an evaluation's name"`
	Value  string   `json:"value" doc:"a metric's value, an evaluation's result or a feedback's text"`
	Score  *float64 `json:"score" doc:"the value as a number, true and false being 1 and 0; null where it is none"`
	Person *Person  `json:"person"`
}

// Replay says whether a session can be watched.
type Replay struct {
	State  string  `json:"state" enum:"available,pending,none"`
	Reason *string `json:"reason" enum:"no_recording_yet,recording_not_started,no_recording"`
	Detail string  `json:"detail"`
}

// Session is a row of the session list.
type Session struct {
	ID         string  `json:"id"`
	Person     *Person `json:"person"`
	StartMS    int64   `json:"start_ms"`
	EndMS      int64   `json:"end_ms"`
	DurationS  float64 `json:"duration_s"`
	Clicks     int64   `json:"clicks"`
	Keypresses int64   `json:"keypresses"`
	Windows    int64   `json:"windows"`
	Events     int64   `json:"events"`
	AICalls    int64   `json:"ai_calls"`
	Errors     int64   `json:"errors" doc:"AI calls that failed"`
	StartURL   *string `json:"start_url"`
	Bytes      int64   `json:"bytes" doc:"of the stored recording"`
	Replay     Replay  `json:"replay"`
	URL        string  `json:"url"`
}

// SessionDetail is one session with what its page needs besides the recording itself.
type SessionDetail struct {
	Session
	WindowList      []Window            `json:"window_list" nullable:"false" doc:"the recorded windows by start, at most 500"`
	Generations     []SessionGeneration `json:"generations" nullable:"false" doc:"the first AI calls of this session by start"`
	GenerationsNext *string             `json:"generations_next" doc:"the cursor for /api/sessions/{id}/generations, null when generations has all"`
	Activity        []Activity          `json:"activity" nullable:"false" doc:"the first page views and other browser events by time"`
	ActivityNext    *string             `json:"activity_next" doc:"the cursor for /api/sessions/{id}/activity, null when activity has all"`
	EventsOmitted   int64               `json:"events_omitted" doc:"the number of later events that are neither in generations nor in activity, because the session has more than are read"`
}

// Window is one tab's part of a recording.
type Window struct {
	ID              string `json:"id"`
	StartMS         int64  `json:"start_ms"`
	EndMS           int64  `json:"end_ms"`
	FirstSnapshotMS *int64 `json:"first_snapshot_ms" doc:"nothing before it can be shown; null when nothing can be shown at all"`
	Clicks          int64  `json:"clicks"`
	Keypresses      int64  `json:"keypresses"`
}

// SessionGeneration is an AI call on a session's timeline. Its messages are at /api/generations/{id}.
type SessionGeneration struct {
	Generation
	WindowID *string `json:"window_id" doc:"the tab that asked"`
}

// Activity is a browser event on a session's timeline.
type Activity struct {
	ID       string  `json:"id"`
	Name     string  `json:"name"`
	AtMS     int64   `json:"at_ms"`
	WindowID *string `json:"window_id"`
	URL      *string `json:"url"`
}

// Status is what the setup page watches and operators ask.
type Status struct {
	Version          string       `json:"version"`
	Project          string       `json:"project" doc:"the project of these figures"`
	Token            string       `json:"token" doc:"the project token that snippets use"`
	Events           int64        `json:"events"`
	Generations      int64        `json:"generations"`
	Recordings       int64        `json:"recordings" doc:"stored blocks"`
	FirstEventMS     *int64       `json:"first_event_ms"`
	FirstLLMEventMS  *int64       `json:"first_llm_event_ms"`
	FirstRecordingMS *int64       `json:"first_recording_ms"`
	FirstLinkMS      *int64       `json:"first_link_ms"`
	Refusals         []Refusal    `json:"refusals" nullable:"false"`
	TurnedAway       []TurnedAway `json:"turned_away" nullable:"false" doc:"temporary refusals of this server since its start, by reason; clients retry"`
	Nodes            []Server     `json:"nodes" nullable:"false" doc:"the servers that share the storage, this one among them"`
	Warnings         []Warning    `json:"warnings" nullable:"false" doc:"problems of servers: different versions, settings or clocks, lost data"`
}

// Server is one of those that share the storage.
type Server struct {
	ID        string  `json:"id" doc:"made at each start"`
	Name      string  `json:"name" doc:"host and port"`
	Version   string  `json:"version"`
	StartedMS int64   `json:"started_ms"`
	SeenMS    int64   `json:"seen_ms" doc:"when it last reported itself, by the storage's clock"`
	ClockS    float64 `json:"clock_s" doc:"how far its clock is ahead of the storage's"`
	Self      bool    `json:"self" doc:"it is the one that answers"`
}

// Warning is something that an operator should change.
type Warning struct {
	Kind   string `json:"kind" enum:"clock,version,settings,loss" doc:"loss: acknowledged data are lost, and an operator accepted this"`
	Node   string `json:"node" doc:"the id of the server it is about"`
	Detail string `json:"detail" doc:"what is wrong and what to do about it"`
}

// Refusal is what was not kept, or was cut, for one reason.
type Refusal struct {
	Reason  string `json:"reason"`
	Event   string `json:"event"`
	Library string `json:"library"`
	Detail  string `json:"detail"`
	Count   int64  `json:"count"`
	FirstMS int64  `json:"first_ms"`
	LastMS  int64  `json:"last_ms"`
}

// TurnedAway is how often requests or connections were refused for one reason that will pass.
type TurnedAway struct {
	Reason string `json:"reason" doc:"as in the metrics: busy, address_share, token_share, crowded, slow_client, unavailable, too_many_connections, address_connections, no_files"`
	Count  int64  `json:"count"`
}

// List is a page of a list.
type List[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"the cursor of the next page, null at the end"`
	Total *int64  `json:"total,omitempty" doc:"the number of rows on all pages together; only with count=true"`
	// TotalToMS is set when not all text was looked at.
	TotalToMS *int64 `json:"total_to_ms,omitempty" doc:"total covers only rows that were active since then, because too much text matches; absent when it is complete"`
	// SearchedToMS and SearchedShare are set when not all text was looked at.
	SearchedToMS  *int64   `json:"searched_to_ms,omitempty" doc:"text was searched back to this time, newest first. next searches further back, and items may be empty until then. Absent when the search for this page is complete"`
	SearchedShare *float64 `json:"searched_share,omitempty" doc:"the share of all text that is from then or later, 0 to 1"`
}

// Project is one of those that a server keeps apart.
type Project struct {
	Name string `json:"name"`
}
