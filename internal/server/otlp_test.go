package server

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// spanJSON is a span in OTLP's JSON, of one trace.
func spanJSON(id, parent, name string, start time.Time, attributes string) string {
	return fmt.Sprintf(`{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":%q,"parentSpanId":%q,"name":%q,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[%s]}`,
		id, parent, name, start.UnixNano(), start.Add(2*time.Second).UnixNano(), attributes)
}

func attributeJSON(name, value string) string {
	return fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, name, value)
}

// An OpenTelemetry trace arrives child first, in several requests, over HTTP and gRPC, some of it twice. It becomes one tree, which is linked by the
// header in the span of the request, or by a session.id that names a recording.
func TestOpenTelemetry(t *testing.T) {
	config := testConfig(t.TempDir())
	config.OTLPGRPC = "127.0.0.1:0"
	s, c := start(t, config)
	began := time.Now().Add(-time.Minute).Truncate(time.Millisecond)
	c.Capture(t, "/s/", snapshot(began, "s1", "w", true, "typed"))
	read := func(path string) gjson.Result { return gjson.ParseBytes(c.Get(t, path).Body) }
	send := func(spans ...string) {
		t.Helper()
		body := `{"resourceSpans":[{"scopeSpans":[{"spans":[` + strings.Join(spans, ",") + `]}]}]}`
		r, _ := http.NewRequest("POST", s.LocalURL()+"/v1/traces", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+testToken)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if b, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 || strings.TrimSpace(string(b)) != "{}" {
			t.Fatal(answer.Status, string(b))
		}
	}
	call := spanJSON("00000000000000c1", "00000000000000b1", "chat gpt-4o", began.Add(10*time.Second), strings.Join([]string{
		attributeJSON("gen_ai.operation.name", "chat"), attributeJSON("gen_ai.provider.name", "openai"), attributeJSON("gen_ai.request.model", "gpt-4o"),
		attributeJSON("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"hi"}]}]`), `{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1000"}}`,
		`{"key":"gen_ai.usage.output_tokens","value":{"intValue":"0"}}`,
	}, ","))
	send(call)
	send(spanJSON("00000000000000d1", "00000000000000b1", "SELECT messages", began.Add(9*time.Second), attributeJSON("db.system.name", "postgresql")), call)
	send(spanJSON("00000000000000b1", "", "POST /chat", began.Add(9*time.Second), `{"key":"http.request.header.x-posthog-session-id","value":{"arrayValue":{"values":[{"stringValue":"s1"}]}}}`))
	trace := read("/api/traces/0af7651916cd43dd8448eb211c80319c")
	var names []string
	for _, node := range trace.Get("nodes").Array() {
		names = append(names, fmt.Sprintf("%d %s", node.Get("depth").Int(), node.Get("name").String()))
	}
	if got := strings.Join(names, ", "); got != "0 POST /chat, 1 SELECT messages, 1 chat gpt-4o" {
		t.Errorf("the tree is %s of %s", got, trace)
	}
	// The list shows the link that is stored. When it was stored before the span of the request arrived, it is stored again within seconds.
	var g gjson.Result
	eventually(t, "the call is linked by the header of the request's span", func() bool {
		list := read("/api/generations").Get("items").Array()
		if len(list) != 1 {
			t.Fatalf("%d generations", len(list))
		}
		g = list[0]
		return g.Get("link.state").String() == "linked" && g.Get("link.method").String() == "inherited" && g.Get("link.session_id").String() == "s1"
	})
	if g.Get("cost_usd").Float() != 0.0025 || g.Get("input_preview").String() != "hi" {
		t.Errorf("the call is %s", g)
	}
	if at := time.UnixMilli(int64(g.Get("start_ms").Float())); g.Get("start_ms").Exists() && !at.Equal(began.Add(10*time.Second)) {
		t.Errorf("it began at %v", at)
	}

	// Another trace has a session.id that names the recording, and a third one a session.id that names a conversation.
	send(strings.ReplaceAll(spanJSON("00000000000000a1", "", "chat", began.Add(20*time.Second), attributeJSON("gen_ai.operation.name", "chat")+","+attributeJSON("session.id", "s1")), "0af7", "0af8"),
		strings.ReplaceAll(spanJSON("00000000000000a1", "", "chat", began.Add(20*time.Second), attributeJSON("gen_ai.operation.name", "chat")+","+attributeJSON("session.id", "thread-9")), "0af7", "0af9"))
	for trace, want := range map[string]string{"0af8651916cd43dd8448eb211c80319c": "linked", "0af9651916cd43dd8448eb211c80319c": "none"} {
		of := read("/api/traces/" + trace)
		if got := of.Get("nodes.0.link.state").String(); got != want && of.Get("link.state").String() != want {
			t.Errorf("%s: %s", trace, of)
		}
	}
	if got := read("/api/conversations").Get("items.#").Int(); got != 1 {
		t.Errorf("%d conversations", got)
	}

	// Over gRPC: the request has no spans, but it is answered.
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	r, _ := http.NewRequest("POST", "http://"+s.GRPCAddress()+"/opentelemetry.proto.collector.trace.v1.TraceService/Export", bytes.NewReader(make([]byte, 5)))
	r.Header.Set("Content-Type", "application/grpc")
	r.Header.Set("Authorization", "Bearer "+testToken)
	answer, err := (&http.Client{Transport: transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err != nil || answer.Trailer.Get("Grpc-Status") != "0" {
		t.Errorf("%v %v", answer.Trailer, err)
	}
}
