package seen

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// views holds how the page was looked at: how it was scrolled, and which of its elements were used.
type views struct {
	width, height int64
	scrolls       []scroll
	scrollers     map[int]*scroller
	filling       []*scroller // those that are followed as they are filled, by their bits in filling.in
	probes        int
	// inside and beside are elements that were used: at that time they were inside an answer, or beside it.
	inside, beside map[*track]map[int]bool
	touches        int
	lastTouched    int
}

func newViews() views {
	return views{scrollers: map[int]*scroller{}, inside: map[*track]map[int]bool{}, beside: map[*track]map[int]bool{}}
}

type scroll struct {
	at      int64
	node    int
	of      *scroller
	from, y float64
}

// scroller is an element, or the page, that was scrolled.
type scroller struct {
	y float64 // where it was scrolled to last
	// bit stands for it in filling.in, 0 if it is not followed as it is filled.
	bit uint64
	// chars are about how many characters came into it since it is known, less those that left it, and log is how that changed.
	chars int
	log   []filled
}

type filled struct {
	at    int64
	chars int
}

// filling is a text that changed while an answer was awaited.
type filling struct {
	at int64 // when it changed last
	// letters are how many it has, or how many its lines have room for. chars are about how many characters the room takes that it needs in each scroller of in.
	letters, chars int
	in             uint64
}

// Custom events of the optional probe, a script in the page. probeShown: of the chars characters of the answer in the element node, seen were in the
// viewport at some time. probeCopy: some were copied.
const (
	probeShown = "playhead.shown"
	probeCopy  = "playhead.copy"
)

// probed reads what the probe reports of an element: one that contains an answer, or that is in one.
func (w *Watch) probed(payload []byte) {
	node, chars, seen := 0, int64(0), int64(0)
	for name, v := range rawjson.Members(payload) {
		switch string(name) {
		case "node":
			node = int(max(whole(v), 0))
		case "chars":
			chars = whole(v)
		case "seen":
			seen = whole(v)
		}
	}
	if node == 0 || w.probes == maxUses || w.isPage(node) {
		return
	}
	w.probes++
	in := w.above(node)
	var of []*track
	for _, m := range w.messages() {
		if !m.question && (slices.Contains(in, m.track.element()) || slices.Contains(w.above(m.track.element()), node)) {
			of = append(of, m.track)
		}
	}
	if len(of) != 1 {
		return // it has several answers in it, or none
	}
	tr := of[0]
	note(w.inside, tr, node)
	if chars > 0 && seen >= 0 { // an element that is made anew begins to count again
		tr.probedChars, tr.probedSeen = max(tr.probedChars, chars), max(tr.probedSeen, seen)
	}
}

// above returns an element and all elements that it is in.
func (w *Watch) above(id int) (all []int) {
	for id != 0 && len(all) < maxLevels {
		all = append(all, id)
		id = w.tree.Parent(id)
	}
	return all
}

func (w *Watch) sized(data []byte) {
	width, height := whole(rawjson.Member(data, "width")), whole(rawjson.Member(data, "height"))
	if width > 0 && height > 0 {
		w.width, w.height = width, height
	}
}

func (w *Watch) scrolled(node int, y float64) {
	s := w.scrollers[node]
	if s == nil {
		if s = w.newScroller(node, float64(pixels(w.tree.Attribute(node, "rr_scrollTop")))); s == nil {
			return
		}
	}
	if len(w.awaited) > 0 && len(w.scrolls) < maxUses {
		w.scrolls = append(w.scrolls, scroll{w.now, node, s, s.y, y})
	}
	s.y = y
}

// newScroller notes that an element can be scrolled, and what came into it recently. It returns nil if there are too many of them.
func (w *Watch) newScroller(node int, y float64) *scroller {
	if len(w.scrollers) == maxUses {
		return nil
	}
	s := &scroller{y: y}
	w.scrollers[node] = s
	if len(w.filling) == maxFilled || w.scanned > 4*w.read+1<<20 {
		return s
	}
	s.bit = 1 << len(w.filling)
	w.filling = append(w.filling, s)
	w.scanned += 16 * len(w.recent)
	var log []filled
	for id, t := range w.recent {
		if w.scrollersOf(id)&s.bit != 0 {
			t.in |= s.bit
			w.recent[id] = t
			log = append(log, filled{t.at, t.chars})
		}
	}
	slices.SortFunc(log, func(a, b filled) int { return cmp.Compare(a.at, b.at) })
	for _, f := range log {
		s.fill(f.at, f.chars)
	}
	return s
}

