package table

import "github.com/playheadhq/playhead/internal/model"

// Events are the light rows: what lists, trees and links read. "" and -1 stand for "not sent", as in the model, so that no reader
// needs to tell NULL from empty.
var Events = newTable(Table[model.Event]{
	Name: "events",
	Key:  []string{"project", "uuid"},
	Sort: []string{"project", "time_ms", "uuid"}, Month: "time_ms",
	Columns: []Column[model.Event]{
		{Name: "project", Hint: Few, At: func(e *model.Event) any { return &e.Project }},
		{Name: "uuid", At: func(e *model.Event) any { return &e.UUID }},
		{Name: "name", Hint: Few, At: func(e *model.Event) any { return &e.Name }},
		{Name: "kind", At: func(e *model.Event) any { return (*uint8)(&e.Kind) }},
		{Name: "time_ms", Hint: Near, At: func(e *model.Event) any { return &e.TimeMS }},
		{Name: "received_ms", Hint: Near, At: func(e *model.Event) any { return &e.ReceivedMS }},
		{Name: "sent_ms", Hint: Near, At: func(e *model.Event) any { return &e.SentMS }},
		{Name: "distinct_id", At: func(e *model.Event) any { return &e.DistinctID }},
		{Name: "personless", At: func(e *model.Event) any { return &e.Personless }},
		{Name: "session_id", At: func(e *model.Event) any { return &e.SessionID }},
		{Name: "window_id", At: func(e *model.Event) any { return &e.WindowID }},
		{Name: "url", At: func(e *model.Event) any { return &e.URL }},
		{Name: "recording_status", Hint: Few, At: func(e *model.Event) any { return &e.RecordingStatus }},
		{Name: "library", Hint: Few, At: func(e *model.Event) any { return &e.Library }},
		{Name: "env", Hint: Few, At: func(e *model.Event) any { return &e.Env }},
		{Name: "properties", At: func(e *model.Event) any { return &e.Properties }},
		{Name: "trace_id", At: func(e *model.Event) any { return &e.TraceID }},
		{Name: "span_id", At: func(e *model.Event) any { return &e.SpanID }},
		{Name: "parent_id", At: func(e *model.Event) any { return &e.ParentID }},
		{Name: "conversation_id", At: func(e *model.Event) any { return &e.ConversationID }},
		{Name: "title", At: func(e *model.Event) any { return &e.Title }},
		{Name: "model", Hint: Few, At: func(e *model.Event) any { return &e.Model }},
		{Name: "provider", Hint: Few, At: func(e *model.Event) any { return &e.Provider }},
		{Name: "start_ms", Hint: Near, At: func(e *model.Event) any { return &e.StartMS }},
		{Name: "latency_ms", At: func(e *model.Event) any { return &e.LatencyMS }},
		{Name: "first_token_ms", At: func(e *model.Event) any { return &e.FirstTokenMS }},
		{Name: "http_status", At: func(e *model.Event) any { return &e.HTTPStatus }},
		{Name: "is_error", At: func(e *model.Event) any { return &e.IsError }},
		{Name: "error", At: func(e *model.Event) any { return &e.Error }},
		{Name: "stop_reason", Hint: Few, At: func(e *model.Event) any { return &e.StopReason }},
		{Name: "metric_name", Hint: Few, At: func(e *model.Event) any { return &e.MetricName }},
		{Name: "metric_value", At: func(e *model.Event) any { return &e.MetricValue }},
		{Name: "truncated", At: func(e *model.Event) any { return &e.Truncated }},
		{Name: "untimed", At: func(e *model.Event) any { return &e.Untimed }},
		{Name: "input_tokens", At: func(e *model.Event) any { return &e.Tokens.Input }},
		{Name: "output_tokens", At: func(e *model.Event) any { return &e.Tokens.Output }},
		{Name: "total_tokens", At: func(e *model.Event) any { return &e.Tokens.Total }},
		{Name: "cache_read_tokens", At: func(e *model.Event) any { return &e.Tokens.CacheRead }},
		{Name: "cache_write_tokens", At: func(e *model.Event) any { return &e.Tokens.CacheWrite }},
		{Name: "reasoning_tokens", At: func(e *model.Event) any { return &e.Tokens.Reasoning }},
	},
})

// Contents are the heavy text of events, apart from the rows that everything else reads.
var Contents = newTable(Table[model.Content]{
	Name: "contents",
	Key:  []string{"project", "uuid"},
	Sort: []string{"project", "time_ms", "uuid"}, Month: "time_ms",
	Columns: []Column[model.Content]{
		{Name: "project", Hint: Few, At: func(c *model.Content) any { return &c.Project }},
		{Name: "uuid", At: func(c *model.Content) any { return &c.UUID }},
		{Name: "time_ms", Hint: Near, At: func(c *model.Content) any { return &c.TimeMS }},
		{Name: "input", Hint: Long, At: func(c *model.Content) any { return &c.Input }},
		{Name: "output", Hint: Long, At: func(c *model.Content) any { return &c.Output }},
		{Name: "tools", Hint: Long, At: func(c *model.Content) any { return &c.Tools }},
		{Name: "properties", Hint: Long, At: func(c *model.Content) any { return &c.Properties }},
		{Name: "input_preview", At: func(c *model.Content) any { return &c.InputPreview }},
		{Name: "output_preview", At: func(c *model.Content) any { return &c.OutputPreview }},
	},
})
