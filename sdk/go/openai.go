package playhead

import (
	"encoding/json"
	"strings"
)

func chatRequest(g *Generation, body map[string]json.RawMessage) {
	g.Model, g.Input, g.Tools = textOf(body["model"]), raw(body["messages"]), raw(body["tools"])
	parameters(g, body, "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "seed", "stop", "presence_penalty", "frequency_penalty", "tool_choice", "response_format", "reasoning_effort", "service_tier")
}

func completionRequest(g *Generation, body map[string]json.RawMessage) {
	chatRequest(g, body)
	g.Input = raw(body["prompt"])
}

func embeddingRequest(g *Generation, body map[string]json.RawMessage) {
	g.Model, g.Input = textOf(body["model"]), raw(body["input"])
	if g.Input == nil {
		g.Input = raw(body["prompt"])
	}
	parameters(g, body, "dimensions", "encoding_format")
}

// chatUsage is a usage in which cached tokens are a part of the prompt.
type chatUsage struct {
	Prompt        int `json:"prompt_tokens"`
	Completion    int `json:"completion_tokens"`
	PromptDetails struct {
		Cached int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionDetails struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

func (u *chatUsage) usage() *Usage {
	if u == nil {
		return nil
	}
	return &Usage{Input: u.Prompt, Output: u.Completion, CacheRead: u.PromptDetails.Cached, Reasoning: u.CompletionDetails.Reasoning}
}

func embeddingAnswer(g *Generation, answer json.RawMessage) {
	var a struct {
		Model string     `json:"model"`
		Usage *chatUsage `json:"usage"`
	}
	if json.Unmarshal(answer, &a) == nil {
		named(g, a.Model)
		g.Usage = a.Usage.usage()
	}
}

// named sets the model that answered, which may differ from the requested one.
func named(g *Generation, model string) {
	if model != "" {
		g.Model = model
	}
}

func chatAnswer(g *Generation, answer json.RawMessage) {
	var a struct {
		ID      string `json:"id"`
		Model   string `json:"model"`
		Choices []struct {
			Message json.RawMessage `json:"message"`
			Text    *string         `json:"text"`
			Finish  string          `json:"finish_reason"`
		} `json:"choices"`
		Usage *chatUsage `json:"usage"`
	}
	if json.Unmarshal(answer, &a) != nil {
		return
	}
	named(g, a.Model)
	g.Usage = a.Usage.usage()
	var output []any
	for _, choice := range a.Choices {
		switch {
		case len(choice.Message) > 0:
			output = append(output, choice.Message)
		case choice.Text != nil:
			output = append(output, map[string]any{"role": "assistant", "content": *choice.Text})
		}
		if g.StopReason == "" {
			g.StopReason = choice.Finish
		}
	}
	if output != nil {
		g.Output = output
	}
	if a.ID != "" {
		g.Properties["$ai_completion_id"] = a.ID
	}
}

// saidSoFar is one choice of a streamed answer while it arrives.
type saidSoFar struct {
	role                        string
	content, reasoning, refusal strings.Builder
	tools                       []*toolSoFar
}

type toolSoFar struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

func chatEvents(g *Generation) (func(string, json.RawMessage) bool, func()) {
	var choices []*saidSoFar
	at := func(i int) *saidSoFar {
		for len(choices) <= i && i < 128 {
			choices = append(choices, &saidSoFar{role: "assistant"})
		}
		if i < 0 || i >= len(choices) {
			return &saidSoFar{}
		}
		return choices[i]
	}
	event := func(_ string, data json.RawMessage) (token bool) {
		var e struct {
			ID      string `json:"id"`
			Model   string `json:"model"`
			Choices []struct {
				Index int     `json:"index"`
				Text  *string `json:"text"`
				Delta struct {
					Role      string `json:"role"`
					Content   string `json:"content"`
					Reasoning string `json:"reasoning_content"`
					Thinking  string `json:"reasoning"`
					Refusal   string `json:"refusal"`
					Tools     []struct {
						Index    int    `json:"index"`
						ID       string `json:"id"`
						Type     string `json:"type"`
						Function struct {
							Name      string `json:"name"`
							Arguments string `json:"arguments"`
						} `json:"function"`
					} `json:"tool_calls"`
				} `json:"delta"`
				Finish string `json:"finish_reason"`
			} `json:"choices"`
			Usage *chatUsage `json:"usage"`
			Error *struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if json.Unmarshal(data, &e) != nil {
			return false
		}
		named(g, e.Model)
		if e.ID != "" {
			g.Properties["$ai_completion_id"] = e.ID
		}
		if e.Usage != nil {
			g.Usage = e.Usage.usage()
		}
		if e.Error != nil {
			g.Err, g.StopReason = providerError(e.Error.Message), "error"
		}
		for _, choice := range e.Choices {
			s := at(choice.Index)
			d := choice.Delta
			if d.Role != "" {
				s.role = d.Role
			}
			if choice.Text != nil {
				d.Content += *choice.Text
			}
			s.content.WriteString(d.Content)
			s.reasoning.WriteString(d.Reasoning + d.Thinking)
			s.refusal.WriteString(d.Refusal)
			for _, t := range d.Tools {
				for len(s.tools) <= t.Index && t.Index < 256 {
					s.tools = append(s.tools, &toolSoFar{Type: "function"})
				}
				if t.Index < 0 || t.Index >= len(s.tools) {
					continue
				}
				tool := s.tools[t.Index]
				if t.ID != "" {
					tool.ID = t.ID
				}
				tool.Function.Name += t.Function.Name
				tool.Function.Arguments += t.Function.Arguments
			}
			if choice.Finish != "" {
				g.StopReason = choice.Finish
			}
			token = token || d.Content != "" || d.Refusal != "" || d.Reasoning+d.Thinking != "" || len(d.Tools) > 0
		}
		return token
	}
	return event, func() {
		var output []any
		for _, s := range choices {
			m := map[string]any{"role": s.role, "content": s.content.String()}
			set(m, "reasoning_content", s.reasoning.String())
			set(m, "refusal", s.refusal.String())
			if len(s.tools) > 0 {
				m["tool_calls"] = s.tools
			}
			output = append(output, m)
		}
		if output != nil {
			g.Output = output
		}
	}
}

// providerError is an error in the middle of a stream.
type providerError string

func (e providerError) Error() string { return string(e) }

func responsesRequest(g *Generation, body map[string]json.RawMessage) {
	g.Model, g.Input, g.Tools = textOf(body["model"]), raw(body["input"]), raw(body["tools"])
	if instructions := textOf(body["instructions"]); instructions != "" {
		var input []json.RawMessage
		system, err := json.Marshal(map[string]string{"role": "system", "content": instructions})
		if err == nil && json.Unmarshal(body["input"], &input) == nil {
			g.Input = append([]json.RawMessage{system}, input...)
		} else if text := textOf(body["input"]); err == nil && text != "" {
			g.Input = []any{json.RawMessage(system), map[string]string{"role": "user", "content": text}}
		}
	}
	parameters(g, body, "temperature", "top_p", "max_output_tokens", "stream", "tool_choice", "reasoning", "text", "service_tier", "previous_response_id", "truncation")
}

type responsesUsage struct {
	Input        int `json:"input_tokens"`
	Output       int `json:"output_tokens"`
	InputDetails struct {
		Cached int `json:"cached_tokens"`
	} `json:"input_tokens_details"`
	OutputDetails struct {
		Reasoning int `json:"reasoning_tokens"`
	} `json:"output_tokens_details"`
}

func responsesAnswer(g *Generation, answer json.RawMessage) {
	var a struct {
		ID     string          `json:"id"`
		Model  string          `json:"model"`
		Status string          `json:"status"`
		Output json.RawMessage `json:"output"`
		Usage  *responsesUsage `json:"usage"`
		Error  *struct {
			Message string `json:"message"`
		} `json:"error"`
		Incomplete *struct {
			Reason string `json:"reason"`
		} `json:"incomplete_details"`
	}
	if json.Unmarshal(answer, &a) != nil {
		return
	}
	named(g, a.Model)
	g.Output, g.StopReason = raw(a.Output), a.Status
	if a.Incomplete != nil && a.Incomplete.Reason != "" {
		g.StopReason = a.Incomplete.Reason
	}
	if a.Error != nil {
		g.Err = providerError(a.Error.Message)
	}
	if u := a.Usage; u != nil {
		g.Usage = &Usage{Input: u.Input, Output: u.Output, CacheRead: u.InputDetails.Cached, Reasoning: u.OutputDetails.Reasoning}
	}
	if a.ID != "" {
		g.Properties["$ai_completion_id"] = a.ID
	}
}

// responsesEvents reads the whole answer from the last event, or, if that is missing, the parts that arrived.
func responsesEvents(g *Generation) (func(string, json.RawMessage) bool, func()) {
	text := ""
	event := func(_ string, data json.RawMessage) bool {
		var e struct {
			Type     string          `json:"type"`
			Delta    json.RawMessage `json:"delta"`
			Response json.RawMessage `json:"response"`
			Message  string          `json:"message"`
		}
		if json.Unmarshal(data, &e) != nil {
			return false
		}
		switch e.Type {
		case "response.completed", "response.incomplete", "response.failed":
			responsesAnswer(g, e.Response)
		case "response.output_text.delta":
			text += textOf(e.Delta)
			return true
		case "response.function_call_arguments.delta", "response.reasoning_summary_text.delta", "response.refusal.delta":
			return true
		case "error":
			g.Err, g.StopReason = providerError(e.Message), "error"
		}
		return false
	}
	return event, func() {
		if g.Output == nil && text != "" {
			g.Output = []any{map[string]any{"role": "assistant", "content": text}}
		}
	}
}
