package history

import (
	"encoding/json"
	"time"
)

// Event is an event as PostHog's SDKs send it.
type Event struct {
	UUID       string         `json:"uuid"`
	Event      string         `json:"event"`
	DistinctID string         `json:"distinct_id"`
	Timestamp  time.Time      `json:"timestamp"`
	Properties map[string]any `json:"properties"`
}

// Parcel is everything that one story sends.
type Parcel struct {
	// AI are the events of backends about LLM calls, for /i/v0/ai/batch.
	AI []Event
	// Browser are the events of browsers, and of backends about persons, for /batch.
	Browser []Event
	// Recording are $snapshot events, for /s.
	Recording []Event
}

// Generations is the number of generations in the parcel.
func (p *Parcel) Generations() (n int) {
	for i := range p.AI {
		if p.AI[i].Event == "$ai_generation" {
			n++
		}
	}
	return n
}

// message is one message of a prompt, in the shape that its provider has for it.
type message = map[string]any

// tool is a call of a tool by a model, and its result.
type tool struct {
	id, name  string
	arguments map[string]any
	result    string
	failed    bool
	took      time.Duration
	mcp       string // the MCP server that has it, "" for none
}

// call is one LLM call while it is being made.
type call struct {
	name, provider, model string
	began                 time.Time
	took, first           time.Duration // first is 0 if no token arrived
	input                 []message
	text                  string
	tools                 []*tool
	tokensIn, tokensOut   int
	cached                int
	stop                  string
	status                int
	failure               string
	prompt                string
	version               string
	definitions           any
}

func (c *call) ended() time.Time { return c.began.Add(c.took) }

// trace collects the events of one trace.
type trace struct {
	s            *scene
	id, parent   string // parent is the span that calls belong to
	conversation string
	release      string
	agent        string
	began        time.Time
	last         string // the id of its last call, "" before
}

// add adds an event about the trace that ended at a time.
func (t *trace) add(name string, ended time.Time, p map[string]any) {
	s := t.s
	p["$ai_trace_id"] = t.id
	if t.conversation != "" {
		p["$ai_session_id"] = t.conversation
	}
	if s.session != "" {
		p["$session_id"], p["$window_id"] = s.session, s.window
	}
	if t.release != "" {
		p["$ai_release"] = t.release
	}
	if t.agent != "" {
		p["$ai_agent_name"] = t.agent
	}
	p["feature"], p["plan"], p["environment"] = s.product.feature, s.person.plan, s.environment
	if s.product.wrapper != "" {
		p["$ai_lib"], p["$ai_lib_version"] = s.product.wrapper, s.product.wrapperVersion
	}
	p["$lib"], p["$lib_version"] = s.product.library, s.product.libraryVersion
	s.parcel.AI = append(s.parcel.AI, s.event(name, ended, p))
}

// generation adds a call.
func (t *trace) generation(c *call) {
	p := map[string]any{
		"$ai_span_id": t.s.id().String(), "$ai_span_name": c.name, "$ai_parent_id": t.parent, "$ai_provider": c.provider, "$ai_model": c.model,
		"$ai_model_parameters": map[string]any{"stream": true, "max_tokens": 2048}, "$ai_input": c.input, "$ai_output_choices": c.output(),
		"$ai_latency": c.took.Seconds(), "$ai_http_status": c.status, "$ai_base_url": baseURLs[c.provider],
	}
	if c.prompt != "" {
		p["$ai_prompt_name"], p["$ai_prompt_version"] = c.prompt, c.version
	}
	if c.definitions != nil {
		p["$ai_tools"] = c.definitions
	}
	if c.first > 0 {
		p["$ai_time_to_first_token"] = c.first.Seconds()
	}
	if c.stop != "" {
		p["$ai_stop_reason"] = c.stop
	}
	if c.failure != "" {
		p["$ai_is_error"], p["$ai_error"] = true, c.failure
	} else {
		p["$ai_input_tokens"], p["$ai_output_tokens"] = c.tokensIn, c.tokensOut
		if c.cached > 0 {
			p["$ai_cache_read_input_tokens"] = c.cached
		}
	}
	t.add("$ai_generation", c.ended(), p)
	t.last = t.s.parcel.AI[len(t.s.parcel.AI)-1].UUID
}

var baseURLs = map[string]string{
	"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com", "gemini": "https://generativelanguage.googleapis.com",
}

// output is the answer as PostHog's wrappers send it for every provider.
func (c *call) output() []message {
	var content []message
	if c.text != "" {
		content = append(content, message{"type": "text", "text": c.text})
	}
	for _, u := range c.tools {
		content = append(content, message{"type": "function", "id": u.id, "function": map[string]any{"name": u.name, "arguments": u.arguments}})
	}
	if content == nil {
		return []message{}
	}
	return []message{{"role": "assistant", "content": content}}
}

// ran adds the run of a tool.
func (t *trace) ran(u *tool, began time.Time) {
	p := map[string]any{
		"$ai_span_id": t.s.id().String(), "$ai_span_name": u.name, "$ai_span_type": "tool", "$ai_parent_id": t.parent,
		"$ai_input_state": u.arguments, "$ai_output_state": state(u.result), "$ai_latency": u.took.Seconds(),
	}
	if u.mcp != "" {
		p["$ai_mcp_server"] = u.mcp
	}
	if u.failed {
		p["$ai_is_error"], p["$ai_error"] = true, u.result
	}
	t.add("$ai_span", began.Add(u.took), p)
}

// state is a text, or the JSON value that it contains.
func state(text string) any {
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return text
}

// whole adds the event of the trace itself.
func (t *trace) whole(name, question, answer, failure string, ended time.Time) {
	p := map[string]any{
		"$ai_span_name": name, "$ai_input_state": question, "$ai_output_state": answer, "$ai_latency": ended.Sub(t.began).Seconds(),
	}
	if failure != "" {
		p["$ai_is_error"], p["$ai_error"] = true, failure
	}
	t.add("$ai_trace", ended, p)
}

// tokens uses the common rule of thumb of four characters per token.
func tokens(text string) int { return (len(text) + 3) / 4 }

// tokensOf is the number of tokens of a whole prompt, counted as JSON.
func tokensOf(messages []message) int {
	n := 0
	for _, m := range messages {
		raw, err := json.Marshal(m["content"])
		if err != nil {
			panic(err) // it consists of texts and maps
		}
		n += len(raw)/4 + 4
	}
	return n
}
