package seen

import "slices"

// needle is a text that is looked for in the page, an answer or a question. Answers with the same text share one.
type needle struct {
	*wording
	// question means that the user types it before it appears on the page.
	question bool
	answers  []int // whose text it is
	// sinceMS is the earliest time at which the text can be that of an answer: when the first of their calls began.
	sinceMS int64
	active  bool
	tracks  []*track
	// shown is the track on which a question first appeared while it was looked for. The text there is the question, and not an answer that repeats it.
	shown *track
	nodes map[int]placing // the texts of the page that show some of it
	// gone has the tracks of nodes that left the page, by the place in the text at which they began. A node that takes such a place belongs to the same track.
	gone map[int]vacant
}

// track is one place of the page that shows the text, followed while the page renders it anew.
type track struct {
	// old means that it was there before anybody asked.
	old bool
	// typed means that it is what the user writes.
	typed       bool
	page, shown cover
	node        int // the element around all of it
	// left is the element that showed it and left the page, until half of it is in node. Words with which another answer begins do not make that one its element. again is what
	// came to node since.
	left  int
	again cover
	// rows means that a virtual list shows it in parts, as it is scrolled.
	rows bool
	// next is the track of the answer, if this one has words in common with it that were there before, see now.
	next *track
	// alone means that a text of the page shows nothing else.
	alone bool
	// weighed is the size of page for which chars and weight were computed.
	weighed       int
	chars, weight int
	// probedChars and probedSeen are how many characters of it the probe counted, and how many of them it saw in the viewport.
	probedChars, probedSeen int64
}

// element returns the element that shows it, or showed it last.
func (t *track) element() int {
	if t.left != 0 {
		return t.left
	}
	return t.node
}

// weigh returns how many of the characters that must be shown were on the page, and their weight.
func (t *track) weigh(w *wording) (chars, weight int) {
	if size := t.page.size(); size != t.weighed {
		t.chars, t.weight = t.page.weight(w)
		t.weighed = size
	}
	return t.chars, t.weight
}

// least returns the weight that must be on the page so that an answer is not there by chance. If its beginning never came, this is more than a phrase
// that other texts have as well.
func (t *track) least(w *wording) int {
	begins := int32(0)
	for int(begins) < len(w.runes) && !w.must(int(begins)) {
		begins++
	}
	switch {
	case !t.page.overlaps(0, begins+1):
		return 6 * evidence
	case t.alone:
		return fewLetters
	}
	return evidence / 2
}

// placing is how a text of the page shows some of a needle.
type placing struct {
	track  *track
	runs   []run // in the order of the text
	hidden bool  // by attributes
}

type vacant struct {
	track *track
	at    int64
}

const (
	// maxTracks is how many places of the page are followed for one text.
	maxTracks = 64
	// maxGone is how many places of nodes that left are remembered.
	maxGone = 8192
	// againMS: what takes the place of an old text within this time is old too. It is the old text rendered anew, not the answer to a new question.
	againMS = 500
)

func newNeedle(w *wording, question bool) *needle {
	return &needle{wording: w, question: question, nodes: map[int]placing{}, gone: map[int]vacant{}}
}

// leave notes that a text is no longer on the page, or shows something else.
func (n *needle) leave(id int, at int64) (placing, bool) {
	p, ok := n.nodes[id]
	if !ok {
		return p, false
	}
	delete(n.nodes, id)
	if len(n.gone) >= maxGone {
		clear(n.gone)
	}
	from := p.runs[0].q
	if l, ok := n.gone[from]; ok && l.at == at && l.track.page.size() > p.track.page.size() {
		return p, true // one of the two is somewhere else in the answer
	}
	n.gone[from] = vacant{p.track, at}
	return p, true
}

// match finds what t, the text of a node, shows of the needle, and to which track it belongs: that of the same node before, if the node showed a part
// of any needle (had), or that of a node near it. The near nodes are given nearest first. If tr is nil, the caller must choose a track.
func (n *needle) match(t []rune, id int, had bool, before, after []int) (runs []run, tr *track) {
	if p, ok := n.placing(id, had); ok && p.runs[0].p <= len(t) {
		runs = n.align(nil, t, p.runs[0].p, p.runs[0].q)
		if m := matched(runs); m > 0 && (isAll(t, m) || m >= matched(p.runs) || n.proves(t, runs)) {
			if begun := n.begins(t, runs, p.track); begun != nil {
				return begun, nil
			}
			return runs, p.track
		}
	}
	for _, b := range before {
		if p, ok := n.nodes[b]; ok {
			last := p.runs[len(p.runs)-1]
			runs = n.align(nil, t, 0, last.q+last.n)
			if m := matched(runs); m > 0 && (isAll(t, m) || 2*m >= len(t) && m > common(t, n.runes) && n.proves(t, runs)) {
				return runs, p.track
			}
			break
		}
	}
	for _, a := range after {
		if p, ok := n.nodes[a]; ok {
			if q := p.runs[0].q - len(t); q >= 0 && common(t, n.runes[q:]) == len(t) {
				return []run{{0, q, len(t)}}, p.track
			}
			break
		}
	}
	if len(t) > len(n.runes) || common(t, n.runes) < len(t) { // else it is the beginning, the likeliest place
		if r := n.seek(t, 0, 0); r.n > 0 {
			runs = n.align(nil, t, r.p, r.q)
			if begun := n.begins(t, runs, n.gone[runs[0].q].track); begun != nil {
				return begun, nil
			}
			return runs, nil
		}
		if p := n.inside(t); p >= 0 {
			return []run{{p, 0, len(n.runes)}}, nil
		}
		if m := n.tail(t); m > 0 {
			return []run{{len(t) - m, 0, m}}, nil
		}
		return n.align1(t), nil
	}
	return []run{{0, 0, len(t)}}, nil
}

