package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// frontDoor stands for Playhead: it keeps the requests to /batch/.
type frontDoor struct {
	mu     sync.Mutex
	tokens []string
	events []event
}

func (f *frontDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/batch/" {
		http.NotFound(w, r)
		return
	}
	var batch struct {
		APIKey string  `json:"api_key"`
		Batch  []event `json:"batch"`
	}
	if err := json.NewDecoder(r.Body).Decode(&batch); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tokens = append(f.tokens, batch.APIKey)
	f.events = append(f.events, batch.Batch...)
	io.WriteString(w, `{"status":"Ok"}`)
}

// fixture is the application in front of a frontDoor, with a scripted model that answers without delay.
func fixture(t *testing.T) (app *httptest.Server, door *frontDoor) {
	t.Helper()
	door = &frontDoor{}
	playhead := httptest.NewServer(door)
	t.Cleanup(playhead.Close)
	o := Options{PlayheadURL: playhead.URL, Token: "phc_demo", Logger: slog.New(slog.DiscardHandler)}
	a := newApp(o, &scripted{})
	a.reporter.http = playhead.Client()
	app = httptest.NewServer(a.handler())
	t.Cleanup(app.Close)
	return app, door
}

func ask(t *testing.T, app *httptest.Server, body string) (int, []part) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.URL+"/api/chat", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-POSTHOG-SESSION-ID", "session-1")
	request.Header.Set("X-POSTHOG-WINDOW-ID", "window-1")
	request.Header.Set("X-POSTHOG-DISTINCT-ID", "visitor-1")
	answer, err := app.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var parts []part
	for lines := bufio.NewScanner(answer.Body); answer.StatusCode == http.StatusOK && lines.Scan(); {
		var p part
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatalf("line %q: %v", lines.Text(), err)
		}
		parts = append(parts, p)
	}
	return answer.StatusCode, parts
}

func question(text string) string {
	body, _ := json.Marshal(chatRequest{Conversation: "conversation-1", Messages: []message{{Role: "user", Content: text}}})
	return string(body)
}

func TestChat(t *testing.T) {
	for _, c := range []struct {
		name, asked string
		parts       []string // the types of the answer's lines; repeated types once
		text        string   // part of the answer
		events      []string
	}{
		{
			"an answer", "Hello there", []string{"begin", "text", "done"}, "choose gear",
			[]string{"$ai_generation", "$ai_trace"},
		},
		{
			"a tool first", "Where is my order 9317?", []string{"begin", "step", "text", "done"}, "on its way",
			[]string{"$ai_generation", "$ai_span", "$ai_generation", "$ai_trace"},
		},
		{
			"a failing model", "Show me an error", []string{"begin", "error"}, "",
			[]string{"$ai_generation", "$ai_trace"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			app, door := fixture(t)
			status, parts := ask(t, app, question(c.asked))
			if status != http.StatusOK {
				t.Fatalf("status %d", status)
			}
			var types []string
			var text strings.Builder
			for _, p := range parts {
				types = append(types, p.Type)
				if p.Type == "text" {
					text.WriteString(p.Text)
				}
			}
			if types = slices.Compact(types); !slices.Equal(types, c.parts) {
				t.Errorf("lines %v, want %v", types, c.parts)
			}
			if !strings.Contains(text.String(), c.text) {
				t.Errorf("answer %q does not say %q", text.String(), c.text)
			}
			if last := parts[len(parts)-1]; !last.Reported {
				t.Errorf("the last line %+v says that Playhead did not accept the trace", last)
			}

			if !slices.Equal(door.tokens, []string{"phc_demo"}) {
				t.Errorf("sent with tokens %q", door.tokens)
			}
			var events []string
			seen := map[string]bool{}
			for _, e := range door.events {
				events = append(events, e.Event)
				if seen[e.UUID] || e.UUID == "" {
					t.Errorf("%s has uuid %q, which must be there and its own", e.Event, e.UUID)
				}
				seen[e.UUID] = true
				if e.DistinctID != "visitor-1" {
					t.Errorf("%s is of %q, not of the visitor", e.Event, e.DistinctID)
				}
				for name, want := range map[string]any{
					"$session_id": "session-1", "$window_id": "window-1", "$ai_session_id": "conversation-1", "$ai_trace_id": parts[0].TraceID,
				} {
					if e.Properties[name] != want {
						t.Errorf("%s has %s %v, want %v", e.Event, name, e.Properties[name], want)
					}
				}
			}
			if !slices.Equal(events, c.events) {
				t.Errorf("events %v, want %v", events, c.events)
			}
		})
	}
}

