package otlp

import (
	"github.com/playheadhq/playhead/internal/rawjson"
)

// content makes the input, output and tools of a record, from its attributes and the messages of its events. Attributes that are in them are marked as
// used.
func (r *record) content(pace *rawjson.Pace, events *conversation) (input, output, tools []byte) {
	input, output, tools = r.said(pace, mInput), r.said(pace, mOutput), r.said(pace, mTools)
	if input == nil {
		input = listOf(events.input)
	}
	if output == nil {
		output = listOf(events.output)
	}
	// If the answer comes in pieces, the pieces are the message: the whole output of the same span may be the result of a framework.
	if answer := r.answer(pace); answer != nil {
		output = answer
	}
	var beside []byte
	if input, beside = apart(pace, input); tools == nil {
		tools = beside
	}
	if r.has(mSystem) {
		input = after(pace, systemMessage(r.said(pace, mSystem)), input)
	}
	return input, output, tools
}

// apart takes the tools out of an input that is a request with messages and tools: {"messages":…,"tools":…}. Langfuse sends this, and LangSmith and MLflow
// send it with the model beside them.
func apart(pace *rawjson.Pace, input []byte) (messages, tools []byte) {
	if rawjson.KindOf(input) != rawjson.Object {
		return input, nil
	}
	for key, v := range pace.Members(input) {
		switch string(key) {
		case "messages":
			messages = v
		case "tools":
			tools = v
		case "model", "stream", "stream_options": // these have attributes of their own
		default:
			return input, nil
		}
	}
	if messages == nil || tools == nil {
		return input, nil
	}
	return messages, tools
}

// said is the value of a meaning as JSON, nil if there is none.
func (r *record) said(pace *rawjson.Pace, m meaning) []byte {
	f := &r.found[m]
	switch {
	case f.rank == unsaid:
		return nil
	case f.group > 0:
		t := r.groups[int(f.group)-1]
		for _, i := range t.used {
			r.use(i)
		}
		return t.appendJSON(nil)
	}
	for i, kv := range r.attributes {
		if kv.GetValue() == f.v {
			r.use(i)
		}
	}
	return structured(pace, f.v)
}

func (r *record) use(i int) {
	if r.used == nil {
		r.used = map[int]bool{}
	}
	r.used[i] = true
}

// answer is an answer whose text, thinking and calls are separate attributes, as the AI SDK and Sentry send them; nil if there is none.
func (r *record) answer(pace *rawjson.Pace) []byte {
	if !r.has(mAnswerText) && !r.has(mAnswerThinking) && !r.has(mAnswerCalls) && !r.has(mAnswerObject) {
		return nil
	}
	dst := []byte(`{"role":"assistant"`)
	for _, part := range [...]struct {
		name string
		of   meaning
	}{{"reasoning", mAnswerThinking}, {"content", mAnswerText}, {"tool_calls", mAnswerCalls}} {
		if !r.has(part.of) {
			if part.of == mAnswerText && r.has(mAnswerObject) {
				dst = append(append(dst, `,"content":`...), r.asText(pace, mAnswerObject)...)
			}
			continue
		}
		v := r.said(pace, part.of)
		if part.of != mAnswerCalls {
			v = r.asText(pace, part.of)
		}
		if part.of == mAnswerText {
			v = r.textOfChoices(pace, v)
		}
		dst = append(append(append(append(dst, ',', '"'), part.name...), '"', ':'), v...)
	}
	return append(dst, '}')
}

// asText is the value of a meaning as it was sent: an answer that is JSON stays a text.
func (r *record) asText(pace *rawjson.Pace, m meaning) []byte {
	r.said(pace, m)
	return appendJSON(nil, r.found[m].v)
}

// textOfChoices is the text of an answer that Sentry sends as a JSON list with the text of each choice, as it does unless the answer is streamed. It is text,
// a JSON string, for all others.
func (r *record) textOfChoices(pace *rawjson.Pace, text []byte) []byte {
	listed, streamed := false, false
	for _, kv := range r.attributes {
		switch kv.GetKey() {
		case "gen_ai.response.text":
			listed = kv.GetValue() == r.found[mAnswerText].v
		case "gen_ai.response.streaming":
			streamed = kv.GetValue().GetBoolValue()
		}
	}
	if !listed || streamed {
		return text
	}
	var first []byte
	for choice := range pace.Items([]byte(r.found[mAnswerText].v.GetStringValue())) {
		if rawjson.KindOf(choice) != rawjson.String {
			return text
		}
		if first == nil {
			first = choice
		}
	}
	if first == nil {
		return text
	}
	return first
}

// after puts a message before the messages of an input.
func after(pace *rawjson.Pace, first, input []byte) []byte {
	all := [][]byte{first}
	switch rawjson.KindOf(input) {
	case rawjson.Invalid, rawjson.Null:
	case rawjson.Array:
		for item := range pace.Items(input) {
			all = append(all, item)
		}
	default:
		all = append(all, input)
	}
	return listOf(all)
}

// properties is the JSON object of what a record says beside its content: its attributes, and in the member otel what surrounds it.
func (r *record) properties() []byte {
	dst := []byte{'{'}
	add := func(name string, v func([]byte) []byte) {
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(appendQuoted(dst, name), ':')
		dst = v(dst)
	}
	for i, kv := range r.attributes {
		if !r.used[i] {
			add(kv.GetKey(), func(dst []byte) []byte { return appendJSON(dst, kv.GetValue()) })
		}
	}
	add("otel", func(dst []byte) []byte {
		dst = append(append(dst, `{"resource":`...), r.resource.json...)
		dst = append(append(dst, `,"scope":`...), r.scope.json...)
		for _, m := range r.more {
			dst = append(append(append(append(dst, ',', '"'), m.Name...), '"', ':'), m.Value...)
		}
		return append(dst, '}')
	})
	return append(dst, '}')
}
