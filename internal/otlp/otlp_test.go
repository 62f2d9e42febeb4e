package otlp

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
)

// asOTLP is a request in the JSON of OTLP, whose ids are hexadecimal.
func asOTLP(t testing.TB, m *tracepb.TracesData) []byte {
	t.Helper()
	b, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			for key, item := range v {
				if s, is := item.(string); is && (key == "traceId" || key == "spanId" || key == "parentSpanId") {
					var id []byte
					if err := json.Unmarshal([]byte(`"`+s+`"`), &id); err != nil {
						t.Fatal(err)
					}
					v[key] = hex.EncodeToString(id)
				}
				walk(item)
			}
		}
	}
	walk(tree)
	if b, err = json.Marshal(tree); err != nil {
		t.Fatal(err)
	}
	return b
}

func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b)
	_ = z.Close()
	return out.Bytes()
}

func zstded(t *testing.T, b []byte) []byte {
	z, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll(b, nil)
}

// The same spans are the same rows, in every form and at every address to which they are sent.
func TestFormsAndRoutes(t *testing.T) {
	request := requestOf(span(1, "chat", "gen_ai.operation.name", "chat", "gen_ai.request.model", "gpt-5", "count", 3, "list", list(text("a"), whole(2))), span(2, "GET /"))
	request.ResourceSpans[0].ScopeSpans[0].Spans[1].ParentSpanId = []byte{1, 2, 3, 4, 5, 6, 7, 1}
	plain, inJSON := encoded(t, request), asOTLP(t, request)
	var want []model.Arrival
	for _, c := range []struct {
		name, path, kind string
		body             []byte
		header           []string
	}{
		{"protobuf", "/v1/traces", asProtobuf, plain, nil},
		{"JSON", "/v1/traces", jsonType + "; charset=utf-8", inJSON, nil},
		{"gzip", "/v1/traces/", asProtobuf, gzipped(plain), []string{"Content-Encoding", "gzip"}},
		{"zstd", "/v1/traces", asProtobuf, zstded(t, plain), []string{"Content-Encoding", "zstd"}},
		{"JSON in gzip", "/v1/traces", jsonType, gzipped(inJSON), []string{"Content-Encoding", "gzip"}},
		{"PostHog", "/i/v0/ai/otel", asProtobuf, plain, nil},
		{"PostHog, as a base", "/i/v0/ai/otel/v1/traces", asProtobuf, plain, nil},
		{"PostHog, all traces", "/i/v1/traces", asProtobuf, plain, []string{"Authorization", "", "X-Posthog-Token", "phc_x"}},
		{"Langfuse", "/api/public/otel/v1/traces", asProtobuf, plain, []string{"Authorization", "Basic cGhjX3g6c2VjcmV0"}},
		{"Langfuse, the token as the secret", "/api/public/otel/v1/traces", asProtobuf, plain, []string{"Authorization", "Basic cGs6cGhjX3g="}},
		{"a token in the query", "/v1/traces?token=phc_x", asProtobuf, plain, []string{"Authorization", ""}},
	} {
		_, mux, s := newServer(intake.Limits{})
		w := post(mux, c.path, c.kind, c.body, c.header...)
		if w.Code != 200 || len(s.kept) != 2 || s.delivered[0].Project != "p" {
			t.Errorf("%s: %d %s, %d rows, %+v", c.name, w.Code, w.Body, len(s.kept), s.refused)
			continue
		}
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(c.kind, got) {
			t.Errorf("%s: the answer is %s", c.name, got)
		}
		for i := range s.kept {
			s.kept[i].Bytes = 0
		}
		if want == nil {
			want = s.kept
		}
		for i := range want {
			if a, b := fmt.Sprintf("%+v", want[i]), fmt.Sprintf("%+v", s.kept[i]); a != b {
				t.Errorf("%s: span %d is\n%s\nnot\n%s", c.name, i, b, a)
			}
		}
	}
	chat, get := want[0].Event, want[1].Event
	if chat.Kind != model.KindGeneration || get.Kind != model.KindSpan || get.ParentID != chat.SpanID || chat.TraceID != hex.EncodeToString(traceID) {
		t.Errorf("%+v, %+v", chat, get)
	}
	if chat.TimeMS != now.UnixMilli()-60_000 || chat.LatencyMS != 2000 || want[0].AtEnd || chat.Library != "instrumentation/0.1" || chat.Env != "staging" || chat.Release != "1.2" {
		t.Errorf("%+v", chat)
	}
	if got := fmt.Sprint(chat.Properties); got != "[{count 3} {service.name shop}]" {
		t.Errorf("properties %s", got)
	}
	if got := string(want[0].Properties); !strings.Contains(got, `"list":["a",2],"otel":{"resource":{"service.name":"shop"`) || !json.Valid(want[0].Properties) {
		t.Errorf("stored are %s", got)
	}
}

