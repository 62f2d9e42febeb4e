package otlp

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink reads all arrivals of each delivery.
type sink struct {
	mu        sync.Mutex
	err       error
	delivered []model.Delivery
	kept      []model.Arrival
	refused   []model.Arrival
}

func (s *sink) Ingest(_ context.Context, d *model.Delivery) ([]model.Outcome, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d.Turn != nil {
		d.Turn.End()
	}
	if s.err != nil {
		return nil, s.err
	}
	outcomes := make([]model.Outcome, d.Arrivals.Len())
	for i := range outcomes {
		a := model.NewArrival()
		if err := d.Arrivals.Read(i, &a); err != nil {
			return nil, err
		}
		a.Input, a.Output, a.Tools, a.Properties = bytes.Clone(a.Input), bytes.Clone(a.Output), bytes.Clone(a.Tools), bytes.Clone(a.Properties)
		if a.Refused != "" {
			s.refused = append(s.refused, a)
			outcomes[i].Refused = &model.Refusal{Reason: a.Refused, Detail: a.Detail}
			continue
		}
		s.kept = append(s.kept, a)
		outcomes[i].ID = a.Event.UUID.String()
	}
	s.delivered = append(s.delivered, *d)
	return outcomes, nil
}

// now is the clock of tests.
var now = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func newServer(limits intake.Limits) (*Handler, *http.ServeMux, *sink) {
	s := &sink{}
	h := New(Options{
		Sink: s, Now: func() time.Time { return now }, Gate: intake.New(intake.Options{Limits: limits, Logger: slog.New(slog.DiscardHandler)}),
		Project: func(token string) (string, bool) {
			return "p", strings.HasPrefix(token, "phc_") && token != "phc_unknown"
		},
	})
	mux := http.NewServeMux()
	h.Register(mux)
	return h, mux, s
}

// post sends a body with a token.
func post(h http.Handler, path, contentType string, body []byte, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", path, bytes.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer phc_x")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const asProtobuf, jsonType = "application/x-protobuf", "application/json"

func text(s string) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: s}}
}

func whole(n int64) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: n}}
}

func list(all ...*commonpb.AnyValue) *commonpb.AnyValue {
	return &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: all}}}
}

// attributes are pairs of a name and a value.
func attributes(pairs ...any) (all []*commonpb.KeyValue) {
	for i := 0; i+1 < len(pairs); i += 2 {
		v := pairs[i+1]
		kv := &commonpb.KeyValue{Key: pairs[i].(string)}
		switch v := v.(type) {
		case string:
			kv.Value = text(v)
		case int:
			kv.Value = whole(int64(v))
		case float64:
			kv.Value = &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: v}}
		case bool:
			kv.Value = &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: v}}
		case *commonpb.AnyValue:
			kv.Value = v
		}
		all = append(all, kv)
	}
	return all
}

var traceID = []byte("0123456789abcdef")

// span is a span of two seconds.
func span(id byte, name string, pairs ...any) *tracepb.Span {
	start := uint64(now.Add(-time.Minute).UnixNano())
	return &tracepb.Span{
		TraceId: traceID, SpanId: []byte{1, 2, 3, 4, 5, 6, 7, id}, Name: name, StartTimeUnixNano: start, EndTimeUnixNano: start + 2e9,
		Attributes: attributes(pairs...), Kind: tracepb.Span_SPAN_KIND_CLIENT,
	}
}

func requestOf(spans ...*tracepb.Span) *tracepb.TracesData {
	return &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{
		Resource:   &resourcepb.Resource{Attributes: attributes("service.name", "shop", "deployment.environment.name", "staging", "service.version", "1.2")},
		ScopeSpans: []*tracepb.ScopeSpans{{Scope: &commonpb.InstrumentationScope{Name: "instrumentation", Version: "0.1"}, Spans: spans}},
	}}}
}

func encoded(t testing.TB, m proto.Message) []byte {
	t.Helper()
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// one sends spans and returns what is kept of them.
func one(t *testing.T, spans ...*tracepb.Span) []model.Arrival {
	t.Helper()
	_, mux, s := newServer(intake.Limits{})
	if w := post(mux, "/v1/traces", asProtobuf, encoded(t, requestOf(spans...))); w.Code != 200 || w.Body.Len() != 0 || len(s.kept) != len(spans) {
		t.Fatalf("%d %q, %d of %d spans were kept, %+v", w.Code, w.Body, len(s.kept), len(spans), s.refused)
	}
	return s.kept
}