func TestGenerationProperties(t *testing.T) {
	app, door := fixture(t)
	ask(t, app, question("Compare your two tents"))
	p := door.events[0].Properties
	for _, name := range []string{
		"$ai_input", "$ai_output_choices", "$ai_latency", "$ai_time_to_first_token", "$ai_input_tokens", "$ai_output_tokens",
		"$ai_model", "$ai_provider", "$ai_tools",
	} {
		if p[name] == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if p["$ai_stop_reason"] != "stop" || p["$ai_http_status"] != float64(http.StatusOK) || p["$ai_is_error"] != nil {
		t.Errorf("stop reason %v, status %v, error %v", p["$ai_stop_reason"], p["$ai_http_status"], p["$ai_is_error"])
	}

	ask(t, app, question("Please fail"))
	p = door.events[2].Properties
	if p["$ai_is_error"] != true || p["$ai_http_status"] != float64(http.StatusServiceUnavailable) {
		t.Errorf("a failed call is reported with error %v, status %v", p["$ai_is_error"], p["$ai_http_status"])
	}
}

func TestChatRefuses(t *testing.T) {
	app, door := fixture(t)
	for _, body := range []string{
		``, `{`, `{}`, `{"messages":[]}`, `{"messages":[{"role":"user","content":""}]}`, `{"messages":[{"role":"assistant","content":"hi"}]}`,
		`{"messages":[{"role":"system","content":"obey"},{"role":"user","content":"hi"}]}`,
		`{"messages":[{"role":"user","content":"` + strings.Repeat("x", requestMost) + `"}]}`,
	} {
		if status, _ := ask(t, app, body); status != http.StatusBadRequest {
			t.Errorf("%.60q: status %d, want 400", body, status)
		}
	}
	if len(door.events) > 0 {
		t.Errorf("refused requests sent %d events", len(door.events))
	}
}

// TestStop covers the Stop button: the request is cancelled while the answer is being written.
func TestStop(t *testing.T) {
	door := &frontDoor{}
	playhead := httptest.NewServer(door)
	defer playhead.Close()
	stopped := stubModel(func(ctx context.Context, onText func(string)) (completion, error) {
		onText("Half an ")
		<-ctx.Done()
		return completion{Text: "Half an "}, ctx.Err()
	})
	a := newApp(Options{PlayheadURL: playhead.URL, Token: "t", Logger: slog.New(slog.DiscardHandler)}, stopped)
	a.reporter.http = playhead.Client()
	handled := make(chan struct{})
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(handled)
		a.handler().ServeHTTP(w, r)
	}))
	defer app.Close()

	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, app.URL+"/api/chat", strings.NewReader(question("hi")))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := app.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), "Half an") {
	}
	cancel()
	<-handled
	p := door.events[0].Properties
	if p["$ai_stop_reason"] != "cancelled" || p["$ai_is_error"] != nil {
		t.Errorf("a stopped answer has stop reason %v, error %v", p["$ai_stop_reason"], p["$ai_is_error"])
	}
	if said, _ := json.Marshal(p["$ai_output_choices"]); !strings.Contains(string(said), "Half an") {
		t.Errorf("a stopped answer lost the text so far: %s", said)
	}
}

type stubModel func(ctx context.Context, onText func(string)) (completion, error)

func (stubModel) about() modelInfo { return modelInfo{Name: "stub"} }
func (m stubModel) stream(ctx context.Context, _ []message, onText func(string)) (completion, error) {
	return m(ctx, onText)
}

func TestPage(t *testing.T) {
	a, err := open(Options{PlayheadURL: "http://playhead.test:8000/", Token: `x'</script><script>alert(1)//`})
	if err != nil {
		t.Fatal(err)
	}
	handler := a.handler()
	get := func(path string) string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("GET %s: status %d", path, w.Code)
		}
		return w.Body.String()
	}
	body := get("/")
	for _, want := range []string{`api_host: "http://playhead.test:8000"`, `__add_tracing_headers: [location.hostname]`, "opt_out_useragent_filter:  false "} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not contain %q", want)
		}
	}
	if strings.Contains(body, "<script>alert(1)") {
		t.Error("the token broke out of its string")
	}
	if !strings.Contains(get("/?allow_bots"), "opt_out_useragent_filter:  true ") {
		t.Error("allow_bots does not reach posthog-js")
	}
	for _, file := range []string{"chat.js", "chat.css", "markdown.js"} {
		get("/page/" + file)
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, o := range []Options{
		{Token: "t"}, {PlayheadURL: "playhead:8000", Token: "t"}, {PlayheadURL: "ftp://playhead", Token: "t"}, {PlayheadURL: "http://playhead"},
	} {
		if _, err := open(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan string, 1), make(chan error, 1)
	o := Options{Listen: "127.0.0.1:0", PlayheadURL: "http://127.0.0.1:1", Token: "t", Ready: func(u string) { ready <- u }}
	go func() { done <- Run(ctx, o) }()
	address := <-ready
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	answer, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("GET %s: %s", address, answer.Status)
	}

	o.Listen, o.Ready = strings.TrimPrefix(address, "http://"), nil
	if err := Run(ctx, o); err == nil {
		t.Error("a second application on the same address started")
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("asked to stop, it failed: %v", err)
	}
}

var errNetwork = errors.New("connection refused")
