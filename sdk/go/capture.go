package playhead

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"time"
)

// Version is the version of this package, and library its name in events.
const (
	Version = "0.1.0"
	library = "playhead-go"
)

// Generation is one call of a model, for programs that do not call models over HTTP, or that want to record more. Zero fields mean unknown.
type Generation struct {
	// Name is shown in the span tree of the trace.
	Name            string
	Model, Provider string
	// Input and Output are messages in the shape of any provider, Tools definitions of tools. They are written as JSON.
	Input, Output, Tools any
	// Parameters are the parameters of the call: temperature, …
	Parameters map[string]any
	// Usage is nil if it is not known.
	Usage *Usage
	// Start is when the call began. If it is zero, it is the current time minus Latency.
	Start                     time.Time
	Latency, TimeToFirstToken time.Duration
	HTTPStatus                int
	// StopReason is the provider's stop reason. Stopped is true if the caller ended the call before it was complete.
	StopReason string
	Stopped    bool
	// Err is the reason for a failure.
	Err error
	// Embedding is true for an embedding call.
	Embedding bool
	// BaseURL is the address of the provider's API.
	BaseURL    string
	Properties map[string]any
}

// Usage counts tokens.
type Usage struct {
	Input, Output                    int
	CacheRead, CacheWrite, Reasoning int
	// CacheWrite1h is the part of CacheWrite that is kept for an hour.
	CacheWrite1h int
	// CacheApart is true if cached tokens are not part of Input, as Anthropic counts them.
	CacheApart bool
}

// Span is a part of a trace that is not a call of a model: a tool, a search, a whole agent.
type Span struct {
	// ID is set to a new id if it is empty. Calls made with a context whose Trace has this id as ParentID are below the span.
	ID, Name string
	// Type is the kind of span: "tool", "agent", …
	Type          string
	Input, Output any
	Start         time.Time
	Latency       time.Duration
	Err           error
	Properties    map[string]any
}

// CaptureGeneration records one call of a model in the trace of ctx.
func (c *Client) CaptureGeneration(ctx context.Context, g Generation) {
	name := "$ai_generation"
	if g.Embedding {
		name = "$ai_embedding"
	}
	p := map[string]any{}
	set(p, "$ai_span_name", g.Name)
	set(p, "$ai_model", g.Model)
	set(p, "$ai_provider", g.Provider)
	set(p, "$ai_base_url", g.BaseURL)
	set(p, "$ai_stop_reason", g.StopReason)
	set(p, "$ai_http_status", g.HTTPStatus)
	if len(g.Parameters) > 0 {
		p["$ai_model_parameters"] = g.Parameters
	}
	c.content(p, map[string]any{"$ai_input": g.Input, "$ai_output_choices": g.Output, "$ai_tools": g.Tools})
	p["$ai_latency"] = g.Latency.Seconds()
	if g.TimeToFirstToken > 0 {
		p["$ai_time_to_first_token"] = g.TimeToFirstToken.Seconds()
	}
	if u := g.Usage; u != nil {
		p["$ai_input_tokens"], p["$ai_output_tokens"] = u.Input, u.Output
		set(p, "$ai_cache_read_input_tokens", u.CacheRead)
		set(p, "$ai_cache_creation_input_tokens", u.CacheWrite)
		set(p, "$ai_cache_creation_1h_input_tokens", u.CacheWrite1h)
		set(p, "$ai_reasoning_tokens", u.Reasoning)
		if u.CacheRead+u.CacheWrite > 0 {
			p["$ai_cache_reporting_exclusive"] = u.CacheApart
		}
	}
	switch {
	case g.Stopped || errors.Is(g.Err, context.Canceled):
		p["$ai_stop_reason"] = "cancelled"
	case g.Err != nil:
		p["$ai_is_error"], p["$ai_error"] = true, g.Err.Error()
	}
	c.capture(ctx, name, ended(g.Start, g.Latency, c.now), p, g.Properties)
}

// CaptureSpan records a span in the trace of ctx, and returns its id.
func (c *Client) CaptureSpan(ctx context.Context, s Span) (id string) {
	if s.ID == "" {
		s.ID = newID()
	}
	p := map[string]any{"$ai_span_id": s.ID, "$ai_latency": s.Latency.Seconds()}
	set(p, "$ai_span_name", s.Name)
	set(p, "$ai_span_type", s.Type)
	c.content(p, map[string]any{"$ai_input_state": s.Input, "$ai_output_state": s.Output})
	if s.Err != nil {
		p["$ai_is_error"], p["$ai_error"] = true, s.Err.Error()
	}
	c.capture(ctx, "$ai_span", ended(s.Start, s.Latency, c.now), p, s.Properties)
	return s.ID
}

