package otlp

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// appendJSON appends a value as JSON. An absent one is null.
func appendJSON(dst []byte, v *commonpb.AnyValue) []byte {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return appendQuoted(dst, v.StringValue)
	case *commonpb.AnyValue_BoolValue:
		return strconv.AppendBool(dst, v.BoolValue)
	case *commonpb.AnyValue_IntValue:
		return strconv.AppendInt(dst, v.IntValue, 10)
	case *commonpb.AnyValue_DoubleValue:
		return appendNumber(dst, v.DoubleValue)
	case *commonpb.AnyValue_BytesValue:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, v.BytesValue)
		return append(dst, '"')
	case *commonpb.AnyValue_ArrayValue:
		dst = append(dst, '[')
		for i, item := range v.ArrayValue.GetValues() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	case *commonpb.AnyValue_KvlistValue:
		return appendObject(dst, v.KvlistValue.GetValues())
	}
	return append(dst, "null"...)
}

// appendObject appends attributes as a JSON object.
func appendObject(dst []byte, all []*commonpb.KeyValue) []byte {
	dst = append(dst, '{')
	for i, kv := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, kv.GetKey()), ':')
		dst = appendJSON(dst, kv.GetValue())
	}
	return append(dst, '}')
}

// appendNumber appends a number, or as a string NaN and infinities, for which JSON has no numbers.
func appendNumber(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strconv.AppendQuote(dst, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}

// appendQuoted appends a string as JSON, with escapes. Bytes that are not UTF-8 become U+FFFD.
func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	dst = append(dst, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		dst = append(dst, s[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

// structured returns a value as JSON. A text that is a JSON object or array is returned as that object or array: most attributes can only be texts.
func structured(pace *rawjson.Pace, v *commonpb.AnyValue) []byte {
	if text, is := v.GetValue().(*commonpb.AnyValue_StringValue); is {
		if inner := asJSON(pace, text.StringValue); inner != nil {
			return inner
		}
	}
	return appendJSON(nil, v)
}

// asJSON returns a text that is a JSON object or array, nil for all others.
func asJSON(pace *rawjson.Pace, text string) []byte {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '{' && text[0] != '[' {
		return nil
	}
	if !utf8.ValidString(text) { // which is several times faster than ToValidUTF8
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	inner := []byte(text)
	if !pace.Work(len(inner)) || pace.Check(inner, maxDepth) != nil {
		return nil
	}
	return inner
}

// textOf returns a string, number or boolean as text, or the first item of a list, because captured headers are lists. For anything else it returns "".
func textOf(v *commonpb.AnyValue, most int) string {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		return rawjson.Clip(strings.TrimSpace(v.StringValue), most)
	case *commonpb.AnyValue_BoolValue:
		return strconv.FormatBool(v.BoolValue)
	case *commonpb.AnyValue_IntValue:
		return strconv.FormatInt(v.IntValue, 10)
	case *commonpb.AnyValue_DoubleValue:
		return strconv.FormatFloat(v.DoubleValue, 'g', -1, 64)
	case *commonpb.AnyValue_ArrayValue:
		if all := v.ArrayValue.GetValues(); len(all) > 0 {
			if _, nested := all[0].GetValue().(*commonpb.AnyValue_ArrayValue); !nested {
				return textOf(all[0], most)
			}
		}
	}
	return ""
}

// numberOf reads a number, also one in a text.
func numberOf(v *commonpb.AnyValue) (float64, bool) {
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_IntValue:
		return float64(v.IntValue), true
	case *commonpb.AnyValue_DoubleValue:
		return v.DoubleValue, v.DoubleValue == v.DoubleValue
	case *commonpb.AnyValue_StringValue:
		if len(v.StringValue) > 40 {
			return 0, false
		}
		f, err := strconv.ParseFloat(strings.TrimSpace(v.StringValue), 64)
		return f, err == nil && f == f
	}
	return 0, false
}

// countOf converts a number of tokens, -1 if there is none or it is not plausible.
func countOf(f float64, ok bool) int64 {
	if !ok || f < 0 || f > 1e12 {
		return -1
	}
	return int64(f)
}
