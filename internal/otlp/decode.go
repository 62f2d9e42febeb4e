package otlp

import (
	"math"
	"strings"
	"unicode/utf8"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// spanDecoder decodes the spans of a request one by one. The general decoder makes four allocations for each attribute, a quarter of all that the server
// makes for a span. This one reuses its memory, and takes a third of the time. It knows what nearly all spans have: attributes that are texts, numbers and
// booleans, in the form in which every encoder writes them. All else is left to the general decoder, so that both always say the same.
//
// A decoded span is valid until the next one is decoded. Its texts are copies, which stay valid.
type spanDecoder struct {
	attributes []attribute
	list       []*commonpb.KeyValue
	// names are those of attributes so far: most spans of a request have the same.
	names map[string]string
	// texts are short texts, which share their memory.
	texts strings.Builder
}

// attribute is the memory of an attribute.
type attribute struct {
	pair    commonpb.KeyValue
	value   commonpb.AnyValue
	text    commonpb.AnyValue_StringValue
	integer commonpb.AnyValue_IntValue
}

const (
	// mostNames is how many names are remembered, of nameBytes at most.
	mostNames, nameBytes = 256, 64
	// shortBytes is the longest text that shares its memory with textsTogether bytes of others. Rows keep ids and properties in memory for seconds, and
	// must not keep prompts with them.
	shortBytes, textsTogether = 64, 1 << 10
)

// decode decodes a span into an empty one.
func (d *spanDecoder) decode(raw []byte, s *tracepb.Span) error {
	if d.plain(raw, s) {
		return nil
	}
	proto.Reset(s)
	return proto.Unmarshal(raw, s)
}

// plain decodes a span unless something in it needs the general decoder.
func (d *spanDecoder) plain(raw []byte, s *tracepb.Span) bool {
	n := 0
	for rest := raw; len(rest) > 0; {
		number, kind, size := protowire.ConsumeTag(rest)
		if size < 0 {
			return false
		}
		rest = rest[size:]
		if size = protowire.ConsumeFieldValue(number, kind, rest); size < 0 {
			return false
		}
		rest = rest[size:]
		if number == 9 {
			n++
		}
	}
	if n > len(d.attributes) {
		d.attributes, d.list = make([]attribute, n), make([]*commonpb.KeyValue, n)
	}
	clear(d.attributes[:n]) // a large span must not make the small ones after it expensive
	s.Attributes = d.list[:0]
	for rest := raw; len(rest) > 0; {
		number, kind, size := protowire.ConsumeTag(rest)
		rest = rest[size:]
		var v []byte
		var x uint64
		switch kind {
		case protowire.BytesType:
			v, size = protowire.ConsumeBytes(rest)
		case protowire.Fixed64Type:
			x, size = protowire.ConsumeFixed64(rest)
		case protowire.VarintType:
			x, size = protowire.ConsumeVarint(rest)
		case protowire.Fixed32Type:
			var flags uint32
			flags, size = protowire.ConsumeFixed32(rest)
			x = uint64(flags)
		default:
			return false
		}
		rest = rest[size:]
		ok := true
		switch {
		case number == 1 && kind == protowire.BytesType:
			s.TraceId = v
		case number == 2 && kind == protowire.BytesType:
			s.SpanId = v
		case number == 3 && kind == protowire.BytesType:
			s.TraceState, ok = d.textOf(v)
		case number == 4 && kind == protowire.BytesType:
			s.ParentSpanId = v
		case number == 5 && kind == protowire.BytesType:
			s.Name, ok = d.textOf(v)
		case number == 6 && kind == protowire.VarintType:
			s.Kind = tracepb.Span_SpanKind(x)
		case number == 7 && kind == protowire.Fixed64Type:
			s.StartTimeUnixNano = x
		case number == 8 && kind == protowire.Fixed64Type:
			s.EndTimeUnixNano = x
		case number == 9 && kind == protowire.BytesType:
			to := &d.attributes[len(s.Attributes)]
			ok = d.pair(v, to)
			s.Attributes = append(s.Attributes, &to.pair)
		case number == 10 && kind == protowire.VarintType:
			s.DroppedAttributesCount = uint32(x)
		case number == 11 && kind == protowire.BytesType:
			event := new(tracepb.Span_Event)
			ok = proto.Unmarshal(v, event) == nil
			s.Events = append(s.Events, event)
		case number == 12 && kind == protowire.VarintType:
			s.DroppedEventsCount = uint32(x)
		case number == 13 && kind == protowire.BytesType:
			link := new(tracepb.Span_Link)
			ok = proto.Unmarshal(v, link) == nil
			s.Links = append(s.Links, link)
		case number == 14 && kind == protowire.VarintType:
			s.DroppedLinksCount = uint32(x)
		case number == 15 && kind == protowire.BytesType && s.Status == nil:
			s.Status = new(tracepb.Status)
			ok = proto.Unmarshal(v, s.Status) == nil
		case number == 16 && kind == protowire.Fixed32Type:
			s.Flags = uint32(x)
		default: // a field of a later version, or one that occurs twice and must be merged
			return false
		}
		if !ok {
			return false
		}
	}
	return true
}

// pair decodes an attribute.
func (d *spanDecoder) pair(raw []byte, to *attribute) bool {
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeTag(raw)
		if n < 0 || kind != protowire.BytesType {
			return false
		}
		raw = raw[n:]
		v, n := protowire.ConsumeBytes(raw)
		if n < 0 {
			return false
		}
		raw = raw[n:]
		ok := false
		switch {
		case number == 1:
			to.pair.Key, ok = d.name(v)
		case number == 2 && to.pair.Value == nil:
			to.pair.Value = &to.value
			ok = d.value(v, to)
		}
		if !ok {
			return false
		}
	}
	return true
}

