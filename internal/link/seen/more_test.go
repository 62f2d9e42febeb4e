package seen

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// Two chats begin with the same words. Each answer has the times of its own.
func TestTwoChatsAtOnce(t *testing.T) {
	one, two := "Sure! Here is what we found about the lamp: it is on stock.", "Sure! Here is what we found about the table: it will be made for you."
	r := newChat()
	r.click(asked, send)
	_, x := r.message(asked+1000, "p", "Sure! Here is")
	r.click(asked+1200, send)
	_, y := r.message(asked+2000, "p", "Sure! Here is what")
	r.change(asked+2500, nil, nil, []string{says(x, one)})
	r.change(asked+3500, nil, nil, []string{says(y, two)})
	w := r.watch(Answer{Text: one, StartMS: asked + 50, EndMS: asked + 2500}, Answer{Text: two, StartMS: asked + 1250, EndMS: asked + 3400})
	check(t, w.Seen(0), expect{state: "seen", asked: 0, first: 1000, last: 2500})
	check(t, w.Seen(1), expect{state: "seen", asked: 1200, first: 2000, last: 3500})
}

// Two chats have the same answer at once, and a third has it later.
func TestSameAnswerOfSeveral(t *testing.T) {
	r := newChat()
	r.click(asked, send)
	r.click(asked+400, send)
	_, x := r.message(asked+1000, "p", plain[:20])
	_, y := r.message(asked+1500, "p", plain[:30])
	r.change(asked+2000, nil, nil, []string{says(x, plain)})
	r.change(asked+2500, nil, nil, []string{says(y, plain)})
	r.click(asked+30_000, send)
	r.message(asked+31_000, "p", plain)
	w := r.watch(Answer{Text: plain, StartMS: asked + 20, EndMS: asked + 2000}, Answer{Text: plain, StartMS: asked + 420, EndMS: asked + 2500},
		Answer{Text: plain, StartMS: asked + 30_020, EndMS: asked + 31_000}, Answer{Text: plain, StartMS: asked + 60_000, EndMS: asked + 61_000})
	check(t, w.Seen(0), expect{state: "seen", asked: 0, first: 1000, last: 2000})
	check(t, w.Seen(1), expect{state: "seen", asked: 400, first: 1500, last: 2500})
	check(t, w.Seen(2), expect{state: "seen", asked: 30_000, first: 31_000, last: 31_000})
	check(t, w.Seen(3), expect{state: "unknown", reason: "not_recorded", asked: -1, first: -1, last: -1})
}

// If the same question is asked twice, each has its own time.
func TestSameQuestionTwice(t *testing.T) {
	r := newChat()
	r.ask()
	r.stream(asked+1000, plain)
	r.input(asked+5000, field, question)
	r.click(asked+6000, send)
	r.input(asked+6003, field, "")
	r.message(asked+6010, "h4", question)
	r.stream(asked+7000, "It has "+plain)
	a, b := theAnswer(plain), theAnswer("It has "+plain)
	b.StartMS, b.EndMS = asked+6050, asked+8500
	w := r.watch(a, b)
	check(t, w.Seen(0), expect{state: "seen", asked: 0, first: 1000, last: 2300})
	check(t, w.Seen(1), expect{state: "seen", asked: 6000, first: 7000, last: 8500})
	if at := w.Question(0) - asked; at != 8 {
		t.Errorf("the first question appeared at %d", at)
	}
	if at := w.Question(1) - asked; at != 6010 {
		t.Errorf("the second question appeared at %d", at)
	}
}