// scrollersOf returns the bits of the scrollers that a text is in.
func (w *Watch) scrollersOf(id int) (in uint64) {
	for i := 0; id != 0 && i < maxLevels; i++ {
		if s := w.scrollers[id]; s != nil {
			in |= s.bit
		}
		id = w.tree.Parent(id)
	}
	return in
}

// fill notes that a scroller has more characters since a time, or fewer.
func (s *scroller) fill(at int64, chars int) {
	if s.chars += chars; len(s.log) > 0 && (s.log[len(s.log)-1].at >= at || len(s.log) == maxRecent) {
		s.log[len(s.log)-1].chars = s.chars
	} else if chars != 0 {
		s.log = append(s.log, filled{at, s.chars})
	}
}

// fillAll notes how the texts that changed fill the scrollers that they are in. What a full snapshot has was there before.
func (w *Watch) fillAll() {
	for id := range w.isChanged {
		t, ok := w.recent[id]
		if !ok {
			continue
		}
		chars := t.letters
		if chars > 0 && w.placed[id] == 0 {
			chars = max(chars, leastOther*leastLine)
		}
		if t.in == 0 && len(w.filling) > 0 {
			t.in = w.scrollersOf(id)
		}
		if !w.snapped {
			w.fillEach(t.in, chars-t.chars)
		}
		t.chars = chars
		w.recent[id] = t
	}
}

func (w *Watch) fillEach(in uint64, chars int) {
	for ; in != 0 && chars != 0; in &= in - 1 {
		w.filling[bits.TrailingZeros64(in)].fill(w.now, chars)
	}
}

// offset reads from the data of a full snapshot how far down the page is.
func (w *Watch) offset(data []byte) {
	y, ok := rawjson.Float(rawjson.Path(data, "initialOffset", "top"))
	if !ok {
		return
	}
	document := int(max(whole(rawjson.Path(data, "node", "id")), 0))
	if s := w.scrollers[document]; s != nil {
		s.y = y
	} else if y > 0 {
		w.newScroller(document, y)
	}
}

const (
	// awayShare: if the page is scrolled back by this share of the viewport's height, its newest words are out of the viewport.
	awayShare = 0.5
	// emptyShare: before there are words, the place where they come is out of the viewport if the page is scrolled by this share in any direction.
	emptyShare = 0.8
	// backPixels is how near to its former position the page counts as scrolled back.
	backPixels = 100
	usualPixel = 800 // the height of the viewport, if it is not known
	// leapMS is the time within which somebody scrolls past an answer: down by more than the viewport and the height of the words that came in this
	// time and shortly before. A line has at least leastLine characters, and is linePixels high. A page that follows its answer scrolls no further.
	leapMS, leastLine, linePixels = 1000, 20, 30
	// leastOther is how many lines a text takes at least that is not part of an answer, such as the name or the state of a tool: it has room around it.
	leastOther = 2
	// maxFilled is how many scrollers are followed as they are filled.
	maxFilled = 64
	// askedMS is how long after a question the page may still scroll to it by itself.
	askedMS = 700
)

