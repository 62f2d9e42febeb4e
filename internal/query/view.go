package query

import (
	"encoding/json"

	"github.com/playheadhq/playhead/internal/llm"
)

// Use cases return values in the shapes of the JSON API, so that no layer has to copy them field by field. Fields whose names end in _ms are Unix
// milliseconds, in _s durations in seconds; null means not known.

// Link is the recorded session, and the time in it, in which the user of a trace or generation waited.
type Link struct {
	State  string  `json:"state" enum:"linked,pending,none" doc:"linked: there is a recording to open. pending: there is a session id, and its recording may still arrive. none: see reason"`
	Method *string `json:"method" enum:"exact,inherited,feedback,attribute,request,screen,person" doc:"how the session was found. exact: the event carries its id. inherited: another event of its trace does. feedback: feedback of the browser about the trace does. attribute: another property names it. request: a request in the recording carried the id of the trace. screen: the words of the question or the answer were on the screen of this recording alone. person: the only recording of the same person at that time"`
	// Reason is null if the state is linked.
	Reason    *string `json:"reason" enum:"no_session_id,no_recording_yet,recording_not_started,no_recording,ambiguous" doc:"why there is nothing to open; null when linked"`
	Detail    string  `json:"detail" doc:"in sentences: how the session was found and, if there is nothing to open, why and what to do about it"`
	SessionID *string `json:"session_id"`
	WindowID  *string `json:"window_id" doc:"the tab in which the user asked"`
	// Confidence is null if there is no session.
	Confidence          *float64    `json:"confidence" minimum:"0" maximum:"1" doc:"how certain it is that this is the right session"`
	Candidates          []Candidate `json:"candidates" nullable:"false" doc:"recordings that fit equally well, if the reason is ambiguous"`
	ClockOffsetMS       *int64      `json:"clock_offset_ms" doc:"by how much the browser's clock was ahead of the clock of the call's sender; null when not known"`
	ClockUncertaintyMS  *int64      `json:"clock_uncertainty_ms" doc:"how wrong clock_offset_ms may be"`
	MomentMS            *int64      `json:"moment_ms" doc:"where to start playing, by the browser's clock: five seconds before the user asked or, where that is not known, before the call began; inside the recording"`
	MomentFrom          *string     `json:"moment_from" enum:"asked,call" doc:"what moment_ms follows from. asked: the recording shows when the user asked. call: that is not known, so it follows from the start of the call, moved by clock_offset_ms"`
	MomentUncertaintyMS *int64      `json:"moment_uncertainty_ms" doc:"how wrong moment_ms may be because of what it follows from; null when not known"`
	StartMS             *int64      `json:"start_ms" doc:"when the call began, by its sender's clock"`
	Clamped             *string     `json:"clamped" enum:"before,after" doc:"the call began before or after the recording, so the moment is the nearest recorded one"`
	URL                 *string     `json:"url" doc:"the page that opens the replay at the moment"`
}

// Candidate is a recorded session that may be the one in which the user waited.
type Candidate struct {
	SessionID  string  `json:"session_id"`
	WindowID   *string `json:"window_id"`
	Confidence float64 `json:"confidence"`
	URL        string  `json:"url" doc:"the page that opens its replay"`
}

// Person is the person behind an event.
type Person struct {
	ID          string   `json:"id"`
	Name        *string  `json:"name"`
	Email       *string  `json:"email"`
	DistinctIDs []string `json:"distinct_ids" nullable:"false" doc:"at most 50"`
}

