package seen

import (
	"bytes"
	"slices"
)

// Text implements dom.Watcher.
func (w *Watch) Text(id int) {
	if !w.isChanged[id] {
		w.isChanged[id] = true
		w.changed = append(w.changed, id)
	}
}

// Gone implements dom.Watcher.
func (w *Watch) Gone(id int) {
	w.leaveNeedles(id)
	if t, ok := w.recent[id]; ok {
		w.fillEach(t.in, -t.chars)
		delete(w.recent, id)
	}
	if stars := w.starred[id]; stars > 0 {
		w.stars -= stars
		delete(w.starred, id)
	}
}

// Display implements dom.Watcher.
func (w *Watch) Display(_ int, hidden bool) {
	if hidden {
		clear(w.plain)
	} else if w.concealed > 0 {
		w.recheck = true
	}
}

// leaveNeedles removes a text from all needles of which it shows something.
func (w *Watch) leaveNeedles(id int) {
	if w.placed[id] == 0 {
		return
	}
	for _, n := range w.active {
		w.leave(n, id)
	}
}

// leave removes a text from a needle.
func (w *Watch) leave(n *needle, id int) {
	p, ok := n.leave(id, w.now)
	if !ok {
		return
	}
	if w.placed[id]--; w.placed[id] == 0 {
		delete(w.placed, id)
	}
	if p.hidden {
		w.concealed--
	}
	if p.track.typed && len(w.clears) < maxUses {
		w.clears = append(w.clears, cleared{at: w.now, question: n})
	}
}

var newline = []byte("\n")

func (w *Watch) forgetChanges() {
	clear(w.isChanged)
	w.changed = w.changed[:0]
}

const (
	// perTry is how many bytes of events must be read for each time that a text is compared together with those before it.
	perTry = 256
	// neighbours is how many texts before and after a text are checked to find out where it belongs: between words there may be numbers of lines,
	// buttons, icons.
	neighbours = 12
	// maxRecent is how many texts that changed are remembered.
	maxRecent = 1 << 16
)

// look looks for the active needles in the texts that changed, in the order of the page. Texts that belong nowhere are looked at again in the opposite
// order, when the texts behind them have their places.
func (w *Watch) look() {
	if len(w.active) == 0 {
		return
	}
	if w.recheck {
		w.recheck = false
		w.unhide()
	}
	if len(w.changed) == 0 {
		return
	}
	if len(w.recent)+len(w.changed) > maxRecent {
		clear(w.recent)
	}
	if len(w.changed) > 1 {
		// The same text may occur twice in the answer: the text before it tells to which place it belongs.
		sorted, looked := w.tree.Sort(w.changed, 4*w.read+1<<16-w.sorted)
		w.changed = append(w.changed[:0], sorted...)
		w.sorted += looked
	}
	left := 0
	for _, id := range w.changed {
		t, ok := w.textOf(id)
		if !ok {
			continue
		}
		r := w.recent[id]
		if r.at, r.letters = w.now, len(t); len(t) > 0 {
			r.letters = max(len(t), leastLine*bytes.Count(w.raw, newline))
		}
		w.recent[id] = r
		w.mask(id, len(t) == 0)
		if !w.placeAll(id, t, false) && len(t) > 0 {
			w.changed[left] = id
			left++
		}
	}
	for i := left - 1; i >= 0; i-- {
		if t, ok := w.textOf(w.changed[i]); ok {
			w.placeAll(w.changed[i], t, true)
		}
	}
	w.fillAll()
	w.forgetChanges()
	for _, a := range w.awaited {
		a.masked = max(a.masked, w.stars)
	}
}

// mask counts the masked characters of the text that was just read, instead of those that the text had before.
func (w *Watch) mask(id int, mayBe bool) {
	stars := 0
	if mayBe {
		stars = masked(w.raw)
	}
	if was := w.starred[id]; stars != was {
		w.stars += stars - was
		if w.starred[id] = stars; stars == 0 {
			delete(w.starred, id)
		}
	}
}

// textOf returns a text of the page, folded, which is valid until the next call; false if there is no text with that id. If a text grows, as an answer
// does while it comes, only the new part is folded.
func (w *Watch) textOf(id int) ([]rune, bool) {
	raw, ok := w.tree.AppendText(w.spare[:0], id)
	if id == w.rawOf && len(w.raw) > 0 && bytes.HasPrefix(raw, w.raw) {
		w.runes = fold(w.runes, raw[len(w.raw):])
	} else {
		w.runes = fold(w.runes[:0], raw)
	}
	w.raw, w.spare, w.rawOf = raw, w.raw, id
	return w.runes, ok
}

