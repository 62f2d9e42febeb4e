package llm

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestNoTextLost makes random messages of known and unknown shapes, in which each text is unique, and looks for every text in the result.
func TestNoTextLost(t *testing.T) {
	for seed := range uint64(2000) {
		g := generator{r: rand.New(rand.NewPCG(seed, 1))}
		in := g.value()
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		output := seed%2 == 0
		messages := Messages(raw, side(output))
		out, err := json.Marshal(messages)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			for _, p := range m.Parts {
				if p.Media != nil && p.Media.Ref != nil {
					data, err := dataAt(raw, p.Media.Ref)
					if err != nil {
						t.Fatalf("seed %d: no data at %v of %s", seed, p.Media.Ref, raw)
					}
					out = append(out, data...)
				}
			}
		}
		for i := range g.texts {
			if word := fmt.Sprintf("w%dw", i); !strings.Contains(string(out), word) {
				t.Fatalf("seed %d: %s is lost\nin  %s\nout %s", seed, word, raw, out)
			}
		}
	}
}

// generator makes payloads; texts counts the words it used.
type generator struct {
	r     *rand.Rand
	texts int
}

type obj = map[string]any

func (g *generator) word() string {
	g.texts++
	return fmt.Sprintf("w%dw", g.texts-1)
}

func (g *generator) list(n int, f func() any) []any {
	out := make([]any, 0, n)
	for range g.r.IntN(n) + 1 {
		out = append(out, f())
	}
	return out
}

func (g *generator) value() any {
	switch g.r.IntN(8) {
	case 0:
		return g.word()
	case 1:
		return obj{"choices": g.list(3, func() any { return obj{"index": 0, "message": g.message(), "finish_reason": "stop"} })}
	case 2:
		return obj{"messages": g.list(3, g.message), "note": g.word()}
	case 3:
		return g.list(3, func() any { return g.word() })
	case 4:
		return g.message()
	case 5:
		b, _ := json.Marshal(g.list(3, g.message))
		return string(b)
	default:
		return g.list(5, func() any {
			switch g.r.IntN(6) {
			case 0:
				return g.item()
			case 1:
				return g.word()
			case 2:
				b, _ := json.Marshal(g.item())
				return obj{"role": "user", "content": string(b)}
			case 3:
				return obj{"mystery": obj{"deep": []any{g.word(), nil, 1}}}
			default:
				return g.message()
			}
		})
	}
}

func (g *generator) message() any {
	m := obj{"role": []string{"system", "user", "assistant", "tool", "developer", "weird"}[g.r.IntN(6)]}
	switch g.r.IntN(5) {
	case 0:
		m["content"] = nil
	case 1:
		m["content"] = g.block()
	case 2:
		b, _ := json.Marshal(g.list(3, g.block))
		m["content"] = string(b)
	case 3:
		m["content"] = g.word()
	default:
		m["content"] = g.list(4, g.block)
	}
	if g.r.IntN(3) == 0 {
		m["tool_calls"] = g.list(2, func() any {
			return obj{"id": g.word(), "type": "function", "function": obj{"name": g.word(), "arguments": g.arguments()}}
		})
	}
	for _, key := range []string{"name", "tool_call_id", "refusal", "reasoning_content", "something"} {
		if g.r.IntN(5) == 0 {
			m[key] = g.word()
		}
	}
	return m
}

func (g *generator) arguments() any {
	switch g.r.IntN(3) {
	case 0:
		return `{"a":"` + g.word() + `"}`
	case 1:
		return obj{"a": g.word()}
	default:
		return g.word()
	}
}

func (g *generator) block() any {
	var o obj
	switch g.r.IntN(13) {
	case 0:
		return g.word()
	case 1:
		o = obj{"type": "input_text", "text": g.word()}
	case 2:
		o = obj{"type": "output_text", "text": g.word(), "annotations": []any{obj{"title": g.word()}}}
	case 3:
		o = obj{"type": "image_url", "image_url": obj{"url": "https://example.com/" + g.word()}}
	case 4:
		o = obj{"type": "input_image", "image_url": "[base64 " + g.word() + " redacted]"}
	case 5:
		o = obj{"type": "input_audio", "input_audio": obj{"data": g.word(), "format": "wav"}}
	case 6:
		o = obj{"type": "file", "file": obj{"filename": g.word(), "file_data": "data:text/plain;base64," + g.word(), "file_id": g.word()}}
	case 7:
		o = obj{"type": "thinking", "thinking": g.word(), "signature": "s"}
	case 8:
		o = obj{"type": "refusal", "refusal": g.word()}
	case 9:
		o = obj{"type": "tool_use", "id": g.word(), "name": g.word(), "input": obj{"a": g.word()}}
	case 10:
		o = obj{"type": "tool_result", "tool_use_id": g.word(), "content": g.list(2, g.block)}
	case 11:
		o = obj{"type": "audio", "data": "AAAA", "transcript": g.word()}
	default:
		o = obj{"type": "hologram", "of": g.word()}
	}
	if g.r.IntN(6) == 0 {
		o["extra"] = g.word()
	}
	return o
}

func (g *generator) item() any {
	switch g.r.IntN(6) {
	case 0:
		return obj{"type": "reasoning", "id": "r", "summary": []any{obj{"type": "summary_text", "text": g.word()}}, "content": g.list(2, g.block)}
	case 1:
		return obj{"type": "function_call", "call_id": g.word(), "name": g.word(), "arguments": g.arguments()}
	case 2:
		return obj{"type": "function_call_output", "call_id": g.word(), "output": g.arguments()}
	case 3:
		return obj{"type": "web_search_call", "action": obj{"query": g.word()}}
	case 4:
		return obj{"type": "message", "role": "assistant", "content": g.list(2, g.block)}
	default:
		return obj{"type": "image_generation_call", "result": g.word(), "revised_prompt": g.word()}
	}
}

func FuzzMessages(f *testing.F) {
	for _, c := range captured(f) {
		f.Add([]byte(c.Input), false)
		f.Add([]byte(c.Output), true)
	}
	f.Add([]byte(`{"choices":[{"message":{"role":"assistant","content":[{"type":"audio","data":"x"}]}}]}`), true)
	f.Add([]byte("\"\xff\xfe\""), false)
	f.Fuzz(func(t *testing.T, raw []byte, output bool) {
		b, err := json.Marshal(Messages(raw, side(output)))
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(b) {
			t.Fatalf("invalid UTF-8: %q", b)
		}
		if p := Preview(nil, raw, output); utf8.RuneCountInString(p) > maxPreview || !utf8.ValidString(p) {
			t.Fatalf("preview %q", p)
		}
		if _, err := json.Marshal(Embeddable(raw)); err != nil {
			t.Fatal(err)
		}
	})
}
