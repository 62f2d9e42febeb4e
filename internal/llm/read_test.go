package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// pages reads everything page by page and joins the pages as a client would.
func pages(t testing.TB, raw []byte, output bool, all []Message, at Cursor, limit Limit) []Message {
	t.Helper()
	for n := 0; ; n++ {
		p, err := Read(raw, side(output), at, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 && len(p.Messages) == 0 && p.Next != nil {
			t.Fatalf("page %d of %.200s is empty", n, raw)
		}
		all = join(all, p.Messages)
		if p.Next == nil {
			return all
		}
		if at = p.Next; n > 10*len(raw) {
			t.Fatalf("%.200s does not end", raw)
		}
	}
}

// side returns the speaker of an output or of an input.
func side(output bool) Speaker {
	if output {
		return Answered
	}
	return Asked
}

func join(all, page []Message) []Message {
	if len(page) == 0 || !page[0].Continued {
		return append(all, page...)
	}
	m := &all[len(all)-1]
	parts := page[0].Parts
	if len(parts) > 0 && parts[0].Continued {
		m.Parts[len(m.Parts)-1].Text += parts[0].Text
		parts = parts[1:]
	}
	m.Parts = append(m.Parts, parts...)
	return append(all, page[1:]...)
}

// like returns the JSON of messages, which must be equal for two ways of reading.
func like(t testing.TB, messages []Message) string {
	t.Helper()
	b, err := json.Marshal(messages)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func checkPages(t testing.TB, raw []byte, output bool, limit Limit) {
	t.Helper()
	want, got := like(t, Messages(raw, side(output))), like(t, pages(t, raw, output, []Message{}, nil, limit))
	if got != want {
		t.Fatalf("%+v\nin   %.2000s\ngot  %.2000s\nwant %.2000s", limit, raw, got, want)
	}
}

var small = []Limit{{Parts: 1}, {Parts: 2}, {Parts: 3}, {Bytes: 1}, {Bytes: 700}, {Parts: 5, Bytes: 2000}}

// TestPagesJoinToTheWhole reads captured and generated messages in pages of several sizes.
func TestPagesJoinToTheWhole(t *testing.T) {
	for _, c := range captured(t) {
		for _, limit := range small {
			checkPages(t, c.Input, false, limit)
			checkPages(t, c.Output, true, limit)
		}
	}
	for seed := range uint64(2000) {
		g := generator{r: rand.New(rand.NewPCG(seed, 2))}
		raw, err := json.Marshal(g.value())
		if err != nil {
			t.Fatal(err)
		}
		if seed%3 == 0 { // long texts
			raw = []byte(strings.ReplaceAll(string(raw), "w1w", strings.Repeat(`w1w é \"\\u2028\ud83d\ude00 `, 300)))
		}
		for _, limit := range small {
			checkPages(t, raw, seed%2 == 0, limit)
		}
	}
	for _, s := range heavy.Shapes {
		for _, size := range []int{2000, 200_000} {
			for _, limit := range []Limit{{Parts: 200, Bytes: 64 << 10}, {Parts: 7, Bytes: 4 << 10}} {
				raw := s.Value(size)
				checkPages(t, raw, false, limit)
				checkPages(t, fmt.Appendf(nil, `{"model":"m","choices":[{"message":{"role":"assistant","content":%s}}]}`, raw), true, limit)
			}
		}
	}
	checkPages(t, []byte(`[{"role":"user","content":"cut o`+strings.Repeat("ff é", 2000)), false, Limit{Bytes: 700})
}

// TestPageIsBounded: a page stays within its limits of parts and bytes, apart from one part that cannot be split.
func TestPageIsBounded(t *testing.T) {
	const parts, bytes = 50, 32 << 10
	for _, s := range heavy.Shapes {
		raw := s.Value(300_000)
		for _, output := range []bool{false, true} {
			var at Cursor
			for range 20 {
				p, err := Read(raw, side(output), at, Limit{Parts: parts, Bytes: bytes})
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, m := range p.Messages {
					n += len(m.Parts)
				}
				if size := len(like(t, p.Messages)); n > parts+2 || len(p.Messages) > parts || size > bytes+maxWhole+4096 {
					t.Errorf("%s: a page has %d messages, %d parts and %d bytes", s.Name, len(p.Messages), n, size)
				}
				if at = p.Next; at == nil {
					break
				}
				if len(at) > 400 {
					t.Errorf("%s: a cursor has %d bytes", s.Name, len(at))
				}
			}
		}
	}
}

// TestEnds: whoever opens a long conversation sees its beginning and the latest turn, and nothing in between is lost.
func TestEnds(t *testing.T) {
	var b strings.Builder
	b.WriteString(`[{"role":"system","content":"rules"}`)
	for i := range 1000 {
		fmt.Fprintf(&b, `,{"role":"user","content":"q%dq"},{"role":"assistant","content":"a%da"}`, i, i)
	}
	b.WriteString(`,{"role":"user","content":"the question"},{"role":"assistant","tool_calls":[{"id":"c","function":{"name":"f"}}]}]`)
	for _, raw := range []string{b.String(), `{"model":"m","messages":` + b.String() + `,"extra":"beside"}`} {
		first, last := Ends([]byte(raw), Asked, Limit{Parts: 20}, Limit{Parts: 10})
		if first.Messages[0].Parts[0].Text != "rules" || len(first.Messages) != 20 || first.Next == nil {
			t.Fatalf("first %+v", first)
		}
		if len(last.Messages) < 2 || last.Messages[0].Parts[0].Text != "the question" || last.Next != nil {
			t.Fatalf("last %+v", last)
		}
		all := append(pages(t, []byte(raw), false, first.Messages, first.Next, Limit{Parts: 30}), last.Messages...)
		if got, want := like(t, all), like(t, Messages([]byte(raw), Asked)); got != want {
			t.Errorf("got  %.300s\nwant %.300s", got, want)
		}
	}
	short := []byte(`[{"role":"user","content":"a"}]`)
	if first, last := Ends(short, Asked, Limit{Parts: 20}, Limit{}); first.Next != nil || len(last.Messages) != 0 || last.Messages == nil || len(first.Messages) != 1 {
		t.Errorf("%+v %+v", first, last)
	}
}

func TestBadCursors(t *testing.T) {
	raw := heavy.Shapes[0].Value(10_000)
	p, _ := Read(raw, Asked, nil, Limit{Parts: 3})
	for n := range p.Next {
		if _, err := Read(raw, Asked, p.Next[:n], Limit{Parts: 3}); !errors.Is(err, ErrCursor) && n > 0 {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := Read(raw, Asked, Cursor("\x01nonsense"), Limit{}); !errors.Is(err, ErrCursor) {
		t.Errorf("%v", err)
	}
}

// FuzzCursor: a cursor that somebody made up, or that was made for other bytes, reads something or is refused.
func FuzzCursor(f *testing.F) {
	for _, s := range heavy.Shapes {
		raw := s.Value(3000)
		p, _ := Read(raw, Asked, nil, Limit{Parts: 3, Bytes: 700})
		f.Add(raw, []byte(p.Next))
	}
	f.Fuzz(func(t *testing.T, raw, at []byte) {
		for range 5 {
			p, err := Read(raw, Asked, at, Limit{Parts: 3, Bytes: 700})
			if err != nil || p.Next == nil {
				return
			}
			if reflect.DeepEqual([]byte(p.Next), at) {
				t.Fatal("reading on does not come on")
			}
			at = p.Next
		}
	})
}