// masked returns how many characters of a text the recorder replaced with stars.
func masked(s []byte) (stars int) {
	for _, c := range s {
		switch c {
		case '*':
			stars++
		case ' ', '\n', '\t', '\r':
		default:
			return 0
		}
	}
	if stars < 2 {
		return 0
	}
	return stars
}

// placeAll finds what a text shows of the active needles, and reports whether it shows anything. again means that the text showed nothing when it was
// looked at before.
func (w *Watch) placeAll(id int, t []rune, again bool) (placed bool) {
	if len(t) == 0 {
		w.leaveNeedles(id)
		return false
	}
	w.ids, w.follow = w.tree.TextsBefore(w.ids[:0], id, neighbours), w.follow[:0]
	joined := []rune(nil)
	if again {
		w.follow = w.tree.TextsAfter(w.follow, id, neighbours)
		joined = w.join(t)
	}
	w.ids, w.follow = w.ofNeedles(w.ids), w.ofNeedles(w.follow)
	had := w.placed[id] > 0
	asked := false // it is the question, and not part of an answer that repeats it
	for _, n := range w.active {
		if asked && !n.question {
			w.leave(n, id)
			continue
		}
		runs, tr := n.match(t, id, had, w.ids, w.follow)
		switch {
		case len(runs) > 0:
			w.put(n, id, runs, tr, w.now)
			if isAll(t, matched(runs)) {
				n.nodes[id].track.alone = true
			}
		case len(joined) > 0 && w.together(n, id, joined):
		default:
			if had {
				w.leave(n, id)
			}
			continue
		}
		placed = true
		asked = asked || w.asks(n, n.nodes[id], t)
	}
	return placed
}

// asks reports whether all of a text is the question, on the track where the question appeared first.
func (w *Watch) asks(n *needle, p placing, t []rune) bool {
	return n.question && (p.track == n.shown || p.track.old) && matched(p.runs) == len(t)
}

// ofNeedles keeps the texts that show a part of some needle.
func (w *Watch) ofNeedles(ids []int) []int {
	return slices.DeleteFunc(ids, func(id int) bool { return w.placed[id] == 0 })
}

// part is one of several texts that are read as one. It begins at from.
type part struct{ id, from int }

// join reads a short text together with the texts before it that changed recently and show nothing, back to the first one that shows something. Pages
// that show one word at a time, in an element of its own, have no single text that is long enough. The result is nil if there are no such texts.
func (w *Watch) join(t []rune) []rune {
	const most = 4 * evidence
	w.parts, w.joined = w.parts[:0], w.joined[:0]
	if len(t) >= evidence || w.tries*perTry > w.read {
		return nil
	}
	w.tries++
	length := 0
	for _, b := range w.ids {
		if w.placed[b] > 0 || w.recent[b].at == 0 || length >= most || w.tree.TextLen(b) > 4*most {
			break
		}
		length += w.tree.TextLen(b)
		w.parts = append(w.parts, part{id: b})
	}
	if len(w.parts) == 0 {
		return nil
	}
	slices.Reverse(w.parts) // into the order of the page
	for i := range w.parts {
		w.spare, _ = w.tree.AppendText(w.spare[:0], w.parts[i].id)
		w.parts[i].from = len(w.joined)
		w.joined = fold(w.joined, w.spare)
	}
	w.parts = append(w.parts, part{from: len(w.joined)})
	w.joined = append(w.joined, t...)
	return w.joined
}

// together finds what a text shows together with the texts that join put before it.
func (w *Watch) together(n *needle, id int, all []rune) bool {
	r := n.seek(all, 0, 0)
	if r.n == 0 {
		return false
	}
	last := len(w.parts) - 1
	w.parts[last].id = id
	runs := n.align(nil, all, r.p, r.q)
	if end := runs[len(runs)-1]; end.p+end.n <= w.parts[last].from {
		return false
	}
	tr := n.choose(runs, w.now)
	for i, p := range w.parts {
		end := len(all)
		if i < last {
			end = w.parts[i+1].from
		}
		if mine := within(runs, p.from, end); len(mine) > 0 {
			w.put(n, p.id, mine, tr, w.recent[p.id].at)
		}
	}
	return true
}

// within returns the parts of runs that lie between from and end of the text, counted from from.
func within(runs []run, from, end int) (out []run) {
	for _, r := range runs {
		a, b := max(r.p, from), min(r.p+r.n, end)
		if a < b {
			out = append(out, run{a - from, r.q + a - r.p, b - a})
		}
	}
	return out
}

