package seen

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// recording is a small recording of a chat: a list of messages 10, a field 20, and the buttons Send 21 and Stop 23.
type recording struct {
	events []string
	lost   []hole
	nextID int
}

const (
	body, log, field, send, stop = 3, 10, 20, 21, 23
	// t0 is when the page was loaded, asked when the user asks.
	t0    = int64(1_795_000_000_000)
	asked = t0 + 10_000
)

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

func el(id int, tag, attributes string, children ...string) string {
	return fmt.Sprintf(`{"type":2,"tagName":%q,"attributes":{%s},"childNodes":[%s],"id":%d}`, tag, attributes, strings.Join(children, ","), id)
}

func text(id int, s string) string {
	return fmt.Sprintf(`{"type":3,"textContent":%s,"id":%d}`, quoted(s), id)
}

func newChat(messages ...string) *recording {
	r := &recording{nextID: 1000}
	r.full(t0, 1, r.chat(messages...)...)
	return r
}

func (r *recording) chat(messages ...string) []string {
	return []string{
		el(log, "div", `"role":"log"`, messages...), el(field, "textarea", ``),
		el(send, "button", ``, text(22, "Send")), el(stop, "button", `"aria-label":"Stop generating"`, el(24, "svg", ``)),
	}
}

func (r *recording) full(at int64, document int, children ...string) {
	r.events = append(r.events, fmt.Sprintf(`{"type":4,"data":{"href":"http://a/","width":1000,"height":800},"timestamp":%d}`, at),
		fmt.Sprintf(`{"type":2,"data":{"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[%s],"id":%d}],"id":%d}],"id":%d}},"timestamp":%d}`,
			strings.Join(children, ","), body, document+1, document, at))
}

func (r *recording) id() int {
	r.nextID++
	return r.nextID
}

func (r *recording) data(at int64, format string, args ...any) {
	r.events = append(r.events, fmt.Sprintf(`{"type":3,"data":{%s},"timestamp":%d}`, fmt.Sprintf(format, args...), at))
}

// change is a mutation with removes, adds and texts.
func (r *recording) change(at int64, removes, adds, texts []string) {
	r.data(at, `"source":0,"texts":[%s],"attributes":[],"removes":[%s],"adds":[%s]`, strings.Join(texts, ","), strings.Join(removes, ","), strings.Join(adds, ","))
}

func remove(parent, id int) string { return fmt.Sprintf(`{"parentId":%d,"id":%d}`, parent, id) }

// put adds a node as recorders write it: its children are additions of their own.
func put(parent int, next any, node string) string {
	if next == nil {
		next = "null"
	}
	return fmt.Sprintf(`{"parentId":%d,"nextId":%v,"node":%s}`, parent, next, node)
}

func says(id int, s string) string { return fmt.Sprintf(`{"id":%d,"value":%s}`, id, quoted(s)) }

func (r *recording) click(at int64, id int) {
	r.data(at, `"source":2,"type":2,"id":%d,"x":5,"y":5`, id)
}

func (r *recording) input(at int64, id int, s string) {
	r.data(at, `"source":5,"text":%s,"isChecked":false,"id":%d`, quoted(s), id)
}

func (r *recording) scroll(at int64, id, y int) { r.data(at, `"source":3,"id":%d,"x":0,"y":%d`, id, y) }

func (r *recording) custom(at int64, tag, payload string) {
	r.events = append(r.events, fmt.Sprintf(`{"type":5,"data":{"tag":%q,"payload":%s},"timestamp":%d}`, tag, payload, at))
}

// message adds an element with one text to the list, and returns the ids of both.
func (r *recording) message(at int64, tag, s string) (element, inside int) {
	element, inside = r.id(), r.id()
	r.change(at, nil, []string{put(log, nil, el(element, tag, ``)), put(element, nil, text(inside, s))}, nil)
	return element, inside
}

const question = "Where is order 4711?"

// ask types the question and presses Send.
func (r *recording) ask() {
	r.input(asked-900, field, question[:5])
	r.input(asked-400, field, question)
	r.click(asked, send)
	r.input(asked+5, field, "")
	r.message(asked+8, "h4", question)
}

const plain = "Your order left the warehouse this morning and should arrive on Thursday before noon."