// A reader of five words a second: the share of the reading time in which words were there.
func TestSmoothness(t *testing.T) {
	const answer = "one two three four five six seven eight nine ten"
	for _, c := range []struct {
		name  string
		times []int64 // when 1, 2, … more words come
		words []int
		want  float64
	}{
		{"all at once", []int64{1000}, []int{10}, 1},
		{"faster than read", []int64{1000, 1100, 1300}, []int{2, 6, 10}, 1},
		{"a pause within what is there to read", []int64{1000, 2000}, []int{5, 10}, 1},
		{"two seconds for ten words, two of waiting", []int64{1000, 4000}, []int{5, 10}, 0.5},
		{"waiting twice", []int64{1000, 2000, 2600}, []int{1, 2, 10}, 2.0 / (2.0 + 0.8 + 0.4)},
	} {
		r := newChat()
		r.ask()
		words := strings.Fields(answer)
		_, x := r.message(asked+c.times[0], "p", strings.Join(words[:c.words[0]], " "))
		for i := 1; i < len(c.times); i++ {
			r.change(asked+c.times[i], nil, nil, []string{says(x, strings.Join(words[:c.words[i]], " "))})
		}
		if s := r.watch(theAnswer(answer)).Seen(0); math.Abs(s.Smoothness-c.want) > 1e-9 || s.State != model.SeenAll {
			t.Errorf("%s: %s %v, want %v", c.name, s.State, s.Smoothness, c.want)
		}
	}
}

func TestShare(t *testing.T) {
	page := func() *recording {
		r := newChat()
		r.ask()
		return r
	}
	for _, c := range []struct {
		name string
		make func() *recording
		want float64 // -1 where it is not known; otherwise it must lie within the uncertainty
	}{
		{"nothing says", func() *recording { r := page(); r.stream(asked+1000, plain); return r }, -1},
		{"the probe says", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			r.change(asked+2400, nil, []string{put(body, nil, el(90, "p", ``)), put(90, nil, text(91, "Another answer"))}, nil)
			r.custom(asked+2450, "playhead.shown", `{"node":90,"chars":20,"seen":20}`)
			r.custom(asked+2460, "playhead.shown", `{"node":3,"chars":200,"seen":200}`)
			r.custom(asked+2500, "playhead.shown", `{"node":1003,"chars":40,"seen":20}`)
			r.custom(asked+4500, "playhead.shown", `{"node":1003,"chars":80,"seen":60}`)
			return r
		}, 0.75},
		{"off screen", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			r.custom(asked+2500, "playhead.shown", `{"node":1003,"chars":80,"seen":0}`)
			return r
		}, 0},
		{"the page scrolls on with each line", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			for i := range 5 {
				r.scroll(asked+1200+int64(i)*200, log, 100*i)
			}
			return r
		}, 1},
		{"the page scrolled on with most of it, then its user went back", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			for i := range 5 {
				r.scroll(asked+1200+int64(i)*200, log, 100*i)
			}
			r.scroll(asked+2020, log, 0)
			return r
		}, 0.8},
		{"the page scrolled once, when its user asked", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			r.scroll(asked+100, log, 40)
			return r
		}, -1},
		{"scrolled away before it came", func() *recording {
			r := page()
			r.stream(asked+5000, plain)
			r.scroll(asked+1500, log, 2000)
			r.scroll(asked+4800, log, 2100)
			r.scroll(asked+5300, log, 2200)
			return r
		}, -1},
		{"scrolled back while it came", func() *recording {
			r := page()
			r.stream(asked+1000, plain)
			r.scroll(asked+1200, log, 2000)
			r.scroll(asked+1800, log, 200)
			return r
		}, -1},
	} {
		r := c.make()
		slices.SortStableFunc(r.events, func(a, b string) int {
			return strings.Compare(a[strings.LastIndex(a, ":"):], b[strings.LastIndex(b, ":"):])
		})
		a := theAnswer(plain)
		a.BeganMS = a.StartMS
		if c.name == "scrolled away before it came" { // a tool ran before
			a.StartMS, a.EndMS = asked+4500, asked+6000
		}
		s := r.watch(a).Seen(0)
		if s.State != model.SeenAll || (s.Share < 0) != (c.want < 0) || s.Share-s.ShareUncertainty > c.want+1e-9 || s.Share+s.ShareUncertainty < c.want-1e-9 || s.ShareUncertainty > unsureShare {
			t.Errorf("%s: %s, share %v ± %v, want %v", c.name, s.State, s.Share, s.ShareUncertainty, c.want)
		}
	}
}

