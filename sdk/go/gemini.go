package playhead

import (
	"encoding/json"
	"strings"
)

func geminiAPI(model, method string) *api {
	switch method {
	case "generateContent", "streamGenerateContent":
		return &api{provider: "gemini", model: model, request: geminiRequest, answer: geminiAnswer, events: geminiEvents}
	case "embedContent", "batchEmbedContents", "predict":
		if method == "predict" && !strings.Contains(model, "embed") {
			return nil // Vertex also serves other kinds of predictions
		}
		return &api{provider: "gemini", model: model, embedding: true, request: geminiEmbedding, answer: func(*Generation, json.RawMessage) {}}
	}
	return nil
}

func geminiRequest(g *Generation, body map[string]json.RawMessage) {
	g.Input, g.Tools = raw(body["contents"]), raw(body["tools"])
	system := body["systemInstruction"]
	if len(system) == 0 {
		system = body["system_instruction"]
	}
	var instruction struct {
		Parts json.RawMessage `json:"parts"`
	}
	var contents []json.RawMessage
	if json.Unmarshal(system, &instruction) == nil && len(instruction.Parts) > 0 && json.Unmarshal(body["contents"], &contents) == nil {
		if first, err := json.Marshal(map[string]any{"role": "system", "parts": instruction.Parts}); err == nil {
			g.Input = append([]json.RawMessage{first}, contents...)
		}
	}
	config := map[string]any{}
	if json.Unmarshal(body["generationConfig"], &config) == nil && len(config) > 0 {
		g.Parameters = config
	}
}

func geminiEmbedding(g *Generation, body map[string]json.RawMessage) {
	for _, name := range []string{"content", "requests", "instances"} {
		if g.Input == nil {
			g.Input = raw(body[name])
		}
	}
}

type geminiPart struct {
	Text    *string `json:"text"`
	Thought bool    `json:"thought"`
}

type geminiChunk struct {
	ID         string `json:"responseId"`
	Model      string `json:"modelVersion"`
	Candidates []struct {
		Index   int `json:"index"`
		Content struct {
			Role  string            `json:"role"`
			Parts []json.RawMessage `json:"parts"`
		} `json:"content"`
		Finish string `json:"finishReason"`
	} `json:"candidates"`
	Usage *struct {
		Prompt     int `json:"promptTokenCount"`
		Candidates int `json:"candidatesTokenCount"`
		Thoughts   int `json:"thoughtsTokenCount"`
		Cached     int `json:"cachedContentTokenCount"`
		Tools      int `json:"toolUsePromptTokenCount"`
	} `json:"usageMetadata"`
	Feedback *struct {
		Block string `json:"blockReason"`
	} `json:"promptFeedback"`
	Error *struct {
		Message string `json:"message"`
	} `json:"error"`
}

func geminiAnswer(g *Generation, answer json.RawMessage) {
	event, end := geminiEvents(g)
	event("", answer)
	end()
}

func geminiEvents(g *Generation) (func(string, json.RawMessage) bool, func()) {
	var parts [][]any // for each candidate
	event := func(_ string, data json.RawMessage) (token bool) {
		var c geminiChunk
		if json.Unmarshal(data, &c) != nil {
			return false
		}
		named(g, c.Model)
		if c.ID != "" {
			g.Properties["$ai_completion_id"] = c.ID
		}
		if c.Error != nil {
			g.Err, g.StopReason = providerError(c.Error.Message), "error"
		}
		if c.Feedback != nil && c.Feedback.Block != "" {
			g.StopReason = c.Feedback.Block
		}
		if u := c.Usage; u != nil {
			// Gemini counts thoughts separately from the answer; in events the answer's tokens include them, as with other providers.
			g.Usage = &Usage{Input: u.Prompt + u.Tools, Output: u.Candidates + u.Thoughts, CacheRead: u.Cached, Reasoning: u.Thoughts}
		}
		for _, candidate := range c.Candidates {
			i := candidate.Index
			for len(parts) <= i && i < 128 {
				parts = append(parts, nil)
			}
			if i < 0 || i >= len(parts) {
				continue
			}
			for _, p := range candidate.Content.Parts {
				parts[i] = addPart(parts[i], p)
				token = true
			}
			if candidate.Finish != "" {
				g.StopReason = candidate.Finish
			}
		}
		return token
	}
	return event, func() {
		var output []any
		for _, all := range parts {
			output = append(output, map[string]any{"role": "model", "parts": all})
		}
		if output != nil {
			g.Output = output
		}
	}
}

// addPart appends a part; a text is appended to a preceding text.
func addPart(parts []any, p json.RawMessage) []any {
	var text geminiPart
	if json.Unmarshal(p, &text) != nil || text.Text == nil {
		return append(parts, p)
	}
	if n := len(parts); n > 0 {
		if last, ok := parts[n-1].(map[string]any); ok && (last["thought"] == true) == text.Thought {
			grow(last, "text", *text.Text)
			return parts
		}
	}
	added := map[string]any{"text": *text.Text}
	set(added, "thought", text.Thought)
	return append(parts, added)
}