// value decodes the value of an attribute.
func (d *spanDecoder) value(raw []byte, to *attribute) (ok bool) {
	if len(raw) == 0 {
		return true
	}
	number, kind, n := protowire.ConsumeTag(raw)
	if n < 0 {
		return false
	}
	rest := raw[n:]
	switch {
	case number == 1 && kind == protowire.BytesType:
		var v []byte
		if v, n = protowire.ConsumeBytes(rest); n == len(rest) {
			to.text.StringValue, ok = d.textOf(v)
			to.value.Value = &to.text
			return ok
		}
	case (number == 2 || number == 3) && kind == protowire.VarintType:
		var x uint64
		if x, n = protowire.ConsumeVarint(rest); n == len(rest) {
			if number == 2 {
				to.value.Value = &commonpb.AnyValue_BoolValue{BoolValue: x != 0}
				return true
			}
			to.integer.IntValue = int64(x)
			to.value.Value = &to.integer
			return true
		}
	case number == 4 && kind == protowire.Fixed64Type:
		var x uint64
		if x, n = protowire.ConsumeFixed64(rest); n == len(rest) {
			to.value.Value = &commonpb.AnyValue_DoubleValue{DoubleValue: math.Float64frombits(x)}
			return true
		}
	}
	return proto.Unmarshal(raw, &to.value) == nil // a list, or several values, of which the last one counts
}

// name returns the name of an attribute.
func (d *spanDecoder) name(v []byte) (string, bool) {
	if name, known := d.names[string(v)]; known {
		return name, true
	}
	if !utf8.Valid(v) {
		return "", false
	}
	name := string(v)
	if len(d.names) < mostNames && len(v) <= nameBytes {
		if d.names == nil {
			d.names = map[string]string{}
		}
		d.names[name] = name
	}
	return name, true
}

// textOf returns a copy of a text. Protobuf allows only UTF-8 in it.
func (d *spanDecoder) textOf(v []byte) (string, bool) {
	if !utf8.Valid(v) {
		return "", false
	}
	if len(v) > shortBytes {
		return string(v), true
	}
	if d.texts.Cap()-d.texts.Len() < len(v) {
		d.texts = strings.Builder{}
		d.texts.Grow(textsTogether)
	}
	from := d.texts.Len()
	d.texts.Write(v)
	return d.texts.String()[from:], true
}
