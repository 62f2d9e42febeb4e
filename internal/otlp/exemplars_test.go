package otlp

import (
	"bytes"
	"testing"

	metricspb "go.opentelemetry.io/proto/slim/otlp/metrics/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/playheadhq/playhead/internal/intake"
)

const exemplarTrace, exemplarSpan = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"

// genAIMetrics has one call in a histogram of waits, one in the old histogram of usage, and one in a new counter; a point without a span; and a metric
// without exemplars.
const genAIMetrics = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
	{"name":"gen_ai.client.inference.time_to_first_chunk","unit":"s","histogram":{"dataPoints":[{"timeUnixNano":"1779999999000000000","count":"2","sum":1.2,"exemplars":[
		{"timeUnixNano":"1779999998000000000","asDouble":0.4,"traceId":"` + exemplarTrace + `","spanId":"` + exemplarSpan + `"},{"timeUnixNano":"1779999998000000000","asDouble":0.8}]}]}},
	{"name":"gen_ai.client.token.usage","unit":"{token}","histogram":{"dataPoints":[
		{"attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"input"}}],"exemplars":[{"timeUnixNano":"1779999998000000000","asInt":"120","traceId":"` + exemplarTrace + `","spanId":"` + exemplarSpan + `"}]},
		{"attributes":[{"key":"gen_ai.token.type","value":{"stringValue":"other"}}],"exemplars":[{"timeUnixNano":"1779999998000000000","asInt":"7","traceId":"` + exemplarTrace + `","spanId":"` + exemplarSpan + `"}]}]}},
	{"name":"gen_ai.client.inference.usage.output_tokens","sum":{"dataPoints":[{"asInt":"34","exemplars":[{"timeUnixNano":"1779999998000000000","asInt":"34","traceId":"` + exemplarTrace + `","spanId":"` + exemplarSpan + `"}]}]}},
	{"name":"gen_ai.client.operation.duration","histogram":{"dataPoints":[{"count":"1","sum":2,"exemplars":[{"asDouble":2,"traceId":"` + exemplarTrace + `","spanId":"` + exemplarSpan + `"}]}]}}
]}]}]}`

// What a metric measured of one call is a row with the call's span as its parent. It is the same row however often it is exported.
func TestExemplarsOfMetrics(t *testing.T) {
	var m metricspb.MetricsData
	if err := protojson.Unmarshal([]byte(genAIMetrics), &m); err != nil {
		t.Fatal(err)
	}
	// Ids are hexadecimal in OTLP's JSON, and base64 in that of protobuf.
	a := &arrivals{json: true}
	for _, metric := range m.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		for _, p := range metric.GetHistogram().GetDataPoints() {
			for _, x := range p.Exemplars {
				x.TraceId, x.SpanId = a.id(x.TraceId), a.id(x.SpanId)
			}
		}
		for _, p := range metric.GetSum().GetDataPoints() {
			for _, x := range p.Exemplars {
				x.TraceId, x.SpanId = a.id(x.TraceId), a.id(x.SpanId)
			}
		}
	}
	binary, err := proto.Marshal(&m)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]int{}
	for kind, body := range map[string][]byte{jsonType: []byte(genAIMetrics), "application/x-protobuf": binary} {
		_, mux, s := newServer(intake.Limits{})
		if w := post(mux, "/v1/metrics", kind, body); w.Code != 200 || bytes.Contains(w.Body.Bytes(), []byte("rejected")) {
			t.Fatalf("%s: %d %q", kind, w.Code, w.Body)
		}
		if len(s.kept) != 4+3 {
			t.Fatalf("%s: %d rows, want 4 metrics and 3 exemplars", kind, len(s.kept))
		}
		first, in, out := -1.0, int64(-1), int64(-1)
		for i := range s.kept {
			e := &s.kept[i].Event
			if e.TraceID == "" {
				continue
			}
			if e.TraceID != exemplarTrace || e.ParentID != exemplarSpan || e.TimeMS != 1779999998000 {
				t.Errorf("%s: %s is of trace %s, span %s, at %d", kind, e.Name, e.TraceID, e.ParentID, e.TimeMS)
			}
			first, in, out = max(first, e.FirstTokenMS), max(in, e.Tokens.Input), max(out, e.Tokens.Output)
			ids[e.UUID.String()]++
		}
		if first != 400 || in != 120 || out != 34 {
			t.Errorf("%s: first token after %v ms, %d tokens in, %d out", kind, first, in, out)
		}
	}
	if len(ids) != 3 {
		t.Errorf("both forms together have %d exemplars, want the same 3", len(ids))
	}
}
