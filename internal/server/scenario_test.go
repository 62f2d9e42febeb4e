package server

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/servertest"
)

func TestFromCaptureToTheMomentOfTheReplay(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	began := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	const session, window = "s-1", "w-1"
	c.Capture(t, "/s/", snapshot(began, session, window, true, "typed"))
	c.Capture(t, "/s/", snapshot(began.Add(30*time.Second), session, window, false, "answered"))
	call := generation(began.Add(20*time.Second), "trace/1 a?b", map[string]any{"$session_id": session, "$window_id": window})
	c.Capture(t, "/batch/", call)

	var traces query.List[query.Trace]
	c.Read(t, "/api/traces?session_id="+session, &traces)
	if len(traces.Items) != 1 || traces.Items[0].ID != "trace/1 a?b" {
		t.Fatalf("traces: %+v", traces)
	}
	link := traces.Items[0].Link
	// The call ended at 20 s and took 1.5 s; its moment is five seconds before its start.
	if want := began.Add(13500 * time.Millisecond).UnixMilli(); link.State != "linked" || *link.Method != "exact" || *link.SessionID != session ||
		*link.WindowID != window || *link.MomentMS != want {
		t.Errorf("link: %+v, want the moment %d", link, want)
	}

	var trace query.TraceDetail
	c.Read(t, "/api/traces/"+url.PathEscape("trace/1 a?b"), &trace)
	if len(trace.Nodes) != 1 || trace.Nodes[0].ID != call.UUID || trace.Nodes[0].Content == nil || trace.Nodes[0].Content.Input[0].Parts[0].Text != "What is a playhead?" {
		t.Errorf("trace: %+v", trace)
	}
	var one query.GenerationDetail
	c.Read(t, "/api/generations/"+call.UUID, &one)
	if one.TraceID != "trace/1 a?b" || *one.Tokens.Output != 34 || one.Content.Output[0].Parts[0].Text != "The mark that moves along a timeline." {
		t.Errorf("generation: %+v", one)
	}
	var visit query.SessionDetail
	c.Read(t, "/api/sessions/"+session, &visit)
	if visit.Replay.State != "available" || len(visit.Generations) != 1 || visit.Generations[0].ID != call.UUID || len(visit.WindowList) != 1 {
		t.Errorf("session: %+v", visit)
	}
	if got := c.Markers(t, session, window); !slices.Equal(got, []string{"typed", "answered"}) {
		t.Errorf("recording: %v", got)
	}
	res := c.Get(t, "/api/sessions/"+session+"/snapshots?window="+window+"&until="+jsonOf(began.Add(10*time.Second).UnixMilli()))
	if res.Header.Get("Content-Type") != "application/x-ndjson" || strings.Contains(string(res.Body), "answered") || !strings.Contains(string(res.Body), "typed") {
		t.Errorf("until: %v %s", res.Header, res.Body)
	}
	var status query.Status
	c.Read(t, "/api/status", &status)
	if status.Token != testToken || status.Version != "test" || status.Generations != 1 || status.Recordings != 2 || status.FirstLinkMS == nil {
		t.Errorf("status: %+v", status)
	}
}