// Every failure is answered in the form of the request, and in the way that makes exporters do the right thing.
func TestFailures(t *testing.T) {
	good := encoded(t, requestOf(span(1, "a")))
	for _, c := range []struct {
		name, path, kind string
		body             []byte
		header           []string
		limits           intake.Limits
		sink             error
		status           int
		says             string
	}{
		{name: "no token", kind: asProtobuf, body: good, header: []string{"Authorization", ""}, status: 401, says: "carries no project token"},
		{name: "an unknown token", kind: jsonType, body: []byte("{}"), header: []string{"Authorization", "Bearer phc_unknown"}, status: 401, says: "unknown project token"},
		{name: "another type", kind: "text/html", body: good, status: 415, says: "text/html"},
		{name: "another encoding", kind: asProtobuf, body: good, header: []string{"Content-Encoding", "lzma"}, status: 415, says: "lzma"},
		{name: "no protobuf", kind: asProtobuf, body: []byte("what is this"), status: 400, says: "not valid protobuf"},
		{name: "a number for groups", kind: asProtobuf, body: []byte{1 << 3, 1}, status: 400, says: "field 1 is no message"},
		{name: "no JSON", kind: jsonType, body: []byte(`{"resourceSpans":[}`), status: 400, says: "not valid JSON"},
		{name: "nothing", kind: jsonType, status: 400, says: "is empty"},
		{name: "a list", kind: jsonType, body: []byte(`[]`), status: 400, says: "resourceSpans"},
		{name: "a text for groups", kind: jsonType, body: []byte(`{"resourceSpans":"x"}`), status: 400, says: "resourceSpans"},
		{name: "a number for a group", kind: jsonType, body: []byte(`{"resourceSpans":[1]}`), status: 400, says: "resourceSpans"},
		{name: "a text for spans", kind: jsonType, body: []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}`), status: 400, says: "spans"},
		{name: "too many", kind: asProtobuf, body: good, limits: intake.Limits{Events: -1}, status: 200},
		{name: "too large", kind: asProtobuf, body: make([]byte, 2000), limits: intake.Limits{Body: 1000}, status: 413, says: "max_body"},
		{name: "a storage that cannot", kind: asProtobuf, body: good, sink: model.ErrUnavailable, status: 503, says: "send this again"},
	} {
		_, mux, s := newServer(c.limits)
		s.err = c.sink
		w := post(mux, "/v1/traces", c.kind, c.body, c.header...)
		if w.Code != c.status || !strings.Contains(w.Body.String(), c.says) {
			t.Errorf("%s: %d %q", c.name, w.Code, w.Body)
		}
		if (w.Header().Get("Retry-After") != "") != (c.status == 503) {
			t.Errorf("%s: Retry-After %q", c.name, w.Header().Get("Retry-After"))
		}
		if c.kind == jsonType && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %q", c.name, w.Body)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: pages cannot read the answer", c.name)
		}
	}
	_, mux, _ := newServer(intake.Limits{Events: 3})
	if w := post(mux, "/v1/traces", asProtobuf, encoded(t, requestOf(span(1, ""), span(2, ""), span(3, ""), span(4, "")))); w.Code != 413 || !strings.Contains(w.Body.String(), "more than 3 spans") {
		t.Errorf("four spans where three may be: %d %q", w.Code, w.Body)
	}
}

// A span that is not valid is refused alone, with a count and a reason, and the others are kept.
func TestOneBadSpanFailsAlone(t *testing.T) {
	request := requestOf(span(1, "good"))
	scope := request.ResourceSpans[0].ScopeSpans[0]
	noID := span(2, "no id")
	noID.SpanId = nil
	scope.Spans = append(scope.Spans, noID, span(3, "good too"))
	body := encoded(t, request)
	// A span whose bytes are not protobuf, in a group of its own.
	broken := message(2, message(2, []byte{0xff, 0xff}))
	body = append(body, message(1, broken)...)
	_, mux, s := newServer(intake.Limits{})
	w := post(mux, "/v1/traces", asProtobuf, body)
	if w.Code != 200 || len(s.kept) != 2 || len(s.refused) != 2 || s.refused[0].Refused != model.ReasonNotDecoded {
		t.Fatalf("%d %q, %d kept, %+v", w.Code, w.Body, len(s.kept), s.refused)
	}
	partial, n := protowire.ConsumeBytes(w.Body.Bytes()[1:])
	if n < 0 || partial[1] != 2 || !strings.Contains(string(partial), "span id") {
		t.Errorf("the answer is %q", w.Body)
	}
	inJSON := []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[7,{"traceId":5},{"traceId":"30313233343536373839616263646566","spanId":"0102030405060708","name":"good","attributes":[{"key":"a","value":{"stringValue":"b"}}],"unknown":{}}]}]}]}`)
	_, mux, s = newServer(intake.Limits{})
	w = post(mux, "/v1/traces", jsonType, inJSON)
	if w.Code != 200 || len(s.kept) != 1 || len(s.refused) != 2 || !strings.Contains(w.Body.String(), `"rejectedSpans":2`) {
		t.Errorf("%d %q, %d kept, %+v", w.Code, w.Body, len(s.kept), s.refused)
	}
}