// begins returns the runs of an answer that begins in t behind the first of the runs found so far, nil if none does. tr is the track of those, if any. Those are then words that the answer
// has in common with what the same text showed before it: pages write the parts of an answer, with tools between them, into one text.
func (n *needle) begins(t []rune, runs []run, tr *track) (other []run) {
	first, last := runs[0], runs[len(runs)-1]
	early := false
	if tr != nil {
		at, _ := tr.page.first()
		early = tr.old || at < n.sinceMS
	}
	if n.question || !early && first.q == 0 && last.p+last.n == len(t) {
		return nil
	}
	start := n.runes[:min(len(n.runes), evidence)]
	for p := first.p + first.n; p < len(t); p++ {
		m := common(t[p:], start)
		atEnd := p+m == len(t) && weigh(start[:m]) >= fewLetters
		if !atEnd && (m < len(start) || n.weight < gram) {
			continue
		}
		if other = n.align(nil, t, p, 0); early || matched(other) > matched(runs) {
			return other
		}
		return nil
	}
	return nil
}

func (n *needle) placing(id int, had bool) (placing, bool) {
	if !had {
		return placing{}, false
	}
	p, ok := n.nodes[id]
	return p, ok
}

// align1 finds the beginning of a text whose first characters need not be shown and are missing on the page.
func (n *needle) align1(t []rune) []run {
	if n.skip[0] == 0 {
		return nil
	}
	if runs := n.align(nil, t, 0, 0); len(runs) > 0 && isAll(t, matched(runs)) {
		return runs
	}
	return nil
}

// isAll reports whether m characters are all of a text, apart from emoji: models write some emoji as names.
func isAll(t []rune, m int) bool {
	for i := 0; i < len(t) && m < len(t); i++ {
		if isEmoji(t[i]) {
			m++
		}
	}
	return m >= len(t)
}

// proves reports whether runs show so much that it cannot be chance.
func (n *needle) proves(t []rune, runs []run) bool {
	weight := 0
	for _, r := range runs {
		weight += weigh(t[r.p : r.p+r.n])
	}
	return weight >= evidence
}

// choose returns the track for a text that was found, if no node near it decides that.
func (n *needle) choose(runs []run, at int64) *track {
	from := runs[0].q
	if l, ok := n.gone[from]; ok && (!l.track.old || at-l.at <= againMS) {
		delete(n.gone, from)
		return l.track
	}
	// A page that shows only a part of a long text at a time goes on with what it has not shown yet.
	if from > 0 {
		for i := len(n.tracks) - 1; i >= 0; i-- {
			if t := n.tracks[i]; !t.old && !t.typed && t.page.end() > 0 && t.page.end() <= int32(from) {
				return t
			}
		}
	}
	t := &track{}
	n.follow(t)
	return t
}

// now returns the track on which an answer is shown whose call has begun by now, if its words were found on t. Words that were on t before the call are
// those of another text, which has them in common with the answer. If nothing new is found, the page renders them anew.
func (n *needle) now(t *track, runs []run, at int64) *track {
	first, _ := t.page.first()
	if n.question || t.old || t.typed || first == 0 || first >= n.sinceMS-earlyWordsMS || at < n.sinceMS {
		return t
	}
	if t.next == nil {
		if !slices.ContainsFunc(runs, func(r run) bool { return !t.page.has(int32(r.q), int32(r.q+r.n)) }) {
			return t
		}
		t.next = &track{}
		n.follow(t.next)
	}
	return t.next
}

// follow adds a track. If there are too many, the track that shows least is dropped.
func (n *needle) follow(t *track) {
	if len(n.tracks) == maxTracks {
		least := 0
		for i, o := range n.tracks {
			if o.page.size() < n.tracks[least].page.size() {
				least = i
			}
		}
		n.tracks = append(n.tracks[:least], n.tracks[least+1:]...)
	}
	n.tracks = append(n.tracks, t)
}

// whole reports whether a cover has everything that must be shown. Where pages render a part of the answer in their own way, such as a table as a
// picture, some of the middle may be missing, but neither the end nor more than a tenth.
func (n *needle) whole(c *cover) bool {
	if n.need == 0 || c.size()*10 < n.need*9 {
		return false
	}
	if chars, _ := c.weight(n.wording); chars*10 < n.need*9 {
		return false
	}
	last := len(n.runes)
	for last > 0 && !n.must(last-1) {
		last--
	}
	return c.overlaps(int32(last-1), int32(last))
}
