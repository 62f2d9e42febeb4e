package playhead

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// api describes how to read one of the providers' APIs.
type api struct {
	provider  string
	embedding bool
	// model is the model in the path, "" if the body has it.
	model string
	// request reads the body of a request.
	request func(*Generation, map[string]json.RawMessage)
	// answer reads a complete answer.
	answer func(*Generation, json.RawMessage)
	// events reads an answer that was streamed as events: event is called with each of them in order, and the other returned function at the end.
	events func(*Generation) (event func(name string, data json.RawMessage) (token bool), end func())
}

// apiOf determines from its path which API a request is for; nil for none.
func apiOf(r *http.Request) *api {
	if r.Method != http.MethodPost {
		return nil
	}
	path := strings.TrimRight(r.URL.Path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	if model, method, ok := strings.Cut(last, ":"); ok {
		return geminiAPI(model, method)
	}
	switch {
	case strings.HasSuffix(path, "/chat/completions"):
		return &api{provider: openAIName(r), request: chatRequest, answer: chatAnswer, events: chatEvents}
	case strings.HasSuffix(path, "/responses"):
		return &api{provider: openAIName(r), request: responsesRequest, answer: responsesAnswer, events: responsesEvents}
	case strings.HasSuffix(path, "/embeddings") && !strings.HasSuffix(path, "/api/embeddings"):
		return &api{provider: openAIName(r), embedding: true, request: embeddingRequest, answer: embeddingAnswer}
	case strings.HasSuffix(path, "/v1/messages"):
		return &api{provider: "anthropic", request: anthropicRequest, answer: anthropicAnswer, events: anthropicEvents}
	case strings.HasSuffix(path, "/api/chat"), strings.HasSuffix(path, "/api/generate"):
		return &api{provider: "ollama", request: ollamaRequest, answer: ollamaAnswer, events: ollamaEvents}
	case strings.HasSuffix(path, "/api/embed"), strings.HasSuffix(path, "/api/embeddings"):
		return &api{provider: "ollama", embedding: true, request: embeddingRequest, answer: ollamaEmbedding}
	case strings.HasSuffix(path, "/completions"):
		return &api{provider: openAIName(r), request: completionRequest, answer: chatAnswer, events: chatEvents}
	}
	return nil
}

// openAIName is the name of the provider that offers OpenAI's API at an address. Prices depend on it.
func openAIName(r *http.Request) string {
	host := r.URL.Hostname()
	for _, known := range []struct{ part, name string }{
		{"api.openai.com", "openai"}, {"azure.com", "azure"}, {"openrouter.ai", "openrouter"}, {"groq.com", "groq"}, {"mistral.ai", "mistral"}, {"deepseek.com", "deepseek"},
		{"together.xyz", "together"}, {"fireworks.ai", "fireworks"}, {"x.ai", "xai"}, {"googleapis.com", "gemini"},
	} {
		if host == known.part || strings.HasSuffix(host, "."+known.part) {
			return known.name
		}
	}
	return "openai"
}

// read makes the event of a call that has ended. Parts that cannot be parsed are left out: the times and the status are always known.
func (c *recorded) read() {
	c.mu.Lock()
	request := c.request // the request may still be in use if a server answers early; the answer has ended
	c.mu.Unlock()
	g := Generation{
		Provider: c.api.provider, Embedding: c.api.embedding, Model: c.api.model, BaseURL: c.base, Start: c.began, Latency: c.ended.Sub(c.began), HTTPStatus: c.status,
		Properties: map[string]any{"$ai_request_url": c.url},
	}
	if len(request.bytes) == 0 && c.again != nil { // no connection was made
		if again, err := c.again(); err == nil {
			request.bytes, _ = io.ReadAll(io.LimitReader(again, int64(request.most)))
			_ = again.Close()
		}
	}
	body := map[string]json.RawMessage{}
	if !request.cut && json.Unmarshal(request.bytes, &body) == nil {
		c.api.request(&g, body)
	}
	if request.cut || c.answer.cut {
		g.Properties["playhead_cut"] = fmt.Sprintf("what was longer than %d bytes is left out", c.answer.most)
	}
	answer, plain := c.plain()
	switch {
	case c.err != nil && !errors.Is(c.err, context.Canceled):
		g.Err = c.err
		c.readAnswer(&g, answer, plain)
	case c.status >= 400:
		g.Err = errors.New(errorText(c.status, answer))
	default:
		ends := c.readAnswer(&g, answer, plain)
		g.Stopped = errors.Is(c.err, context.Canceled) || !c.whole && !ends
	}
	c.client.CaptureGeneration(c.ctx, g)
}

// readAnswer reads an answer, complete or as events, and reports whether it says that it is complete.
func (c *recorded) readAnswer(g *Generation, answer []byte, plain bool) (ends bool) {
	text := bytes.TrimSpace(answer)
	if len(text) == 0 {
		return false
	}
	if c.api.events == nil || json.Valid(text) {
		return c.readWhole(g, text)
	}
	event, end := c.api.events(g)
	came := false
	eachEvent(answer, func(name string, data json.RawMessage, offset int) {
		if token := event(name, data); token && !came && plain {
			came, g.TimeToFirstToken = true, c.cameAt(offset).Sub(c.began)
		}
	})
	end()
	return g.StopReason != ""
}

// readWhole reads an answer that is one JSON value. Gemini streams an array if events are not requested.
func (c *recorded) readWhole(g *Generation, text json.RawMessage) (ends bool) {
	var all []json.RawMessage
	if c.api.events == nil || json.Unmarshal(text, &all) != nil {
		if json.Valid(text) {
			c.api.answer(g, text)
			return true
		}
		return false
	}
	event, end := c.api.events(g)
	for _, data := range all {
		event("", data)
	}
	end()
	return true
}

// cameAt is when the byte before an offset arrived.
func (c *recorded) cameAt(offset int) time.Time {
	for _, k := range c.chunks {
		if k.end >= offset {
			return k.at
		}
	}
	return c.ended
}

// plain is the decompressed answer, and whether it was sent without compression.
func (c *recorded) plain() (answer []byte, plain bool) {
	var z io.Reader
	var err error
	switch strings.ToLower(c.encoding) {
	case "", "identity":
		return c.answer.bytes, true
	case "gzip":
		z, err = gzip.NewReader(bytes.NewReader(c.answer.bytes))
	case "deflate":
		z, err = zlib.NewReader(bytes.NewReader(c.answer.bytes))
	default:
		return nil, false // compressed in a way that the standard library does not support
	}
	if err != nil {
		return nil, false
	}
	text, _ := io.ReadAll(io.LimitReader(z, int64(c.answer.most))) // as much as was kept
	return text, false
}

// eachEvent passes on the data of server-sent events, or of JSON lines, each with the offset of its end.
func eachEvent(answer []byte, use func(name string, data json.RawMessage, offset int)) {
	name := ""
	offset := 0
	for line := range bytes.Lines(answer) {
		offset += len(line)
		line = bytes.TrimSpace(line)
		switch {
		case bytes.HasPrefix(line, []byte("event:")):
			name = string(bytes.TrimSpace(line[len("event:"):]))
			continue
		case bytes.HasPrefix(line, []byte("data:")):
			line = bytes.TrimSpace(line[len("data:"):])
		case len(line) > 0 && line[0] == '{': // a line of JSON
		default:
			if len(line) == 0 {
				name = ""
			}
			continue
		}
		if len(line) > 0 && line[0] == '{' {
			use(name, json.RawMessage(line), offset)
		}
	}
}

// errorText is the error message in an answer.
func errorText(status int, answer []byte) string {
	var said struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
	}
	text := strings.TrimSpace(string(answer[:min(len(answer), 1000)]))
	body := bytes.TrimSpace(answer)
	if len(body) > 0 && body[0] == '[' { // Gemini
		var all []json.RawMessage
		if json.Unmarshal(body, &all) == nil && len(all) > 0 {
			body = all[0]
		}
	}
	if json.Unmarshal(body, &said) == nil {
		var inner struct {
			Message string `json:"message"`
		}
		var plain string
		switch {
		case json.Unmarshal(said.Error, &inner) == nil && inner.Message != "":
			text = inner.Message
		case json.Unmarshal(said.Error, &plain) == nil && plain != "":
			text = plain
		case said.Message != "":
			text = said.Message
		}
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, text))
}

// parameters are the members of a request that are neither its content nor have their own fields.
func parameters(g *Generation, body map[string]json.RawMessage, names ...string) {
	for _, name := range names {
		if v, ok := body[name]; ok && string(v) != "null" {
			if g.Parameters == nil {
				g.Parameters = map[string]any{}
			}
			g.Parameters[name] = v
		}
	}
}

func textOf(v json.RawMessage) string {
	var s string
	_ = json.Unmarshal(v, &s) // "" if it is not a text
	return s
}

// raw is a value as it was sent, nil if there is none.
func raw(v json.RawMessage) any {
	if len(v) == 0 || string(v) == "null" {
		return nil
	}
	return v
}