// stream shows an answer in one text, a word every 100 ms beginning at from. It returns the time of the last word.
func (r *recording) stream(from int64, answer string) (element, inside int, last int64) {
	words := strings.SplitAfter(answer, " ")
	element, inside = r.message(from, "p", words[0])
	last = from
	for i := 1; i < len(words); i++ {
		last += 100
		r.change(last, nil, nil, []string{says(inside, strings.Join(words[:i+1], ""))})
	}
	return element, inside, last
}

func theAnswer(s string) Answer {
	return Answer{Question: question, Text: s, StartMS: asked + 60, EndMS: asked + 3000, ClockUncertaintyMS: 20}
}

func (r *recording) watch(answers ...Answer) *Watch {
	w := NewWatch(answers)
	for _, e := range r.events {
		w.Event([]byte(e))
	}
	for _, h := range r.lost {
		if h.attributes {
			w.Throttled(h.fromMS, h.toMS)
		} else {
			w.Lost(h.fromMS, h.toMS, h.reason)
		}
	}
	return w
}

// expect has the values of a result that a case checks. Times are in milliseconds after asked; -1 stands for none.
type expect struct {
	state, reason      string
	asked, first, last int64
	stalls             int
	abstains           bool
}

func check(t *testing.T, s model.Seen, want expect) {
	t.Helper()
	since := func(ms int64) int64 {
		if ms == 0 {
			return -1
		}
		return ms - asked
	}
	got := expect{s.State, s.Reason, since(s.AskedMS), since(s.FirstWordsMS), since(s.LastWordsMS), len(s.Stalls), s.UncertaintyMS > 500}
	if got != want {
		t.Errorf("got  %+v\nwant %+v\nof %+v", got, want, s)
	}
	if s.AskedMS > 0 && s.FirstWordsMS > 0 != (s.WaitMS >= 0) {
		t.Errorf("the wait is %d", s.WaitMS)
	}
	if s.State == model.SeenUnknown && s.FirstWordsMS != 0 {
		t.Errorf("nobody knows what was seen, but it has times: %+v", s)
	}
}