// Clicks in an answer and around it, up to the next message, belong to that answer.
func TestContext(t *testing.T) {
	r := newChat()
	message := func(at int64, own int, s string) { // an article with words, and a bar of controls in it
		r.change(at, nil, []string{
			put(log, nil, el(own, "article", ``)), put(own, nil, el(own+1, "div", ``)), put(own+1, nil, el(own+2, "p", ``)), put(own+2, nil, text(own+3, s)),
			put(own, nil, el(own+4, "div", ``)), put(own+4, nil, el(own+5, "button", `"aria-label":"Copy"`)),
		}, nil)
	}
	r.ask()
	r.click(asked+300, 24)
	message(asked+1000, 100, plain)
	r.scroll(asked+1100, log, 3000)
	r.scroll(asked+1200, log, 300)
	r.change(asked+1300, nil, nil, []string{says(103, plain+" Bye then.")})
	r.change(asked+1350, nil, []string{put(log, nil, el(120, "div", ``)), put(120, nil, el(121, "button", `"aria-label":"Good"`))}, nil)
	r.message(asked+8000, "h4", "And the other one?")
	message(asked+9000, 200, "That one is still waiting for its payment to arrive.")
	r.change(asked+9050, nil, []string{put(log, nil, el(220, "div", ``)), put(220, nil, el(221, "button", `"aria-label":"Good"`))}, nil)
	for i, id := range []int{103, 105, 121, 205, 221, send, field} {
		r.click(asked+11_000+int64(i)*2000, id)
	}
	r.data(asked+30_000, `"source":14,"ranges":[{"start":103,"startOffset":1,"end":102,"endOffset":1}]`)
	one, two := theAnswer(plain+" Bye then."), theAnswer("That one is still waiting for its payment to arrive.")
	two.Question, two.StartMS, two.EndMS = "And the other one?", asked+8100, asked+9100
	w := r.watch(one, two)
	of := func(c Context) (inside, beside []int64) {
		for id := range int64(300) {
			if c.Inside(id) {
				inside = append(inside, id)
			}
			if c.Beside(id) {
				beside = append(beside, id)
			}
		}
		return inside, beside
	}
	c := w.Context(0)
	inside, beside := of(c)
	if !slices.Equal(inside, []int64{102, 103}) || !slices.Equal(beside, []int64{105, 121}) || c.Node != 102 {
		t.Errorf("inside of %d are %d, beside it %d", c.Node, inside, beside)
	}
	if !slices.Equal(c.Stop, []int64{asked + 300}) || !slices.Equal(c.Scrolled, []int64{asked + 1200}) {
		t.Errorf("stopped at %d, scrolled away at %d", c.Stop, c.Scrolled)
	}
	c = w.Context(1)
	if inside, beside = of(c); len(inside) != 0 || !slices.Equal(beside, []int64{205, 221}) || c.Node != 202 || c.Stop != nil || c.Scrolled != nil {
		t.Errorf("the second: inside of %d are %d, beside it %d, %d, %d", c.Node, inside, beside, c.Stop, c.Scrolled)
	}
}

// Before the answer appears, scrolling far in any direction leaves the place where it will be. If the page scrolls to show the question, that does not count.
func TestScrolledAwayWhileNothingIsThere(t *testing.T) {
	r := newChat()
	r.ask()
	r.scroll(asked+100, log, 5000)
	for i := range 5 {
		r.scroll(asked+1500+int64(i)*60, log, 5000+250*i)
	}
	r.scroll(asked+2600, log, 5000)
	r.stream(asked+4000, plain)
	r.scroll(asked+5300, log, 5100)
	if c := r.watch(theAnswer(plain)).Context(0); !slices.Equal(c.Scrolled, []int64{asked + 1680}) {
		t.Errorf("scrolled away at %d", c.Scrolled)
	}
}

// The names of controls tell which of them stop an answer.
func TestStops(t *testing.T) {
	for _, name := range []string{"Stop", "stop-button", "Stop generating", "Stopp", "Abbrechen", "停止", "停止生成", "■", "Arrêter la réponse", "إيقاف", "Cancel"} {
		if !stops(name) {
			t.Errorf("%q does not stop", name)
		}
	}
	for _, name := range []string{"", "Send", "Shop", "Copy", "unstoppable", "Where is the next stop of the bus that I take to work every morning at eight?"} {
		if stops(name) {
			t.Errorf("%q stops", name)
		}
	}
}

