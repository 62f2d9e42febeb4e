package playhead

import "encoding/json"

func anthropicRequest(g *Generation, body map[string]json.RawMessage) {
	g.Model, g.Input, g.Tools = textOf(body["model"]), raw(body["messages"]), raw(body["tools"])
	var messages []json.RawMessage
	if system := raw(body["system"]); system != nil && json.Unmarshal(body["messages"], &messages) == nil {
		if first, err := json.Marshal(map[string]any{"role": "system", "content": system}); err == nil {
			g.Input = append([]json.RawMessage{first}, messages...)
		}
	}
	parameters(g, body, "temperature", "top_p", "top_k", "max_tokens", "stream", "stop_sequences", "tool_choice", "thinking", "service_tier")
}

type anthropicUsage struct {
	Input       int `json:"input_tokens"`
	Output      int `json:"output_tokens"`
	CacheRead   int `json:"cache_read_input_tokens"`
	CacheWrite  int `json:"cache_creation_input_tokens"`
	CacheDetail struct {
		Hour int `json:"ephemeral_1h_input_tokens"`
	} `json:"cache_creation"`
}

func (u *anthropicUsage) usage() *Usage {
	if u == nil {
		return nil
	}
	return &Usage{Input: u.Input, Output: u.Output, CacheRead: u.CacheRead, CacheWrite: u.CacheWrite, CacheWrite1h: u.CacheDetail.Hour, CacheApart: true}
}

type anthropicMessage struct {
	ID      string            `json:"id"`
	Model   string            `json:"model"`
	Role    string            `json:"role"`
	Content []json.RawMessage `json:"content"`
	Stop    string            `json:"stop_reason"`
	Usage   *anthropicUsage   `json:"usage"`
}

func anthropicAnswer(g *Generation, answer json.RawMessage) {
	var m anthropicMessage
	if json.Unmarshal(answer, &m) != nil {
		return
	}
	m.about(g)
	g.StopReason = m.Stop
	if m.Content != nil {
		g.Output = []any{map[string]any{"role": m.Role, "content": m.Content}}
	}
}

func (m *anthropicMessage) about(g *Generation) {
	named(g, m.Model)
	g.Usage = m.Usage.usage()
	if m.ID != "" {
		g.Properties["$ai_completion_id"] = m.ID
	}
}

// block is a part of a streamed message while it arrives.
type block struct {
	fields map[string]any
	input  string // JSON of a tool's input
}

func anthropicEvents(g *Generation) (func(string, json.RawMessage) bool, func()) {
	var blocks []*block
	event := func(_ string, data json.RawMessage) bool {
		var e struct {
			Type    string            `json:"type"`
			Index   int               `json:"index"`
			Message *anthropicMessage `json:"message"`
			Block   map[string]any    `json:"content_block"`
			Delta   struct {
				Type      string `json:"type"`
				Text      string `json:"text"`
				Thinking  string `json:"thinking"`
				Signature string `json:"signature"`
				JSON      string `json:"partial_json"`
				Stop      string `json:"stop_reason"`
			} `json:"delta"`
			Usage *anthropicUsage `json:"usage"`
			Error struct {
				Message string `json:"message"`
			} `json:"error"`
		}
		if json.Unmarshal(data, &e) != nil {
			return false
		}
		switch e.Type {
		case "message_start":
			if e.Message != nil {
				e.Message.about(g)
			}
		case "content_block_start":
			for len(blocks) <= e.Index && e.Index < 1000 {
				blocks = append(blocks, &block{fields: map[string]any{}})
			}
			if e.Index >= 0 && e.Index < len(blocks) && e.Block != nil {
				blocks[e.Index].fields = e.Block
			}
			return e.Block["type"] == "tool_use"
		case "content_block_delta":
			if e.Index < 0 || e.Index >= len(blocks) {
				return false
			}
			b := blocks[e.Index]
			grow(b.fields, "text", e.Delta.Text)
			grow(b.fields, "thinking", e.Delta.Thinking)
			grow(b.fields, "signature", e.Delta.Signature)
			b.input += e.Delta.JSON
			return e.Delta.Text+e.Delta.Thinking+e.Delta.JSON != ""
		case "message_delta":
			g.StopReason = e.Delta.Stop
			if u := e.Usage; u != nil {
				if g.Usage == nil {
					g.Usage = &Usage{CacheApart: true}
				}
				g.Usage.Output = u.Output
				if u.Input > 0 {
					g.Usage.Input = u.Input
				}
			}
		case "error":
			g.Err, g.StopReason = providerError(e.Error.Message), "error"
		}
		return false
	}
	return event, func() {
		var content []any
		for _, b := range blocks {
			if b.input != "" {
				if b.fields["input"] = json.RawMessage(b.input); !json.Valid([]byte(b.input)) {
					b.fields["input"] = b.input // the stream ended early
				}
			}
			content = append(content, b.fields)
		}
		if content != nil {
			g.Output = []any{map[string]any{"role": "assistant", "content": content}}
		}
	}
}

// grow appends to a text of a block.
func grow(fields map[string]any, name, more string) {
	if more == "" {
		return
	}
	before, _ := fields[name].(string)
	fields[name] = before + more
}