// follows reads the scrolling of the elements that hold an answer, from asking to the last words. away are the times at which one was scrolled away
// from the newest words, or from the place where the first ones come. They followed the words until followedMS, 0 if nothing was scrolled. Recordings
// have no positions of elements, so nothing more can be said.
func (w *Watch) follows(tr *track, from, first, to int64) (away []int64, followedMS int64) {
	holds := map[int]bool{}
	if tr != nil {
		if tr.rows {
			return nil, 0 // a user who scrolls such a list looks for more of the answer
		}
		for id := tr.element(); id != 0; id = w.tree.Parent(id) {
			holds[id] = true
		}
	}
	height := float64(w.height)
	if height <= 0 {
		height = usualPixel
	}
	type state struct {
		base, top float64 // where it was scrolled to first, and the furthest that the page was scrolled on from there
		away      bool
	}
	states := map[*scroller]*state{}
	for i, s := range w.scrolls {
		if s.at < from || s.at > to || !holds[s.node] && !w.tree.IsDocument(s.node) {
			continue
		}
		at := states[s.of]
		if at == nil {
			at = &state{base: s.from, top: s.from}
			states[s.of] = at
		}
		far := s.y < at.top-awayShare*height
		if first == 0 || s.at < first {
			if s.at <= from+askedMS {
				at.base, at.top = s.y, s.y
			}
			// Scrolling down to the end of a page that grows meanwhile, because of tools or other answers, is not scrolling away.
			far = s.y < at.top-emptyShare*height || s.y-at.base > emptyShare*height && s.y-at.base > emptyShare*height+s.of.grew(from, s.at)
			if !far && !at.away {
				at.top = max(at.top, s.y)
			}
		} else if !at.away {
			before := w.leapt(i, height)
			if past := s.y - before - height; past > 0 && past > s.of.grew(s.at-leapMS-askedMS, s.at) {
				at.top, far = before, true
			} else {
				at.top = max(at.top, s.y)
			}
		}
		switch {
		case far && !at.away:
			at.away = true
			away = append(away, s.at)
		case at.away && math.Abs(s.y-at.top) <= backPixels:
			at.away = false
		}
		if len(away) == 0 {
			followedMS = s.at
		}
	}
	return away, followedMS
}

// leapt returns the position of the i-th scroll's node before the scrolling of the last leapMS. It goes back no further than a jump by more than a
// viewport: pages jump, users do not scroll like that.
func (w *Watch) leapt(i int, height float64) float64 {
	s := w.scrolls[i]
	y := s.y
	for k := i; k >= 0 && w.scrolls[k].at > s.at-leapMS; k-- {
		if o := w.scrolls[k]; o.of == s.of {
			if o.y-o.from > height {
				break
			}
			y = o.from
		}
	}
	return y
}

// grew is how many pixels longer a scroller became between two times, at most.
func (s *scroller) grew(from, to int64) float64 {
	at := func(ms int64) int {
		if i := sort.Search(len(s.log), func(i int) bool { return s.log[i].at > ms }); i > 0 {
			return s.log[i-1].chars
		}
		return 0
	}
	return linePixels * float64(max(0, at(to)-at(from))) / leastLine
}

// share returns the share of an answer's characters that was inside the viewport at some time, and how wrong it may be; -1 if it is not known.
func (w *Watch) share(a *watched, tr *track, asked, first, last int64) (share, uncertainty float64) {
	if tr.probedChars > 0 {
		return min(1, float64(tr.probedSeen)/float64(tr.probedChars)), 0
	}
	// A page that scrolls on with each line shows each line when it comes. A user who left before the first one does not see them, although browsers
	// scroll on, too, when a page becomes longer above what it shows. What comes after the last scrolling may be below what the page shows, and what comes
	// after the user scrolled away is, unless they came back.
	_, until := w.follows(tr, cmp.Or(asked, a.anchorMS()), first, last)
	if until == 0 {
		return -1, 0
	}
	var before cover
	for _, g := range tr.shown.log {
		if g.at <= until {
			before.add(g.from, g.to, g.at, g.late)
		}
	}
	of := func(c *cover) float64 {
		chars, _ := c.weight(a.text.wording)
		return min(1, float64(chars)/float64(max(1, a.text.need)))
	}
	low, high := of(&before), of(&tr.shown)
	if uncertainty = (high - low) / 2; uncertainty > unsureShare {
		return -1, 0
	}
	return (low + high) / 2, uncertainty
}

// unsureShare is the uncertainty from which on a share says nothing.
const unsureShare = 0.25

const (
	// maxTouches is how many uses of elements are looked at.
	maxTouches = 2000
	// maxLevels is how deep pages are looked at from an element upwards.
	maxLevels = 128
	// maxAround is how many levels a message may have around the words of an answer, and maxFollow how many elements that follow may belong to it.
	maxAround, maxFollow = 8, 3
	// maxOthers is how many messages and fields are read to tell one message from the others.
	maxOthers = 64
)

// touched notes where an element that was used lies: inside an answer, or beside it.
func (w *Watch) touched(id int) {
	if id == 0 || w.touches == maxTouches || id == w.lastTouched {
		return
	}
	w.touches++
	w.lastTouched = id
	above := w.above(id)
	messages := w.messages()
	held := map[int]int{}
	hold := func(id int) {
		for _, up := range w.above(id) {
			held[up]++
		}
	}
	for _, m := range messages {
		hold(m.track.element())
	}
	fields := 0
	for id := range w.fields {
		if fields++; fields <= maxOthers {
			hold(id)
		}
	}
	for _, m := range messages {
		if m.question {
			continue
		}
		if slices.Contains(above, m.track.element()) {
			note(w.inside, m.track, id)
		} else if w.isBeside(m.track.element(), held, above) {
			note(w.beside, m.track, id)
		}
	}
}

