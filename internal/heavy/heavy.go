// Package heavy makes JSON that is dear to read for its size, for tests and benchmarks: what a stranger would send to make
// a reader spend more than the bytes are worth. Every value is valid JSON; sizes are in bytes before compression.
package heavy

import (
	"bytes"
	"strconv"
	"strings"
)

// Shape is one kind of value.
type Shape struct {
	Name string
	// Value returns a JSON value of about size bytes: at least half of it, and not more than size and a kilobyte.
	Value func(size int) []byte
}

// Shapes are all kinds. Each is dear to some reader that looks natural: one that parses before it cuts, that looks for each
// name in all members, that skips what is left once more at each level, or that makes an object of each empty value.
var Shapes = []Shape{
	// Width: many small values, whose decoded form is far larger than their text.
	{"empty_objects", list(`[`, `{}`, `]`)},
	{"empty_arrays", list(`[`, `[]`, `]`)},
	{"empty_strings", list(`[`, `""`, `]`)},
	{"nulls", list(`[`, `null`, `]`)},
	{"digits", list(`[`, `1`, `]`)},
	{"words", list(`[`, `"a"`, `]`)},
	{"distinct_names", distinctNames},
	// Duplicate names: the last one counts, so a reader that asks for each name walks all members for each.
	{"repeated_name", list(`{`, `"x":1`, `}`)},
	{"repeated_thinking", repeatedThinking},
	{"repeated_role", list(`[{"content":"a",`, `"role":"user"`, `}]`)},
	{"repeated_content", list(`[{"role":"user",`, `"content":[{"type":"text","text":""}]`, `}]`)},
	// Depth.
	{"deep_numbers", deepNumbers},
	{"deep_towers", list(`[`, strings.Repeat("[", 500)+strings.Repeat("]", 500), `]`)},
	{"deep_objects", deepObjects},
	{"deep_choices", list(`[`, strings.Repeat(`{"choices":[`, 150)+strings.Repeat(`]}`, 150), `]`)},
	{"deep_strings", deepStrings},
	// Escapes and white space.
	{"escapes", text(`\u0041`)},
	{"lone_surrogates", text(`\ud800`)},
	{"backslashes", text(`\\`)},
	{"quotes", text(`\"`)},
	{"spaces_between", list(`[`, "1"+strings.Repeat(" ", 400), `]`)},
	{"spaces_within", text(" ")},
	{"base64", text("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo")},
	// What providers send, with far too much of one part.
	{"chat_messages", list(`[`, `{"role":"user","content":"a"}`, `]`)},
	{"chat_parts", list(`[{"role":"user","content":[`, `{"type":"text","text":"a"}`, `]}]`)},
	{"chat_tool_calls", list(`[{"role":"assistant","tool_calls":[`, `{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}`, `]}]`)},
	{"chat_choices", list(`{"choices":[`, `{"message":{"role":"assistant","content":""}}`, `]}`)},
	{"responses_items", list(`[`, `{"type":"reasoning","summary":[]},{"type":"function_call","name":"f","arguments":"{}"}`, `]`)},
	{"anthropic_blocks", list(`[{"role":"assistant","content":[`, `{"type":"thinking","thinking":""},{"type":"tool_use","id":"t","name":"f","input":{}}`, `]}]`)},
	{"gemini_parts", list(`[{"role":"model","parts":[`, `{"functionCall":{"name":"f","args":{}}},{"text":""}`, `]}]`)},
	{"messages_as_text", list(`[`, `"{\"role\":\"user\",\"content\":\"a\"}"`, `]`)},
}

// list repeats an item between its brackets, with commas.
func list(open, item, end string) func(int) []byte {
	return func(size int) []byte {
		n := max(1, (size-len(open)-len(end)+1)/(len(item)+1))
		b := make([]byte, 0, size+len(open)+len(item)+len(end))
		b = append(b, open...)
		b = append(b, bytes.Repeat([]byte(item+","), n)...)
		return append(b[:len(b)-1], end...)
	}
}

// text repeats what stands inside a string.
func text(inside string) func(int) []byte {
	return func(size int) []byte {
		return append(append([]byte{'"'}, bytes.Repeat([]byte(inside), max(1, (size-2)/len(inside)))...), '"')
	}
}

func distinctNames(size int) []byte {
	b := []byte{'{'}
	for i := 0; len(b) < size-16; i++ {
		b = append(append(strconv.AppendInt(append(b, '"'), int64(i), 36), `":1`...), ',')
	}
	return append(b[:len(b)-1], '}')
}

// repeatedThinking has many members that a reader knows, and as many that it does not.
func repeatedThinking(size int) []byte {
	known := list(`[{"role":"assistant","content":[{"type":"thinking",`, `"thinking":""`, ``)(size / 2)
	return append(append(known, ','), list(``, `"x":1`, `}]}]`)(size/2)...)
}

// depth is just within what the wire's reader takes.
const depth = 4000

// deepNumbers has its numbers at the bottom, where a reader that skips the rest at each level skips them once a level.
func deepNumbers(size int) []byte {
	d := min(depth, size/8)
	return list(strings.Repeat("[", d), "1", strings.Repeat("]", d))(size)
}

func deepObjects(size int) []byte {
	d := min(depth, size/32)
	rest := size - d*len(`{"a":}`)
	return append(append(bytes.Repeat([]byte(`{"a":`), d), text("b")(rest)...), bytes.Repeat([]byte{'}'}, d)...)
}

// deepStrings is JSON in a string in a string: each level doubles the backslashes, so there are few levels.
func deepStrings(size int) []byte {
	inside := string(list(`[`, `{\"role\":\"user\",\"content\":\"a\"}`, `]`)(size))
	return []byte(`[{"role":"user","content":"` + inside + `"}]`)
}
