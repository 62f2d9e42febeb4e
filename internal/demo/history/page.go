package history

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// page is the page that a person sees. Its methods advance the clock, send the events of posthog-js, and record if the session is recorded. Without a
// browser they only advance the clock.
type page struct {
	s      *scene
	view   *recording // nil if nothing is recorded
	url    string
	opened time.Time
	look
	// bubble is the element for the answer, status a line above it, after the line below the last answer.
	bubble, status, after *node
	// height is how many pixels of the thread are filled, estimated from the length of texts.
	height int
}

func (s *scene) open() *page {
	p := &page{s: s, url: s.product.url, opened: s.clock}
	if s.recorded {
		p.view = &recording{s: s, window: s.window, width: 1280, height: 800, x: 640, y: 300}
		if s.person.wide {
			p.view.width, p.view.height = 1536, 864
		}
		p.look = s.lookOf(p.view.width, p.view.height)
	}
	if !s.browser {
		return p
	}
	s.waits(250*time.Millisecond, 900*time.Millisecond)
	p.view.shows(s.clock, p.url, p.root)
	p.view.requests(p.opened, s.clock.Sub(p.opened), p.opened, "", p.url, 200)
	s.browses("$pageview", p.url, map[string]any{})
	s.waits(500*time.Millisecond, 2*time.Second)
	s.signIn(p.url)
	return p
}

func (p *page) leave() {
	p.idles(time.Second, 6*time.Second)
	p.s.browses("$pageleave", p.url, map[string]any{})
	p.view.flush()
}

// idles lets the person read, or look at something else.
func (p *page) idles(low, high time.Duration) {
	s := p.s
	if !s.browser {
		s.waits(low, high)
		return
	}
	until := s.clock.Add(s.lasts(low, high))
	half := s.clock.Add(until.Sub(s.clock) / 2)
	if p.view != nil && until.Sub(s.clock) > 1500*time.Millisecond {
		p.view.moves(half, p.main, s.between(80, p.view.width-520), s.between(140, p.view.height-120), 900*time.Millisecond)
	}
	switch {
	case until.Sub(s.clock) > 12*time.Second && s.chance(0.12):
		s.clock = half.Add(200 * time.Millisecond)
		p.otherTab(until.Add(-time.Second))
	case until.Sub(s.clock) > 4*time.Second && s.chance(0.25) && p.view != nil:
		p.view.scrolls(half.Add(300*time.Millisecond), p.main, s.between(40, 260))
		p.view.scrolls(half.Add(1300*time.Millisecond), p.main, 0)
	case until.Sub(s.clock) > 4*time.Second && s.chance(0.1) && p.buy != nil:
		s.clock = half.Add(300 * time.Millisecond)
		p.view.clicks(s.clock, p.buy, p.buyX, p.buyY)
		s.browses("$autocapture", p.url, clicked("Add to basket"))
		if s.chance(0.4) { // the button of a sold-out article does nothing
			s.clock = s.clock.Add(700 * time.Millisecond)
			p.view.clicks(s.clock, p.buy, p.buyX, p.buyY)
			s.browses("$dead_click", p.url, clicked("Add to basket"))
		}
	}
	if until.After(s.clock) {
		s.clock = until
	}
}

func clicked(text string) map[string]any {
	return map[string]any{"$event_type": "click", "$el_text": text}
}

// otherTab has the person open another page in a second tab, look at it and come back.
func (p *page) otherTab(until time.Time) {
	s := p.s
	p.view.says(s.clock, "window hidden", map[string]any{})
	if p.view != nil && s.chance(0.6) {
		window, url := s.window, p.url
		s.window, p.url = s.timeID(s.clock), "https://shop.cairn.example/orders"
		other := &recording{s: s, window: s.window, width: p.view.width, height: p.view.height, x: 500, y: 300}
		root, card := ordersPage(s)
		s.clock = s.clock.Add(400 * time.Millisecond)
		other.shows(s.clock, p.url, root)
		s.browses("$pageview", p.url, map[string]any{})
		other.moves(s.clock.Add(1500*time.Millisecond), card, 420, 260, time.Second)
		other.clicks(s.clock.Add(3*time.Second), card, 420, 260)
		other.flush()
		s.window, p.url = window, url
	}
	s.clock = until
	p.view.says(s.clock, "window visible", map[string]any{})
}

