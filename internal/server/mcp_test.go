package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/playheadhq/playhead/internal/config"
	"github.com/playheadhq/playhead/internal/mcp"
	"github.com/playheadhq/playhead/internal/mcp/stdio"
	"github.com/playheadhq/playhead/internal/servertest"
)

// withToken adds a read token, which may be empty, to each request.
type withToken string

func (token withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	if token != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+string(token))
	}
	return http.DefaultTransport.RoundTrip(r)
}

// overHTTP connects an agent with a server.
func overHTTP(t *testing.T, address, token string) *sdk.ClientSession {
	t.Helper()
	return agent(t, &sdk.StreamableClientTransport{Endpoint: address, HTTPClient: &http.Client{Transport: withToken(token)}})
}

// overStdio does the same through the code of playhead mcp.
func overStdio(t *testing.T, address, token string) *sdk.ClientSession {
	t.Helper()
	toBridge, fromAgent := io.Pipe()
	toAgent, fromBridge := io.Pipe()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		b := stdio.Bridge{Address: address, Token: token, In: toBridge, Out: fromBridge}
		ended <- b.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		_ = fromAgent.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return agent(t, &sdk.IOTransport{Reader: toAgent, Writer: fromAgent})
}

func agent(t *testing.T, transport sdk.Transport) *sdk.ClientSession {
	t.Helper()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(), transport, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	return session
}

// call is the text that a tool answers.
func call(t *testing.T, s *sdk.ClientSession, tool string, arguments map[string]any) (text string, failed bool) {
	t.Helper()
	result, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: tool, Arguments: arguments})
	if err != nil {
		t.Fatalf("%s %v: %v", tool, arguments, err)
	}
	var b strings.Builder
	for _, c := range result.Content {
		b.WriteString(c.(*sdk.TextContent).Text)
	}
	return b.String(), result.IsError
}

// element is a recorded element.
func element(id int, tag string, children ...any) map[string]any {
	if children == nil {
		children = []any{}
	}
	return map[string]any{"type": 2, "id": id, "tagName": tag, "attributes": map[string]any{}, "childNodes": children}
}

func words(id int, text string) map[string]any {
	return map[string]any{"type": 3, "id": id, "textContent": text}
}

