package seen

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// many writes items until there are size bytes, with commas.
func many(size int, item func(i int) string) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(item(i))
	}
	return b.String()
}

// hostile are events that no recorder makes, of about size bytes each. Each is expensive for some natural way of finding an answer.
var hostile = []struct {
	name string
	make func(size int) string
}{
	{"one letter again and again", func(size int) string {
		return `"source":0,"texts":[],"removes":[],"attributes":[],"adds":[` + put(log, nil, text(5000, strings.Repeat("a", size))) + `]`
	}},
	{"almost the answer again and again", func(size int) string {
		return `"source":0,"texts":[],"removes":[],"attributes":[],"adds":[` + put(log, nil, text(5000, strings.Repeat(plain[:17]+"x", size/18))) + `]`
	}},
	{"one text again and again", func(size int) string {
		return `"source":0,"removes":[],"attributes":[],"adds":[` + put(log, nil, text(5000, strings.Repeat("b", size/2))) + `],"texts":[` + many(size/2, func(i int) string { return says(5000, plain[:i%40]) }) + `]`
	}},
	{"letters in texts of their own", func(size int) string {
		return `"source":0,"texts":[],"removes":[],"attributes":[],"adds":[` + many(size, func(i int) string { return put(log, nil, text(5000+i, plain[i%len(plain):][:1])) }) + `]`
	}},
	{"beginnings", func(size int) string {
		return `"source":0,"texts":[],"removes":[],"attributes":[],"adds":[` + many(size, func(i int) string { return put(log, nil, text(5000+i, "Your order")) }) + `]`
	}},
	{"hidden beginnings that are shown", func(size int) string {
		return `"source":0,"texts":[],"removes":[],"adds":[` + put(log, nil, el(4000, "p", `"hidden":""`)) + "," + many(size/2, func(i int) string { return put(4000, nil, text(5000+i, "Your order")) }) +
			`],"attributes":[` + many(size/2, func(i int) string { return fmt.Sprintf(`{"id":4000,"attributes":{"hidden":%q}}`, fmt.Sprint(i)) }) + `]`
	}},
	{"selections", func(size int) string {
		return `"source":14,"ranges":[` + many(size, func(int) string { return `{"start":10,"end":10}` }) + `]`
	}},
}

func hostileAnswers() []Answer {
	return []Answer{theAnswer(plain), theAnswer(strings.Repeat("a", 3000)), theAnswer(strings.Repeat(plain, 20)), {Text: plain, Question: plain, StartMS: asked, EndMS: asked + 1}}
}

// The cost of reading an event is in proportion to its bytes, whatever a stranger sends.
func TestHostileIsLinear(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			heavy.LinearIn(t, 40, func(size int) []byte {
				return []byte(fmt.Sprintf(`{"type":3,"data":{%s},"timestamp":%d}`, h.make(size/4), asked+1000))
			}, func(event []byte) {
				r := newChat()
				r.ask()
				w := r.watch(hostileAnswers()...)
				w.Event(event)
				for i := range w.answers {
					w.Seen(i)
					w.Context(i)
				}
			})
		})
	}
}

// A window with thousands of answers, and clicks on all that it shows.
func TestManyAnswers(t *testing.T) {
	r := newChat()
	var answers []Answer
	for i := range 1000 {
		at := asked + int64(i)*50
		r.message(at, "p", fmt.Sprintf("%d: %s", i, plain))
		r.click(at+10, log)
		answers = append(answers, Answer{Text: fmt.Sprintf("%d: %s", i, plain), StartMS: at - 10, EndMS: at})
	}
	w := r.watch(answers...)
	states := map[string]int{}
	for i := range answers {
		s := w.Seen(i)
		states[s.State+s.Reason]++
	}
	if states["seen"] < maxAnswers || states["seen"]+states["unknown"+Uncertain] != len(answers) {
		t.Errorf("%v", states)
	}
}

// FuzzEvent reads lines as events of a chat. Whatever they are, nothing panics, and the results for an answer do not contradict each other.
func FuzzEvent(f *testing.F) {
	r := newChat()
	r.ask()
	r.stream(asked+1000, plain)
	r.custom(asked+8000, "window visible", "{}")
	r.custom(asked+8000, "playhead.shown", `{"node":1003,"chars":80,"seen":20}`)
	r.full(asked+9000, 1, el(30, "div", ``, el(31, "p", ``, text(32, plain))))
	for i := range r.events {
		f.Add([]byte(strings.Join(r.events[i:min(i+4, len(r.events))], "\n")))
	}
	for _, h := range hostile {
		f.Add([]byte(fmt.Sprintf(`{"type":3,"data":{%s},"timestamp":%d}`, h.make(500), asked+1000)))
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		r := newChat()
		r.ask()
		w := r.watch(append(hostileAnswers(), theAnswer("您的订单 *今天* [早上](u) 已离开 `仓库`"), theAnswer("**"))...)
		for line := range bytes.Lines(lines) {
			w.Event(line)
		}
		hidden := 0
		for _, n := range w.active {
			for _, p := range n.nodes {
				if p.hidden {
					hidden++
				}
			}
		}
		if hidden != w.concealed {
			t.Fatalf("%d texts are hidden, %d are counted", hidden, w.concealed)
		}
		for i := range w.answers {
			s := w.Seen(i)
			if s.FirstWordsMS > s.LastWordsMS || s.AskedMS > 0 && s.FirstWordsMS > 0 && s.WaitMS != s.FirstWordsMS-s.AskedMS || s.Smoothness > 1 || s.Share > 1 || (s.State == "unknown") != (s.Reason != "") {
				t.Fatalf("%+v", s)
			}
			for _, stall := range s.Stalls {
				if stall.FromMS < s.FirstWordsMS || stall.ToMS > s.LastWordsMS || stall.ToMS-stall.FromMS < stallMS {
					t.Fatalf("%+v", s)
				}
			}
			w.Context(i)
		}
	})
}