// Tokens counts the tokens of calls; null means not reported.
type Tokens struct {
	Input      *int64 `json:"input" doc:"the complete prompt, including cached tokens"`
	Output     *int64 `json:"output" doc:"the complete answer, including reasoning"`
	Total      *int64 `json:"total"`
	CacheRead  *int64 `json:"cache_read" doc:"a part of input"`
	CacheWrite *int64 `json:"cache_write" doc:"a part of input"`
	Reasoning  *int64 `json:"reasoning" doc:"a part of output"`
	// For these fields, 0 and not reported are stored alike.
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
	ID             string    `json:"id"`
	Name           *string   `json:"name"`
	ConversationID *string   `json:"conversation_id"`
	StartMS        int64     `json:"start_ms"`
	EndMS          int64     `json:"end_ms"`
	LastMS         int64     `json:"last_ms" doc:"time of the last event in it, including feedback; lists begin with the latest"`
	LatencyS       float64   `json:"latency_s" doc:"wall clock, from the first start to the last end"`
	SummedS        float64   `json:"summed_s" doc:"the sum of the latencies of all generations"`
	Generations    int64     `json:"generations" doc:"generations and embeddings"`
	Spans          int64     `json:"spans"`
	Errors         int64     `json:"errors"`
	Stopped        int64     `json:"stopped" doc:"generations, embeddings and spans that somebody stopped before they were complete"`
	Feedbacks      int64     `json:"feedbacks"`
	Error          *string   `json:"error"`
	Models         []string  `json:"models" nullable:"false" doc:"at most 100"`
	Tokens         Tokens    `json:"tokens" doc:"of its generations and embeddings; audio, images and cache writes for an hour are not added up"`
	CostUSD        *float64  `json:"cost_usd" doc:"the known costs of its generations and embeddings; null if there are none. Spans never count, because they often repeat the usage of the calls below them"`
	Unpriced       int64     `json:"unpriced" doc:"the number of its generations and embeddings without a known cost"`
	TokensPerS     *float64  `json:"tokens_per_s" doc:"output tokens per second of all latencies added up"`
	InputPreview   string    `json:"input_preview"`
	OutputPreview  string    `json:"output_preview"`
	Truncated      bool      `json:"truncated"`
	Person         *Person   `json:"person"`
	Link           Link      `json:"link"`
	Seen           *Seen     `json:"seen" doc:"of its answer; null until it is derived, and if there is no answer"`
	Reaction       *Reaction `json:"reaction" doc:"to its answer; null until it is derived, and if it is not known"`
}

// TraceDetail is one trace with its tree.
type TraceDetail struct {
	Trace
	Nodes        []Node     `json:"nodes" nullable:"false" doc:"the first ones in tree order: parents before children, siblings by start"`
	NodesNext    *string    `json:"nodes_next" doc:"the cursor for /api/traces/{id}/nodes, which answers with all the rest; null when nodes has all"`
	MainID       *string    `json:"main_id" doc:"the node whose input and output are the trace's own: the root if content was sent with it, else the last generation; null if there is neither"`
	Main         *Node      `json:"main" doc:"that node, if it is not in nodes"`
	Feedback     []Feedback `json:"feedback" nullable:"false" doc:"the first ones by time"`
	FeedbackNext *string    `json:"feedback_next" doc:"the cursor for /api/traces/{id}/feedback, null when feedback has all"`
	// NodesOmitted counts the events of a trace beyond those that are read.
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
	// CostState is null for spans and explicit traces, which have no cost of their own.
	CostState     *string    `json:"cost_state" enum:"given,priced,unpriced,uncharged" doc:"given: the client sent the cost. priced: it was calculated from a price. unpriced: there is no price for the model, or the usage was not reported. uncharged: the provider refused the call and charges nothing; cost_usd is null. null for spans, which have no cost"`
	CostUSD       *float64   `json:"cost_usd" doc:"null if it is not known, never 0 instead"`
	CostDetail    []CostPart `json:"cost_detail" nullable:"false" doc:"the parts of the cost; empty if it is not known or was given as one figure"`
	HTTPStatus    *int32     `json:"http_status"`
	StopReason    *string    `json:"stop_reason"`
	IsError       bool       `json:"is_error"`
	Stopped       bool       `json:"stopped" doc:"somebody stopped it before it was complete, which is not an error; error may have the client's text about it"`
	Error         *string    `json:"error"`
	InputPreview  string     `json:"input_preview"`
	OutputPreview string     `json:"output_preview"`
	Truncated     bool       `json:"truncated" doc:"part of the content was larger than allowed and was cut off"`
	Library       *string    `json:"library"`
	Person        *Person    `json:"person"`
	Link          Link       `json:"link"`
	Seen          *Seen      `json:"seen" doc:"of its answer; null until it is derived, and for everything except generations"`
	Reaction      *Reaction  `json:"reaction" doc:"to its answer; null until it is derived, and if it is not known"`
}

