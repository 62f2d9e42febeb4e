package llm

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxDepth bounds the nesting of JSON that is looked into. encoding/json refuses to marshal past 10,000, and an answer
// adds levels of its own.
const maxDepth = 1000

// Embeddable returns stored JSON as it may be put into an answer: nil for nothing and null, and a JSON string of the
// bytes where they are no JSON (any more: content may have been cut to size) or nest too deeply.
func Embeddable(raw []byte) json.RawMessage {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0, string(raw) == "null":
		return nil
	case !parsable(raw):
		return quote(string(raw))
	case !utf8.Valid(raw):
		return bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	}
	return raw
}

func quote(s string) json.RawMessage {
	b, err := json.Marshal(s)
	if err != nil { // strings always marshal
		return json.RawMessage(`""`)
	}
	return b
}

// parsable reports whether raw is JSON of bounded depth.
func parsable(raw []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > maxDepth {
				return false
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return json.Valid(raw)
}

// object is a JSON object with its fields in order. Where a name occurs twice the last value counts, as in JSON.parse.
type object struct {
	raw    string
	fields []field
}

type field struct {
	name  string
	value gjson.Result
}

func objectOf(v gjson.Result) object {
	o := object{raw: v.Raw}
	v.ForEach(func(k, v gjson.Result) bool {
		o.fields = append(o.fields, field{k.Str, v})
		return true
	})
	return o
}

// get is the value of the first of names that is there and not null.
func (o object) get(names ...string) gjson.Result {
	for _, name := range names {
		for i := len(o.fields) - 1; i >= 0; i-- {
			if f := o.fields[i]; f.name == name {
				if f.value.Type != gjson.Null {
					return f.value
				}
				break
			}
		}
	}
	return gjson.Result{}
}

// str is the first of names that is a string and not empty.
func (o object) str(names ...string) string {
	for _, name := range names {
		if v := o.get(name); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

func (o object) has(name string) bool { return o.get(name).Exists() }

// noise are fields of messages and parts that say nothing to people.
var noise = map[string]bool{
	"type": true, "id": true, "object": true, "index": true, "status": true, "phase": true, "created": true,
	"finish_reason": true, "stop_reason": true, "logprobs": true, "detail": true, "expires_at": true,
	"cache_control": true, "signature": true, "thought_signature": true, "encrypted_content": true,
}

// rest is what is left of o without the fields known, noise and empty values: a JSON object, or nil when nothing is.
func (o object) rest(known ...string) json.RawMessage {
	var b []byte
	for _, f := range o.fields {
		if noise[f.name] || empty(f.value) || slices.Contains(known, f.name) {
			continue
		}
		if b == nil {
			b = append(b, '{')
		} else {
			b = append(b, ',')
		}
		b = append(append(append(b, quote(f.name)...), ':'), f.value.Raw...)
	}
	if b == nil {
		return nil
	}
	return append(b, '}')
}

func empty(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null:
		return true
	case gjson.String:
		return v.Str == ""
	case gjson.JSON:
		return len(strings.Trim(v.Raw, "[]{} \t\r\n")) == 0
	}
	return false
}