func message(number protowire.Number, v []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), v)
}

// A span that is sent again has the same id, whatever is around it. Other spans have other ids.
func TestIdsAreOfTheSpan(t *testing.T) {
	first := one(t, span(1, "a"), span(2, "b"))
	again := one(t, span(3, "c"), span(2, "b", "late", true))
	if first[1].Event.UUID != again[1].Event.UUID || first[0].Event.UUID == first[1].Event.UUID || again[0].Event.UUID == first[0].Event.UUID {
		t.Error("the ids are not those of the spans")
	}
}

// Impossible times are left to ingest, which takes the time of receipt.
func TestTimes(t *testing.T) {
	for _, c := range []struct {
		start, end uint64
		timeMS     int64
		latencyMS  float64
	}{
		{0, 0, 0, -1}, {1, 2, 0, 1e-6}, {1 << 63, 1<<63 + 5, 0, 5e-6}, {4102444800e9, 4102444801e9, 4102444800000, 1000},
		{1795420740e9, 1795420739e9, 1795420740000, -1}, {1795420740e9, 1 << 63, 1795420740000, -1},
	} {
		s := span(1, "a")
		s.StartTimeUnixNano, s.EndTimeUnixNano = c.start, c.end
		if e := one(t, s)[0].Event; e.TimeMS != c.timeMS || e.LatencyMS != c.latencyMS {
			t.Errorf("%+v: %d, %v", c, e.TimeMS, e.LatencyMS)
		}
	}
}

// A body that is cut at any length is refused, except at length 0: an empty protobuf body is a request without spans.
func TestTruncatedAtEveryLength(t *testing.T) {
	s := span(1, "chat", "gen_ai.prompt.0.content", "hi", "list", list(text("a")))
	s.Events = []*tracepb.Span_Event{{Name: "gen_ai.choice", Attributes: attributes("message", `{"content":"x"}`)}}
	request := requestOf(s)
	for kind, body := range map[string][]byte{asProtobuf: encoded(t, request), jsonType: asOTLP(t, request)} {
		_, mux, _ := newServer(intake.Limits{})
		for n := range body {
			if w := post(mux, "/v1/traces", kind, body[:n]); w.Code != 400 && (w.Code != 200 || n > 0) {
				t.Fatalf("%s of %d bytes: %d %q", kind, n, w.Code, w.Body)
			}
		}
	}
}