// Message is one turn of a conversation.
type Message = llm.Message

// Content is an event's messages and the text as it was sent, each up to the size that fits into an answer.
//
// The messages of an input are, in this order: Input, those read with InputNext, InputLast, and those read with InputLastNext. InputLast is empty if
// Input has all, or if InputNext continues into it.
type Content struct {
	Input         []Message `json:"input" nullable:"false" doc:"the first messages"`
	InputNext     *string   `json:"input_next" doc:"the cursor for /api/generations/{id}/messages after input, up to input_last; null when there is nothing between them"`
	InputLast     []Message `json:"input_last" nullable:"false" doc:"the latest turn of the user, when there are messages between input and it; otherwise empty"`
	InputLastNext *string   `json:"input_last_next" doc:"the same after input_last"`
	Output        []Message `json:"output" nullable:"false" doc:"the first messages"`
	OutputNext    *string   `json:"output_next" doc:"the same after output"`
	// Private is true if the SDK's privacy mode left out the content.
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
	Text   string `json:"text" doc:"a part of the JSON text; all parts together are the whole"`
	Offset int64  `json:"offset" doc:"start of the part, in bytes"`
	Next   *int64 `json:"next" doc:"the offset of the next part, null at the end"`
	Bytes  int64  `json:"bytes" doc:"length of the whole"`
}

// Node is a generation, embedding, span or explicit trace in the tree.
type Node struct {
	Generation
	SpanID   *string `json:"span_id"`
	ParentID *string `json:"parent_id" doc:"the id of the parent node, null at the root"`
	Depth    int     `json:"depth"`
	// The next fields are sums over the node and all nodes below it.
	SubtreeCostUSD  *float64      `json:"subtree_cost_usd" doc:"the known costs of the generations and embeddings among the node and all below it; null if there are none. Spans never count, because they often repeat the usage of the calls below them"`
	SubtreeUnpriced int64         `json:"subtree_unpriced" doc:"the number of these without a known cost"`
	SubtreeTokens   SubtreeTokens `json:"subtree_tokens"`
	SummedLatencyS  float64       `json:"summed_latency_s" doc:"the sum of their latencies; calls at the same time each count in full"`
	// The next fields compare the node with the nodes that have the same parent.
	Parallel *int `json:"parallel" doc:"how many of them ran at the same time, including the node; null if it ran alone"`
	Attempt  *int `json:"attempt" doc:"the number of this attempt, from 1. Attempts have the same name and input, and each began after the previous one failed; null if there is only one"`
	Attempts *int `json:"attempts" doc:"how many attempts there are"`
	// Content is null if the answer has no space for it: read /api/generations/{id}.
	Content *Content `json:"content" doc:"null when the answer has no space for it, and on all pages but the first: read /api/generations/{id}"`
}

// SubtreeTokens counts the tokens of the generations and embeddings of a subtree; null means not reported.
type SubtreeTokens struct {
	Input  *int64 `json:"input"`
	Output *int64 `json:"output"`
}

// GenerationDetail is one generation, embedding, span or explicit trace with its content.
type GenerationDetail struct {
	Generation
	Content Content `json:"content"`
}

// Feedback is feedback, a metric or an evaluation about a trace or a part of it.
type Feedback struct {
	ID    string   `json:"id"`
	Kind  string   `json:"kind" enum:"feedback,metric,evaluation"`
	AtMS  int64    `json:"at_ms"`
	Name  *string  `json:"name" doc:"a metric's or an evaluation's name"`
	Value string   `json:"value" doc:"a metric's value, an evaluation's result or a feedback's text"`
	Score *float64 `json:"score" doc:"the value as a number (true is 1, false is 0); null if it is not a number"`
	About *string  `json:"about" doc:"the id of the event or of the span that it is about; null if it is about the trace"`
	// Explanation ends with an ellipsis if it is only the beginning.
	Explanation *string `json:"explanation" doc:"why an evaluation came to its result, as its judge explained it; null if it did not. Except in /api/feedback/{id} only the beginning on one line: at most 240 characters, of which the last one is … if there is more"`
	Person      *Person `json:"person"`
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
	Tokens     Tokens  `json:"tokens" doc:"of its AI calls; audio, images and cache writes for an hour are not added up"`
	// CostUSD and Unpriced are as in Trace.
	CostUSD  *float64 `json:"cost_usd" doc:"the known costs of its AI calls; null if there are none"`
	Unpriced int64    `json:"unpriced" doc:"the number of its AI calls without a known cost"`
	SlowestS *float64 `json:"slowest_s" doc:"the longest latency of its AI calls; null if none is known"`
	Bytes    int64    `json:"bytes" doc:"of the stored recording"`
	Replay   Replay   `json:"replay"`
	URL      string   `json:"url"`
	Outline  *Outline `json:"outline,omitempty" doc:"what happened along its time; only in lists, absent when nothing is known"`
	Matched  *Match   `json:"matched,omitempty" doc:"why a session is in a list in which text is searched for; absent when the text is in something that has no moment"`
}

