package playhead

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// received is an event as the server receives it.
type received struct {
	UUID       string
	Event      string
	DistinctID string `json:"distinct_id"`
	Timestamp  time.Time
	Properties map[string]any
}

// server receives events.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	events []received
	// answer determines the answer to each request; nil means 200.
	answer func(n int) (status int, header http.Header)
	asked  int
}

func newServer(t testing.TB) *server {
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked++
		if s.answer != nil {
			if status, header := s.answer(s.asked); status != 200 {
				for name, v := range header {
					w.Header()[name] = v
				}
				w.WriteHeader(status)
				return
			}
		}
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			t.Error(err)
			return
		}
		var body struct {
			APIKey string `json:"api_key"`
			Batch  []received
		}
		if err := json.NewDecoder(z).Decode(&body); err != nil || body.APIKey != "phc_test" || r.URL.Path != "/batch/" {
			t.Errorf("%s %+v: %v", r.URL.Path, body, err)
		}
		s.events = append(s.events, body.Batch...)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) all() []received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]received(nil), s.events...)
}

func newClient(t testing.TB, s *server, set ...func(*Config)) *Client {
	t.Helper()
	config := Config{Host: s.URL, Token: "phc_test", Every: time.Hour, Logger: slog.New(slog.DiscardHandler)}
	for _, f := range set {
		f(&config)
	}
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		_ = c.Close(ctx) // tests of a server that never answers leave events behind
	})
	return c
}