// A million attributes of two bytes take no more memory than is allowed.
func TestManyAttributes(t *testing.T) {
	s := encoded(t, span(1, "a"))
	for range 1_000_000 {
		s = append(s, 9<<3|2, 0)
	}
	body := message(1, message(2, message(2, s)))
	h, mux, k := newServer(intake.Limits{InFlight: 32 << 20})
	other := h.gate.Work(httptest.NewRequest("POST", "/v1/traces", nil)) // without other requests one may take more
	if err := other.Reserve(10 << 20); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := post(mux, "/v1/traces", asProtobuf, body)
	runtime.ReadMemStats(&after)
	if w.Code != 503 || len(k.kept) != 0 || after.TotalAlloc-before.TotalAlloc > 40<<20 {
		t.Errorf("%d %q, %d MB", w.Code, w.Body, (after.TotalAlloc-before.TotalAlloc)>>20)
	}
	_, mux, k = newServer(intake.Limits{})
	if w = post(mux, "/v1/traces", asProtobuf, body); w.Code != 200 || len(k.kept) != 1 || len(k.kept[0].Event.Properties) > model.MaxProperties {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// A value that nests deeper than anybody needs is refused, not followed.
func TestDeepValues(t *testing.T) {
	v := text("x")
	for range 2 * maxLevels {
		v = list(v)
	}
	_, mux, k := newServer(intake.Limits{})
	w := post(mux, "/v1/traces", asProtobuf, encoded(t, requestOf(span(1, "deep", "a", v), span(2, "flat"))))
	if w.Code != 200 || len(k.kept) != 1 || len(k.refused) != 1 || k.refused[0].Refused != model.ReasonTooDeep {
		t.Errorf("%d %q, %+v", w.Code, w.Body, k.refused)
	}
}

// A call over gRPC is a request like any other, and its result is in the trailers.
func TestGRPC(t *testing.T) {
	h, _, s := newServer(intake.Limits{})
	server := httptest.NewUnstartedServer(h.GRPC())
	server.Config.Protocols = new(http.Protocols)
	server.Config.Protocols.SetUnencryptedHTTP2(true)
	server.Start()
	defer server.Close()
	transport := &http.Transport{Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	call := func(path string, head byte, message []byte, header ...string) (status, detail string, body []byte) {
		t.Helper()
		frame := append(binary.BigEndian.AppendUint32([]byte{head}, uint32(len(message))), message...)
		r, _ := http.NewRequest("POST", server.URL+path, bytes.NewReader(frame))
		r.Header.Set("Content-Type", "application/grpc")
		r.Header.Set("Authorization", "Bearer phc_x")
		for i := 0; i+1 < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		answer, err := (&http.Client{Transport: transport}).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err = io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != 200 {
			t.Fatal(answer.StatusCode, err)
		}
		return answer.Trailer.Get("Grpc-Status"), answer.Trailer.Get("Grpc-Message"), body
	}
	const export = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
	body := encoded(t, requestOf(span(1, "a"), span(2, "b")))
	if status, _, answer := call(export, 0, body); status != "0" || !bytes.Equal(answer, make([]byte, 5)) || len(s.kept) != 2 {
		t.Errorf("%s %q, %d kept", status, answer, len(s.kept))
	}
	if status, _, _ := call(export, 1, gzipped(body), "Grpc-Encoding", "gzip"); status != "0" || len(s.kept) != 4 {
		t.Errorf("compressed: %s, %d kept", status, len(s.kept))
	}
	for _, c := range []struct{ name, path, status, header string }{
		{"an unknown token", export, "16", "Bearer phc_unknown"}, {"another method", "/x/y", "12", "Bearer phc_x"},
	} {
		if status, detail, _ := call(c.path, 0, body, "Authorization", c.header); status != c.status || detail == "" {
			t.Errorf("%s: %s %s", c.name, status, detail)
		}
	}
	if status, _, _ := call(export, 0, []byte("no protobuf")); status != "3" {
		t.Errorf("not protobuf: %s", status)
	}
	s.err = model.ErrUnavailable
	if status, _, _ := call(export, 0, body); status != "14" {
		t.Errorf("a storage that cannot: %s", status)
	}
}

func FuzzProtobuf(f *testing.F) {
	f.Add(encoded(f, requestOf(span(1, "chat", "gen_ai.prompt.0.content", "hi", "llm.input_messages.0.message.role", "user", "metadata", `{"session_id":"s"}`))))
	f.Add(message(1, message(2, message(2, []byte{0xff}))))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, asProtobuf, b) })
}

func FuzzJSON(f *testing.F) {
	f.Add(asOTLP(f, requestOf(span(1, "chat", "gen_ai.completion.0.content", "hi"))))
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}`))
	f.Add([]byte(genAIMetrics))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzed(t, jsonType, b) })
}

// fuzzed sends a body to each signal: rows are kept, each with valid JSON, or the body is refused.
func fuzzed(t *testing.T, kind string, b []byte) {
	for _, path := range []string{"/v1/traces", "/v1/logs", "/v1/metrics"} {
		h, mux, s := newServer(intake.Limits{})
		if w := post(mux, path, kind, b); w.Code != 200 && w.Code != 400 {
			t.Fatalf("%s: %d %q", path, w.Code, w.Body)
		}
		if held, n := h.gate.InFlight(); held != 0 || n != 0 {
			t.Fatalf("%d bytes of %d requests are still held", held, n)
		}
		for _, a := range s.kept {
			for _, v := range [][]byte{a.Properties, a.Input, a.Output, a.Tools} {
				if v != nil && !json.Valid(v) {
					t.Fatalf("%q is not JSON", v)
				}
			}
			if !slices.IsSortedFunc(a.Event.Properties, func(a, b model.Property) int { return strings.Compare(a.Name, b.Name) }) {
				t.Fatalf("%+v", a.Event.Properties)
			}
		}
	}
}