// Some characters of a Markdown text must be on the page, others may be.
func TestWording(t *testing.T) {
	for _, c := range []struct{ markdown, must, may string }{
		{"# Title\n\nSome **bold** and _it_alic_.", "titlesomeboldanditalic", ""},
		{"[text](https://a.example/b_(c) \"title\") end", "textend", "httpsaexamplebctitle"},
		{"![alt](a.png) end", "end", "altapng"},
		{"See https://a.example/x. Then", "seethen", "httpsaexamplex"},
		{"1. one\n2. two 10", "onetwo10", "12"},
		{"- [x] done\n- [ ] todo", "donetodo", ""},
		{"```go\nx[1] := y<T>\n```\nafter", "x1ytafter", "go"},
		{"`a<b>` c <br> d <b>e</b>", "abcde", "brbb"},
		{"a &amp; b &lt;c&gt; d&nbsp;e", "abcde", ""},
		{"sum $x^2$ is \\(y\\) for $5 and $6", "sumisfor5and6", "x2y"},
		{"<think>no</think>yes", "yes", "thinknothink"},
		{"said so[^1] and [2] and [3](u)", "saidsoandand", "123u"},
		{"[1]: https://a.example\nx", "x", "1httpsaexample"},
		{"| a | b |\n|---|---|\n| c | d |", "abcd", ""},
		{"good 👍 :tada:", "good", "👍tada"},
		{"👍", "👍", ""},
		{"https://a.example", "httpsaexample", ""},
	} {
		w := newWording(c.markdown)
		var must, may []rune
		for i, r := range w.runes {
			if w.must(i) {
				must = append(must, r)
			} else {
				may = append(may, r)
			}
		}
		if string(must) != c.must || string(may) != c.may {
			t.Errorf("%q must show %q and may show %q", c.markdown, string(must), string(may))
		}
	}
	if w := newWording("Two words, 四个字词 then"); !slices.Equal(w.words, []int32{3, 8, 10, 12, 16}) {
		t.Errorf("words end at %d", w.words)
	}
}

// Each character is in the log exactly once, however the parts overlap.
func TestCover(t *testing.T) {
	var c cover
	for i, s := range []span{{10, 20}, {15, 25}, {40, 50}, {0, 5}, {3, 45}, {3, 45}, {50, 60}} {
		c.add(s.from, s.to, int64(i+1), 0)
	}
	if !slices.Equal(c.spans, []span{{0, 60}}) || c.size() != 60 {
		t.Errorf("%v", c.spans)
	}
	covered := make([]int, 60)
	for _, g := range c.log {
		for i := g.from; i < g.to; i++ {
			covered[i]++
		}
	}
	if slices.Max(covered) != 1 || slices.Min(covered) != 1 {
		t.Errorf("%v", c.log)
	}
}

// A user who scrolls past the answer does not see it either. If a page follows the new words, a little at a time or at once, that is not scrolling away.
func TestScrolledPastTheAnswer(t *testing.T) {
	down := func(r *recording, from int64, step int) {
		for i := range 5 {
			r.scroll(from+int64(i)*60, 1, step*(i+1))
		}
	}
	long := strings.Repeat("More of the same, said in other words than before. ", 80)
	for name, c := range map[string]struct {
		answer string
		does   func(r *recording)
		want   []int64
	}{
		"past it":      {plain, func(r *recording) { r.stream(asked+1000, plain); down(r, asked+1850, 250) }, []int64{asked + 2030}},
		"a bit":        {plain, func(r *recording) { r.stream(asked+1000, plain); down(r, asked+1850, 150) }, nil},
		"the page did": {plain, func(r *recording) { r.stream(asked+1000, plain); r.scroll(asked+1850, 1, 3000) }, nil},
		"with the words": {long, func(r *recording) {
			r.message(asked+1000, "p", long[:len(long)-20])
			down(r, asked+1050, 250)
			r.message(asked+2000, "p", long[len(long)-20:])
		}, nil},
	} {
		r := newChat()
		r.ask()
		c.does(r)
		r.events = inOrder(r.events)
		if got := r.watch(theAnswer(c.answer)).Context(0).Scrolled; !slices.Equal(got, c.want) {
			t.Errorf("%s: scrolled away at %d, want %d", name, got, c.want)
		}
	}
}