// CaptureTrace records the trace of ctx as a whole, when it has ended: its question and its answer.
func (c *Client) CaptureTrace(ctx context.Context, s Span) {
	t := TraceFrom(ctx)
	p := map[string]any{"$ai_latency": s.Latency.Seconds()}
	set(p, "$ai_span_name", s.Name)
	if s.Name == "" {
		set(p, "$ai_span_name", t.Name)
	}
	c.content(p, map[string]any{"$ai_input_state": s.Input, "$ai_output_state": s.Output})
	if s.Err != nil {
		p["$ai_is_error"], p["$ai_error"] = true, s.Err.Error()
	}
	t.ParentID = ""
	c.capture(WithTrace(ctx, t), "$ai_trace", ended(s.Start, s.Latency, c.now), p, s.Properties)
}

// CaptureFeedback records a person's feedback about the trace of ctx.
func (c *Client) CaptureFeedback(ctx context.Context, text string) {
	c.capture(ctx, "$ai_feedback", c.now(), map[string]any{"$ai_feedback_text": text}, nil)
}

// CaptureMetric records a metric of the trace of ctx: a number, a boolean or a word.
func (c *Client) CaptureMetric(ctx context.Context, name string, value any) {
	c.capture(ctx, "$ai_metric", c.now(), map[string]any{"$ai_metric_name": name, "$ai_metric_value": value}, nil)
}

// Capture records any event, with the session, the person and the trace of ctx.
func (c *Client) Capture(ctx context.Context, event string, properties map[string]any) {
	c.capture(ctx, event, c.now(), map[string]any{}, properties)
}

// ended is the time at which something ended that began at start and took a given time; now if start is not known.
func ended(start time.Time, took time.Duration, now func() time.Time) time.Time {
	if start.IsZero() {
		return now()
	}
	return start.Add(took)
}

// set sets a property unless it is empty.
func set[T comparable](p map[string]any, name string, v T) {
	var none T
	if v != none {
		p[name] = v
	}
}

// content sets the texts of people and models, or null if they are private.
func (c *Client) content(p, all map[string]any) {
	for name, v := range all {
		switch {
		case c.config.Private && name == "$ai_tools": // definitions are simply left out
		case c.config.Private:
			p[name] = nil
		case v != nil:
			p[name] = v
		}
	}
}

// capture makes an event and adds it to the queue.
func (c *Client) capture(ctx context.Context, name string, at time.Time, p, own map[string]any) {
	if c.isClosed() {
		c.drop(DroppedClosed, 1, "it was captured after Close")
		return
	}
	isAI := len(name) > 4 && name[:4] == "$ai_"
	t, s := TraceFrom(ctx), SessionFrom(ctx)
	if t.ID == "" && isAI {
		t.ID = newID()
	}
	set(p, "$ai_trace_id", t.ID)
	set(p, "$ai_session_id", t.ConversationID)
	if isAI && name != "$ai_trace" && p["$ai_parent_id"] == nil && name != "$ai_feedback" && name != "$ai_metric" {
		parent := t.ParentID
		if parent == "" {
			parent = t.ID
		}
		p["$ai_parent_id"] = parent
	}
	set(p, "$session_id", s.ID)
	set(p, "$window_id", s.WindowID)
	p["$lib"], p["$lib_version"] = library, Version
	distinct := s.DistinctID
	if distinct == "" { // nobody is known: written in the same way as by PostHog's SDKs
		if distinct = t.ID; distinct == "" {
			distinct = newID()
		}
		p["$process_person_profile"] = false
	}
	maps.Copy(p, propertiesFrom(ctx))
	maps.Copy(p, own)
	text, err := json.Marshal(map[string]any{
		"uuid": newID(), "event": name, "distinct_id": distinct, "timestamp": at.UTC().Format("2006-01-02T15:04:05.000Z07:00"), "properties": p,
	})
	if err != nil {
		c.drop(DroppedInvalid, 1, err.Error())
		return
	}
	if !c.events.add(waiting{text, c.now()}) {
		c.drop(DroppedFull, 1, "more is captured than can be sent: is the server reachable?")
	}
}
