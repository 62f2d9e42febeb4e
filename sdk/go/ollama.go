package playhead

import "encoding/json"

func ollamaRequest(g *Generation, body map[string]json.RawMessage) {
	g.Model, g.Input, g.Tools = textOf(body["model"]), raw(body["messages"]), raw(body["tools"])
	if g.Input == nil {
		var input []any
		if system := textOf(body["system"]); system != "" {
			input = append(input, map[string]string{"role": "system", "content": system})
		}
		g.Input = append(input, map[string]string{"role": "user", "content": textOf(body["prompt"])})
	}
	options := map[string]any{}
	if json.Unmarshal(body["options"], &options) == nil && len(options) > 0 {
		g.Parameters = options
	}
	parameters(g, body, "stream", "format", "think", "keep_alive")
}

func ollamaAnswer(g *Generation, answer json.RawMessage) {
	event, end := ollamaEvents(g)
	event("", answer)
	end()
}

func ollamaEvents(g *Generation) (func(string, json.RawMessage) bool, func()) {
	role, content, thinking := "assistant", "", ""
	var tools []json.RawMessage
	came := false
	event := func(_ string, data json.RawMessage) bool {
		var e struct {
			Model   string `json:"model"`
			Message struct {
				Role     string            `json:"role"`
				Content  string            `json:"content"`
				Thinking string            `json:"thinking"`
				Tools    []json.RawMessage `json:"tool_calls"`
			} `json:"message"`
			Response string `json:"response"`
			Done     bool   `json:"done"`
			Reason   string `json:"done_reason"`
			Prompt   int    `json:"prompt_eval_count"`
			Eval     int    `json:"eval_count"`
			Error    string `json:"error"`
		}
		if json.Unmarshal(data, &e) != nil {
			return false
		}
		named(g, e.Model)
		if e.Message.Role != "" {
			role = e.Message.Role
		}
		content += e.Message.Content + e.Response
		thinking += e.Message.Thinking
		tools = append(tools, e.Message.Tools...)
		if e.Error != "" {
			g.Err, g.StopReason = providerError(e.Error), "error"
		}
		if e.Done {
			g.StopReason = e.Reason
			if g.StopReason == "" {
				g.StopReason = "stop"
			}
			g.Usage = &Usage{Input: e.Prompt, Output: e.Eval}
		}
		token := e.Message.Content+e.Message.Thinking+e.Response != "" || len(e.Message.Tools) > 0
		came = came || token
		return token
	}
	return event, func() {
		if !came {
			return
		}
		m := map[string]any{"role": role, "content": content}
		set(m, "thinking", thinking)
		if len(tools) > 0 {
			m["tool_calls"] = tools
		}
		g.Output = []any{m}
	}
}

func ollamaEmbedding(g *Generation, answer json.RawMessage) {
	var a struct {
		Model  string `json:"model"`
		Prompt int    `json:"prompt_eval_count"`
	}
	if json.Unmarshal(answer, &a) == nil {
		named(g, a.Model)
		g.Usage = &Usage{Input: a.Prompt}
	}
}