// The text that an agent writes before its answer makes the page longer, and the page scrolls to its end. That is not scrolling away.
func TestFollowingWhatComesBefore(t *testing.T) {
	step := strings.Repeat("I look into the parts of the program first. ", 40)
	for name, c := range map[string]struct {
		y    int
		want []int64
	}{"to the end": {2500, nil}, "further": {6000, []int64{asked + 1100}}} {
		r := newChat()
		r.ask()
		r.message(asked+1000, "p", step)
		r.scroll(asked+1100, log, c.y)
		r.stream(asked+4000, plain)
		if got := r.watch(theAnswer(step), theAnswer(plain), theAnswer("")).Context(1).Scrolled; !slices.Equal(got, c.want) {
			t.Errorf("%s: scrolled away at %d, want %d", name, got, c.want)
		}
	}
}

// A page that follows a loop of tools scrolls on as their names, states and results come. A user who scrolls back meanwhile, or further than the page
// became long, leaves the place where the answer comes.
func TestFollowingTools(t *testing.T) {
	result := strings.Repeat("{\n  \"a\": 1\n}\n", 30)
	const steps, height = 12, 90 // pixels of one tool
	for name, c := range map[string]struct {
		top    int // where the page was before
		result string
		does   func(r *recording, y int)
		want   []int64
	}{
		"the page follows":            {0, "", func(*recording, int) {}, nil},
		"from further down":           {5000, "", func(*recording, int) {}, nil},
		"a long result":               {0, result, func(r *recording, y int) { r.scroll(asked+9100, log, y+1900) }, nil},
		"a long result, smoothly":     {0, result, func(r *recording, y int) { r.scroll(asked+9100, log, y+900); r.scroll(asked+9200, log, y+1900) }, nil},
		"the user scrolls back":       {0, "", func(r *recording, y int) { r.scroll(asked+9100, log, y-400); r.scroll(asked+9200, log, y-800) }, []int64{asked + 9200}},
		"the user scrolls far beyond": {0, "", func(r *recording, y int) { r.scroll(asked+9100, log, y+200); r.scroll(asked+9200, log, y+1800) }, []int64{asked + 9200}},
	} {
		r := newChat()
		if c.top > 0 {
			r.events = nil
			r.full(t0, 1, el(log, "div", fmt.Sprintf(`"role":"log","rr_scrollTop":%d`, c.top)), el(field, "textarea", ``), el(send, "button", ``, text(22, "Send")))
		}
		r.ask()
		y := c.top
		for i := range int64(steps) {
			at := asked + 1000 + 600*i
			_, state := r.message(at, "p", "search")
			y += height
			r.scroll(at+16, log, y)
			r.change(at+300, nil, nil, []string{says(state, "search ✓ 3 results")})
		}
		if c.result != "" {
			r.message(asked+9000, "pre", c.result)
		}
		c.does(r, y)
		r.stream(asked+12_000, plain)
		r.events = inOrder(r.events)
		if got := r.watch(theAnswer(plain)).Context(0).Scrolled; !slices.Equal(got, c.want) {
			t.Errorf("%s: scrolled away at %d, want %d", name, got, c.want)
		}
	}
}

// Numbers of elements, and where they were scrolled to, mean nothing after a reload.
func TestScrollsOfTwoPages(t *testing.T) {
	r := newChat()
	r.scroll(t0+500, 1, 9000)
	r.full(t0+2000, 1, r.chat()...)
	r.ask()
	r.scroll(asked+1500, 1, 40)
	r.stream(asked+4000, plain)
	if got := r.watch(theAnswer(plain)).Context(0).Scrolled; got != nil {
		t.Errorf("scrolled away at %d", got)
	}
	r = newChat()
	r.events[1] = strings.Replace(r.events[1], `"data":{`, `"data":{"initialOffset":{"left":0,"top":3000},`, 1)
	r.ask()
	r.scroll(asked+1500, 1, 3040)
	r.stream(asked+4000, plain)
	if got := r.watch(theAnswer(plain)).Context(0).Scrolled; got != nil {
		t.Errorf("scrolled away at %d, in a page that was scrolled before it was recorded", got)
	}
}

