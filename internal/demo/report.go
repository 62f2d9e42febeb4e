package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// visitor is who asked, and in which browser session, from the headers that posthog-js adds. All fields may be empty.
type visitor struct {
	session, window, distinct string
}

func visitorOf(r *http.Request) visitor {
	return visitor{
		session:  r.Header.Get("X-POSTHOG-SESSION-ID"), // this line links the call to the recording
		window:   r.Header.Get("X-POSTHOG-WINDOW-ID"),
		distinct: r.Header.Get("X-POSTHOG-DISTINCT-ID"),
	}
}

// turn is one question and its answer: everything that goes into one trace.
type turn struct {
	trace, conversation string
	visitor             visitor
	events              []event
}

// event is a PostHog event as /batch/ accepts it.
type event struct {
	UUID       string         `json:"uuid"`
	Event      string         `json:"event"`
	DistinctID string         `json:"distinct_id"`
	Timestamp  time.Time      `json:"timestamp"`
	Properties map[string]any `json:"properties"`
}

// add adds an event that ended at a time, with the properties that all events of the turn have.
func (t *turn) add(name string, ended time.Time, properties map[string]any) {
	properties["$ai_trace_id"] = t.trace
	properties["$ai_session_id"] = t.conversation
	properties["$ai_lib"], properties["$lib"] = "playhead-demo", "playhead-demo"
	if t.visitor.session != "" {
		properties["$session_id"] = t.visitor.session
	}
	if t.visitor.window != "" {
		properties["$window_id"] = t.visitor.window
	}
	distinct := t.visitor.distinct
	if distinct == "" { // as the SDKs do
		distinct = t.trace
		properties["$process_person_profile"] = false
	}
	id, err := uuid.NewV7()
	if err != nil { // the system has no random numbers
		id = uuid.New()
	}
	t.events = append(t.events, event{
		UUID: id.String(), Event: name, DistinctID: distinct,
		Timestamp: ended.UTC().Truncate(time.Millisecond), Properties: properties,
	})
}

// generation adds one model call in the same way as PostHog's OpenAI wrapper.
func (t *turn) generation(info modelInfo, input []message, c completion, began time.Time, failed error) {
	ended := time.Now()
	p := map[string]any{
		"$ai_provider":         info.Provider,
		"$ai_model":            c.Model,
		"$ai_model_parameters": map[string]any{"stream": true},
		"$ai_input":            append([]message(nil), input...),
		"$ai_output_choices":   outputOf(c),
		"$ai_latency":          ended.Sub(began).Seconds(),
		"$ai_http_status":      http.StatusOK,
		"$ai_parent_id":        t.trace,
	}
	if info.BaseURL != "" {
		p["$ai_base_url"] = info.BaseURL
	}
	if info.Tools != nil {
		p["$ai_tools"] = info.Tools
	}
	if c.ID != "" {
		p["$ai_completion_id"] = c.ID
	}
	if c.FirstToken > 0 {
		p["$ai_time_to_first_token"] = c.FirstToken.Seconds()
	}
	if c.Usage != nil {
		p["$ai_input_tokens"], p["$ai_output_tokens"], p["$ai_total_tokens"] = c.Usage.Prompt, c.Usage.Completion, c.Usage.Total
	}
	if c.StopReason != "" {
		p["$ai_stop_reason"] = c.StopReason
	}
	var refused *modelError
	switch {
	case errors.Is(failed, context.Canceled): // the user pressed Stop or left
		p["$ai_stop_reason"] = "cancelled"
	case failed != nil:
		p["$ai_is_error"], p["$ai_error"], p["$ai_http_status"] = true, failed.Error(), http.StatusInternalServerError
		if errors.As(failed, &refused) {
			p["$ai_http_status"] = refused.Status
		}
	}
	t.add("$ai_generation", ended, p)
}

func outputOf(c completion) []map[string]any {
	content := []map[string]any{}
	if c.Text != "" {
		content = append(content, map[string]any{"type": "text", "text": c.Text})
	}
	for _, call := range c.ToolCalls {
		content = append(content, map[string]any{"type": "function", "id": call.ID, "function": call.Function})
	}
	if len(content) == 0 {
		return []map[string]any{}
	}
	return []map[string]any{{"role": "assistant", "content": content}}
}

// tool adds the run of a tool.
func (t *turn) tool(call toolCall, result string, began time.Time, failed error) {
	ended := time.Now()
	p := map[string]any{
		"$ai_span_id":      call.ID + "-" + t.trace,
		"$ai_span_name":    call.Function.Name,
		"$ai_span_type":    "tool",
		"$ai_parent_id":    t.trace,
		"$ai_input_state":  json.RawMessage(call.Function.Arguments),
		"$ai_output_state": result,
		"$ai_latency":      ended.Sub(began).Seconds(),
	}
	if json.Valid([]byte(result)) {
		p["$ai_output_state"] = json.RawMessage(result)
	}
	if failed != nil {
		p["$ai_is_error"], p["$ai_error"] = true, failed.Error()
	}
	t.add("$ai_span", ended, p)
}

// whole adds the event of the turn itself.
func (t *turn) whole(question, answer string, began time.Time, failed error) {
	ended := time.Now()
	p := map[string]any{
		"$ai_span_name":    "Shop assistant",
		"$ai_input_state":  question,
		"$ai_output_state": answer,
		"$ai_latency":      ended.Sub(began).Seconds(),
	}
	if failed != nil && !errors.Is(failed, context.Canceled) {
		p["$ai_is_error"], p["$ai_error"] = true, failed.Error()
	}
	t.add("$ai_trace", ended, p)
}

// reporter sends events to Playhead over HTTP, as any server SDK does.
type reporter struct {
	playhead, token string
	http            *http.Client
}

const (
	reportTries = 5
	reportTime  = 15 * time.Second
)

// send delivers a turn's events, and retries while the server is unavailable or busy. It stops when ctx ends, after five attempts, or at once if the
// server refuses.
func (r *reporter) send(ctx context.Context, t *turn) error {
	body, err := json.Marshal(map[string]any{"api_key": r.token, "batch": t.events, "sent_at": time.Now().UTC()})
	if err != nil {
		return err
	}
	for try, pause := 1, 250*time.Millisecond; ; try, pause = try+1, 2*pause {
		again, err := r.post(ctx, body)
		if err == nil {
			return nil
		}
		if !again || try == reportTries {
			return fmt.Errorf("sending trace %s to %s: %w", t.trace, r.playhead, err)
		}
		if wait(ctx, pause) != nil {
			return fmt.Errorf("sending trace %s to %s: %w", t.trace, r.playhead, err)
		}
	}
}

func (r *reporter) post(ctx context.Context, body []byte) (again bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.playhead+"/batch/", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := r.http.Do(request)
	if err != nil {
		return true, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil {
		return true, err
	}
	if answer.StatusCode == http.StatusOK {
		return false, nil
	}
	return answer.StatusCode >= 500, fmt.Errorf("it answered %s: %s", answer.Status, strings.TrimSpace(string(text)))
}