// flushed are the events that the server has after a flush.
func flushed(t *testing.T, c *Client, s *server) []received {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	if err := c.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return s.all()
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// provider answers every request with a body, in pieces.
func provider(t testing.TB, status int, body []byte) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		for piece := range bytes.Lines(body) {
			_, _ = w.Write(piece)
			w.(http.Flusher).Flush()
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func TestEveryProvider(t *testing.T) {
	const messages = `"messages":[{"role":"user","content":"Where is my refund?"}]`
	for _, test := range []struct {
		file, path, request string
		status              int
		want                string // properties, as JSON
	}{
		{"chat.stream", "/v1/chat/completions", `{"model":"gpt-5-mini","stream":true,"temperature":0.2,"stream_options":{"include_usage":true},` + messages + `,"tools":[{"type":"function","function":{"name":"look_up_order"}}]}`, 200,
			`{"$ai_provider":"openai","$ai_model":"gpt-5-mini-2025-08-07","$ai_input":[{"role":"user","content":"Where is my refund?"}],"$ai_output_choices":[{"role":"assistant","content":"Your refund left on Monday – 退款."}],"$ai_input_tokens":19,"$ai_output_tokens":10,"$ai_cache_read_input_tokens":8,"$ai_reasoning_tokens":4,"$ai_stop_reason":"stop","$ai_http_status":200,"$ai_model_parameters":{"stream":true,"temperature":0.2},"$ai_tools":[{"type":"function","function":{"name":"look_up_order"}}],"$ai_completion_id":"chatcmpl-1","$ai_cache_reporting_exclusive":false}`},
		{"chat-tools.stream", "/openai/v1/chat/completions", `{"model":"gpt-5-mini","stream":true,` + messages + `}`, 200,
			`{"$ai_output_choices":[{"role":"assistant","content":"","tool_calls":[{"id":"call_1","type":"function","function":{"name":"look_up_order","arguments":"{\"order\":\"48213\"}"}},{"id":"call_2","type":"function","function":{"name":"check_stock","arguments":"{}"}}]}],"$ai_stop_reason":"tool_calls"}`},
		{"chat.json", "/v1/chat/completions", `{"model":"gpt-5-mini",` + messages + `}`, 200,
			`{"$ai_output_choices":[{"role":"assistant","content":"Your refund left on Monday.","refusal":null,"annotations":[]}],"$ai_input_tokens":19,"$ai_stop_reason":"stop"}`},
		{"chat-broken.stream", "/v1/chat/completions", `{"model":"gpt-5-mini","stream":true,` + messages + `}`, 200,
			`{"$ai_is_error":true,"$ai_error":"The server had an error while processing your request.","$ai_output_choices":[{"role":"assistant","content":"Your ref"}]}`},
		{"chat-refused.json", "/v1/chat/completions", `{"model":"gpt-5-mini",` + messages + `}`, 429,
			`{"$ai_is_error":true,"$ai_http_status":429,"$ai_error":"429 Rate limit reached for gpt-5-mini on tokens per min (TPM): Limit 2000000, Used 1998210, Requested 4120.","$ai_model":"gpt-5-mini"}`},
		{"responses.json", "/v1/responses", `{"model":"gpt-5-mini","instructions":"Be kind.","input":"Where is my refund?"}`, 200,
			`{"$ai_input":[{"role":"system","content":"Be kind."},{"role":"user","content":"Where is my refund?"}],"$ai_input_tokens":36,"$ai_output_tokens":87,"$ai_reasoning_tokens":64,"$ai_stop_reason":"completed","$ai_output_choices":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"message","id":"msg_1","status":"completed","role":"assistant","content":[{"type":"output_text","text":"It left on Monday.","annotations":[]}]}]}`},
		{"responses.stream", "/v1/responses", `{"model":"gpt-5-mini","stream":true,"input":[{"role":"user","content":"Where?"}]}`, 200,
			`{"$ai_input":[{"role":"user","content":"Where?"}],"$ai_output_tokens":87,"$ai_stop_reason":"completed","$ai_completion_id":"resp_1"}`},
		{"embeddings.json", "/v1/embeddings", `{"model":"text-embedding-3-small","input":["a refund"]}`, 200,
			`{"$ai_model":"text-embedding-3-small","$ai_input":["a refund"],"$ai_input_tokens":5}`},
		{"anthropic.json", "/v1/messages", `{"model":"claude-haiku-4-5","max_tokens":64,"system":"Be kind.",` + messages + `}`, 200,
			`{"$ai_provider":"anthropic","$ai_model":"claude-haiku-4-5-20251001","$ai_input":[{"role":"system","content":"Be kind."},{"role":"user","content":"Where is my refund?"}],"$ai_output_choices":[{"role":"assistant","content":[{"type":"text","text":"It left on Monday."}]}],"$ai_input_tokens":12,"$ai_output_tokens":9,"$ai_cache_read_input_tokens":2000,"$ai_cache_creation_input_tokens":100,"$ai_cache_creation_1h_input_tokens":40,"$ai_cache_reporting_exclusive":true,"$ai_stop_reason":"end_turn","$ai_model_parameters":{"max_tokens":64}}`},
		{"anthropic.stream", "/v1/messages", `{"model":"claude-haiku-4-5","stream":true,` + messages + `}`, 200,
			`{"$ai_output_choices":[{"role":"assistant","content":[{"type":"thinking","thinking":"The order first.","signature":"Eq0="},{"type":"text","text":"Let me look."},{"type":"tool_use","id":"toolu_1","name":"look_up_order","input":{"order":"48213"}}]}],"$ai_input_tokens":12,"$ai_output_tokens":44,"$ai_cache_read_input_tokens":2000,"$ai_stop_reason":"tool_use"}`},
		{"anthropic-refused.json", "/v1/messages", `{"model":"claude-haiku-4-5",` + messages + `}`, 529, `{"$ai_is_error":true,"$ai_error":"529 Overloaded","$ai_http_status":529}`},
		{"gemini.json", "/v1beta/models/gemini-2.5-flash-lite:generateContent?key=secret", `{"systemInstruction":{"parts":[{"text":"Be kind."}]},"contents":[{"role":"user","parts":[{"text":"Where?"}]}],"generationConfig":{"temperature":0}}`, 200,
			`{"$ai_provider":"gemini","$ai_model":"gemini-2.5-flash-lite","$ai_input":[{"role":"system","parts":[{"text":"Be kind."}]},{"role":"user","parts":[{"text":"Where?"}]}],"$ai_output_choices":[{"role":"model","parts":[{"text":"It left on Monday."}]}],"$ai_input_tokens":15,"$ai_output_tokens":38,"$ai_reasoning_tokens":30,"$ai_cache_read_input_tokens":4,"$ai_stop_reason":"STOP","$ai_model_parameters":{"temperature":0}}`},
		{"gemini.stream", "/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse&key=secret", `{"contents":[{"role":"user","parts":[{"text":"Where?"}]}]}`, 200,
			`{"$ai_output_choices":[{"role":"model","parts":[{"text":"Thinking of it.","thought":true},{"text":"It left on Monday."},{"functionCall":{"name":"look_up_order","args":{"order":"48213"}}}]}],"$ai_output_tokens":38,"$ai_stop_reason":"STOP"}`},
		{"gemini-array.json", "/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent", `{"contents":[]}`, 200, `{"$ai_output_choices":[{"role":"model","parts":[{"text":"It left on Monday."}]}],"$ai_stop_reason":"STOP"}`},
		{"gemini-refused.json", "/v1beta/models/gemini-2.5-flash-lite:generateContent", `{"contents":[]}`, 503, `{"$ai_is_error":true,"$ai_error":"503 The model is overloaded. Please try again later."}`},
		{"ollama.stream", "/api/chat", `{"model":"qwen3:8b","options":{"temperature":0},` + messages + `}`, 200,
			`{"$ai_provider":"ollama","$ai_model":"qwen3:8b","$ai_output_choices":[{"role":"assistant","content":"It left on Monday.","thinking":"Hm."}],"$ai_input_tokens":26,"$ai_output_tokens":12,"$ai_stop_reason":"stop","$ai_model_parameters":{"temperature":0}}`},
		{"ollama.json", "/api/chat", `{"model":"qwen3:8b","stream":false,` + messages + `}`, 200, `{"$ai_output_choices":[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"look_up_order","arguments":{"order":"48213"}}}]}],"$ai_output_tokens":12}`},
		{"ollama-generate.stream", "/api/generate", `{"model":"qwen3:8b","system":"Be kind.","prompt":"Where?"}`, 200,
			`{"$ai_input":[{"role":"system","content":"Be kind."},{"role":"user","content":"Where?"}],"$ai_output_choices":[{"role":"assistant","content":"It left on Monday."}],"$ai_stop_reason":"length","$ai_output_tokens":5}`},
		{"ollama-embed.json", "/api/embed", `{"model":"nomic-embed-text","input":"a refund"}`, 200, `{"$ai_model":"nomic-embed-text","$ai_input":"a refund","$ai_input_tokens":8}`},
	} {
		t.Run(test.file, func(t *testing.T) {
			s := newServer(t)
			c := newClient(t, s)
			body := file(t, test.file)
			model := provider(t, test.status, body)
			ctx := WithSession(t.Context(), Session{ID: "visit-1", WindowID: "tab-1", DistinctID: "user_1"})
			ctx = WithTrace(ctx, Trace{ID: "trace-1", ConversationID: "chat-1"})
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, model.URL+test.path, strings.NewReader(test.request))
			if err != nil {
				t.Fatal(err)
			}
			response, err := (&http.Client{Transport: c.Transport(nil)}).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(response.Body)
			if err := errors.Join(err, response.Body.Close()); err != nil || !bytes.Equal(got, body) || response.StatusCode != test.status {
				t.Fatalf("the answer was changed: %v\n%s", err, got)
			}
			events := flushed(t, c, s)
			if len(events) != 1 {
				t.Fatalf("%d events", len(events))
			}
			e := events[0]
			name := "$ai_generation"
			if strings.Contains(test.path, "embed") {
				name = "$ai_embedding"
			}
			if e.Event != name || e.DistinctID != "user_1" || e.UUID == "" || time.Since(e.Timestamp) > time.Minute {
				t.Errorf("%+v", e)
			}
			var want map[string]any
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			for name, v := range map[string]any{"$session_id": "visit-1", "$window_id": "tab-1", "$ai_trace_id": "trace-1", "$ai_session_id": "chat-1", "$ai_parent_id": "trace-1", "$ai_base_url": model.URL} {
				want[name] = v
			}
			for name, v := range want {
				if asJSON(e.Properties[name]) != asJSON(v) {
					t.Errorf("%s\n%s\nwant\n%s", name, asJSON(e.Properties[name]), asJSON(v))
				}
			}
			if streamed := strings.HasSuffix(test.file, ".stream"); streamed != (e.Properties["$ai_time_to_first_token"] != nil) {
				t.Errorf("first token after %v", e.Properties["$ai_time_to_first_token"])
			}
			if _, failed := want["$ai_is_error"]; !failed && e.Properties["$ai_is_error"] != nil {
				t.Errorf("%v", e.Properties["$ai_error"])
			}
			if strings.Contains(asJSON(e.Properties), "secret") {
				t.Errorf("a key was recorded: %v", e.Properties)
			}
		})
	}
}

func asJSON(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// Requests that are not calls of models are not read.
func TestOtherRequestsPassThrough(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	other := provider(t, 200, []byte("hello"))
	for _, path := range []string{"/v1/models", "/chat", "/v1beta/models/x:countTokens", "/api/tags"} {
		response, err := (&http.Client{Transport: c.Transport(nil)}).Post(other.URL+path, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := response.Body.(*watched); ok {
			t.Errorf("%s is watched", path)
		}
		_ = response.Body.Close()
	}
	if events := flushed(t, c, s); len(events) != 0 {
		t.Errorf("%+v", events)
	}
}

// A caller who stops reading has stopped the call, which is not a failure; a request that never reaches the server has failed.
func TestStoppedAndUnreachable(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	came := make(chan struct{})
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `data: {"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Your ref"}}]}`+"\n\n")
		w.(http.Flusher).Flush()
		close(came)
		<-r.Context().Done()
	}))
	t.Cleanup(model.Close)
	models := &http.Client{Transport: c.Transport(nil)}
	ctx, stop := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, model.URL+"/v1/chat/completions", strings.NewReader(`{"model":"m","stream":true}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := models.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 10)
	if _, err := io.ReadFull(response.Body, first); err != nil {
		t.Fatal(err)
	}
	<-came
	stop()
	_, _ = io.ReadAll(response.Body)
	_ = response.Body.Close()
	if _, err := models.Post("http://127.0.0.1:1/v1/messages", "application/json", strings.NewReader(`{"model":"claude"}`)); err == nil {
		t.Fatal("nothing answers there")
	}
	events := flushed(t, c, s)
	if len(events) != 2 {
		t.Fatalf("%d events", len(events))
	}
	stopped, failed := events[0].Properties, events[1].Properties
	if stopped["$ai_stop_reason"] != "cancelled" || stopped["$ai_is_error"] != nil || asJSON(stopped["$ai_output_choices"]) != `[{"content":"Your ref","role":"assistant"}]` {
		t.Errorf("stopped: %v", stopped)
	}
	if failed["$ai_is_error"] != true || !strings.Contains(failed["$ai_error"].(string), "refused") || failed["$ai_model"] != "claude" {
		t.Errorf("unreachable: %v", failed)
	}
	// If nobody is known, the person is written in the same way as by PostHog's SDKs.
	if events[1].DistinctID != failed["$ai_trace_id"] || failed["$process_person_profile"] != false || failed["$session_id"] != nil {
		t.Errorf("%+v", events[1])
	}
}

// The bytes of an answer reach the reader when they arrive, not when the answer is complete.
func TestPiecesComeAtOnce(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	next := make(chan struct{})
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "data: {}\n\n")
			w.(http.Flusher).Flush()
			<-next // the reader has received it
		}
	}))
	t.Cleanup(model.Close)
	response, err := (&http.Client{Transport: c.Transport(nil)}).Post(model.URL+"/v1/chat/completions", "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for range 3 {
		piece := make([]byte, len("data: {}\n\n"))
		if _, err := io.ReadFull(response.Body, piece); err != nil {
			t.Fatal(err)
		}
		next <- struct{}{}
	}
}

// An answer in gzip that the caller requested is passed on in gzip, and still read.
func TestCompressedAnswers(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write(file(t, "chat.json"))
	_ = z.Close()
	model := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}))
	t.Cleanup(model.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, model.URL+"/v1/chat/completions", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	response, err := (&http.Client{Transport: c.Transport(nil)}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if !bytes.Equal(got, packed.Bytes()) {
		t.Error("the answer was changed")
	}
	if p := flushed(t, c, s)[0].Properties; !strings.Contains(asJSON(p["$ai_output_choices"]), "left on Monday") {
		t.Errorf("%v", p)
	}
}

// Content longer than Config.MaxContent is left out, and the event says so.
func TestLongContent(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s, func(c *Config) { c.MaxContent = 1000 })
	model := provider(t, 200, file(t, "chat.json"))
	response, err := (&http.Client{Transport: c.Transport(nil)}).Post(model.URL+"/v1/chat/completions", "application/json", strings.NewReader(`{"model":"m","messages":"`+strings.Repeat("x", 5000)+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(response.Body)
	_ = response.Body.Close()
	if p := flushed(t, c, s)[0].Properties; p["$ai_input"] != nil || p["playhead_cut"] == nil || p["$ai_model"] != "gpt-5-mini-2025-08-07" {
		t.Errorf("%v", p)
	}
}

func TestPrivate(t *testing.T) {
	s := newServer(t)
	c := newClient(t, s, func(c *Config) { c.Private = true })
	model := provider(t, 200, file(t, "chat.json"))
	response, err := (&http.Client{Transport: c.Transport(nil)}).Post(model.URL+"/v1/responses", "application/json", strings.NewReader(`{"model":"m","instructions":"refund","input":"refund"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.ReadAll(response.Body)
	_ = response.Body.Close()
	p := flushed(t, c, s)[0].Properties
	if input, sent := p["$ai_input"]; input != nil || !sent || strings.Contains(asJSON(p), "refund") {
		t.Errorf("%v", p)
	}
}