// Data in a message are never served as a document of our origin.
func TestMediaOfMessages(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	image := func(kind, data string) any {
		return map[string]any{"type": "image_url", "image_url": map[string]any{"url": "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString([]byte(data))}}
	}
	call := generation(time.Now().Add(-time.Minute), "pictures", map[string]any{
		"$ai_input": []any{map[string]any{"role": "user", "content": []any{image("image/png", "\x89PNG\r\n\x1a\nx"), image("text/html", "<script>alert(1)</script>")}}},
		"$ai_tools": []any{map[string]any{"name": "f", "input_schema": map[string]any{}}}, "$ai_model_parameters": map[string]any{"temperature": 0.5, "top_p": nil}, "plan": "pro",
	})
	c.Capture(t, "/batch/", call)
	var one query.GenerationDetail
	c.Read(t, "/api/generations/"+call.UUID, &one)
	if got := jsonOf([]any{one.Content.ToolDefinitions, one.Content.Parameters, one.Content.Custom}); got != `[[{"name":"f","parameters":{}}],{"temperature":0.5},{"plan":"pro"}]` {
		t.Errorf("described as %s", got)
	}
	for i, want := range []struct{ kind, disposition, body string }{
		{"image/png", "", "\x89PNG\r\n\x1a\nx"}, {"application/octet-stream", "attachment", "<script>alert(1)</script>"},
	} {
		res := c.Get(t, one.Content.Input[0].Parts[i].Media.URL)
		h := res.Header
		if h.Get("Content-Type") != want.kind || h.Get("Content-Disposition") != want.disposition || string(res.Body) != want.body ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "default-src 'none'; sandbox" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("%d: %v %q", i, h, res.Body)
		}
	}
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// All nodes of a trace that do not fit into its answer arrive in one answer, one on each line. An unknown trace gives an error.
func TestNodesAreLines(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	began := time.Now().Add(-time.Hour)
	var all []servertest.Event
	for i := range 620 {
		all = append(all, generation(began.Add(time.Duration(i)*time.Second), "long", map[string]any{"$ai_span_name": fmt.Sprint("<", i, ">")}))
	}
	c.Capture(t, "/batch/", all...)
	var d query.TraceDetail
	c.Read(t, "/api/traces/long", &d)
	if len(d.Nodes) != 500 || d.NodesNext == nil {
		t.Fatalf("%d nodes", len(d.Nodes))
	}
	res := c.Get(t, "/api/traces/long/nodes?cursor="+*d.NodesNext)
	if res.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%v", res.Header)
	}
	lines := strings.Split(strings.TrimSuffix(string(res.Body), "\n"), "\n")
	for i, line := range lines {
		var n query.Node
		if err := json.Unmarshal([]byte(line), &n); err != nil || *n.Name != fmt.Sprint("<", 500+i, ">") {
			t.Fatalf("line %d: %s, error %v", i, line, err)
		}
	}
	if len(lines) != 120 {
		t.Errorf("%d lines", len(lines))
	}
	for path, status := range map[string]int{"/api/traces/none/nodes": 404, "/api/traces/long/nodes?cursor=x": 422} {
		if res := c.Get(t, path); res.Status != status {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
}

func TestAnswersAreCompressed(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	began := time.Now().Add(-time.Minute)
	c.Capture(t, "/s/", snapshot(began, "s", "w", true, strings.Repeat("long ", 1000)))
	res := c.Get(t, "/api/sessions/s/snapshots", "Accept-Encoding: gzip")
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%v", res.Header)
	}
	z, err := gzip.NewReader(strings.NewReader(string(res.Body)))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(plain), "long long") {
		t.Errorf("%v: %s", err, plain)
	}
	if res := c.Get(t, "/api/sessions/s/snapshots", "Accept-Encoding: zstd"); res.Header.Get("Content-Encoding") != "zstd" {
		t.Errorf("zstd: %v", res.Header)
	}
}

func TestAnswersToWhatCannotBeAnswered(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for _, test := range []struct {
		method, path string
		status       int
		kind, says   string
	}{
		{"GET", "/api/nothing", 404, "not-found", "/api/openapi.json"},
		{"GET", "/api/", 404, "not-found", "/api/openapi.json"},
		{"GET", "/api/traces/none", 404, "not-found", "none"},
		{"GET", "/api/sessions/none", 404, "not-found", "none"},
		{"GET", "/api/sessions/none/snapshots", 404, "not-found", "none"},
		{"GET", "/api/generations/none", 422, "bad-parameter", "uuid"},
		{"GET", "/api/generations/01a2074c-df51-7000-8000-000000000000", 404, "not-found", "01a2074c"},
		{"GET", "/api/traces?limit=many", 422, "bad-parameter", "limit is many"},
		{"GET", "/api/traces?limit=501", 422, "bad-parameter", "500"},
		{"GET", "/api/traces?from=yesterday", 422, "bad-parameter", "RFC 3339"},
		{"GET", "/api/traces?cursor=x", 422, "bad-parameter", "cursor"},
		{"GET", "/api/traces?sesion_id=x", 422, "bad-parameter", "sesion_id"},
		{"GET", "/api/sessions/none/snapshots?t=now", 422, "bad-parameter", "t is now"},
		{"POST", "/api/traces", 405, "method-not-allowed", "GET"},
	} {
		res := c.Do(t, test.method, test.path, nil)
		var p struct {
			Type, Title, Detail string
			Status              int
		}
		err := json.Unmarshal(res.Body, &p)
		if err != nil || res.Status != test.status || p.Status != test.status || p.Type != "urn:playhead:problem:"+test.kind ||
			!strings.Contains(p.Detail, test.says) || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d %s %s", test.method, test.path, res.Status, res.Header.Get("Content-Type"), res.Body)
		}
	}
}

func TestDocumentsOfTheAPI(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	var doc struct{ Paths map[string]any }
	c.Read(t, "/api/openapi.json", &doc)
	for _, path := range []string{"/api/traces", "/api/sessions/{id}", "/api/aggregate", "/api/impact", "/api/doctor"} {
		if doc.Paths[path] == nil {
			t.Errorf("the document does not describe %s", path)
		}
	}
	if res := c.Get(t, "/api/openapi.yaml"); res.Status != 200 || !strings.Contains(string(res.Body), "/api/traces/{id}:") {
		t.Errorf("yaml: %d %.200s", res.Status, res.Body)
	}
}

func TestHealthAndMetrics(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	c.Capture(t, "/batch/", generation(time.Now(), "t", nil))
	for _, path := range []string{"/healthz", "/readyz"} {
		// Probes use an address or any name as the host.
		if res := c.Get(t, path, "Host: playhead.internal"); res.Status != 200 || !strings.Contains(string(res.Body), `"ok"`) {
			t.Errorf("%s: %d %s", path, res.Status, res.Body)
		}
	}
	text := string(c.Get(t, "/metrics").Body)
	for _, want := range []string{
		`playhead_build_info{`, `playhead_http_requests_total{code="200",method="GET",route="GET /healthz"} 1`,
		`playhead_http_requests_total{code="200",method="POST",route="POST /batch/"} 1`, "go_goroutines", "playhead_ingest_", "playhead_capture_",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s", want)
		}
	}
	c.Do(t, "BREW", "/made/up/"+testToken, nil)
	if text := string(c.Get(t, "/metrics").Body); strings.Contains(text, "BREW") || strings.Contains(text, testToken) {
		t.Error("clients can create label values")
	}
}