// chat stores a visit: somebody asks, waits, sees an answer appear in three pieces, and copies a part of it.
func chat(t *testing.T, c *client, began time.Time) (call servertest.Event) {
	t.Helper()
	at := func(ms int) int64 { return began.UnixMilli() + int64(ms) }
	text := func(ms, id int, value string) map[string]any {
		return map[string]any{"type": 3, "timestamp": at(ms), "data": map[string]any{"source": 0, "texts": []any{map[string]any{"id": id, "value": value}}, "attributes": []any{}, "removes": []any{}, "adds": []any{}}}
	}
	document := map[string]any{"type": 0, "id": 1, "childNodes": []any{element(2, "html", element(3, "body",
		element(4, "h1", words(5, "Help of the tent shop")), element(6, "p", words(7, "Card *****")), element(8, "button", words(9, "Send")), element(12, "p", words(13, "")), element(10, "p", words(11, ""))))}}
	recording := servertest.Snapshot(began, "visit-1", "tab-1", false)
	recording.Properties["$snapshot_data"] = []any{
		map[string]any{"type": 4, "timestamp": at(0), "data": map[string]any{"href": "http://shop.test/help", "width": 800, "height": 600}},
		map[string]any{"type": 2, "timestamp": at(1), "data": map[string]any{"node": document, "initialOffset": map[string]any{"top": 0, "left": 0}}},
		map[string]any{"type": 3, "timestamp": at(9000), "data": map[string]any{"source": 2, "type": 2, "id": 8, "x": 1, "y": 1}},
		text(9050, 13, "Where is my refund?"),
		text(9600, 11, "Looking up your order"),
		text(12_000, 11, "Your refund"),
		text(12_400, 11, "Your refund left"),
		text(12_800, 11, "Your refund left on Monday."),
		map[string]any{"type": 3, "timestamp": at(20_000), "data": map[string]any{"source": 1, "positions": []any{}}},
	}
	recording.Properties["token"], recording.Properties["distinct_id"] = testToken, "user_1"
	c.Capture(t, "/s/", recording)
	call = generation(began.Add(13*time.Second), "trace-1", map[string]any{
		"$session_id": "visit-1", "$window_id": "tab-1", "$ai_latency": 4.0, "$ai_session_id": "chat-1", "$ai_span_name": "answer", "$ai_release": "v7", "$ai_tools_called": "find_order", "$ai_prompt_name": "refunds", "$ai_prompt_version": "3",
		"$ai_input":          []any{map[string]any{"role": "system", "content": "Be kind."}, map[string]any{"role": "user", "content": "Where is my refund?"}},
		"$ai_output_choices": []any{map[string]any{"role": "assistant", "content": "Your refund left on Monday. " + strings.Repeat("It takes a while. ", 400)}},
	})
	failed := generation(began.Add(14*time.Second), "trace-2", map[string]any{"$ai_is_error": true, "$ai_error": "503 the model is overloaded", "$ai_session_id": "chat-1"})
	opinion := servertest.Event{UUID: walkID(900).String(), Event: "$ai_feedback", DistinctID: "user_1", Timestamp: began.Add(30 * time.Second).UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{"$ai_trace_id": "trace-1", "$ai_feedback_text": "it was Tuesday"}}
	thumb := servertest.Event{UUID: walkID(901).String(), Event: "$ai_metric", DistinctID: "user_1", Timestamp: began.Add(28 * time.Second).UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{"$ai_trace_id": "trace-1", "$ai_metric_name": "helpful", "$ai_metric_value": 0}}
	judged := servertest.Event{UUID: walkID(902).String(), Event: "$ai_evaluation", DistinctID: "judge", Timestamp: began.Add(35 * time.Second).UTC().Format(time.RFC3339Nano),
		Properties: map[string]any{"$ai_trace_id": "trace-1", "$ai_evaluation_name": "correct", "$ai_evaluation_result": false, "$ai_evaluation_reasoning": "The ledger says Tuesday.", "$ai_target_event_id": call.UUID}}
	c.Capture(t, "/batch/", call, failed, opinion, thumb, judged)
	return call
}