// Each case is a sentence of the definitions, or a way in which pages show answers.
func TestSeen(t *testing.T) {
	markdown := "# Result\n\nThe **order** is [on its way](https://carrier.example/track?id=1 \"Track\"):\n\n1. left the warehouse\n2. arrives `Thursday`\n\n```python\nprint(order_4711)\n```\n\n| Part | Price |\n| --- | ---: |\n| Lamp | 12 € |\n\nAsk me &amp; I'll check <br> again :smile:"
	cases := []struct {
		name   string
		make   func(r *recording)
		answer func(a *Answer)
		want   expect
	}{
		{"a stream in one text", func(r *recording) { r.ask(); r.stream(asked+1000, plain) }, nil,
			expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"asked with Enter: the field is empty then", func(r *recording) {
			r.click(asked-700, field)
			r.input(asked-400, field, question)
			r.input(asked, field, "")
			r.message(asked+30, "h4", question)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"asked with Enter in a masked field", func(r *recording) {
			r.input(asked-400, field, strings.Repeat("*", len(question)))
			r.input(asked, field, "")
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"a suggestion was chosen", func(r *recording) {
			r.click(asked, r.nextID)
			r.message(asked+40, "h4", question)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"a suggestion is written into the field first", func(r *recording) {
			r.click(asked, r.nextID)
			r.input(asked+4, field, question)
			r.input(asked+12, field, "")
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"without an input the question's appearance counts", func(r *recording) {
			r.message(asked, "h4", question)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"a question that is written in an editor is not asked yet", func(r *recording) {
			r.change(asked-6000, nil, []string{put(body, nil, el(60, "div", `"contenteditable":"true"`)), put(60, nil, text(61, "W"))}, nil)
			r.change(asked-5000, nil, nil, []string{says(61, "Where is order")})
			r.change(asked-2000, nil, nil, []string{says(61, question)})
			r.change(asked, nil, nil, []string{says(61, "")})
			r.message(asked+20, "h4", question)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"nothing says when it was asked", func(r *recording) { r.stream(asked+1000, plain) }, nil,
			expect{state: "seen", asked: -1, first: 1000, last: 2300}},
		{"a click long before is not asking", func(r *recording) { r.click(asked-5000, send); r.stream(asked+1000, plain) }, nil,
			expect{state: "seen", asked: -1, first: 1000, last: 2300}},
		{"a background call", func(r *recording) { r.ask(); r.stream(asked+1000, plain) }, func(a *Answer) { a.Background = true },
			expect{state: "unknown", reason: "background", asked: -1, first: -1, last: -1}},
		{"a call within a trace is asked for before that", func(r *recording) { r.ask(); r.stream(asked+21_000, plain) },
			func(a *Answer) { a.BeganMS, a.StartMS, a.EndMS = asked+60, asked+20_000, asked+22_000 },
			expect{state: "seen", asked: 0, first: 21_000, last: 22_300}},
		{"the same question again, after the first answer", func(r *recording) {
			r.ask()
			r.click(asked+6000, send)
			r.stream(asked+7000, plain)
		}, func(a *Answer) { a.StartMS, a.EndMS = asked+6060, asked+9000 }, expect{state: "seen", asked: 0, first: 7000, last: 8300}},

		{"rendered anew is not a second time", func(r *recording) {
			r.ask()
			e, _, _ := r.stream(asked+1000, plain)
			r.change(asked+4000, []string{remove(log, e)}, []string{put(log, nil, el(80, "div", ``)), put(80, nil, el(81, "p", ``)), put(81, nil, text(82, plain))}, nil)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"gone for a while is not a second time", func(r *recording) {
			r.ask()
			e, _, _ := r.stream(asked+1000, plain)
			r.change(asked+4000, []string{remove(log, e)}, nil, nil)
			r.message(asked+6000, "p", plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"another snapshot of the same page", func(r *recording) {
			r.ask()
			r.stream(asked+1000, plain)
			r.full(asked+5000, 5000, el(5010, "div", ``, el(5011, "p", ``, text(5012, plain))))
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"every token writes all of it anew", func(r *recording) {
			r.ask()
			e, _ := r.message(asked+900, "p", "")
			var old []string
			words := strings.Fields(plain)
			for i := range words {
				var adds, now []string
				for k := range i + 1 {
					b, x := r.id(), r.id()
					adds = append(adds, put(e, nil, el(b, "b", ``)), put(b, nil, text(x, words[k])), put(e, nil, text(r.id(), " ")))
					now = append(now, remove(e, b))
				}
				r.change(asked+1000+int64(i)*100, old, adds, nil)
				old = now
			}
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"a word at a time in an element of its own", func(r *recording) {
			r.ask()
			e, _ := r.message(asked+900, "p", "")
			for i, word := range strings.Fields(plain) {
				b := r.id()
				r.change(asked+1000+int64(i)*100, nil, []string{put(e, nil, el(b, "span", ``)), put(b, nil, text(r.id(), word+" "))}, nil)
			}
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"words in elements behind a name", func(r *recording) {
			r.ask()
			e, _ := r.message(asked+900, "p", "Assistant · ")
			for i, word := range strings.Fields("Kiri: " + plain) {
				b := r.id()
				r.change(asked+900+int64(i)*100, nil, []string{put(e, nil, el(b, "span", ``)), put(b, nil, text(r.id(), word+" "))}, nil)
			}
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"all words at once, the last one first", func(r *recording) {
			r.ask()
			e, _ := r.message(asked+900, "p", "")
			var adds []string
			next := any(nil)
			for _, word := range slices.Backward(strings.Fields(plain)) {
				b := r.id()
				adds = append(adds, put(e, next, el(b, "span", ``)), put(b, nil, text(r.id(), word)))
				next = b
			}
			r.change(asked+1000, nil, adds, nil)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 1000}},
		{"all in one text of the page", func(r *recording) {
			r.ask()
			_, x := r.message(asked+500, "pre", "> old question\nold answer\n> "+question+"\n")
			words := strings.SplitAfter(plain, " ")
			for i := range words {
				r.change(asked+1000+int64(i)*100, nil, nil, []string{says(x, "> old question\nold answer\n> "+question+"\n"+strings.Join(words[:i+1], ""))})
			}
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"letter by letter after the stream ended", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:1])
			for i := 2; i <= len(plain); i++ {
				r.change(asked+1000+int64(i)*300, nil, nil, []string{says(x, plain[:i]+"▌")})
			}
		}, func(a *Answer) { a.EndMS = asked + 1200 }, expect{state: "seen", asked: 0, first: 1000, last: 1000 + 300*(int64(len(plain))-1)}},
		{"a list that shows only a part", func(r *recording) {
			r.ask()
			half := strings.Index(plain, " morning") + 1
			e, _ := r.message(asked+1000, "p", plain[:half])
			other := r.id()
			r.change(asked+4000, []string{remove(log, e)}, []string{put(body, nil, el(other, "p", ``)), put(other, nil, text(r.id(), plain[half:]))}, nil)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 4000, stalls: 1}},
		{"white space is translated", func(r *recording) {
			r.ask()
			r.message(asked+1000, "p", strings.ReplaceAll(plain, " ", "\u00a0\n  "))
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 1000}},

		{"hidden, then visible again", func(r *recording) {
			r.ask()
			r.custom(asked+500, "window hidden", "{}")
			r.stream(asked+1000, plain)
			r.custom(asked+8000, "window visible", "{}")
		}, nil, expect{state: "seen", asked: 0, first: 8000, last: 8000}},
		{"hidden in the middle", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.custom(asked+1500, "window hidden", "{}")
			r.change(asked+2000, nil, nil, []string{says(x, plain)})
			r.custom(asked+8000, "window visible", "{}")
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 8000, stalls: 1}},
		{"in the page, never in a visible tab", func(r *recording) {
			r.ask()
			r.custom(asked+500, "window hidden", "{}")
			r.stream(asked+1000, plain)
		}, nil, expect{state: "not_visible", asked: 0, first: -1, last: -1}},
		{"opened in a hidden tab, which only the first event about it says", func(r *recording) {
			r.message(asked, "h4", question)
			r.stream(asked+1000, plain)
			r.custom(asked+8000, "window visible", "{}")
		}, nil, expect{state: "seen", asked: 0, first: 8000, last: 8000}},
		{"hidden by an attribute, then shown", func(r *recording) {
			r.ask()
			r.change(asked+1000, nil, []string{put(log, nil, el(80, "p", `"style":"display: none"`)), put(80, nil, text(81, plain))}, nil)
			r.data(asked+3000, `"source":0,"texts":[],"removes":[],"adds":[],"attributes":[{"id":80,"attributes":{"style":"color: red"}}]`)
		}, nil, expect{state: "seen", asked: 0, first: 3000, last: 3000}},

		{"never in the page", func(r *recording) { r.ask(); r.message(asked+1000, "p", "Something went wrong. Please try again.") }, nil,
			expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"the user left before it came", func(r *recording) { r.ask(); r.custom(asked+700, "window hidden", "{}") }, nil,
			expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"masked", func(r *recording) { r.ask(); r.message(asked+1000, "p", strings.Repeat("**** *** ", 10)) }, nil,
			expect{state: "unknown", reason: "masked", asked: 0, first: -1, last: -1}},
		{"in an element that is not recorded", func(r *recording) {
			r.ask()
			r.change(asked+1000, nil, []string{put(log, nil, `{"type":2,"tagName":"div","attributes":{"rr_width":"700px","rr_height":"300px"},"childNodes":[],"needBlock":true,"id":80}`)}, nil)
		}, nil, expect{state: "unknown", reason: "masked", asked: 0, first: -1, last: -1}},
		{"in an element that is not recorded and was empty at first", func(r *recording) {
			r.ask()
			r.change(asked+100, nil, []string{put(log, nil, `{"type":2,"tagName":"div","attributes":{"rr_width":"700px","rr_height":"0px"},"childNodes":[],"needBlock":true,"id":80}`)}, nil)
		}, nil, expect{state: "unknown", reason: "masked", asked: 0, first: -1, last: -1}},
		{"in an element that is not recorded, of whose size alone posthog-js tells", func(r *recording) {
			r.ask()
			r.change(asked+100, nil, []string{put(log, nil, el(80, "div", `"class":"ph-no-capture","rr_width":"700px","rr_height":"0px"`))}, nil)
		}, nil, expect{state: "unknown", reason: "masked", asked: 0, first: -1, last: -1}},
		{"in an element that is not recorded and showed that the model thinks", func(r *recording) {
			r.ask()
			r.change(asked+100, nil, []string{put(log, nil, el(1080, "div", `"rr_width":"90px","rr_height":"24px"`))}, nil)
		}, nil, expect{state: "unknown", reason: "masked", asked: 0, first: -1, last: -1}},
		{"beside a small picture that is not recorded", func(r *recording) {
			r.ask()
			r.change(asked+100, nil, []string{put(log, nil, el(1080, "img", `"rr_width":"32px","rr_height":"32px"`))}, nil)
		}, nil, expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"beside an element that was not recorded before", func(r *recording) {
			r.full(t0+1000, 1, r.chat(el(1080, "div", `"rr_width":"90px","rr_height":"24px"`))...)
			r.ask()
		}, nil, expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"beside a hidden element that is not recorded", func(r *recording) {
			r.ask()
			r.change(asked+100, nil, []string{put(log, nil, `{"type":2,"tagName":"div","attributes":{"rr_width":"0px","rr_height":"0px"},"childNodes":[],"needBlock":true,"id":80}`)}, nil)
		}, nil, expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"the recorder dropped mutations then", func(r *recording) {
			r.ask()
			r.stream(asked+1000, plain)
			r.lost = append(r.lost, hole{asked + 1500, asked + 1600, MutationsDropped, false})
		}, nil, expect{state: "unknown", reason: "mutations_dropped", asked: 0, first: -1, last: -1}},
		{"a hole at another time", func(r *recording) {
			r.ask()
			r.stream(asked+1000, plain)
			r.lost = append(r.lost, hole{asked + 3500, asked + 9600, MutationsDropped, false}, hole{asked - 5000, asked - 1000, NotRecorded, false})
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"nothing was recorded then", func(r *recording) { r.click(t0+100, send) }, nil,
			expect{state: "unknown", reason: "not_recorded", asked: -1, first: -1, last: -1}},
		{"recording was paused", func(r *recording) { r.ask(); r.custom(asked+500, "sessionIdle", "{}") }, nil,
			expect{state: "unknown", reason: "not_recorded", asked: 0, first: -1, last: -1}},
		{"an answer whose text nobody knows", func(r *recording) { r.ask() }, func(a *Answer) { a.Text = " \n**" },
			expect{state: "unknown", reason: "no_text", asked: 0, first: -1, last: -1}},

		{"stopped before anything came", func(r *recording) { r.ask(); r.click(asked+1700, 24) }, func(a *Answer) { a.Text, a.Stopped = "", true },
			expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"replaced in the middle", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.change(asked+1500, nil, nil, []string{says(x, plain[:40])})
			r.change(asked+2000, nil, nil, []string{says(x, "Something went wrong.")})
		}, nil, expect{state: "partly", asked: 0, first: 1000, last: 1500}},
		{"stopped by the user, the backend has all of it", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.change(asked+1500, nil, nil, []string{says(x, plain[:40])})
			r.click(asked+1700, 24)
		}, nil, expect{state: "stopped", asked: 0, first: 1000, last: 1500}},
		{"stopped by the user, the backend has what arrived", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.change(asked+1500, nil, nil, []string{says(x, plain[:40])})
			r.click(asked+1700, 24)
		}, func(a *Answer) { a.Text = plain[:40]; a.EndMS = asked + 1750 }, expect{state: "stopped", asked: 0, first: 1000, last: 1500}},
		{"stopped with a key, as the backend says", func(r *recording) {
			r.ask()
			r.message(asked+1000, "p", plain[:40])
			r.custom(asked+5000, "$x", "{}")
		}, func(a *Answer) { a.Text = plain[:40]; a.EndMS = asked + 1750; a.Stopped = true }, expect{state: "stopped", asked: 0, first: 1000, last: 1000}},
		{"the backend says stopped because the user left", func(r *recording) {
			r.ask()
			r.message(asked+1000, "p", plain[:40])
			r.custom(asked+1700, "window hidden", "{}")
		}, func(a *Answer) { a.EndMS = asked + 1750; a.Stopped = true }, expect{state: "partly", asked: 0, first: 1000, last: 1000}},

		{"two stalls", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.change(asked+2900, nil, nil, []string{says(x, plain[:40])})
			r.change(asked+4900, nil, nil, []string{says(x, plain[:60])})
			r.change(asked+7000, nil, nil, []string{says(x, plain)})
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 7000, stalls: 2}},

		{"Markdown as it came, then rendered", func(r *recording) {
			r.ask()
			e, x := r.message(asked+1000, "div", markdown[:30])
			r.change(asked+2000, nil, nil, []string{says(x, markdown[:90])})
			var adds []string
			add := func(parent int, tag, s string) int {
				id := r.id()
				adds = append(adds, put(parent, nil, el(id, tag, ``)))
				if s != "" {
					adds = append(adds, put(id, nil, text(r.id(), s)))
				}
				return id
			}
			add(e, "h1", "Result")
			p := add(e, "p", "The ")
			add(p, "strong", "order")
			adds = append(adds, put(p, nil, text(r.id(), " is ")))
			add(p, "a", "on its way")
			adds = append(adds, put(p, nil, text(r.id(), ":")))
			ol := add(e, "ol", "")
			add(ol, "li", "left the warehouse")
			i := add(ol, "li", "arrives ")
			add(i, "code", "Thursday")
			head := add(e, "div", "python")
			add(head, "button", "Copy")
			pre := add(e, "pre", "")
			for _, s := range []string{"print", "(", "order_4711", ")"} {
				add(pre, "span", s)
			}
			table := add(e, "table", "")
			for _, s := range []string{"Part", "Price", "Lamp", "12 €"} {
				add(table, "td", s)
			}
			add(e, "p", "Ask me & I’ll check ")
			adds = append(adds, put(e, nil, text(r.id(), "again 😄")))
			r.change(asked+3000, []string{remove(e, x)}, adds, nil)
		}, func(a *Answer) { a.Text = markdown }, expect{state: "seen", asked: 0, first: 1000, last: 3000}},
		{"Chinese", func(r *recording) {
			r.ask()
			r.stream(asked+1000, "您的 订单 今天早上 已离开 仓库，预计 星期四 送达。")
		},
			func(a *Answer) { a.Text = "您的订单**今天早上**已离开仓库，预计星期四送达。" }, expect{state: "seen", asked: 0, first: 1000, last: 1600}},
		{"Arabic", func(r *recording) {
			r.ask()
			r.stream(asked+1000, "غادر طلبك المستودع هذا الصباح")
		},
			func(a *Answer) { a.Text = "غادر طلبك المستودع هذا الصباح" }, expect{state: "seen", asked: 0, first: 1000, last: 1400}},
		{"an emoji", func(r *recording) { r.ask(); r.message(asked+1000, "p", "👍🏽") },
			func(a *Answer) { a.Text = "👍🏽" }, expect{state: "seen", asked: 0, first: 1000, last: 1000}},
		{"one word", func(r *recording) { r.ask(); r.message(asked+1000, "p", "Yes.") },
			func(a *Answer) { a.Text = "Yes" }, expect{state: "seen", asked: 0, first: 1000, last: 1000}},
		{"the letter of a name before it", func(r *recording) {
			r.ask()
			r.change(asked+200, nil, []string{put(log, nil, el(80, "i", ``)), put(80, nil, text(81, "Y"))}, nil)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"an answer that repeats the question", func(r *recording) { r.ask(); r.stream(asked+1000, "You ask: where is order 4711? "+plain) },
			func(a *Answer) { a.Text = "You ask: where is order 4711? " + plain }, expect{state: "seen", asked: 0, first: 1000, last: 2900}},
		{"the first word, then the user left", func(r *recording) {
			r.ask()
			r.message(asked+1000, "p", "Your")
			r.custom(asked+1100, "window hidden", "{}")
		}, nil,
			expect{state: "partly", asked: 0, first: 1000, last: 1000}},
		{"a question that the model was sent with more around it", func(r *recording) { r.ask(); r.stream(asked+1000, plain) },
			func(a *Answer) {
				a.Question = "Context: the shop sells lamps and tables.\n\nQuestion: " + question + "\n\nAnswer shortly."
			},
			expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"the question is the beginning of an answer that never comes", func(r *recording) { r.ask(); r.message(asked+1000, "p", "Something went wrong.") },
			func(a *Answer) { a.Text = question + " " + plain }, expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"the field was clicked just before Enter", func(r *recording) {
			r.input(asked-900, field, question)
			r.click(asked-300, field)
			r.input(asked, field, "")
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"a stop that stopped nothing", func(r *recording) {
			r.ask()
			_, x := r.message(asked+1000, "p", plain[:20])
			r.click(asked+1200, 24)
			r.change(asked+2900, nil, nil, []string{says(x, plain[:40])})
			r.change(asked+4800, nil, nil, []string{says(x, plain)})
		}, func(a *Answer) { a.EndMS = asked + 4800 }, expect{state: "seen", asked: 0, first: 1000, last: 4800}},
		{"a phrase of it in another text", func(r *recording) {
			r.ask()
			r.message(asked+1000, "p", "Nothing will arrive on Thursday before noon, sorry.")
		}, nil,
			expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"three words of another text", func(r *recording) { r.ask(); r.message(asked+1000, "p", "We looked in the warehouse this time.") }, nil,
			expect{state: "not_shown", asked: 0, first: -1, last: -1}},

		{"in a frame", func(r *recording) {
			r.change(t0+100, nil, []string{put(body, nil, el(50, "iframe", ``))}, nil)
			r.change(t0+200, nil, []string{put(50, nil, `{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[],"id":53}],"id":52}],"id":51}`)}, nil)
			r.ask()
			r.change(asked+1000, nil, []string{put(53, nil, el(54, "p", ``)), put(54, nil, text(55, plain))}, nil)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 1000}},
		{"in a shadow tree", func(r *recording) {
			r.ask()
			r.change(asked+900, nil, []string{put(log, nil, el(50, "x-chat", ``))}, nil)
			r.change(asked+1000, nil, []string{put(50, nil, `{"type":2,"tagName":"p","attributes":{},"childNodes":[],"isShadow":true,"id":51}`), put(51, nil, text(52, plain))}, nil)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 1000}},

		{"the same answer is there already", func(r *recording) {
			r.message(t0+100, "p", plain)
			r.ask()
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"the same answer is there already and rendered anew", func(r *recording) {
			e, _ := r.message(t0+100, "p", plain)
			r.ask()
			r.change(asked+300, []string{remove(log, e)}, []string{put(log, nil, el(80, "p", ``)), put(80, nil, text(81, plain))}, nil)
			r.stream(asked+1000, plain)
		}, nil, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
		{"the same answer is there already, and does not come again", func(r *recording) {
			e, _ := r.message(t0+100, "p", plain)
			r.ask()
			r.change(asked+300, []string{remove(log, e)}, []string{put(log, nil, el(80, "p", ``)), put(80, nil, text(81, plain))}, nil)
		}, nil, expect{state: "not_shown", asked: 0, first: -1, last: -1}},
		{"reloaded: it is in the new page at once", func(r *recording) {
			r.ask()
			r.full(asked+4000, 1, el(30, "div", ``, el(31, "p", ``, text(32, plain))))
		}, nil, expect{state: "seen", asked: 0, first: 4000, last: 4000, abstains: true}},
		{"reloaded with events until then", func(r *recording) {
			r.ask()
			r.custom(asked+3900, "window hidden", "{}")
			r.full(asked+4000, 1, el(30, "div", ``, el(31, "p", ``, text(32, plain))))
		}, nil, expect{state: "seen", asked: 0, first: 4000, last: 4000}},
		{"the recording begins with the answer on the page", func(r *recording) {
			r.events = nil
			r.full(asked+4000, 1, el(30, "div", ``, el(31, "p", ``, text(32, plain))))
		}, nil, expect{state: "seen", asked: -1, first: 4000, last: 4000, abstains: true}},
		{"a clock that is quite uncertain", func(r *recording) { r.ask(); r.stream(asked+1000, plain) },
			func(a *Answer) { a.ClockUncertaintyMS = 5000; a.StartMS += 4000; a.EndMS += 4000 }, expect{state: "seen", asked: 0, first: 1000, last: 2300}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := newChat()
			c.make(r)
			a := theAnswer(plain)
			if c.answer != nil {
				c.answer(&a)
			}
			for _, e := range r.events {
				if !json.Valid([]byte(e)) {
					t.Fatalf("not JSON: %s", e)
				}
			}
			w := r.watch(a)
			check(t, w.Seen(0), c.want)
			if t.Failed() && w.answers[0].text != nil {
				for _, tr := range w.answers[0].text.tracks {
					for _, s := range tr.shown.spans {
						t.Logf("shown %d-%d %q", s.from, s.to, string(w.answers[0].text.runes[s.from:s.to]))
					}
				}
			}
			if w.tree.Skipped() > 0 {
				t.Errorf("%d changes were skipped", w.tree.Skipped())
			}
		})
	}
}