// asks has the person type a question and send it.
func (p *page) asks(text string) {
	s := p.s
	if !s.browser {
		return
	}
	p.view.clicks(s.clock, p.input, p.inputX, p.inputY)
	p.view.focuses(s.clock.Add(65*time.Millisecond), p.input)
	s.waits(300*time.Millisecond, 1200*time.Millisecond)
	p.writes(p.input, text, time.Duration(s.between(55, 110))*time.Millisecond)
	s.waits(250*time.Millisecond, 900*time.Millisecond)
	s.browses("$autocapture", p.url, map[string]any{"$event_type": "submit", "$el_text": "Send"})
	if p.view == nil {
		return
	}
	p.view.logs(s.clock, "log", "question sent, "+s.clock.Sub(p.opened).Round(time.Second).String()+" after the page was opened")
	if p.single {
		p.view.removes(s.clock, p.thread)
		p.height = 0
		return
	}
	p.view.types(s.clock, p.input, "")
	p.view.adds(s.clock.Add(8*time.Millisecond), p.thread, el("div.mine", text))
	p.grows(lines(text, 44)*21 + 38)
}

// writes types a text, three letters at a time.
func (p *page) writes(into *node, text string, letter time.Duration) {
	s := p.s
	for i, size := 0, 0; i < len(text); i += size {
		size = 0
		for n := 0; n < 3 && i+size < len(text); n++ {
			_, w := utf8.DecodeRuneInString(text[i+size:])
			size += w
		}
		s.clock = s.clock.Add(3 * letter)
		p.view.types(s.clock, into, text[:i+size])
	}
}

// grows makes the thread longer, and scrolls to its end.
func (p *page) grows(by int) {
	p.height += by
	p.follows(p.s.clock.Add(12*time.Millisecond), 0)
}

// follows scrolls to the end of the thread if that, with a number of additional pixels, is out of view. Like browsers, it does not scroll past the
// end.
func (p *page) follows(at time.Time, more int) {
	if p.height+more > p.threadHeight && !p.single {
		p.view.scrolls(at, p.thread, p.height+more-p.threadHeight)
	}
}

func lines(text string, width int) int { return 1 + len(text)/width }

// waiting shows that an answer is being made, and what is being done for it.
func (p *page) waiting(doing string) {
	if p.view == nil {
		return
	}
	at := p.s.clock
	if p.bubble == nil {
		p.status, p.bubble = el("div.doing"), el("div.theirs.waiting", el("span.dots", "• • •"))
		p.view.adds(at, p.thread, p.status, p.bubble)
		p.grows(51)
	}
	if doing != "" {
		if len(p.status.children) == 0 {
			p.grows(31)
		}
		p.view.removes(at, p.status)
		p.view.adds(at, p.status, &node{text: doing + " …"})
	}
}

// answers shows the answer of a call while it is written. It reports whether the person became impatient.
func (p *page) answers(c *call, slow bool) (impatient bool) {
	s := p.s
	if slow && s.browser && s.chance(0.6) {
		impatient = true
		p.rages(c)
	}
	if p.view == nil {
		return impatient
	}
	if p.bubble == nil {
		p.waiting("")
	}
	bubble := p.bubble
	p.bubble, p.status = nil, nil
	if c.failure != "" {
		p.view.removes(c.ended(), bubble)
		p.view.sets(c.ended(), bubble, "class", "theirs failed")
		p.view.adds(c.ended(), bubble, &node{text: "Something went wrong. Please try again."})
		return impatient
	}
	begin := c.began.Add(c.first)
	p.view.removes(begin, bubble)
	p.view.sets(begin, bubble, "class", "theirs")
	blocks, runs := markdown(c.text)
	// Elements appear when the first of their words is written.
	for _, b := range blocks {
		p.strip(b)
	}
	total, written := len(c.text), 0
	placed := map[*node]bool{}
	for _, r := range runs {
		parent := p.parents[r.into]
		p.place(begin.Add((c.took-c.first)*time.Duration(written)/time.Duration(total)), bubble, parent, placed)
		words := strings.SplitAfter(r.text, " ")
		text := ""
		for i := 0; i < len(words); i += 6 {
			text += strings.Join(words[i:min(i+6, len(words))], "")
			at := begin.Add((c.took - c.first) * time.Duration(min(written+len(text), total)) / time.Duration(total))
			if i == 0 {
				r.into.text = text
				p.view.adds(at, parent, r.into)
			} else {
				p.view.writes(at, r.into, text)
			}
		}
		written += len(r.text)
		p.follows(begin.Add((c.took-c.first)*time.Duration(written)/time.Duration(total)+5*time.Millisecond), lines(c.text[:written], 44)*21)
	}
	clear(p.parents)
	clock := s.clock
	s.clock = c.ended()
	p.grows(lines(c.text, 44)*21 + 18*len(blocks) - 29) // the first line is where it waited, and has no room above it
	if len(c.tools) == 0 {
		p.after = el("div.after", thumb("rotate(0)"), thumb("rotate(180deg)"), el("span", fmt.Sprintf("%.1f s", c.took.Seconds())))
		p.view.adds(s.clock.Add(20*time.Millisecond), p.thread, p.after)
		p.grows(34)
	}
	s.clock = clock
	return impatient
}

// strip takes a block apart and remembers which node contains which.
func (p *page) strip(n *node) {
	if p.parents == nil {
		p.parents = map[*node]*node{}
	}
	for _, child := range n.children {
		p.parents[child] = n
		p.strip(child)
	}
	n.children = nil
}

