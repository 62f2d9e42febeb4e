package main

import (
	"bytes"
	"context"
	wire "encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/slim/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/playheadhq/playhead/internal/zipf"
)

// measureOTLP sends spans of LLM calls as fast as the server accepts them.
func measureOTLP(ctx context.Context, o options, r *report) error {
	s, err := startEmpty(ctx, o, "otlp")
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	batches := make([]*spans, o.connections)
	for i := range batches {
		if batches[i], err = newSpans(uint64(i)); err != nil {
			return err
		}
	}
	data := fmt.Sprintf("%d spans of %d B in protobuf, with text of %d words by Zipf's law, requests of %d without compression, %d connections", o.sends(), batches[0].size(), zipf.Vocabulary, batchSize, o.connections)
	cpu := s.cpuSeconds()
	sent, err := sendBatches(ctx, o, s.client, "/v1/traces?token="+token, "application/x-protobuf", func(connection, _ int) []byte { return batches[connection].next(time.Now()) })
	if err != nil {
		return err
	}
	r.add("OTLP spans, acknowledged durably", sent.perSecond(), "spans/s", "20,000 or more", data)
	t, err := s.totals(ctx)
	if err != nil {
		return err
	}
	if t.Generations != sent.count {
		return fmt.Errorf("%d spans acknowledged, %d generations queryable", sent.count, t.Generations)
	}
	r.add("OTLP spans: server's processor time", (s.cpuSeconds()-cpu)/float64(sent.count)*1e6, "µs/span", "", data)
	r.add("OTLP spans: answered 503 and sent again", float64(sent.retries), "requests", "", data)
	r.add("OTLP spans: peak memory under load", s.peakMB(), "MB", "1,024 at most", data)
	return nil
}

// spans is a request whose ids, times and texts are changed in place from one sending to the next, as those of batch are.
type spans struct {
	connection, sent uint64
	body             []byte
	random           *rand.Rand
	texts            [][]byte
	ids              []idPlaces
}

// idPlaces are the positions at which the changing values of a span begin.
type idPlaces struct{ trace, span, start, end int }

// Values by which the places of a span are found.
const (
	traceMarker, spanMarker = "TTTTTTTTTTTTTTTT", "SSSSSSSS"
	startMarker, endMarker  = 0x7171717171717171, 0x7272727272727272
)

func newSpans(connection uint64) (*spans, error) {
	b := &spans{connection: connection, random: rand.New(rand.NewPCG(connection, 98))}
	scope := &tracepb.ScopeSpans{Scope: &commonpb.InstrumentationScope{Name: "opentelemetry.instrumentation.openai_v2", Version: "2.4b0"}}
	for range batchSize {
		scope.Spans = append(scope.Spans, chatSpan())
	}
	var err error
	b.body, err = proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{
		Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{named("service.name", "bench"), named("telemetry.sdk.language", "python"), named("telemetry.sdk.version", "1.45.2")}},
		ScopeSpans: []*tracepb.ScopeSpans{scope},
	}}})
	if err != nil {
		return nil, err
	}
	b.texts = blanks(b.body)
	for at := 0; ; {
		find := func(marker string) int { return at + bytes.Index(b.body[at:], []byte(marker)) }
		if !bytes.Contains(b.body[at:], []byte(traceMarker)) {
			return b, nil
		}
		p := idPlaces{find(traceMarker), find(spanMarker), find("qqqqqqqq"), find("rrrrrrrr")} // the bytes of the times
		b.ids = append(b.ids, p)
		at = p.end + 8
	}
}

func (b *spans) size() int { return len(b.body) / len(b.ids) }

// next returns the next spans. The last of them ends just before a time.
func (b *spans) next(at time.Time) []byte {
	for _, text := range b.texts {
		fillWithText(b.random, text)
	}
	for i, p := range b.ids {
		n := b.sent + uint64(i)
		wire.BigEndian.PutUint64(b.body[p.trace:], b.connection+1)
		wire.BigEndian.PutUint64(b.body[p.trace+8:], n/perTrace+1)
		wire.BigEndian.PutUint64(b.body[p.span:], n+1)
		end := at.Add(time.Duration(i-len(b.ids)) * time.Millisecond)
		wire.LittleEndian.PutUint64(b.body[p.start:], uint64(end.Add(-time.Second).UnixNano()))
		wire.LittleEndian.PutUint64(b.body[p.end:], uint64(end.UnixNano()))
	}
	b.sent += uint64(len(b.ids))
	return b.body
}

func named(name, value string) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: name, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
}

func count(name string, value int64) *commonpb.KeyValue {
	return &commonpb.KeyValue{Key: name, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_IntValue{IntValue: value}}}
}

// chatSpan is a span of a chat of about eventSize bytes, with the attributes of the GenAI conventions.
func chatSpan() *tracepb.Span {
	return &tracepb.Span{
		TraceId: []byte(traceMarker), SpanId: []byte(spanMarker), Name: "chat gpt-4o", Kind: tracepb.Span_SPAN_KIND_CLIENT, StartTimeUnixNano: startMarker, EndTimeUnixNano: endMarker,
		Attributes: []*commonpb.KeyValue{
			named("gen_ai.operation.name", "chat"), named("gen_ai.provider.name", "openai"), named("gen_ai.request.model", "gpt-4o"), named("gen_ai.response.model", "gpt-4o-2024-08-06"),
			named("gen_ai.response.id", "chatcmpl-BqRz1xT0nWm2s8"), named("server.address", "api.openai.com"), count("server.port", 443), count("gen_ai.usage.input_tokens", 420),
			count("gen_ai.usage.output_tokens", 160), count("gen_ai.usage.cache_read.input_tokens", 256), named("gen_ai.conversation.id", "conversation-17"), named("$session_id", "018f3a52-7f8e-7c11-9d3b-0a1b2c3d4e5f"),
			named("user.id", "user_0042"), named("gen_ai.agent.name", "assistant"), named("deployment", "blue"), count("attempt", 1),
			named("gen_ai.input.messages", `[{"role":"system","parts":[{"type":"text","content":"`+blank(400)+`"}]},{"role":"user","parts":[{"type":"text","content":"`+blank(120)+`"}]}]`),
			named("gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"`+blank(860)+`"}],"finish_reason":"stop"}]`),
		},
	}
}