func TestAgentsAsk(t *testing.T) {
	cfg := testConfig(t.TempDir())
	var log lockedBuffer
	s, err := Start(t.Context(), Options{Config: cfg, Version: "test", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, s) })
	c := newClient(t, s.LocalURL())
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	asked := chat(t, c, began)
	linksStored(t, c, "default")
	activityStored(t, s)
	eventually(t, "it is known what the user saw", func() bool {
		var found struct{ Total int }
		c.Read(t, "/api/generations?limit=1&count=true&q=perceived_wait:*+reaction.kind:thumbs_down", &found)
		return found.Total == 1
	})

	watch := "\n  latest with a recording: trace trace-"
	replays := " " + s.URL() + "/sessions/visit-1?t="
	questions := []struct {
		tool      string
		arguments map[string]any
		has       []string
		lacks     []string
	}{
		{"search", map[string]any{"of": "generations", "q": "refund", "from": "2026-11-20"}, []string{"1 match.", asked.UUID, "trace trace-1", "asked: Where is my refund?", "answered: Your refund left on Monday.", "session visit-1 at 2026-11-20T12:00:04.000Z"}, nil},
		{"search", map[string]any{"of": "traces", "q": "error:true"}, []string{"trace trace-2", "503 the model is overloaded", "session visit-1"}, []string{"trace-1"}},
		{"search", map[string]any{"of": "sessions", "q": "clicked:Send"}, []string{"session visit-1", "1 click", "began at http://shop.test/help"}, nil},
		{"search", map[string]any{"of": "conversations"}, []string{"conversation chat-1", "2 turns", "first asked: Where is my refund?"}, nil},
		{"search", map[string]any{"of": "people"}, []string{"person user_1", "2 generations", watch}, nil},
		{"search", map[string]any{"of": "tools"}, []string{"tool find_order: 1 call", "people: 1", watch, "q="}, []string{"with feedback"}},
		{"search", map[string]any{"of": "prompts"}, []string{"prompt refunds: version 3, 1 generation", "1 trace with feedback", watch}, nil},
		{"search", map[string]any{"of": "models"}, []string{"model gpt-5-mini: ", "2 calls", watch}, []string{"no price is known"}},
		{"search", map[string]any{"of": "providers"}, []string{"provider openai: 1 model, 2 calls", "1 error", watch}, nil},
		{"search", map[string]any{"of": "conversations"}, []string{watch}, nil},
		{"errors", nil, []string{watch}, nil},
		{"search", map[string]any{"of": "feedback"}, []string{"said: it was Tuesday", "trace trace-1"}, nil},
		{"search", map[string]any{"of": "feedback", "q": "ledger"}, []string{"1 match.", "correct", "said: false", "about " + asked.UUID, "explained: The ledger says Tuesday."}, nil},
		{"aggregate", map[string]any{"of": "generations", "measure": "count,rate(error)", "by": "release", "order": "release"}, []string{"release | count | rate(error)", "v7 | 1 | 0", "none | 1 | 1"}, nil},
		{"fields", map[string]any{"of": "sessions"}, []string{"clicked (text"}, nil},
		{"fields", map[string]any{"of": "generations", "field": "release,model"}, []string{"v7: 1", "gpt-5-mini: 2"}, nil},
		{"trace", map[string]any{"id": "trace-1"}, []string{"Asked (user): Where is my refund?", "Answered (assistant): Your refund left on Monday.", "said: it was Tuesday", "explained: The ledger says Tuesday.", "page " + s.URL() + "/traces/trace-1", s.URL() + "/sessions/visit-1?t=", asked.UUID}, nil},
		{"generation", map[string]any{"id": asked.UUID}, []string{"Output (assistant): Your refund left on Monday.", "Where is my refund?", "Be kind."}, nil},
		{"conversation", map[string]any{"id": "chat-1"}, []string{"2 turns", "asked (user): Where is my refund?", "trace trace-2", "503 the model is overloaded", "/conversations/chat-1"}, nil},
		{"session", map[string]any{"id": "visit-1"}, []string{"went to http://shop.test/help", `12:00:09.000 clicked "Send"`, "12:00:09.000 AI generation " + asked.UUID, "asked: Where is my refund?"}, nil},
		{"where_was_the_user", map[string]any{"id": "trace-1"}, []string{"session visit-1, tab tab-1", "The page was http://shop.test/help", `clicked "Send"`}, nil},
		{"where_was_the_user", map[string]any{"id": asked.UUID}, []string{"generation " + asked.UUID, "session visit-1"}, nil},
		{"where_was_the_user", map[string]any{"id": "trace-2"}, []string{"session visit-1"}, nil}, // it names none, but its person has one recording
		{"on_the_screen", map[string]any{"session": "visit-1", "at": "2026-11-20T12:00:10Z"}, []string{"Help of the tent shop", "Card *****", "Looking up your order"}, []string{"Your refund"}},
		{"on_the_screen", map[string]any{"session": "visit-1", "at": "2026-11-20T12:00:19Z"}, []string{"Your refund left on Monday."}, []string{"Looking up"}},
		{"on_the_screen", map[string]any{"id": "trace-1"}, []string{"Help of the tent shop", `clicked "Send"`, "+ Looking up your order", "+ Your refund left on Monday.", "- Looking up your order", "asked: Where is my refund?"}, []string{"+ Your refund\n", "+ Your refund left\n"}},
		{"errors", map[string]any{"from": "2026-11-20"}, []string{"503 the model is overloaded", "1 failure", "trace trace-2"}, nil},
		{"trace", map[string]any{"id": "trace-1"}, []string{"Seen: partly (", "waited 3.0 s", "Reaction: score -", "thumbs_down ("}, nil},
		{"trace", map[string]any{"id": "trace-2"}, []string{"Seen: "}, nil},
		{"generation", map[string]any{"id": asked.UUID}, []string{"Seen: partly (", "first words on the screen at 2026-11-20T12:00:12.000Z"}, nil},
		{"search", map[string]any{"of": "traces", "q": "seen:partly"}, []string{"1 match.", "trace trace-1", "seen:partly, waited 3.0 s"}, []string{"trace-2"}},
		{"search", map[string]any{"of": "generations", "q": "reaction:<0 reaction.kind:thumbs_down"}, []string{"1 match.", asked.UUID, "thumbs_down"}, nil},
		{"conversation", map[string]any{"id": "chat-1"}, []string{"seen:partly, waited 3.0 s"}, nil},
		{"impact", map[string]any{"by": "release"}, []string{"1 answer of which", "Verdict about waits of 5 s or longer: not_enough.", "2 to 5 s: 1 answer", "seen:partly: 1 answer", "p50 3.0 s", "v7: 1 answer, mean wait 3.0 s", "sort=-answer_wait"}, nil},
		{"doctor", map[string]any{"from": "2026-11-20", "to": "2026-11-21"}, []string{"2 of 2 generations and embeddings are linked to a recording (100 %)", "1 generation by the method exact", "1 generation by the method person"}, nil},
		{"doctor", map[string]any{"from": "2026-11-01", "to": "2026-11-02"}, []string{"no generations"}, nil},
		{"what_changed", map[string]any{"from": "2026-11-20", "to": "2026-11-21"}, []string{"compared with 2026-11-19T00:00:00.000Z", "Nothing changed more than noise explains"}, nil},
	}
	tools := map[string]bool{}
	for name, connect := range map[string]func(*testing.T, string, string) *sdk.ClientSession{"http": overHTTP, "stdio": overStdio} {
		t.Run(name, func(t *testing.T) {
			session := connect(t, s.LocalURL()+mcp.Path, "")
			list, err := session.ListTools(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, tool := range list.Tools {
				tools[tool.Name] = true
				if !tool.Annotations.ReadOnlyHint || len(tool.Description) < 50 {
					t.Errorf("%+v", tool)
				}
			}
			for _, q := range questions {
				delete(tools, q.tool)
				text, failed := call(t, session, q.tool, q.arguments)
				if strings.Contains(text, watch) && !strings.Contains(text, replays) {
					t.Errorf("%s %v says that there is a recording, but not where:\n%s", q.tool, q.arguments, text)
				}
				for _, want := range q.has {
					if !strings.Contains(text, want) {
						t.Errorf("%s %v lacks %q:\n%s", q.tool, q.arguments, want, text)
					}
				}
				for _, not := range q.lacks {
					if strings.Contains(text, not) {
						t.Errorf("%s %v has %q:\n%s", q.tool, q.arguments, not, text)
					}
				}
				if failed || strings.Contains(text, "%!") {
					t.Errorf("%s %v: %s", q.tool, q.arguments, text)
				}
			}
			for _, tool := range slices.Sorted(maps.Keys(tools)) {
				t.Errorf("the tool %s was never asked: teach this test what it answers", tool)
			}
			prompts, err := session.ListPrompts(t.Context(), nil)
			if err != nil || len(prompts.Prompts) != 2 {
				t.Fatalf("%v, error %v", prompts, err)
			}
			for _, p := range prompts.Prompts {
				got, err := session.GetPrompt(t.Context(), &sdk.GetPromptParams{Name: p.Name, Arguments: map[string]string{"id": "trace-1"}})
				if err != nil || len(got.Messages) != 1 || strings.Contains(got.Messages[0].Content.(*sdk.TextContent).Text, "%!") {
					t.Errorf("%s: %+v, error %v", p.Name, got, err)
				}
			}
		})
	}
	for _, want := range []string{`msg="MCP call" tool=on_the_screen by="a program of this machine" project=default`, `arguments="{\"id\":\"trace-1\"}" failed=false`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log has no line with %s", want)
		}
	}
}