// inOrder sorts events by their times.
func inOrder(events []string) []string {
	at := func(e string) string { return e[strings.LastIndex(e, `"timestamp":`):] }
	slices.SortStableFunc(events, func(a, b string) int { return strings.Compare(at(a), at(b)) })
	return events
}

// If the user presses a control that asks for another answer, this is when they asked: neither the field nor the question changes. It needs no
// comparison of clocks.
func TestAskedByTryAgain(t *testing.T) {
	const again, other = 300, 301
	r := newChat(el(again, "button", `"aria-label":"Try again"`), el(other, "button", `"title":"Try another colour"`))
	r.ask()
	r.stream(asked+1000, plain)
	r.click(asked+8000, again)
	second := "It was sent this morning, and the carrier says that it comes on Thursday."
	r.stream(asked+9000, second)
	first, next := theAnswer(plain), theAnswer(second)
	next.StartMS, next.EndMS = asked+8100, asked+10_500
	first.ClockUncertaintyMS, next.ClockUncertaintyMS = 2000, 2000
	w := r.watch(first, next)
	if s := w.Seen(0); s.AskedMS != asked {
		t.Errorf("the first: asked %d ms", s.AskedMS-asked)
	}
	if s := w.Seen(1); s.AskedMS != asked+8000 || s.WaitMS != 1000 {
		t.Errorf("the second: asked %d ms, waited %d", s.AskedMS-asked, s.WaitMS)
	}
	r = newChat(el(other, "button", `"title":"Try another colour"`))
	r.click(asked, other)
	r.stream(asked+1000, plain)
	first.StartMS = asked + 100
	if s := r.watch(first).Seen(0); s.AskedMS != 0 {
		t.Errorf("another control: asked %d ms", s.AskedMS-asked)
	}
}

// The texts of several calls together are one answer, from its first words to its last.
func TestJoin(t *testing.T) {
	at := func(first, last int64, words int, smoothness float64) Part {
		return Part{model.Seen{State: "seen", AskedMS: asked, FirstWordsMS: asked + first, LastWordsMS: asked + last, WaitMS: first, Smoothness: smoothness, Share: 1, UncertaintyMS: 50, Node: first}, words}
	}
	// Ten words are read in 2 s. The reader is ready at 3 s, waits until 6 s, and then reads ten more.
	got := Join([]Part{at(1000, 2500, 10, 1), at(6000, 7000, 10, 1)})
	want := at(1000, 7000, 0, 4.0/7).Seen
	want.Stalls, want.Node = []model.TimeSpan{{FromMS: asked + 2500, ToMS: asked + 6000}}, 6000
	if got.Smoothness < want.Smoothness-1e-9 || got.Smoothness > want.Smoothness+1e-9 {
		t.Errorf("smoothness %v, want %v", got.Smoothness, want.Smoothness)
	}
	if got.Smoothness = want.Smoothness; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	early, late := at(1000, 2500, 10, 1), at(2600, 4000, 30, 0.5)
	early.State, late.Share, late.UncertaintyMS = "partly", 0.5, 300
	got = Join([]Part{early, late})
	// The reader is ready at 3 s, 400 ms after the second part began. In that part they wait 6 s for words.
	if wait := 8.0 / (8 + 5.6); got.Smoothness < wait-1e-9 || got.Smoothness > wait+1e-9 || got.State != "partly" || got.Share != 0.625 || got.UncertaintyMS != 300 || got.Stalls != nil {
		t.Errorf("%+v, want a smoothness of %v", got, wait)
	}
	late.Share = -1
	if got = Join([]Part{early, late}); got.Share != -1 {
		t.Errorf("share %v", got.Share)
	}
}

