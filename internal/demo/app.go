package demo

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
)

//go:embed page
var files embed.FS

var page = template.Must(template.ParseFS(files, "page/index.html"))

// app is the application behind its routes.
type app struct {
	playhead, token string
	model           model
	reporter        *reporter
	past            *past
	log             *slog.Logger
}

func newApp(o Options, m model) *app {
	return &app{
		playhead: o.PlayheadURL, token: o.Token, model: m, log: o.Logger,
		reporter: &reporter{playhead: o.PlayheadURL, token: o.Token, http: &http.Client{}},
		past:     newPast(o),
	}
}

func (a *app) handler() http.Handler {
	assets, err := fs.Sub(files, "page")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.index)
	mux.HandleFunc("POST /api/chat", a.chat)
	mux.HandleFunc("GET /api/state", a.state)
	mux.Handle("GET /page/", http.StripPrefix("/page/", noCache(http.FileServerFS(assets))))
	return mux
}

// noCache makes browsers check for changes: embedded files have no dates, and a newer binary has newer files.
func noCache(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		next.ServeHTTP(w, r)
	})
}

func (a *app) index(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	err := page.Execute(w, struct {
		Playhead, Token, Model string
		AllowBots              bool
	}{a.playhead, a.token, a.model.about().Name, r.URL.Query().Has("allow_bots")})
	if err != nil {
		a.log.Debug("sending the demo's page", "error", err)
	}
}

// state answers with what the demo can show. The page polls it while the history is sent.
func (a *app) state(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(a.past.now()); err != nil {
		a.log.Debug("sending the demo's state", "error", err)
	}
}

// chatRequest is the body of POST /api/chat: the conversation so far, the question last.
type chatRequest struct {
	Conversation string    `json:"conversation"`
	Messages     []message `json:"messages"`
}

const (
	requestMost  = 256 << 10 // bytes
	messagesMost = 100
	roundsMost   = 4 // model calls for one answer
)

func (c chatRequest) problem() string {
	switch {
	case len(c.Messages) == 0 || len(c.Messages) > messagesMost:
		return "messages: between 1 and 100 are needed"
	case c.Messages[len(c.Messages)-1].Role != "user" || c.Messages[len(c.Messages)-1].Content == "":
		return "messages: the last one must be the user's question"
	}
	for _, m := range c.Messages {
		if m.Role != "user" && m.Role != "assistant" {
			return "messages: role must be user or assistant"
		}
	}
	return ""
}

// part is one line of the answer to POST /api/chat, which is streamed as JSON lines: begin; text while it is written; step when a tool runs; then one
// done or error.
type part struct {
	Type    string `json:"type"` // begin, text, step, done, error
	Text    string `json:"text,omitempty"`
	TraceID string `json:"trace_id,omitempty"` // begin
	URL     string `json:"url,omitempty"`      // begin: the trace's page in Playhead
	// Reported, in the last line, says that Playhead accepted the trace.
	Reported bool `json:"reported,omitempty"`
}

// chat answers a question. It is a Go version of the documentation's example of linking calls to session replays: read the session from the request's
// headers, call the model, report the call with $session_id.
func (a *app) chat(w http.ResponseWriter, r *http.Request) {
	var ask chatRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, requestMost)).Decode(&ask); err != nil {
		http.Error(w, "the body must be JSON: "+err.Error(), http.StatusBadRequest)
		return
	}
	if problem := ask.problem(); problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	w.Header().Set("Cache-Control", "no-store")
	lines, flush := json.NewEncoder(w), http.NewResponseController(w)
	say := func(p part) {
		// If the browser disconnects, the request's context ends, and with it the model call.
		if lines.Encode(p) == nil {
			_ = flush.Flush()
		}
	}

	t := &turn{trace: uuid.NewString(), conversation: ask.Conversation, visitor: visitorOf(r)}
	if t.conversation == "" {
		t.conversation = t.trace
	}
	say(part{Type: "begin", TraceID: t.trace, URL: a.playhead + "/traces/" + url.PathEscape(t.trace)})
	began := time.Now()
	answer, failed := a.answer(r.Context(), t, ask.Messages, say)
	t.whole(ask.Messages[len(ask.Messages)-1].Content, answer, began, failed)

	// Report the trace even if the user pressed Stop, which ends the request's context.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), reportTime)
	defer cancel()
	last := part{Type: "done", Reported: true}
	if err := a.reporter.send(ctx, t); err != nil {
		a.log.Warn("the demo's trace was not accepted", "error", err)
		last.Reported = false
	}
	if failed != nil && !errors.Is(failed, context.Canceled) {
		last.Type, last.Text = "error", failed.Error()
		a.log.Info("the demo's model failed", "error", failed)
	}
	say(last)
}

// answer calls the model, and the tools that it asks for, until it has an answer. After an error it returns the text so far.
func (a *app) answer(ctx context.Context, t *turn, asked []message, say func(part)) (string, error) {
	conversation := append([]message{{Role: "system", Content: systemPrompt}}, asked...)
	for range roundsMost {
		began := time.Now()
		c, err := a.model.stream(ctx, conversation, func(text string) { say(part{Type: "text", Text: text}) })
		t.generation(a.model.about(), conversation, c, began, err)
		if err != nil || len(c.ToolCalls) == 0 {
			return c.Text, err
		}
		conversation = append(conversation, message{Role: "assistant", Content: c.Text, ToolCalls: c.ToolCalls})
		for _, call := range c.ToolCalls {
			say(part{Type: "step", Text: call.Function.Name})
			began := time.Now()
			result, err := runTool(ctx, call.Function)
			t.tool(call, result, began, err)
			if err != nil {
				return "", err
			}
			conversation = append(conversation, message{Role: "tool", ToolCallID: call.ID, Content: result})
		}
	}
	return "", errors.New("the model kept asking for tools")
}