// Invalid arguments are answered with what to do, as the result of the tool, because agents read results and try again.
func TestAgentsAreToldWhatToDo(t *testing.T) {
	s, _ := start(t, testConfig(t.TempDir()))
	session := overHTTP(t, s.LocalURL()+mcp.Path, "")
	for _, q := range []struct {
		tool, want string
		arguments  map[string]any
	}{
		{"search", "of is one of traces, generations", map[string]any{"of": "spans"}},
		{"search", "It takes of, q, from", map[string]any{"of": "traces", "query": "x"}},
		{"search", "It takes of, q, from", map[string]any{}},
		{"search", "at character", map[string]any{"of": "traces", "q": "modle:x"}},
		{"search", "a duration before now", map[string]any{"of": "traces", "from": "yesterday"}},
		{"search", "begin without one", map[string]any{"of": "traces", "cursor": "x"}},
		{"search", "300 to 50000", map[string]any{"of": "traces", "budget": 5}},
		{"search", "a tool of their own", map[string]any{"of": "errors"}},
		{"aggregate", "measure", map[string]any{"of": "traces", "measure": "middle(latency)"}},
		{"fields", "of is one of", map[string]any{"of": "errors"}},
		{"trace", "There is no trace", map[string]any{"id": "none"}},
		{"generation", "which is the uuid of its event", map[string]any{"id": "7"}},
		{"session", "There is no session", map[string]any{"id": "none"}},
		{"on_the_screen", "Say either session", map[string]any{}},
		{"on_the_screen", "Say at which instant", map[string]any{"session": "s"}},
		{"on_the_screen", "There is no recording", map[string]any{"session": "s", "at": "2026-11-20"}},
		{"what_changed", "a duration before now", map[string]any{"from": "x"}},
	} {
		text, failed := call(t, session, q.tool, q.arguments)
		if !failed || !strings.Contains(text, q.want) {
			t.Errorf("%s %v: failed %v, %s", q.tool, q.arguments, failed, text)
		}
	}
	if _, err := session.CallTool(t.Context(), &sdk.CallToolParams{Name: "drop_tables"}); err == nil {
		t.Error("a tool that does not exist was called")
	}
}