// Outline is a session's small timeline: counts in equal parts of its time, at most 40, each of (end_ms - start_ms) / 40 + 1 ms, rounded down. Parts after the last
// one with something are left out. A count of 9999 can also be more.
type Outline struct {
	Actions []int64 `json:"actions,omitempty" doc:"how often the user acted"`
	Pages   []int64 `json:"pages,omitempty" doc:"how often a tab came to another page"`
	Calls   []int64 `json:"calls,omitempty" doc:"how many AI calls began"`
	Errors  []int64 `json:"errors,omitempty" doc:"failed AI calls, errors of pages, failed requests, and error lines of the console"`
}

// Match is what of a session has the text that is searched for.
type Match struct {
	Kind     string  `json:"kind" enum:"click,navigation,generation" doc:"what was clicked, a page, or a prompt or answer"`
	Text     string  `json:"text"`
	AtMS     int64   `json:"at_ms"`
	WindowID *string `json:"window_id"`
	URL      string  `json:"url" doc:"the session's page at that moment"`
}

// SessionDetail is one session with what its page needs besides the recording itself.
type SessionDetail struct {
	Session
	Surroundings    *Surroundings       `json:"surroundings" doc:"where the person was; null for guests"`
	WindowList      []Window            `json:"window_list" nullable:"false" doc:"the recorded windows by start, at most 500"`
	Generations     []SessionGeneration `json:"generations" nullable:"false" doc:"the first AI calls of this session by start"`
	GenerationsNext *string             `json:"generations_next" doc:"the cursor for /api/sessions/{id}/generations, null when generations has all"`
	RecordedIn      *RecordedIn         `json:"recorded_in" doc:"the session whose recording contains this one, if the session is that of a frame of another site; otherwise null"`
	EventsOmitted   int64               `json:"events_omitted" doc:"the number of later events that are neither in generations nor in the activity, because the session has more than are read"`
}

// RecordedIn is the session of the page around a frame of another site. It recorded what the frame showed; the frame's own session has no recording.
type RecordedIn struct {
	SessionID string `json:"session_id"`
	URL       string `json:"url" doc:"the replay at the moment of the frame's first AI call"`
}

