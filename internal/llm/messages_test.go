package llm

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestMessages(t *testing.T) {
	tests := []struct {
		name   string
		output bool
		in     string
		want   string // the messages as JSON
	}{
		{name: "nothing", in: ``, want: `[]`},
		{name: "null", in: `null`, want: `[]`},
		{name: "empty array", in: `[]`, want: `[]`},
		{name: "a string of the user", in: `"hi"`, want: `[{"role":"user","parts":[{"type":"text","text":"hi"}]}]`},
		{name: "a string of the model", output: true, in: `"hi"`, want: `[{"role":"assistant","parts":[{"type":"text","text":"hi"}]}]`},
		{name: "a number", in: `7`, want: `[{"role":"user","parts":[{"type":"json","raw":7}]}]`},
		{name: "cut off", in: `[{"role":"user","content":"hel`, want: `[{"role":"user","parts":[{"type":"text","text":"[{\"role\":\"user\",\"content\":\"hel"}]}]`},
		{name: "roles by other names", in: `[{"role":"Human","content":"a"},{"role":"model","content":"b"},{"role":"instructions","content":"c"},{"role":"critic","content":"d"}]`,
			want: `[{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"assistant","parts":[{"type":"text","text":"b"}]},{"role":"system","parts":[{"type":"text","text":"c"}]},{"role":"critic","parts":[{"type":"text","text":"d"}]}]`},
		{name: "content null", in: `[{"role":"assistant","content":null}]`, want: `[{"role":"assistant","parts":[]}]`},
		{name: "lone surrogate", in: `[{"role":"user","content":"a\ud83db"}]`, want: "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"text\":\"a\uFFFDb\"}]}]"},
		{name: "the last of two keys counts", in: `{"role":"user","content":"a","content":"b"}`, want: `[{"role":"user","parts":[{"type":"text","text":"b"}]}]`},
		{name: "choices", output: true, in: `{"id":"x","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"yo"}}],"usage":{"total_tokens":1}}`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"yo"}]}]`},
		{name: "one choice", output: true, in: `[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"yo"}}]`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"yo"}]}]`},
		{name: "completions choice", output: true, in: `{"choices":[{"index":0,"finish_reason":"stop","text":"yo"}]}`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"yo"}]}]`},
		{name: "a whole response", output: true, in: `{"object":"response","model":"m","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"yo"}]}]}`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"yo"}]}]`},
		{name: "what a container holds besides", output: true, in: `{"choices":[{"message":{"role":"assistant","content":"yo"}}],"citations":["u"]}`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"yo"}]},{"role":"assistant","parts":[{"type":"json","raw":{"citations":["u"]}}]}]`},
		{name: "bare blocks", output: true, in: `[{"type":"text","text":"a"},{"type":"text","text":"b"}]`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]`},
		{name: "items of one turn", output: true, in: `[{"type":"reasoning","id":"r","summary":[{"type":"summary_text","text":"t"}]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"b"}]}]`,
			want: `[{"role":"assistant","parts":[{"type":"thinking","text":"t"},{"type":"text","text":"a"},{"type":"tool_call","id":"c","name":"f","arguments":{}}]},{"role":"assistant","parts":[{"type":"text","text":"b"}]}]`},
		{name: "annotations are kept", output: true, in: `[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a","annotations":[{"url":"u"}],"logprobs":[]}]}]`,
			want: `[{"role":"assistant","parts":[{"type":"text","text":"a","sources":[{"url":"u"}]}]}]`},
		{name: "unknown fields of a message are kept", in: `[{"role":"user","content":"a","mood":"good"}]`,
			want: `[{"role":"user","parts":[{"type":"text","text":"a"},{"type":"json","raw":{"mood":"good"}}]}]`},
		{name: "unknown block", in: `[{"role":"user","content":[{"type":"hologram","x":1}]}]`,
			want: `[{"role":"user","parts":[{"type":"json","raw":{"type":"hologram","x":1}}]}]`},
		{name: "unknown object", in: `{"question":"a","k":[1]}`, want: `[{"role":"user","parts":[{"type":"json","raw":{"question":"a","k":[1]}}]}]`},
		{name: "text that is no string", in: `[{"role":"user","content":[{"type":"text","text":{"a":1}}]}]`,
			want: `[{"role":"user","parts":[{"type":"json","raw":{"type":"text","text":{"a":1}}}]}]`},
		{name: "arguments that are no JSON", output: true, in: `[{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{oops"}}]}]`,
			want: `[{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"f","arguments":"{oops"}]}]`},
		{name: "arguments that are an object", output: true, in: `[{"role":"assistant","content":[{"type":"function","id":"1","function":{"name":"f","arguments":{"a":1}}}]}]`,
			want: `[{"role":"assistant","parts":[{"type":"tool_call","id":"1","name":"f","arguments":{"a":1}}]}]`},
		{name: "refusal beside content", output: true, in: `[{"role":"assistant","content":null,"refusal":"no"}]`,
			want: `[{"role":"assistant","parts":[{"type":"refusal","text":"no"}]}]`},
		{name: "refused text that was streamed", output: true, in: `[{"role":"assistant","content":[{"type":"text","text":""}]}]`,
			want: `[{"role":"assistant","parts":[]}]`},
		{name: "thoughts of compatible servers", output: true, in: `[{"role":"assistant","reasoning_content":"hm","content":"42"}]`,
			want: `[{"role":"assistant","parts":[{"type":"thinking","text":"hm"},{"type":"text","text":"42"}]}]`},
		{name: "tool result of blocks", in: `[{"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"a"}]}]`,
			want: `[{"role":"tool","tool_call_id":"c","parts":[{"type":"tool_result","text":"a","id":"c"}]}]`},
		{name: "call output of blocks", in: `[{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"a"},{"type":"input_image","image_url":"https://x/y.png"}]}]`,
			want: `[{"role":"tool","tool_call_id":"c","parts":[{"type":"tool_result","text":"a","id":"c"},{"type":"image","media":{"url":"https://x/y.png"}}]}]`},
		{name: "base64 of no known sort", in: `[{"role":"user","content":[{"type":"image","inline_data":{"mime_type":"image/webp","data":"AAAA"}}]}]`,
			want: `[{"role":"user","parts":[{"type":"image","media":{"mime":"image/webp","bytes":3}}]}]`},
		{name: "an item as the user's text", in: `[{"role":"user","content":"{\"type\":\"function_call_output\",\"call_id\":\"c\",\"output\":\"42\"}"}]`,
			want: `[{"role":"tool","tool_call_id":"c","parts":[{"type":"tool_result","text":"42","id":"c"}]}]`},
		{name: "JSON that the user wrote stays text", in: `[{"role":"user","content":"{\"type\":\"invoice\",\"n\":1}"}]`,
			want: `[{"role":"user","parts":[{"type":"text","text":"{\"type\":\"invoice\",\"n\":1}"}]}]`},
		{name: "messages as a string", in: `"[{\"role\":\"user\",\"content\":\"a\"}]"`, want: `[{"role":"user","parts":[{"type":"text","text":"a"}]}]`},
		{name: "mixed array", in: `["a",{"role":"assistant","content":"b"},null,1]`,
			want: `[{"role":"user","parts":[{"type":"text","text":"a"}]},{"role":"assistant","parts":[{"type":"text","text":"b"}]},{"role":"user","parts":[{"type":"json","raw":1}]}]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(Messages([]byte(tt.in), side(tt.output)))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestMessagesDepth(t *testing.T) {
	deep := strings.Repeat("[", 5000) + strings.Repeat("]", 5000)
	for _, in := range []string{deep, `[{"role":"user","content":` + deep + `}]`, `{"a":` + deep + `}`} {
		if _, err := json.Marshal(Messages([]byte(in), Asked)); err != nil {
			t.Error(err)
		}
		if _, err := json.Marshal(map[string]any{"a": Embeddable([]byte(in))}); err != nil {
			t.Error(err)
		}
	}
}

func TestPreview(t *testing.T) {
	long := strings.Repeat("ü", 500)
	tests := []struct {
		name   string
		output bool
		in     string
		want   string
	}{
		{name: "last user message", in: `[{"role":"user","content":"one"},{"role":"assistant","content":"x"},{"role":"user","content":" two\n lines "},{"role":"assistant","content":"y"}]`, want: "two lines"},
		{name: "only a picture", in: `[{"role":"user","content":[{"type":"image_url","image_url":{"url":"[base64 image redacted]"}}]}]`, want: "[image]"},
		{name: "only a system prompt", in: `[{"role":"system","content":"be"}]`, want: "be"},
		{name: "the state of a chain", in: `{"q":1}`, want: `{"q":1}`},
		{name: "the question in the state of a chain", in: `{"style":"briefly","question":"When?"}`, want: "When?"},
		{name: "cut to length", in: `"` + long + `"`, want: strings.Repeat("ü", 239) + "…"},
		{name: "exactly as long", in: `"` + strings.Repeat("ü", 240) + `"`, want: strings.Repeat("ü", 240)},
		{name: "a space before what is cut", in: `"` + strings.Repeat("ü", 239) + ` xy"`, want: strings.Repeat("ü", 239) + "…"},
		{name: "no control characters", in: `"a\u0000b\u001bc"`, want: "a b c"},
		{name: "many token ids", in: `[` + strings.Repeat("1,", 100000) + `1]`, want: ""},
		{name: "answer before calls", output: true, in: `[{"role":"assistant","content":"yo","tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}]`, want: "yo"},
		{name: "call", output: true, in: `[{"role":"assistant","content":null,"tool_calls":[{"id":"1","function":{"name":"f","arguments":"{}"}}]}]`, want: "f({})"},
		{name: "unknown answer", output: true, in: `[{"x": 1}]`, want: `{"x": 1}`},
		{name: "null", output: true, in: `null`, want: ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Preview(nil, []byte(tt.in), tt.output); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func BenchmarkPreview(b *testing.B) {
	// A long conversation: what an agent sends again with every call.
	var sb strings.Builder
	sb.WriteByte('[')
	for range 100 {
		sb.WriteString(`{"role":"user","content":"` + strings.Repeat("question ", 50) + `"},{"role":"assistant","content":[{"type":"text","text":"` + strings.Repeat("answer ", 100) + `"}]},`)
	}
	sb.WriteString(`{"role":"user","content":"last"}]`)
	raw := []byte(sb.String())
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if Preview(nil, raw, false) != "last" {
			b.Fatal("wrong preview")
		}
	}
}