// Every result stays within its budget, and following the cursors returns everything once.
func TestAgentsReadOn(t *testing.T) {
	s, c := start(t, testConfig(t.TempDir()))
	began := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	asked := chat(t, c, began)
	var more []servertest.Event
	for i := range 60 {
		more = append(more, generation(began.Add(time.Duration(i)*time.Minute), "many", map[string]any{"$ai_span_name": "turn", "$ai_input": []any{map[string]any{"role": "user", "content": strings.Repeat("long question ", 30)}}}))
	}
	c.Capture(t, "/batch/", more...)
	session := overHTTP(t, s.LocalURL()+mcp.Path, "")
	seen := map[string]int{}
	arguments := map[string]any{"of": "generations", "q": "trace:many", "limit": 25, "budget": 1000}
	for pages := 0; ; pages++ {
		text, failed := call(t, session, "search", arguments)
		if failed || len(text) > 5000 || pages > 60 {
			t.Fatalf("page %d: %s", pages, text)
		}
		for _, e := range more {
			seen[e.UUID] += strings.Count(text, e.UUID)
		}
		_, rest, ok := strings.Cut(text, "cursor=")
		if !ok {
			break
		}
		arguments["cursor"], _, _ = strings.Cut(rest, " ")
	}
	for _, e := range more {
		if seen[e.UUID] != 1 {
			t.Errorf("%s was there %d times", e.UUID, seen[e.UUID])
		}
	}
	// A message that is longer than one answer.
	whole := ""
	arguments = map[string]any{"id": asked.UUID, "of": "output", "budget": 500}
	for pages := 0; ; pages++ {
		text, failed := call(t, session, "generation", arguments)
		if failed || pages > 20 {
			t.Fatalf("page %d: %s", pages, text)
		}
		part, rest, ok := strings.Cut(text, "\nThere is more")
		whole += part
		if !ok {
			break
		}
		_, rest, _ = strings.Cut(rest, "cursor=")
		arguments["cursor"], _, _ = strings.Cut(rest, " ")
	}
	if n := strings.Count(whole, "takes a while"); n < 397 {
		t.Errorf("%d of 400 sentences were read", n)
	}
}