func note(of map[*track]map[int]bool, tr *track, id int) {
	if of[tr] == nil {
		of[tr] = map[int]bool{}
	}
	of[tr][id] = true
}

// message is a question or an answer on the page.
type message struct {
	track    *track
	question bool
}

// messages returns the last messages that are on the page.
func (w *Watch) messages() (all []message) {
	known := map[*track]bool{}
	add := func(n *needle, question bool) {
		if n == nil {
			return
		}
		for _, t := range n.tracks {
			if known[t] || t.typed || t.page.size()*2 < n.need {
				continue
			}
			known[t] = true
			if w.tree.Tag(t.element()) == "" && !question {
				w.refind(n, t)
			}
			if w.tree.Tag(t.element()) != "" {
				all = append(all, message{t, question})
			}
		}
	}
	for i := len(w.answers) - 1; i >= 0 && len(all) < maxOthers; i-- {
		add(w.answers[i].text, false)
		add(w.answers[i].question, true)
	}
	return all
}

// refind finds the element of an answer that is no longer awaited and was rendered anew.
func (w *Watch) refind(n *needle, t *track) {
	if n.active || len(n.answers) > 1 || w.scanned > 4*w.read+1<<20 {
		return
	}
	for id := range w.tree.Texts() {
		w.scanned += w.tree.TextLen(id)
		text, _ := w.textOf(id)
		if len(text) == 0 {
			continue
		}
		if runs, _ := n.match(text, id, false, nil, nil); n.proves(text, runs) || matched(runs) == len(n.runes) {
			w.widen(t, id)
			t.left, t.again = 0, cover{}
		}
	}
}

// isBeside reports whether an element belongs to a message without being part of its words: it is in the largest element around the words that holds no
// other message and no field, or in an element that follows that one. above has the element and those that it is in. held has how many messages and
// fields an element holds.
func (w *Watch) isBeside(words int, held map[int]int, above []int) bool {
	around := words
	for range maxAround {
		up := w.tree.Parent(around)
		if up == 0 || held[up] > 1 || w.isPage(up) {
			break
		}
		around = up
	}
	list := w.tree.Parent(around)
	for i, id := range above {
		if id == around {
			return true
		}
		if id != list || i == 0 {
			continue
		}
		for _, next := range w.tree.Siblings(nil, around, maxFollow) {
			if held[next] > 0 {
				return false
			}
			if next == above[i-1] {
				return true
			}
		}
	}
	return false
}

// minBlocked is about how many square pixels a character takes, at least.
const minBlocked = 40

// lookForBlocked checks whether the page has an element that was not recorded and may have shown the answer. It does this only for answers of which
// nothing was found.
func (w *Watch) lookForBlocked(a *watched) {
	if a.looked || a.text == nil {
		return
	}
	a.looked = true
	for _, t := range a.text.tracks {
		if !t.old {
			return
		}
	}
	if w.scanned > 4*w.read+1<<20 {
		return
	}
	known := w.appeared(a, a.beginMS, lastEnd) > 0 // then the chat is in this page, and not in a frame of another site
	for id := range w.tree.Elements() {
		w.scanned += 16
		switch w.tree.Unrecorded(id) {
		case "blocked":
			wide, high := pixels(w.tree.Attribute(id, "rr_width")), pixels(w.tree.Attribute(id, "rr_height"))
			// The recorder notes its size once. An element that has a place on the page but was empty then may have got the answer later, and so may one
			// that came while the answer was awaited and has the shape of a line. A hidden one has no size at all.
			if wide*high >= minBlocked*int64(len(a.text.runes)) || (wide == 0) != (high == 0) || id > a.newest && wide > high {
				a.blocked = Masked
				return
			}
		case "frame":
			if !known {
				a.blocked = NotRecorded
			}
		}
	}
}

// pixels reads a length as the recorder writes it: "12.5px".
func pixels(s string) (n int64) {
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<20; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	return n
}
