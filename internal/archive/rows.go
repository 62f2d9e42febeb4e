package archive

import (
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// The types here are the format. They repeat the model, because the model may change and what was exported may not. Fields that are
// 0, "" or false are left out.

// line is one line of a chunk: one of its members is set, or an event with its content.
type line struct {
	Event    *event    `json:"event,omitempty"`
	Content  *content  `json:"content,omitempty"`
	Identity *identity `json:"identity,omitempty"`
	Block    *block    `json:"block,omitempty"`
	Refusal  *refusal  `json:"refusal,omitempty"`
}

type event struct {
	UUID            uuid.UUID  `json:"uuid"`
	Name            string     `json:"name,omitempty"`
	Kind            model.Kind `json:"kind,omitempty"`
	TimeMS          int64      `json:"time_ms,omitempty"`
	ReceivedMS      int64      `json:"received_ms,omitempty"`
	SentMS          int64      `json:"sent_ms,omitempty"`
	DistinctID      string     `json:"distinct_id,omitempty"`
	Personless      bool       `json:"personless,omitempty"`
	SessionID       string     `json:"session_id,omitempty"`
	WindowID        string     `json:"window_id,omitempty"`
	URL             string     `json:"url,omitempty"`
	RecordingStatus string     `json:"recording_status,omitempty"`
	Library         string     `json:"library,omitempty"`
	TraceID         string     `json:"trace_id,omitempty"`
	SpanID          string     `json:"span_id,omitempty"`
	ParentID        string     `json:"parent_id,omitempty"`
	ConversationID  string     `json:"conversation_id,omitempty"`
	Title           string     `json:"title,omitempty"`
	Model           string     `json:"model,omitempty"`
	Provider        string     `json:"provider,omitempty"`
	StartMS         int64      `json:"start_ms,omitempty"`
	LatencyMS       float64    `json:"latency_ms,omitempty"`
	FirstTokenMS    float64    `json:"first_token_ms,omitempty"`
	HTTPStatus      int32      `json:"http_status,omitempty"`
	IsError         bool       `json:"is_error,omitempty"`
	Error           string     `json:"error,omitempty"`
	StopReason      string     `json:"stop_reason,omitempty"`
	InputPreview    string     `json:"input_preview,omitempty"`
	OutputPreview   string     `json:"output_preview,omitempty"`
	MetricName      string     `json:"metric_name,omitempty"`
	MetricValue     string     `json:"metric_value,omitempty"`
	Truncated       bool       `json:"truncated,omitempty"`
	Untimed         bool       `json:"untimed,omitempty"`
	Tokens          tokens     `json:"tokens"`
}

// tokens are -1 where nothing was reported.
type tokens struct {
	Input      int64 `json:"input"`
	Output     int64 `json:"output"`
	Total      int64 `json:"total"`
	CacheRead  int64 `json:"cache_read"`
	CacheWrite int64 `json:"cache_write"`
	Reasoning  int64 `json:"reasoning"`
}

// content is of the event beside it. Its members are JSON as it was stored, byte for byte, and therefore texts here; nil is none.
type content struct {
	Input      *string `json:"input,omitempty"`
	Output     *string `json:"output,omitempty"`
	Tools      *string `json:"tools,omitempty"`
	Properties *string `json:"properties,omitempty"`
}

type identity struct {
	Project string    `json:"project,omitempty"`
	UUID    uuid.UUID `json:"uuid"`
	TimeMS  int64     `json:"time_ms,omitempty"`
	ID      string    `json:"id,omitempty"`
	OtherID string    `json:"other_id,omitempty"`
	Name    string    `json:"name,omitempty"`
	Email   string    `json:"email,omitempty"`
}

type block struct {
	UUID          uuid.UUID  `json:"uuid"`
	SessionID     string     `json:"session_id,omitempty"`
	WindowID      string     `json:"window_id,omitempty"`
	DistinctID    string     `json:"distinct_id,omitempty"`
	ReceivedMS    int64      `json:"received_ms,omitempty"`
	FirstMS       int64      `json:"first_ms,omitempty"`
	LastMS        int64      `json:"last_ms,omitempty"`
	RawBytes      int64      `json:"raw_bytes,omitempty"`
	Events        int32      `json:"events,omitempty"`
	Clicks        int32      `json:"clicks,omitempty"`
	Keys          int32      `json:"keys,omitempty"`
	FirstInputMS  int64      `json:"first_input_ms,omitempty"`
	LastInputMS   int64      `json:"last_input_ms,omitempty"`
	ConsoleErrors int32      `json:"console_errors,omitempty"`
	URL           string     `json:"url,omitempty"`
	Snapshots     []snapshot `json:"snapshots,omitempty"`
	// Length and SHA256 are of its body, which begins at At in the chunk's file of bodies. Missing: it was not there any more.
	Length  int64  `json:"length"`
	SHA256  string `json:"sha256,omitempty"`
	At      int64  `json:"at"`
	Missing bool   `json:"missing,omitempty"`
}

type snapshot struct {
	AtMS int64 `json:"at_ms"`
	Line int32 `json:"line"`
}

type refusal struct {
	Project string       `json:"project,omitempty"`
	AtMS    int64        `json:"at_ms,omitempty"`
	Reason  model.Reason `json:"reason,omitempty"`
	Event   string       `json:"event,omitempty"`
	Detail  string       `json:"detail,omitempty"`
	Library string       `json:"library,omitempty"`
	Bytes   int64        `json:"bytes,omitempty"`
	Count   int64        `json:"count,omitempty"`
}

func fromEvent(e *model.Event) *event {
	return &event{
		UUID: e.UUID, Name: e.Name, Kind: e.Kind, TimeMS: e.TimeMS, ReceivedMS: e.ReceivedMS, SentMS: e.SentMS,
		DistinctID: e.DistinctID, Personless: e.Personless, SessionID: e.SessionID, WindowID: e.WindowID, URL: e.URL,
		RecordingStatus: e.RecordingStatus, Library: e.Library, TraceID: e.TraceID, SpanID: e.SpanID,
		ParentID: e.ParentID, ConversationID: e.ConversationID, Title: e.Title, Model: e.Model, Provider: e.Provider,
		StartMS: e.StartMS, LatencyMS: e.LatencyMS, FirstTokenMS: e.FirstTokenMS, HTTPStatus: e.HTTPStatus,
		IsError: e.IsError, Error: e.Error, StopReason: e.StopReason, InputPreview: e.InputPreview,
		OutputPreview: e.OutputPreview, MetricName: e.MetricName, MetricValue: e.MetricValue, Truncated: e.Truncated, Untimed: e.Untimed,
		Tokens: tokens(e.Tokens),
	}
}

func (e *event) model() model.Event {
	return model.Event{
		UUID: e.UUID, Name: e.Name, Kind: e.Kind, TimeMS: e.TimeMS, ReceivedMS: e.ReceivedMS, SentMS: e.SentMS,
		DistinctID: e.DistinctID, Personless: e.Personless, SessionID: e.SessionID, WindowID: e.WindowID, URL: e.URL,
		RecordingStatus: e.RecordingStatus, Library: e.Library, TraceID: e.TraceID, SpanID: e.SpanID,
		ParentID: e.ParentID, ConversationID: e.ConversationID, Title: e.Title, Model: e.Model, Provider: e.Provider,
		StartMS: e.StartMS, LatencyMS: e.LatencyMS, FirstTokenMS: e.FirstTokenMS, HTTPStatus: e.HTTPStatus,
		IsError: e.IsError, Error: e.Error, StopReason: e.StopReason, InputPreview: e.InputPreview,
		OutputPreview: e.OutputPreview, MetricName: e.MetricName, MetricValue: e.MetricValue, Truncated: e.Truncated, Untimed: e.Untimed,
		Tokens: model.Tokens(e.Tokens),
	}
}

func fromIdentity(i *model.Identity) *identity { x := identity(*i); return &x }

func (i *identity) model() model.Identity { return model.Identity(*i) }

func fromRefusal(r *model.Refusal) *refusal { x := refusal(*r); return &x }

func (r *refusal) model() model.Refusal { return model.Refusal(*r) }

// fromBlock leaves its place out, which is another one elsewhere.
func fromBlock(b *model.Block) *block {
	x := &block{
		UUID: b.UUID, SessionID: b.SessionID, WindowID: b.WindowID, DistinctID: b.DistinctID,
		ReceivedMS: b.ReceivedMS, FirstMS: b.FirstMS, LastMS: b.LastMS, RawBytes: b.RawBytes, Events: b.Events,
		Clicks: b.Clicks, Keys: b.Keys, FirstInputMS: b.FirstInputMS, LastInputMS: b.LastInputMS,
		ConsoleErrors: b.ConsoleErrors, URL: b.URL,
	}
	for _, s := range b.Snapshots {
		x.Snapshots = append(x.Snapshots, snapshot(s))
	}
	return x
}

func (b *block) model() model.Block {
	x := model.Block{
		UUID: b.UUID, SessionID: b.SessionID, WindowID: b.WindowID, DistinctID: b.DistinctID,
		ReceivedMS: b.ReceivedMS, FirstMS: b.FirstMS, LastMS: b.LastMS, RawBytes: b.RawBytes, Events: b.Events,
		Clicks: b.Clicks, Keys: b.Keys, FirstInputMS: b.FirstInputMS, LastInputMS: b.LastInputMS,
		ConsoleErrors: b.ConsoleErrors, URL: b.URL,
	}
	for _, s := range b.Snapshots {
		x.Snapshots = append(x.Snapshots, model.Snapshot(s))
	}
	return x
}

func fromContent(c *model.Content) *content {
	return &content{Input: toText(c.Input), Output: toText(c.Output), Tools: toText(c.Tools), Properties: toText(c.Properties)}
}

func (c *content) model(id uuid.UUID, timeMS int64) model.Content {
	return model.Content{
		UUID: id, TimeMS: timeMS,
		Input: fromText(c.Input), Output: fromText(c.Output), Tools: fromText(c.Tools), Properties: fromText(c.Properties),
	}
}

// toText takes empty JSON for none, as not every storage can tell them apart.
func toText(b []byte) *string {
	if len(b) == 0 {
		return nil
	}
	s := string(b)
	return &s
}

func fromText(s *string) []byte {
	if s == nil {
		return nil
	}
	return []byte(*s)
}
