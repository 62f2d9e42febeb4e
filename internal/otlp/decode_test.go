package otlp

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// usualSpan is a span as exporters send it.
func usualSpan(n int) *tracepb.Span {
	pair := func(name string, value *commonpb.AnyValue) *commonpb.KeyValue {
		return &commonpb.KeyValue{Key: name, Value: value}
	}
	return &tracepb.Span{
		TraceId: bytes.Repeat([]byte{byte(n + 1)}, 16), SpanId: bytes.Repeat([]byte{byte(n + 2)}, 8), ParentSpanId: bytes.Repeat([]byte{3}, 8), Name: fmt.Sprint("chat ", n),
		Kind: tracepb.Span_SPAN_KIND_CLIENT, StartTimeUnixNano: 1e18, EndTimeUnixNano: 1e18 + uint64(n), Flags: 257, TraceState: "a=b",
		Attributes: []*commonpb.KeyValue{
			pair("gen_ai.operation.name", text("chat")), pair("gen_ai.request.model", text("gpt-4o")), pair("server.port", whole(443)), pair("gen_ai.usage.input_tokens", whole(int64(n)-5)),
			pair("temperature", &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: 0.5}}), pair("stream", &commonpb.AnyValue{Value: &commonpb.AnyValue_BoolValue{BoolValue: true}}),
			pair("empty", text("")), pair("none", &commonpb.AnyValue{}), pair("absent", nil), pair("gen_ai.conversation.id", text(fmt.Sprint("conversation-", n))),
			pair("gen_ai.input.messages", text(`[{"role":"user","parts":[{"type":"text","content":"`+strings.Repeat("word ", 100)+`é"}]}]`)),
			pair("list", &commonpb.AnyValue{Value: &commonpb.AnyValue_ArrayValue{ArrayValue: &commonpb.ArrayValue{Values: []*commonpb.AnyValue{text("stop")}}}}),
		},
		Events: []*tracepb.Span_Event{{Name: "exception", TimeUnixNano: 1e18, Attributes: []*commonpb.KeyValue{pair("exception.type", text("E"))}}, {Name: "second"}},
		Links:  []*tracepb.Span_Link{{TraceId: []byte("link"), Attributes: []*commonpb.KeyValue{pair("a", whole(1))}}},
		Status: &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "it failed"}, DroppedAttributesCount: 1, DroppedEventsCount: 2, DroppedLinksCount: math.MaxUint32,
	}
}

// sameAs compares a decoded span with what the general decoder says.
func sameAs(t *testing.T, d *spanDecoder, raw []byte) {
	t.Helper()
	var got, want tracepb.Span
	err, wantErr := d.decode(raw, &got), proto.Unmarshal(raw, &want)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%x: error %v, the general decoder's %v", raw, err, wantErr)
	}
	if err == nil && !proto.Equal(&got, &want) {
		t.Fatalf("%x: %v, want %v", raw, &got, &want)
	}
}

// Spans are decoded as by the general decoder, whatever was decoded before: as exporters send them, cut off anywhere, with any byte changed, with fields
// that are repeated, unknown or of another type, and with text that is not UTF-8.
func TestSpansAreDecodedAsTheGeneralDecoderDoes(t *testing.T) {
	var d spanDecoder
	raw := encoded(t, usualSpan(1))
	if !d.plain(raw, new(tracepb.Span)) {
		t.Error("the span of an exporter is left to the general decoder")
	}
	field := func(number protowire.Number, v string) string {
		return string(protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), v))
	}
	integer := func(number protowire.Number, v uint64) string {
		return string(protowire.AppendVarint(protowire.AppendTag(nil, number, protowire.VarintType), v))
	}
	for _, other := range []string{
		field(9, field(1, "a")+field(1, "b")), field(9, field(2, field(1, "a"))+field(2, integer(3, 4))), field(9, field(2, field(1, "a")+integer(3, 4))), field(9, field(2, integer(2, 7))),
		field(9, field(1, "\xff")), field(9, field(2, field(1, "\xff"))), field(5, "\xff"), field(3, "\xff"), field(9, integer(3, 1)), field(9, field(2, integer(8, 1))), field(9, field(2, field(7, "bytes"))),
		field(15, field(2, "a")) + field(15, integer(3, 2)), field(11, "\xff"), field(13, field(4, field(1, "k"))), integer(9, 1), integer(1, 1), field(6, "x"), integer(6, math.MaxUint64), integer(10, math.MaxUint64),
		integer(99, 1), "\x0b\x0c", field(1, "a") + field(1, "b"), field(5, "a") + field(5, "b"), "\x00", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
	} {
		sameAs(t, &d, []byte(other))
		sameAs(t, &d, append(bytes.Clone(raw), other...))
		sameAs(t, &d, append([]byte(other), raw...))
	}
	for n := range raw {
		sameAs(t, &d, raw[:n])
		changed := bytes.Clone(raw)
		for _, b := range []byte{0, 1, 0x7f, 0x80, 0xff, changed[n] + 1, changed[n] ^ 8} {
			changed[n] = b
			sameAs(t, &d, changed)
		}
	}
}

// Texts of a span stay as they are when the next spans are decoded.
func TestTextsOfSpansStay(t *testing.T) {
	var d spanDecoder
	var names, values []string
	for n := range 300 {
		var s tracepb.Span
		raw := encoded(t, usualSpan(n))
		if err := d.decode(raw, &s); err != nil {
			t.Fatal(err)
		}
		clear(raw) // the body's memory is used for the next request
		names, values = append(names, s.GetName()), append(values, s.GetAttributes()[9].GetValue().GetStringValue())
	}
	for n := range names {
		if want := fmt.Sprint("chat ", n); names[n] != want {
			t.Errorf("%q, want %q", names[n], want)
		}
		if want := fmt.Sprint("conversation-", n); values[n] != want {
			t.Errorf("%q, want %q", values[n], want)
		}
	}
}

func FuzzSpan(f *testing.F) {
	// Go's fuzzer makes inputs smaller before it goes on, for a minute at most: a whole span as a seed left ten tries in ten seconds.
	usual := usualSpan(1)
	for _, kv := range usual.GetAttributes() {
		f.Add(encoded(f, &tracepb.Span{Name: "a", Attributes: []*commonpb.KeyValue{kv, kv}}))
	}
	f.Add(encoded(f, &tracepb.Span{TraceId: usual.GetTraceId(), Flags: 1, StartTimeUnixNano: 1, Status: usual.GetStatus(), Events: usual.GetEvents()}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if _, ok := weigh(raw, false, spanHolds); ok {
			var d spanDecoder
			sameAs(t, &d, raw)
			sameAs(t, &d, raw)
		}
	})
}

func BenchmarkDecodeSpan(b *testing.B) {
	raw := encoded(b, usualSpan(1))
	var d spanDecoder
	for name, decode := range map[string]func([]byte, *tracepb.Span) error{"spanDecoder": d.decode, "general": func(raw []byte, s *tracepb.Span) error { return proto.Unmarshal(raw, s) }} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				var s tracepb.Span
				if err := decode(raw, &s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