// A virtual list shows the end of a long answer first, and the rest when it is scrolled back: new rows are put before the rows that are there.
func TestVirtualListScrolledBack(t *testing.T) {
	long := ""
	var rows []string
	for i := range 40 {
		rows = append(rows, fmt.Sprintf("Row %d says that part %d of the tent is dried on a line. ", i, 7*i+3))
		long += rows[i]
	}
	r := newChat()
	r.ask()
	const list = 500
	r.change(asked+500, nil, []string{put(log, nil, el(list, "div", ``))}, nil)
	shown := []int{} // the ids of rows that are on the page
	next := len(rows)
	for at := asked + 1000; next > 0; at += 300 {
		var adds, removes []string
		if len(shown) > 10 { // the rows at the end leave
			for _, id := range shown[10:] {
				removes = append(removes, remove(list, id))
			}
			shown = shown[:10]
		}
		var before any
		if len(shown) > 0 {
			before = shown[0]
		}
		for range min(8, next) {
			next--
			row, inside := r.id(), r.id()
			adds = append(adds, put(list, before, el(row, "div", ``)), put(row, nil, text(inside, rows[next])))
			shown, before = append([]int{row}, shown...), row
		}
		r.change(at, removes, adds, nil)
		r.scroll(at+200, list, 400*next)
	}
	w := r.watch(theAnswer(long))
	s := w.Seen(0)
	if c := w.Context(0); len(c.Scrolled) > 0 {
		t.Errorf("scrolled away at %d", c.Scrolled)
	}
	if s.State != model.SeenAll || s.FirstWordsMS != asked+1000 || s.LastWordsMS != asked+2200 {
		t.Errorf("%s, first words %d ms, last words %d ms", s.State, s.FirstWordsMS-asked, s.LastWordsMS-asked)
	}
}

// A page writes the parts of an answer, between which a tool ran, into one text, or replaces its element with each word. The parts begin with the same word,
// have phrases in common, or the first one ends with words with which the second one begins.
func TestPartsInOneText(t *testing.T) {
	const one = "The canal lock takes a spare key near the window and shows soft light before noon."
	for what, tt := range map[string]struct {
		replace bool
		one     string
		two     string
	}{
		"one text":                {false, one, "The film camera shows soft light before noon, gathers dry sand after two days and loses late frost at low tide."},
		"a new element each time": {true, one, "The film camera shows soft light before noon, gathers dry sand after two days and loses late frost at low tide."},
		"a new element, and phrases of the middle": {
			true, "The film camera gathers soft light behind the panel and shows seven pages against the grain. A fig tree loses blue paint until it rests.",
			"The canal lock loses blue screws near the window and shows a short rope at low tide. It gathers soft light behind the panel.",
		},
		"words of the beginning in the part before": {
			false, "A boiler holds a paper archive under the lid and drops warm air against the grain.",
			"A paper archive keeps soft light before noon and carries four litres under the stairs until it rests.",
		},
	} {
		r := newChat()
		r.click(asked, send)
		element, x := r.message(asked+1000, "p", "The")
		grow := func(at int64, before, s string) (last int64) {
			words := strings.SplitAfter(s, " ")
			for i := range words {
				last = at + int64(i)*50
				now := before + strings.Join(words[:i+1], "")
				if !tt.replace {
					r.change(last, nil, nil, []string{says(x, now)})
					continue
				}
				r.change(last, []string{remove(log, element)}, nil, nil)
				element, x = r.message(last, "p", now)
			}
			return last
		}
		ended := grow(asked+1000, "", tt.one)
		last := grow(asked+4000, tt.one+" ", tt.two)
		w := r.watch(Answer{Text: tt.one, StartMS: asked + 50, EndMS: ended}, Answer{Text: tt.two, BeganMS: asked + 50, StartMS: asked + 3500, EndMS: last})
		if s := w.Seen(0); s.State != model.SeenAll || s.FirstWordsMS > asked+1050 || s.LastWordsMS != ended {
			t.Errorf("%s: the first part is %s, first words after %d ms, last words %d ms from its end", what, s.State, s.FirstWordsMS-asked, s.LastWordsMS-ended)
		}
		if s := w.Seen(1); s.State != model.SeenAll || s.FirstWordsMS < asked+4000 || s.FirstWordsMS > asked+4150 || s.LastWordsMS != last {
			t.Errorf("%s: the second part is %s, first words after %d ms, last words %d ms from its end", what, s.State, s.FirstWordsMS-asked, s.LastWordsMS-last)
		}
	}
}