// place adds an element of an answer and its ancestors to the page, unless they are there.
func (p *page) place(at time.Time, bubble, n *node, placed map[*node]bool) {
	if placed[n] {
		return
	}
	placed[n] = true
	parent := p.parents[n]
	if parent == nil {
		p.view.adds(at, bubble, n)
		return
	}
	p.place(at, bubble, parent, placed)
	p.view.adds(at, parent, n)
}

// rages is what an impatient person does while waiting for an answer: they press the button again and again.
func (p *page) rages(c *call) {
	s := p.s
	clock := s.clock
	s.clock = c.began.Add(min(c.first-3*time.Second, s.lasts(7*time.Second, 12*time.Second)))
	for range s.between(4, 7) {
		p.view.clicks(s.clock, p.send, p.sendX, p.sendY)
		s.waits(140*time.Millisecond, 260*time.Millisecond)
	}
	s.browses("$rageclick", p.url, clicked("Send"))
	s.clock = clock
}

// thumbs has the person rate the last answer.
func (p *page) thumbs(t *trace, good bool, words string) {
	s := p.s
	if !s.browser {
		return
	}
	which := 1
	if good {
		which = 0
	}
	if p.view == nil || p.after == nil {
		s.feedback(t, p.url, good, words)
		return
	}
	button, y := p.after.children[which], min(p.threadTop+p.threadHeight, p.threadTop+p.height)-18
	p.view.clicks(s.clock, button, p.threadLeft+22+40*which, y)
	p.view.sets(s.clock.Add(100*time.Millisecond), button, "class", "thumb on")
	box := el("input.words", attribute{"placeholder", "Tell us more"})
	p.view.adds(s.clock.Add(150*time.Millisecond), p.after, box)
	began := s.clock
	s.feedback(t, p.url, good, words)
	told := s.clock
	s.clock = began.Add(300 * time.Millisecond)
	p.writes(box, words, told.Sub(s.clock)/time.Duration(utf8.RuneCountInString(words)+4))
	s.clock = told
	p.view.adds(s.clock.Add(50*time.Millisecond), p.after, el("span", "Thank you!"))
}

// requested is the page's request for an answer, which ends now.
func (p *page) requested(path string, began time.Time, took time.Duration, status int) {
	if p.view == nil {
		return
	}
	host := p.url[:strings.IndexByte(p.url[len("https://"):], '/')+len("https://")]
	if status != 200 {
		status = 502
	}
	p.view.requests(began, took, p.opened, "POST", host+path, status)
}

func (p *page) console(level, text string) { p.view.logs(p.s.clock, level, text) }

// crashes is an error of the page's code.
func (p *page) crashes(text string) {
	kind, value, _ := strings.Cut(text, ": ")
	p.s.browses("$exception", p.url, map[string]any{
		"$exception_level": "error", "$exception_list": []any{map[string]any{"type": kind, "value": value, "mechanism": map[string]any{"handled": false, "type": "generic"}}},
	})
	p.console("error", text)
}

// works shows that a tool of the agent runs; worked shows its result.
func (p *page) works(u *tool) {
	if p.view == nil {
		return
	}
	p.status = el("div.doing", u.name+" …")
	p.view.adds(p.s.clock.Add(5*time.Millisecond), p.thread, p.status)
	p.grows(28)
}

func (p *page) worked(u *tool) {
	if p.view == nil {
		return
	}
	at := p.s.clock
	mark := " ✓"
	if u.failed {
		mark = " ✗"
	}
	p.view.writes(at, p.status.children[0], u.name+mark)
	p.status = nil
	switch u.name {
	case "read_file":
		p.view.writes(at.Add(5*time.Millisecond), p.title.children[0], u.arguments["path"].(string))
		p.view.removes(at.Add(10*time.Millisecond), p.code)
		p.view.adds(at.Add(15*time.Millisecond), p.code, numbered(u.result)...)
	case "edit_file":
		before, after := u.arguments["before"].(string), u.arguments["after"].(string)
		p.view.adds(at.Add(10*time.Millisecond), p.code, el("div.line.minus", "- "+before), el("div.line.plus", "+ "+after))
	case "run_tests":
		p.view.removes(at.Add(10*time.Millisecond), p.output)
		p.view.adds(at.Add(15*time.Millisecond), p.output, &node{text: "$ pytest\n" + u.result})
	}
}

// finds shows the pages of the help that answer a question.
func (p *page) finds(pages []string) {
	if p.view == nil {
		return
	}
	var hits []*node
	for _, title := range pages {
		hits = append(hits, el("a.hit", attribute{"href", "#"}, el("b", title), el("span", "Help › "+title)))
	}
	p.view.adds(p.s.clock, p.hits, el("div.hits", hits))
}
