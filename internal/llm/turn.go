package llm

import (
	"strings"

	"github.com/tidwall/gjson"
)

// message is an object with a role, or with content and nothing that says otherwise.
func (b *builder) message(o object) {
	if s := o.get("content"); s.Type == gjson.String {
		// @posthog/ai sends the items of a responses input as {role:"user", content:"<the item as JSON>"}, calls and
		// their results included.
		if v, ok := b.inside(s.Str, isItem); ok {
			b.strings++
			b.value(v)
			b.strings--
			b.left(o, "role", "content")
			return
		}
	}
	m := Message{
		Role: canonical(o.str("role")), Name: o.str("name"), ToolCallID: o.str("tool_call_id", "tool_use_id", "toolCallId"),
	}
	if m.Role == "" {
		m.Role = b.role
	}
	for _, name := range []string{"reasoning_content", "reasoning", "thinking"} {
		if v := o.get(name); v.Type == gjson.String && v.Str != "" {
			m.Parts = append(m.Parts, Part{Type: PartThinking, Text: v.Str})
		}
	}
	for _, name := range []string{"content", "parts"} {
		m.Parts = append(m.Parts, b.parts(o.get(name))...)
	}
	if m.Role == "tool" {
		m.Parts = results(m.Parts, m.ToolCallID, m.Name)
	}
	if v := o.get("refusal"); v.Type == gjson.String && v.Str != "" {
		m.Parts = append(m.Parts, Part{Type: PartRefusal, Text: v.Str})
	}
	if v := o.get("audio"); v.IsObject() {
		m.Parts = append(m.Parts, audio(objectOf(v)))
	}
	known := []string{"role", "name", "tool_call_id", "tool_use_id", "toolCallId", "content", "parts"}
	for _, f := range o.fields {
		if understood(f) {
			known = append(known, f.name)
		}
	}
	for _, call := range o.get("tool_calls").Array() {
		if !call.IsObject() {
			m.Parts = append(m.Parts, unknown(call.Raw))
			continue
		}
		m.Parts = append(m.Parts, toolCall(objectOf(call)))
	}
	if v := o.get("function_call"); v.IsObject() {
		m.Parts = append(m.Parts, toolCall(objectOf(v)))
	}
	if rest := o.rest(known...); rest != nil {
		m.Parts = append(m.Parts, Part{Type: PartJSON, Raw: rest})
	}
	if o.str("type") != "message" {
		b.add(m)
		return
	}
	if n := len(b.out); b.open && !b.spoke && n > 0 && b.out[n-1].Role == m.Role {
		b.out[n-1].Parts = append(b.out[n-1].Parts, m.Parts...)
	} else {
		b.add(m)
	}
	b.open, b.spoke = true, true
}

// understood reports whether message makes parts of f, beside its role, name and content.
func understood(f field) bool {
	switch f.name {
	case "reasoning_content", "reasoning", "thinking", "refusal":
		return f.value.Type == gjson.String
	case "audio", "function_call":
		return f.value.IsObject()
	case "tool_calls":
		return f.value.IsArray()
	}
	return false
}

// parts are the parts of a message's content.
func (b *builder) parts(content gjson.Result) []Part {
	switch {
	case content.Type == gjson.Null, content.Type == gjson.String && content.Str == "":
		return nil
	case content.Type == gjson.String:
		if v, ok := b.inside(content.Str, isBlocks); ok {
			return b.parts(v)
		}
		return []Part{{Type: PartText, Text: content.Str}}
	case content.IsArray():
		var out []Part
		for _, e := range content.Array() {
			// A refused answer that was streamed arrives as one empty text.
			if p := part(e); p.Type != PartText || p.Text != "" || p.Raw != nil {
				out = append(out, p)
			}
		}
		return out
	default:
		return []Part{part(content)}
	}
}

// item is an object with a type and no role: an item of the responses API, or a content block where a message was
// expected.
func (b *builder) item(o object, kind string) {
	p := one(o, kind)
	switch p.Type {
	case PartToolCall, PartThinking:
		b.join("assistant", p)
	case PartToolResult:
		b.add(Message{Role: "tool", Name: p.Name, ToolCallID: p.ID, Parts: []Part{p}})
	default:
		role := b.role
		if strings.HasSuffix(kind, "_call") {
			role = "assistant"
		}
		b.join(role, p)
	}
}

// results makes tool results of what a tool message says.
func results(parts []Part, id, name string) []Part {
	for i := range parts {
		if p := &parts[i]; p.Type == PartText || p.Type == PartJSON {
			p.Type, p.ID, p.Name = PartToolResult, id, name
		}
	}
	return parts
}

// maxStrings is how many JSON strings inside one another are looked into.
const maxStrings = 3

// inside returns the JSON value that a string holds when it is one that holds.
func (b *builder) inside(s string, holds func(gjson.Result) bool) (gjson.Result, bool) {
	t := strings.TrimSpace(s)
	if b.strings >= maxStrings || t == "" || t[0] != '{' && t[0] != '[' || !parsable([]byte(t)) {
		return gjson.Result{}, false
	}
	v := gjson.Parse(t)
	return v, holds(v)
}

// isItem: one item of the responses API.
func isItem(v gjson.Result) bool {
	return v.IsObject() && !v.Get("role").Exists() && knownTypes[v.Get("type").Str]
}

// isBlocks: content blocks and nothing else.
func isBlocks(v gjson.Result) bool {
	all := v.Array()
	for _, e := range all {
		if !isItem(e) {
			return false
		}
	}
	return v.IsArray() && len(all) > 0
}

// isMessages: messages, items or blocks and nothing else, or one of them.
func isMessages(v gjson.Result) bool {
	if v.IsObject() {
		o := objectOf(v)
		return o.has("role") && (o.has("content") || o.has("parts")) || isItem(v) || o.get("choices").IsArray()
	}
	all := v.Array()
	for _, e := range all {
		if !e.IsObject() || !isMessages(e) {
			return false
		}
	}
	return v.IsArray() && len(all) > 0
}
