package servertest

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/google/uuid"
)

// Event is one event as SDKs write it. If Timestamp is "", its time is the server's.
type Event struct {
	UUID       string         `json:"uuid"`
	Event      string         `json:"event"`
	DistinctID string         `json:"distinct_id"`
	Timestamp  string         `json:"timestamp,omitempty"`
	Properties map[string]any `json:"properties"`
}

// The usage of each Generation.
const (
	InputTokens  = 12
	OutputTokens = 34
)

// Generation is an LLM call, with additional properties.
func Generation(at time.Time, traceID string, more map[string]any) Event {
	e := Event{
		UUID: uuid.NewString(), Event: "$ai_generation", DistinctID: "user_1", Timestamp: at.UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{
			"$ai_trace_id": traceID, "$ai_model": "gpt-5-mini", "$ai_provider": "openai", "$ai_latency": 1.5,
			"$ai_input_tokens": InputTokens, "$ai_output_tokens": OutputTokens,
			"$ai_input":          []any{map[string]any{"role": "user", "content": "What is a playhead?"}},
			"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": "The mark that moves along a timeline."}},
		},
	}
	maps.Copy(e.Properties, more)
	return e
}

// Snapshot is a part of a recording: for the first part a full snapshot of the page, then one event for each marker.
func Snapshot(at time.Time, session, window string, first bool, markers ...string) Event {
	ms := at.UnixMilli()
	var events []any
	if first {
		events = append(events,
			map[string]any{"type": 4, "timestamp": ms, "data": map[string]any{"href": "http://app.test/", "width": 800, "height": 600}},
			map[string]any{"type": 2, "timestamp": ms + 1, "data": map[string]any{
				"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{}}, "initialOffset": map[string]any{"top": 0, "left": 0},
			}})
	}
	for i, marker := range markers {
		events = append(events, map[string]any{"type": 5, "timestamp": ms + 2 + int64(i), "data": map[string]any{"tag": "marker", "payload": marker}})
	}
	return Event{
		UUID: uuid.NewString(), Event: "$snapshot", DistinctID: "user_1", Timestamp: at.UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{
			"$session_id": session, "$window_id": window, "$snapshot_data": events, "token": Token, "distinct_id": "user_1",
		},
	}
}

// Batch is the body of a request to /batch/ or /s/.
func Batch(events ...Event) []byte {
	body, err := json.Marshal(map[string]any{"api_key": Token, "batch": events, "sent_at": time.Now().UTC().Format(time.RFC3339Nano)})
	if err != nil {
		panic(err)
	}
	return body
}
