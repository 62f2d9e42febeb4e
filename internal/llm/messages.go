package llm

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

// Messages makes messages of an event's input or output ($ai_input, $ai_output_choices and their like) as it was sent.
// It understands what the OpenAI wrappers of @posthog/ai and posthog-python send for chat completions, responses and
// embeddings: arrays of messages, of response items, of content blocks or of strings; one of those alone; {choices: …},
// {messages: …} and {output: …} around them; and any of these once more as a JSON string. The rest becomes parts of
// type "json". output says who speaks where nobody is named: the assistant in an output, the user in an input.
//
// It never fails and never returns nil. Bytes that are no JSON (content that was cut to size) become one text.
func Messages(raw []byte, output bool) []Message {
	b := builder{role: "user", out: []Message{}}
	if output {
		b.role = "assistant"
	}
	switch v := Embeddable(raw); {
	case v == nil:
	case !parsable(raw):
		b.add(Message{Role: b.role, Parts: []Part{{Type: PartText, Text: strings.ToValidUTF8(string(raw), "\uFFFD")}}})
	default:
		b.value(gjson.ParseBytes(v))
	}
	return b.out
}

// builder collects messages.
type builder struct {
	out  []Message
	role string // of what names nobody
	// open says that the last message may take further items: the responses API sends one answer as several items
	// (reasoning, message, calls), which are one turn.
	open bool
	// spoke says that the open message holds an item of type "message" already; the next one is a turn of its own.
	spoke bool
	// strings counts the JSON strings that were looked into around the present value.
	strings int
}

func (b *builder) add(m Message) {
	if m.Parts == nil {
		m.Parts = []Part{}
	}
	b.out = append(b.out, m)
	b.open, b.spoke = false, false
}

// join puts a part into the open message when that is role's, else into a new one.
func (b *builder) join(role string, p ...Part) {
	if n := len(b.out); b.open && n > 0 && b.out[n-1].Role == role {
		b.out[n-1].Parts = append(b.out[n-1].Parts, p...)
		return
	}
	b.add(Message{Role: role, Parts: p})
	b.open = true
}

func (b *builder) value(v gjson.Result) {
	switch {
	case v.Type == gjson.Null:
	case v.Type == gjson.String:
		b.text(v.Str)
	case v.IsObject():
		b.object(objectOf(v))
	case v.IsArray():
		b.array(v)
	default:
		b.join(b.role, unknown(v.Raw))
	}
}

func (b *builder) array(v gjson.Result) {
	all := v.Array()
	texts, inner := 0, 0
	for _, e := range all {
		switch {
		case e.Type == gjson.String:
			texts++
		case e.Type == gjson.JSON:
			inner++
		}
	}
	switch {
	case len(all) == 0:
	case texts == len(all): // what an embedding is made of
		var parts []Part
		for _, e := range all {
			parts = append(parts, Part{Type: PartText, Text: e.Str})
		}
		b.add(Message{Role: b.role, Parts: parts})
	case texts+inner == 0: // token ids
		b.add(Message{Role: b.role, Parts: []Part{unknown(v.Raw)}})
	default:
		for _, e := range all {
			b.value(e)
		}
	}
}

// text is a string where a message was expected: what somebody said, or a message as JSON.
func (b *builder) text(s string) {
	if v, ok := b.inside(s, isMessages); ok {
		b.strings++
		b.value(v)
		b.strings--
		return
	}
	b.add(Message{Role: b.role, Parts: []Part{{Type: PartText, Text: s}}})
}

func (b *builder) object(o object) {
	kind := o.str("type")
	content := o.has("content") || o.has("parts")
	switch {
	case o.has("role") || content && (kind == "" || kind == "message"):
		b.message(o)
	case kind != "":
		b.item(o, kind)
	case o.get("choices").IsArray():
		b.list(o, "choices")
	case o.get("messages").IsArray():
		b.list(o, "messages")
	case o.get("output").IsArray():
		b.list(o, "output")
	case o.get("message").IsObject(): // one choice
		b.object(objectOf(o.get("message")))
		b.left(o, "message")
	case o.get("text").Type == gjson.String && o.rest("text") == nil: // a choice of the completions API, a bare block
		b.join(b.role, Part{Type: PartText, Text: o.get("text").Str})
	default:
		b.add(Message{Role: b.role, Parts: []Part{unknown(o.raw)}})
	}
}

// envelope are fields beside the messages in a provider's answer that are shown elsewhere or say nothing.
var envelope = []string{
	"model", "usage", "system_fingerprint", "service_tier", "created_at", "completed_at", "parallel_tool_calls", "store",
	"temperature", "top_p", "tool_choice", "truncation", "background", "max_output_tokens", "top_logprobs",
}

func (b *builder) list(o object, name string) {
	for _, e := range o.get(name).Array() {
		b.value(e)
	}
	b.left(o, append(envelope[:len(envelope):len(envelope)], name)...)
}

// left shows what a container holds beside its messages.
func (b *builder) left(o object, known ...string) {
	if rest := o.rest(known...); rest != nil {
		b.join(b.role, Part{Type: PartJSON, Raw: rest})
	}
}

func unknown(raw string) Part { return Part{Type: PartJSON, Raw: json.RawMessage(raw)} }

// canonical is the role by its usual name.
func canonical(role string) string {
	role = strings.ToLower(strings.TrimSpace(role))
	switch role {
	case "human":
		return "user"
	case "model", "ai", "bot":
		return "assistant"
	case "instructions":
		return "system"
	case "function":
		return "tool"
	}
	return role
}
