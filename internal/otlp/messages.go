package otlp

import (
	"strings"

	commonpb "go.opentelemetry.io/proto/slim/otlp/common/v1"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// messageEvents are the events of a span, and the logs, that carry one message each (conventions up to 1.36), with the role of the message.
var messageEvents = map[string]string{
	"gen_ai.system.message": "system", "gen_ai.user.message": "user", "gen_ai.assistant.message": "assistant", "gen_ai.tool.message": "tool",
	"gen_ai.choice": "assistant",
}

// choiceEvent carries an answer; all others a message of the input.
const choiceEvent = "gen_ai.choice"

// conversation collects the messages of events.
type conversation struct{ input, output [][]byte }

// event reads the messages in an event of a span or in a log, from its attributes and from the body of a log (nil if there is none). carries says that
// there were some.
func (c *conversation) event(pace *rawjson.Pace, name string, attributes []*commonpb.KeyValue, body *commonpb.AnyValue) (carries bool) {
	role, is := messageEvents[name]
	if is {
		message := messageOf(pace, role, attributes, body)
		if name == choiceEvent {
			c.output = append(c.output, message)
		} else {
			c.input = append(c.input, message)
		}
		return true
	}
	for _, list := range [...][]*commonpb.KeyValue{attributes, body.GetKvlistValue().GetValues()} {
		for _, kv := range list {
			switch kv.GetKey() {
			case "gen_ai.input.messages", "gen_ai.prompt": // gen_ai.client.inference.operation.details, gen_ai.content.prompt
				c.input = append(c.input, items(pace, kv.GetValue())...)
				carries = true
			case "gen_ai.output.messages", "gen_ai.completion":
				c.output = append(c.output, joined(pace, items(pace, kv.GetValue()))...)
				carries = true
			case "gen_ai.system_instructions":
				c.input = append([][]byte{systemMessage(structured(pace, kv.GetValue()))}, c.input...)
				carries = true
			}
		}
	}
	return carries
}

// items are the items of a list of messages, or one message.
func items(pace *rawjson.Pace, v *commonpb.AnyValue) (all [][]byte) {
	list := structured(pace, v)
	if rawjson.KindOf(list) != rawjson.Array {
		return [][]byte{list}
	}
	for item := range pace.Items(list) {
		all = append(all, item)
	}
	return all
}

// systemMessage is a message of instructions: a list of parts, or a text.
func systemMessage(instructions []byte) []byte {
	if rawjson.KindOf(instructions) == rawjson.Array {
		return append(append([]byte(`{"role":"system","parts":`), instructions...), '}')
	}
	return append(append([]byte(`{"role":"system","content":`), instructions...), '}')
}

// messageOf is one message as JSON: the members of the body and the attributes, with the role of the event if they name none. A choice has its message
// in the member message, which may be only the text.
func messageOf(pace *rawjson.Pace, role string, attributes []*commonpb.KeyValue, body *commonpb.AnyValue) []byte {
	dst := []byte{'{'}
	named := false
	seen := map[string]bool{}
	member := func(name, v []byte) {
		if key := string(name); seen[key] || rawjson.KindOf(v) == rawjson.Null {
			return
		} else {
			seen[key] = true
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(append(append(append(dst, '"'), name...), `":`...), v...)
		named = named || string(name) == "role"
	}
	add := func(name string, v *commonpb.AnyValue) {
		if strings.HasPrefix(name, "code.") {
			return
		}
		switch name {
		case "gen_ai.system", "event.name", "gen_ai.provider.name", "index", "CHAT_MESSAGE_INDEX": // the last name is Semantic Kernel's
			return
		case "gen_ai.event.content", "message":
			inner := structured(pace, v)
			if rawjson.KindOf(inner) != rawjson.Object {
				member([]byte("content"), inner)
				return
			}
			for key, v := range pace.Members(inner) {
				if string(key) != "message" || rawjson.KindOf(v) != rawjson.Object {
					member(key, v)
					continue
				}
				for key, v := range pace.Members(v) {
					member(key, v)
				}
			}
		case "content":
			member([]byte(name), blocks(pace, v))
		case "tool_calls", "tool.result":
			member([]byte(strings.TrimPrefix(name, "tool.")), structured(pace, v))
		case "id":
			if role == "tool" {
				name = "tool_call_id"
			}
			member([]byte(name), appendJSON(nil, v))
		default:
			quoted := appendQuoted(nil, name)
			member(quoted[1:len(quoted)-1], appendJSON(nil, v))
		}
	}
	if list := body.GetKvlistValue(); list != nil {
		for _, kv := range list.GetValues() {
			add(kv.GetKey(), kv.GetValue())
		}
	} else if body.GetValue() != nil {
		add("message", body)
	}
	for _, kv := range attributes {
		add(kv.GetKey(), kv.GetValue())
	}
	if !named {
		member([]byte("role"), []byte(`"`+role+`"`))
	}
	return append(dst, '}')
}

// blocks is the content of a message: text as it was sent, unless it is the JSON of a list of parts, as Strands sends it.
func blocks(pace *rawjson.Pace, v *commonpb.AnyValue) []byte {
	list := structured(pace, v)
	if rawjson.KindOf(list) != rawjson.Array {
		return appendJSON(nil, v)
	}
	for item := range pace.Items(list) {
		for _, name := range [...]string{"text", "toolUse", "toolResult", "reasoningContent", "type"} {
			if rawjson.KindOf(item) == rawjson.Object && rawjson.Member(item, name) != nil {
				return list
			}
		}
		break
	}
	return appendJSON(nil, v)
}

// joined are the messages of an answer. Google ADK sends each piece of a streamed message as a message with one text and an empty finish_reason. The
// next message continues it.
func joined(pace *rawjson.Pace, pieces [][]byte) (all [][]byte) {
	var text []byte // the text of the last message in all, as a JSON string, if that message is not complete
	for _, piece := range pieces {
		said, open := onlyText(pace, piece)
		if text == nil || said == nil {
			all = append(all, piece)
		} else {
			said = append(text[:len(text)-1:len(text)-1], said[1:]...)
			all[len(all)-1] = append(append([]byte(`{"role":"assistant","parts":[{"type":"text","content":`), said...), `}]}`...)
		}
		text = nil
		if open {
			text = said
		}
	}
	return all
}

// onlyText returns the text of a message that consists only of text, as a JSON string, and whether its finish_reason is empty. It returns nil for any
// other message.
func onlyText(pace *rawjson.Pace, message []byte) (text []byte, open bool) {
	if rawjson.KindOf(message) != rawjson.Object {
		return nil, false
	}
	for part := range pace.Items(pace.Member(message, "parts")) {
		content := pace.Member(part, "content")
		if text != nil || rawjson.KindOf(content) != rawjson.String || string(pace.Member(part, "type")) != `"text"` {
			return nil, false
		}
		text = content
	}
	return text, text != nil && string(pace.Member(message, "finish_reason")) == `""`
}

// listOf is messages as one JSON array, nil for none.
func listOf(messages [][]byte) []byte {
	if len(messages) == 0 {
		return nil
	}
	dst := []byte{'['}
	for i, m := range messages {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, m...)
	}
	return append(dst, ']')
}