// Surroundings are what the events of a session say about the person's browser and about the program, the latest of each; null if no event says it.
type Surroundings struct {
	Browser   *string `json:"browser"`
	OS        *string `json:"os"`
	Device    *string `json:"device" doc:"the type of device, as the library names it"`
	Screen    *string `json:"screen" doc:"its size in pixels: 1920x1080"`
	Country   *string `json:"country"`
	Library   *string `json:"library" doc:"the library in the browser, with its version"`
	Release   *string `json:"release" doc:"the version of the program, also if only a backend sent it"`
	Env       *string `json:"env" doc:"the deployment, also if only a backend sent it"`
	Recording *string `json:"recording" doc:"the state of the browser's recorder, as it was reported last"`
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

// Status is what the setup page shows and operators read.
type Status struct {
	Version          string            `json:"version"`
	Project          string            `json:"project" doc:"the project of these figures"`
	Token            string            `json:"token" doc:"the project token that snippets use"`
	Events           int64             `json:"events"`
	Generations      int64             `json:"generations"`
	Recordings       int64             `json:"recordings" doc:"stored blocks"`
	FirstEventMS     *int64            `json:"first_event_ms"`
	FirstLLMEventMS  *int64            `json:"first_llm_event_ms"`
	FirstRecordingMS *int64            `json:"first_recording_ms"`
	FirstLinkMS      *int64            `json:"first_link_ms"`
	Refusals         []Refusal         `json:"refusals" nullable:"false"`
	TurnedAway       []TurnedAway      `json:"turned_away" nullable:"false" doc:"temporary refusals of this server since its start, by reason; clients retry"`
	WrongTokens      []WrongToken      `json:"wrong_tokens" nullable:"false" doc:"what this server refused since its start because of its project token"`
	RejectedRequests []RejectedRequest `json:"rejected_requests" nullable:"false" doc:"whole requests that this server refused since its start and that can never succeed: nothing takes requests at their address, or their body cannot be read"`
	Assets           []AssetCount      `json:"assets" nullable:"false" doc:"what became, since the start of this server, of stylesheets, fonts and images that recorded pages refer to"`
	Demo             *Demo             `json:"demo" doc:"what playhead demo has to show; null on other servers"`
	Nodes            []Server          `json:"nodes" nullable:"false" doc:"the servers that share the storage, this one among them"`
	Warnings         []Warning         `json:"warnings" nullable:"false" doc:"problems of servers: different versions, settings or clocks, lost data"`
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

// Refusal counts what was not kept, or was cut, for one reason.
type Refusal struct {
	Reason  string `json:"reason"`
	Event   string `json:"event"`
	Library string `json:"library"`
	Detail  string `json:"detail"`
	Count   int64  `json:"count"`
	FirstMS int64  `json:"first_ms"`
	LastMS  int64  `json:"last_ms"`
}

// RejectedRequest counts requests of one kind that can never succeed, from one library. Nothing of them was kept.
type RejectedRequest struct {
	Route    string `json:"route" doc:"the path to which they were sent, cut if it is long"`
	Status   int    `json:"status" doc:"the HTTP status of the answer"`
	Reason   string `json:"reason" doc:"as in the metrics: no_route, unsupported, too_large, bad_gzip, bad_json, bad_protobuf, …"`
	Detail   string `json:"detail" doc:"what the latest of them was answered"`
	Library  string `json:"library" doc:"the client, as its headers say; empty if they do not"`
	Requests int64  `json:"requests"`
	FirstMS  int64  `json:"first_ms"`
	LastMS   int64  `json:"last_ms"`
}

// AssetCount is how many assets had one outcome.
type AssetCount struct {
	Outcome string `json:"outcome" doc:"as in the metrics: fetched, or why not: private_address, other_host, redirects, too_large, too_slow, wrong_type, status, unreachable, storage, session_limit, queue_full"`
	Count   int64  `json:"count"`
}

// TurnedAway is how often requests or connections were refused for one reason that will pass.
type TurnedAway struct {
	Reason string `json:"reason" doc:"as in the metrics: busy, address_share, token_share, crowded, large_body, slow_client, unavailable, too_many_connections, address_connections, no_files"`
	Count  int64  `json:"count"`
}

// WrongToken is what came with a project token that no project has, from one library. Nothing of it was kept.
type WrongToken struct {
	Token    string `json:"token" doc:"shortened; empty if none was sent, others for those beyond the first thirty"`
	Library  string `json:"library"`
	Events   int64  `json:"events"`
	Requests int64  `json:"requests"`
	FirstMS  int64  `json:"first_ms"`
	LastMS   int64  `json:"last_ms"`
}

// Demo is what playhead demo has to show beside the server.
type Demo struct {
	Chat    string  `json:"chat" doc:"the address of the chat application"`
	Sent    float64 `json:"sent" doc:"the share of the made-up history that is stored, 0 to 1; 1 if there is none"`
	Problem string  `json:"problem" doc:"why the history could not be sent; empty if it could"`
	Finds   []Find  `json:"finds" nullable:"false" doc:"what is worth seeing in the history"`
}

// Find is something in the demo's history that is worth seeing.
type Find struct {
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Path   string `json:"path" doc:"the address of the page that shows it"`
	Count  int    `json:"count" doc:"how many rows the page has when the history is stored"`
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