// A page renders all that was said anew with each word. The second part of an answer begins with words that are in the first one.
func TestPartsInSeveralTexts(t *testing.T) {
	one := "A wool coat holds fresh oil until it rests and gathers a thin crust against the grain."
	two := []string{"A thin crust", ": the guest router drops dry sand before noon and keeps clean water in small steps."}
	r := newChat()
	r.click(asked, send)
	element := 0
	render := func(at int64, texts ...string) {
		removes := []string{}
		if element > 0 {
			removes = append(removes, remove(log, element))
		}
		element = r.id()
		adds := []string{put(log, nil, el(element, "div", ``))}
		for _, s := range texts {
			inner := r.id()
			adds = append(adds, put(element, nil, el(inner, "span", ``)), put(inner, nil, text(r.id(), s)))
		}
		r.change(at, removes, adds, nil)
	}
	at := asked + 1000
	words := strings.SplitAfter(one, " ")
	for i := range words {
		render(at, strings.Join(words[:i+1], ""))
		at += 50
	}
	ended, began := at-50, at+2000
	at = began + 500
	for k := range two {
		words := strings.SplitAfter(two[k], " ")
		for i := range words {
			render(at, append(append([]string{one}, two[:k]...), strings.Join(words[:i+1], ""))...)
			at += 50
		}
	}
	w := r.watch(Answer{Text: one, StartMS: asked + 50, EndMS: ended}, Answer{Text: strings.Join(two, ""), BeganMS: asked + 50, StartMS: began, EndMS: at - 50})
	check(t, w.Seen(0), expect{state: "seen", asked: 0, first: 1000, last: ended - asked})
	if s := w.Seen(1); s.State != model.SeenAll || s.FirstWordsMS < began+500 || s.FirstWordsMS > began+700 || s.LastWordsMS != at-50 {
		t.Errorf("the second part is %s, first words %d ms after the first, last words %d ms from its end", s.State, s.FirstWordsMS-began-500, s.LastWordsMS-(at-50))
	}
}

// A page replaces the element of an answer with each word, beside a question that has a phrase in common with the answer.
func TestRenderedAnewBesideAPhrase(t *testing.T) {
	answer := "The roof hatch shows seven pages after two days. A paper archive carries four litres at low tide and returns fresh oil under the lid, as it should."
	r := newChat()
	r.message(asked-5000, "h4", "What should I do when the tram line shows seven pages after two days?")
	r.ask()
	words := strings.SplitAfter(answer, " ")
	at, element := asked+1000, 0
	for i := range words {
		if element > 0 {
			r.change(at, []string{remove(log, element)}, nil, nil)
		}
		element, _ = r.message(at, "p", strings.Join(words[:i+1], ""))
		at += 50
	}
	check(t, r.watch(theAnswer(answer)).Seen(0), expect{state: "seen", asked: 0, first: 1000, last: at - 50 - asked})
}

// An answer that is replaced by another one keeps its element, even if the other one begins with the same letter. If it is rendered anew, it has the new one.
func TestReplacedByAnother(t *testing.T) {
	const one, two = "A tent dries best on a line in the shade, says the guide of the club.", "All of it depends on the cloth: wool takes longer."
	r := newChat()
	r.ask()
	old, _, _ := r.stream(asked+1000, one)
	r.click(asked+8000, send)
	r.change(asked+8010, []string{remove(log, old)}, nil, nil)
	other, y := r.message(asked+9000, "p", two[:1])
	r.change(asked+9500, nil, nil, []string{says(y, two)})
	w := r.watch(theAnswer(one), Answer{Text: two, StartMS: asked + 8050, EndMS: asked + 9500})
	if a, b := w.Seen(0).Node, w.Seen(1).Node; a != int64(old) || b != int64(other) {
		t.Errorf("the elements are %d and %d, want %d and %d", a, b, old, other)
	}

	r = newChat()
	r.ask()
	old, _, _ = r.stream(asked+1000, one)
	r.change(asked+5000, []string{remove(log, old)}, nil, nil)
	again, x := r.message(asked+5010, "p", one[:10])
	r.change(asked+5100, nil, nil, []string{says(x, one)})
	if got := r.watch(theAnswer(one)).Seen(0).Node; got != int64(again) {
		t.Errorf("rendered anew, its element is %d, want %d", got, again)
	}
}