// put notes that a text shows parts of a needle since the time at.
func (w *Watch) put(n *needle, id int, runs []run, tr *track, at int64) {
	p := placing{track: tr, runs: runs}
	editable := false
	parent := w.tree.Parent(id)
	if !w.plain[parent] {
		s := w.tree.Standing(id)
		if p.hidden, editable = s.Hidden, s.Editable; !p.hidden && !editable {
			if len(w.plain) > maxUses {
				clear(w.plain)
			}
			w.plain[parent] = true
		}
	}
	if p.track == nil {
		if p.track = w.goesOn(n, id, runs); p.track == nil {
			p.track = n.choose(runs, w.now)
		}
	}
	if n.question && editable != p.track.typed {
		p.track = n.typed(editable)
	}
	p.track = n.now(p.track, runs, at)
	if n.question && n.shown == nil && !p.track.old && !p.track.typed {
		n.shown = p.track
	}
	if w.set(n, id, p); !p.hidden {
		w.grow(&p, id, at)
	}
}

// goesOn returns the track that a text continues, if its neighbours do not say where it belongs: all of the text is a part of the answer that the track
// has not shown yet, and it is in the track's element. Virtual lists show a long answer in this way when they are scrolled back.
func (w *Watch) goesOn(n *needle, id int, runs []run) *track {
	if n.question || len(runs) != 1 || runs[0].p > 0 || runs[0].n < len(w.runes) || weigh(w.runes) < evidence {
		return nil
	}
	var above []int
	for i := len(n.tracks) - 1; i >= 0; i-- {
		t := n.tracks[i]
		if t.old || t.node == 0 || t.page.overlaps(int32(runs[0].q), int32(runs[0].q+runs[0].n)) || w.isPage(t.node) {
			continue
		}
		if above == nil {
			above = w.above(id)
		}
		if slices.Contains(above, t.node) {
			t.rows = true
			return t
		}
	}
	return nil
}

// set notes what a text shows now, instead of what it showed before.
func (w *Watch) set(n *needle, id int, p placing) {
	if n.nodes[id].hidden {
		w.concealed--
	}
	if p.hidden {
		w.concealed++
	}
	if _, had := n.nodes[id]; !had {
		w.placed[id]++
	}
	n.nodes[id] = p
}

// typed returns a track for what the user writes or, if editable is false, a new track for what is on the page after that.
func (n *needle) typed(editable bool) *track {
	if editable {
		for _, t := range n.tracks {
			if t.typed {
				return t
			}
		}
	}
	t := &track{typed: editable}
	n.follow(t)
	return t
}

// grow notes that a text is part of the page, and that it is seen if the tab is visible.
func (w *Watch) grow(p *placing, id int, at int64) {
	for _, r := range p.runs {
		p.track.page.add(int32(r.q), int32(r.q+r.n), at, w.late)
	}
	if w.visible {
		p.show(at, w.late)
	}
	w.widen(p.track, id)
	if tr := p.track; tr.left != 0 {
		for _, r := range p.runs {
			tr.again.add(int32(r.q), int32(r.q+r.n), at, 0)
		}
		if 2*tr.again.size() >= tr.page.size() {
			tr.left, tr.again = 0, cover{}
		}
	}
}

// unhide checks which texts that were hidden are shown now.
func (w *Watch) unhide() {
	left := 0
	for _, n := range w.active {
		for id, p := range n.nodes {
			if !p.hidden {
				continue
			}
			if left == maxHidden || w.tree.Standing(id).Hidden {
				left = min(left+1, maxHidden)
				continue
			}
			p.hidden = false
			w.set(n, id, p)
			w.grow(&p, id, w.now)
		}
	}
}

// maxHidden is how many hidden texts are checked for one event that may show them.
const maxHidden = 64

// widen changes the track's element to one that also holds a text, unless that would be the whole page.
func (w *Watch) widen(tr *track, id int) {
	p := w.tree.Parent(id)
	if tr.node == 0 || w.tree.Tag(tr.node) == "" {
		if tr.left == 0 {
			tr.left = tr.node
		}
		tr.node = p
		return
	}
	const most = 64 // levels
	up := p
	for i := 0; up != 0 && i < most; i++ {
		if up == tr.node {
			return
		}
		up = w.tree.Parent(up)
	}
	var above [most]int
	n := 0
	for up := tr.node; up != 0 && n < most; up = w.tree.Parent(up) {
		above[n] = up
		n++
	}
	for i := 0; p != 0 && i < most; i++ {
		for _, a := range above[:n] {
			if a == p {
				if !w.isPage(a) {
					tr.node = a
				}
				return
			}
		}
		p = w.tree.Parent(p)
	}
}

// isPage reports whether an element is the whole page.
func (w *Watch) isPage(id int) bool {
	switch w.tree.Tag(id) {
	case "body", "html", "main", "#document", "":
		return true
	}
	return false
}