// If a sign-in is needed, a read token gives access to everything that only reads, and to nothing else.
func TestReadTokens(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Password = "correct horse battery"
	cfg.ReadTokens = []config.ReadToken{{Name: "claude", Token: "phr_0123456789abcdefghij"}}
	s, c := start(t, cfg)
	const good, bad = "Authorization: Bearer phr_0123456789abcdefghij", "Authorization: Bearer phr_0123456789abcdefghiX"
	ping := []byte(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`)
	accept := "Accept: application/json, text/event-stream"
	for _, ask := range []struct {
		method, path string
		body         []byte
		headers      []string
		status       int
	}{
		{"GET", "/api/traces", nil, []string{good}, 200},
		{"GET", "/api/traces", nil, []string{bad}, 401},
		{"GET", "/api/traces", nil, nil, 401},
		{"POST", "/api/annotations", []byte(`{"text":"x"}`), []string{good, "Content-Type: application/json"}, 403},
		{"POST", "/mcp", ping, []string{good, accept, "Content-Type: application/json"}, 200},
		{"POST", "/mcp", ping, []string{bad, accept, "Content-Type: application/json"}, 401},
		{"POST", "/mcp", ping, []string{accept, "Content-Type: application/json"}, 401},
		{"POST", "/mcp?project=none", ping, []string{good, accept, "Content-Type: application/json"}, 404},
	} {
		if res := c.Do(t, ask.method, ask.path, ask.body, ask.headers...); res.Status != ask.status {
			t.Errorf("%s %s %v: %d %s", ask.method, ask.path, ask.headers, res.Status, res.Body)
		}
	}
	if _, failed := call(t, overStdio(t, s.LocalURL()+mcp.Path, "phr_0123456789abcdefghij"), "search", map[string]any{"of": "traces"}); failed {
		t.Error("the token does not open MCP over standard input and output")
	}
}

// If no server can be reached, requests are still answered, so that the agent's user learns why.
func TestAnAgentWithoutAServer(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Password = "correct horse battery"
	_, c := start(t, cfg)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>hello</p>") }))
	t.Cleanup(other.Close)
	for address, want := range map[string]string{
		"http://127.0.0.1:1/mcp": "no server answers at http://127.0.0.1:1/mcp", c.Base + "/mcp": "PLAYHEAD_MCP_TOKEN", other.URL: "is it the address of Playhead?",
	} {
		var out bytes.Buffer
		b := stdio.Bridge{Address: address, In: strings.NewReader(`{"jsonrpc":"2.0","id":"a","method":"initialize","params":{}}` + "\n"), Out: &out}
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var answer struct {
			ID    string
			Error struct{ Message string }
		}
		if err := json.Unmarshal(out.Bytes(), &answer); err != nil || answer.ID != "a" || !strings.Contains(answer.Error.Message, want) {
			t.Errorf("%s: %s, error %v", address, out.Bytes(), err)
		}
	}
}

// lockedBuffer is a log that a running server writes.
type lockedBuffer struct {
	sync.Mutex
	b bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.Lock()
	defer l.Unlock()
	return l.b.String()
}