func TestPagesOfTheUI(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	for _, path := range []string{"/", "/traces", "/traces/a%2Fb", "/sessions/x?t=1"} {
		res := c.Get(t, path)
		if res.Status != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") || !strings.Contains(string(res.Body), "<title>Playhead") {
			t.Errorf("%s: %d %.100s", path, res.Status, res.Body)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "script-src 'self'", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Referrer-Policy": "same-origin", "Permissions-Policy": "camera=()", "X-DNS-Prefetch-Control": "off",
		} {
			if !strings.Contains(res.Header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, res.Header.Get(name))
			}
		}
		if strings.Contains(res.Header.Get("Content-Security-Policy"), "unsafe-eval") || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
	if res := c.Get(t, "/assets/missing.js"); res.Status != 404 {
		t.Errorf("a missing file: %d", res.Status)
	}
	if res := c.Do(t, "POST", "/traces", nil); res.Status != 404 {
		t.Errorf("POST: %d", res.Status)
	}
	for path, remote := range map[string]bool{"/replay-frame": false, "/replay-frame?remote=1": true} {
		res := c.Get(t, path)
		policy := res.Header.Get("Content-Security-Policy")
		if res.Status != 200 || !strings.Contains(policy, "script-src 'none'") || !strings.Contains(policy, "frame-ancestors 'self'") ||
			strings.Contains(policy, "https:") != remote || strings.Contains(string(res.Body), "<script") || res.Header.Get("X-Frame-Options") != "SAMEORIGIN" ||
			res.Header.Get("X-DNS-Prefetch-Control") != "off" {
			t.Errorf("%s: %d %q", path, res.Status, policy)
		}
	}
}

func TestTwoServersInOneProcess(t *testing.T) {
	_, a := start(t, testConfig(t.TempDir()))
	_, b := start(t, testConfig(t.TempDir()))
	a.Capture(t, "/batch/", generation(time.Now(), "only in a", nil))
	if n := len(a.All(t, "/api/traces")); n != 1 {
		t.Errorf("a has %d traces", n)
	}
	if n := len(b.All(t, "/api/traces")); n != 0 {
		t.Errorf("b has %d traces", n)
	}
	for _, c := range []*client{a, b} {
		if res := c.Get(t, "/metrics"); res.Status != 200 {
			t.Errorf("metrics: %d", res.Status)
		}
	}
}

func TestUnknownTokensAreRefused(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Tokens = []string{"phc_old"}
	_, c := start(t, cfg)
	for token, want := range map[string]int{testToken: 200, "phc_old": 200, "phc_other": 401, "": 401} {
		body := strings.ReplaceAll(string(batch(generation(time.Now(), "t", nil))), testToken, token)
		if res := c.Do(t, "POST", "/batch/", []byte(body), "Content-Type: application/json"); res.Status != want {
			t.Errorf("%q: %d, want %d", token, res.Status, want)
		}
	}
}

func TestATokenIsMadeOnceAndKept(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.Token = ""
	s, _ := start(t, cfg)
	first := s.Token()
	if !strings.HasPrefix(first, "phc_") || len(first) < 36 {
		t.Errorf("token %q", first)
	}
	stop(t, s)
	again, _ := start(t, cfg)
	if again.Token() != first {
		t.Errorf("%q became %q", first, again.Token())
	}
}

// TestReadingOn reads an input that is longer than an answer over HTTP, and tries an invalid cursor.
func TestReadingOn(t *testing.T) {
	_, c := start(t, testConfig(t.TempDir()))
	messages := make([]map[string]string, 3000)
	for i := range messages {
		messages[i] = map[string]string{"role": "user", "content": "question"}
	}
	call := generation(time.Now(), "long", map[string]any{"$ai_input": messages})
	c.Capture(t, "/batch/", call)

	one, input := readInput(t, c, call.UUID)
	if read := len(input) + len(one.Content.InputLast); read != len(messages) || len(one.Content.InputLast) != 1 {
		t.Errorf("%d messages, the latest turn has %d", read, len(one.Content.InputLast))
	}
	text, _ := readRaw(t, c, call.UUID, 50_000)
	var sent []map[string]string
	if err := json.Unmarshal([]byte(text), &sent); err != nil || len(sent) != len(messages) || string(one.Content.RawInput) != "null" {
		t.Errorf("%d messages were sent, error %v", len(sent), err)
	}
	res := c.Get(t, "/api/generations/"+call.UUID+"/messages?of=input&cursor=x")
	if res.Status != 422 || !strings.Contains(string(res.Body), "Remove cursor") {
		t.Errorf("%d %s", res.Status, res.Body)
	}
}
