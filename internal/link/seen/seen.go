// Package seen has the rules that determine what of an answer was on its user's screen, and when, from the recording of one window in the order of its
// events. The rules are pure. docs/truth.md has the definitions.
//
// A Watch keeps the page with package dom, which tells it which texts change. While an answer is awaited, the watch looks for the answer's words in
// those texts alone, never in the whole page. It finds which part of the answer a text shows by the text's neighbour, by the place of the text that it
// replaces, or by runs of characters that are too long to be chance. Each part of the answer has the time at which it was there first.
package seen

import (
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// Answer is an answer to look for in one window's recording. Times are Unix milliseconds of the browser's clock.
type Answer struct {
	// UUID is that of the generation whose text is the answer.
	UUID uuid.UUID
	// Question is the last message of the user, plain text; "" when it is not known.
	Question string
	// Text is the answer's text as the backend has it, Markdown included; "" when it is not known.
	Text string
	// StartMS and EndMS are when the call began and ended.
	StartMS, EndMS int64
	// BeganMS is when the first call of the trace began, the one that the user asked for; 0 if that is this call.
	BeganMS int64
	// ClockUncertaintyMS is how wrong these times may be.
	ClockUncertaintyMS int64
	// Stopped means that the backend reports that the stream was stopped.
	Stopped bool
	// Background means that no user asked for the answer.
	Background bool
}

const (
	// beforeMS is how long before a call its question may have been asked.
	beforeMS = 3000
	// afterMS is how long after the end of a call its answer is looked for at least, and grownMS how long after its last new words. Pages that show an
	// answer letter by letter, or parts of it when they are scrolled to, go on after the stream has ended.
	afterMS, grownMS = 120_000, 60_000
	// settledMS is how long an answer's element is still followed after all of the answer was shown.
	settledMS = 15_000
	// checkMS is the interval at which it is checked whether an answer is still awaited.
	checkMS = 1000
	// maxAnswers is how many answers are awaited at a time. If there are more, the later ones are not looked for.
	maxAnswers = 64
)

// Watch reads the events of one window in order and follows answers. It is not safe for concurrent use.
type Watch struct {
	tree    *dom.Tree
	answers []*watched
	waiting []*watched // not begun, by time
	awaited []*watched
	active  []*needle // questions first
	checked int64

	now, before int64 // the times of this event and of the last one that shows that the page was recorded
	late        int64 // how much earlier the content of this event may have been on the page
	read        int   // bytes of all events
	sorted      int   // nodes that were looked at to sort texts
	scanned     int   // bytes of texts that were looked at because an answer is awaited
	changed     []int
	isChanged   map[int]bool
	recent      map[int]filling // texts that changed while an answer was awaited
	snapped     bool            // they come from a full snapshot
	raw, spare  []byte
	rawOf       int // the text that raw and runes are of
	runes       []rune
	joined      []rune
	parts       []part
	placed      map[int]int // how many needles a text shows a part of
	ids, follow []int
	plain       map[int]bool // elements in which texts are shown
	concealed   int
	recheck     bool
	tries       int         // how often join has put texts together
	starred     map[int]int // how many characters of each changed text are masked
	stars       int         // the sum of starred

	visible  bool
	hiddenMS int64
	// proven means that the tab's visibility since the page was loaded (at loadedMS) is certain: somebody used the page, or an event said so.
	proven   bool
	loadedMS int64
	holes    []hole
	pausedMS int64
	failed   bool // there is no page since an event that could not be read

	use
	views
	throttled
}

// hole is a period for which the recording is not complete. attributes means that only changes of attributes are missing.
type hole struct {
	fromMS, toMS int64
	reason       string
	attributes   bool
}

// watched is an answer that is looked for.
type watched struct {
	Answer
	text, question *needle // nil when there is nothing to look for
	// beginMS is when it is looked for first.
	beginMS int64
	begun   bool
	crowded bool   // too many answers were awaited at the time
	lastMS  int64  // of the last event while it was awaited
	paged   bool   // there was a page then
	masked  int    // how many masked characters came while it was awaited
	blocked string // why not, if a part of the page that may have shown it was not recorded
	looked  bool   // blocked is known
	newest  int    // elements with a higher id came while it was awaited
}

// anchorMS is when the call that the user asked for began.
func (a *watched) anchorMS() int64 {
	if a.BeganMS > 0 && a.BeganMS < a.StartMS {
		return a.BeganMS
	}
	return a.StartMS
}

// NewWatch returns a Watch that has read nothing.
func NewWatch(answers []Answer) *Watch {
	w := &Watch{
		tree: dom.New(dom.Limits{}), isChanged: map[int]bool{}, recent: map[int]filling{}, starred: map[int]int{}, plain: map[int]bool{}, placed: map[int]int{}, visible: true,
		use: newUse(), views: newViews(),
	}
	texts, questions := map[string]*needle{}, map[string]*needle{}
	needle := func(of map[string]*needle, text string, question bool, i int) *needle {
		n := of[text]
		if n == nil {
			n = newNeedle(newWording(text), question)
			of[text] = n
		}
		if len(n.runes) == 0 {
			return nil
		}
		if since := answers[i].StartMS - answers[i].ClockUncertaintyMS; len(n.answers) == 0 || since < n.sinceMS {
			n.sinceMS = since
		}
		n.answers = append(n.answers, i)
		return n
	}
	for i, a := range answers {
		x := &watched{Answer: a}
		if !a.Background {
			x.text, x.question = needle(texts, a.Text, false, i), needle(questions, a.Question, true, i)
		}
		x.beginMS = x.anchorMS() - a.ClockUncertaintyMS - beforeMS
		w.answers = append(w.answers, x)
		w.waiting = append(w.waiting, x)
	}
	slices.SortStableFunc(w.waiting, func(a, b *watched) int { return int(min(max(a.beginMS-b.beginMS, -1), 1)) })
	return w
}

// rrweb's types of events, its sources of incremental events, and its type of the interaction that is a click.
const (
	typeFull, typeIncremental, typeMeta, typeCustom, typePlugin = 2, 3, 4, 5, 6

	sourceMutation, sourceMove, sourceInteraction, sourceScroll, sourceResize, sourceInput, sourceTouch, sourceSelection = 0, 1, 2, 3, 4, 5, 6, 14

	interactionClick = 2
)

// Event reads the next event of the window, a valid JSON object as blocks have it. Before the first full snapshot there is no page.
func (w *Watch) Event(event []byte) {
	kind, at, data := int64(-1), int64(0), []byte(nil)
	for name, v := range rawjson.Members(event) {
		switch string(name) {
		case "type":
			kind = whole(v)
		case "data":
			data = v
		case "timestamp":
			at = whole(v)
		}
	}
	if at <= 0 {
		return
	}
	w.now, w.late = at, 0
	w.read += len(event)
	w.wake()
	switch kind {
	case typeFull:
		w.snapshot(event, data)
		w.before = at
	case typeIncremental:
		w.before = at
		switch source := whole(rawjson.Member(data, "source")); source {
		case sourceMutation:
			w.apply(event)
		default:
			w.used(source, data)
		}
	case typeMeta:
		w.sized(data)
	case typeCustom:
		w.custom(data)
	case typePlugin:
		w.logged(data)
	}
}

// Lost tells the watch that the recording of the window from fromMS to toMS is not complete. A reason other than MutationsDropped becomes NotRecorded.
// Lost may be called at any time before the results are asked for.
func (w *Watch) Lost(fromMS, toMS int64, reason string) {
	if reason != MutationsDropped {
		reason = NotRecorded
	}
	w.holes = append(w.holes, hole{fromMS, toMS, reason, false})
}

// Throttled tells the watch that the recorder left out changes of attributes from fromMS to toMS, because those of some nodes changed too quickly. It can be
// called like Lost.
func (w *Watch) Throttled(fromMS, toMS int64) {
	w.holes = append(w.holes, hole{fromMS, toMS, MutationsDropped, true})
}

// lastEnd is a time after all others.
const lastEnd = 1 << 60

// wake begins to look for answers whose time has come, and stops looking for answers whose time is over.
func (w *Watch) wake() {
	for _, a := range w.awaited {
		a.lastMS = w.now
		a.paged = a.paged || w.tree.HasPage()
	}
	began := false
	for len(w.waiting) > 0 && w.waiting[0].beginMS <= w.now {
		a := w.waiting[0]
		w.waiting = w.waiting[1:]
		if a.Background || w.now > a.EndMS+a.ClockUncertaintyMS+afterMS {
			continue // nothing was recorded then
		}
		if len(w.awaited) >= maxAnswers {
			a.crowded = true
			continue
		}
		a.begun, a.lastMS, a.paged, a.newest = true, w.now, w.tree.HasPage(), w.tree.Newest()
		w.awaited = append(w.awaited, a)
		began = true
	}
	if began {
		w.begin()
	}
	if len(w.awaited) == 0 || w.now < w.checked+checkMS && w.now >= w.checked {
		return
	}
	w.checked = w.now
	left := len(w.awaited)
	w.awaited = slices.DeleteFunc(w.awaited, func(a *watched) bool {
		if w.isAwaited(a) {
			return false
		}
		w.end(a)
		return true
	})
	if len(w.awaited) < left {
		w.activate()
	}
}

// end notes what is known of an answer that is no longer awaited.
func (w *Watch) end(a *watched) {
	w.lookForBlocked(a)
}

// isAwaited reports whether more of an answer may come.
func (w *Watch) isAwaited(a *watched) bool {
	until := a.EndMS + a.ClockUncertaintyMS + afterMS
	if a.text == nil || a.text.tracks == nil {
		return w.now <= until
	}
	grown, shown, whole := int64(0), 0, false
	for _, t := range a.text.tracks {
		if at, _ := t.page.last(); !t.old {
			grown = max(grown, at)
		}
		if !t.old && a.text.whole(&t.shown) {
			at, _ := t.shown.last()
			grown, whole = max(grown, at), true
		}
		if t.page.size() > t.shown.size() {
			shown++
		}
	}
	if whole && len(a.text.answers) == 1 {
		return w.now <= max(grown+settledMS, a.EndMS+a.ClockUncertaintyMS+settledMS)
	}
	return w.now <= max(until, grown+grownMS) || !w.visible && shown > 0
}

// begin reads the page as it is when answers begin to be awaited: the text that is already there is not theirs.
func (w *Watch) begin() {
	was := slices.Clone(w.active)
	w.activate()
	var fresh []*needle
	for _, n := range w.active {
		if !slices.Contains(was, n) {
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 || !w.tree.HasPage() || w.scanned > 4*w.read+1<<20 {
		return
	}
	for id := range w.tree.Texts() {
		w.scanned += w.tree.TextLen(id)
		t, _ := w.textOf(id)
		if len(t) == 0 {
			continue
		}
		for _, n := range fresh {
			w.placeOld(n, id, t)
		}
	}
}

// placeOld notes a text that was on the page before an answer was awaited.
func (w *Watch) placeOld(n *needle, id int, t []rune) {
	w.ids = w.tree.TextsBefore(w.ids[:0], id, 4)
	runs, tr := n.match(t, id, true, w.ids, nil)
	if len(runs) == 0 {
		return
	}
	if tr == nil {
		tr = &track{old: true}
		if n.question && w.tree.Standing(id).Editable {
			tr.typed = true
		}
		n.follow(tr)
	}
	w.set(n, id, placing{track: tr, runs: runs})
	for _, r := range runs {
		tr.page.add(int32(r.q), int32(r.q+r.n), w.now, 0)
	}
}

// activate makes the needles of the awaited answers the active ones.
func (w *Watch) activate() {
	var active []*needle
	add := func(n *needle) {
		if n != nil && !slices.Contains(active, n) {
			active = append(active, n)
		}
	}
	for _, a := range w.awaited {
		add(a.question)
	}
	for _, a := range w.awaited {
		add(a.text)
	}
	for _, n := range w.active {
		if n.active = slices.Contains(active, n); !n.active {
			w.drop(n)
			clear(n.gone)
		}
	}
	for _, n := range active {
		if !n.active {
			n.active, n.shown = true, nil
		}
	}
	w.active = active
	if len(active) == 0 {
		w.tree.Watch(nil)
		clear(w.recent)
		clear(w.starred)
		w.stars = 0
		return
	}
	w.tree.Watch(w)
}

// drop forgets which texts show a needle that is no longer looked for.
func (w *Watch) drop(n *needle) {
	for id, p := range n.nodes {
		if p.hidden {
			w.concealed--
		}
		if w.placed[id]--; w.placed[id] == 0 {
			delete(w.placed, id)
		}
	}
	clear(n.nodes)
}

// apply applies the event to the page, and looks at the texts that changed.
func (w *Watch) apply(event []byte) {
	if err := w.tree.Apply(event); err != nil {
		w.broken()
		return
	}
	w.look()
}

// broken notes that there is no page until the next full snapshot.
func (w *Watch) broken() {
	if !w.failed {
		w.failed = true
		w.pause()
	}
	w.leaveAll()
	w.forgetChanges()
}

// pause notes that nothing is recorded from now on, resume that recording goes on.
func (w *Watch) pause() {
	if w.pausedMS == 0 {
		w.pausedMS = w.now
	}
}

func (w *Watch) resume() {
	if w.pausedMS > 0 {
		w.Lost(w.pausedMS, w.now, NotRecorded)
		w.pausedMS = 0
	}
}

// leaveAll notes that all texts left the page.
func (w *Watch) leaveAll() {
	for _, n := range w.active {
		for id := range n.nodes {
			w.leave(n, id)
		}
	}
	clear(w.recent)
	clear(w.plain)
	clear(w.starred)
	w.stars = 0
}

// snapshot reads a full snapshot. If the page was loaded anew, the recorder numbers its nodes from 1. If it takes another snapshot of the same page, it
// continues its numbers.
func (w *Watch) snapshot(event, data []byte) {
	loaded := !w.tree.HasPage() || whole(rawjson.Path(data, "node", "id")) == 1
	if loaded {
		w.late = lastEnd
		if w.before > 0 {
			w.late = max(w.now-w.before, 0)
		}
		w.visible, w.proven, w.loadedMS = true, false, w.now
		w.loaded()
		w.throttled = throttled{since: whole(rawjson.Path(data, "node", "id")) == 1}
	}
	w.failed = false
	w.resume()
	w.leaveAll()
	w.forgetChanges()
	w.snapped = true
	w.apply(event)
	w.late, w.snapped = 0, false
	w.offset(data)
	for _, a := range w.awaited {
		a.paged, a.newest = a.paged || w.tree.HasPage(), w.tree.Newest()
	}
}

// custom reads a custom event. The visibility of the tab comes from the same tags as in package activity.
func (w *Watch) custom(data []byte) {
	tag, payload := "", []byte(nil)
	for name, v := range rawjson.Members(data) {
		switch string(name) {
		case "tag":
			tag = rawjson.Scalar(v, model.MaxName)
		case "payload":
			payload = v
		}
	}
	if tag != "" && tag[0] != '$' { // tags with $ are the recorder's own, which it writes when it begins
		w.before = w.now
	}
	switch tag {
	case "window hidden":
		w.visible, w.proven, w.hiddenMS = false, true, w.now
	case "window visible":
		if w.visible && !w.proven {
			w.wasHidden()
		}
		w.proven = true
		w.show()
	case "recording paused", "sessionIdle":
		w.pause()
	case "recording resumed", "sessionNoLongerIdle":
		w.resume()
	case probeShown, probeCopy:
		w.probed(payload)
	}
}

// show notes that the tab is visible from now on: its user sees what is on the page.
func (w *Watch) show() {
	if w.visible {
		return
	}
	w.visible = true
	for _, n := range w.active {
		for _, p := range n.nodes {
			if !p.hidden {
				p.show(w.now, 0)
			}
		}
	}
}

// wasHidden notes that the tab was hidden since the page was loaded. No event said so: in a page that is opened in a hidden tab, the first event about
// it comes when the tab becomes visible.
func (w *Watch) wasHidden() {
	for _, n := range w.active {
		for _, t := range n.tracks {
			kept := t.shown.log
			t.shown = cover{}
			for _, g := range kept {
				if g.at < w.loadedMS {
					t.shown.add(g.from, g.to, g.at, g.late)
				}
			}
		}
	}
	w.visible = false
}

// show notes that a text of the page is seen at a time.
func (p *placing) show(at, late int64) {
	for _, r := range p.runs {
		p.track.shown.add(int32(r.q), int32(r.q+r.n), at, late)
	}
}

// whole reads a number without its fraction; -1 if v is no number or its size is absurd.
func whole(v []byte) int64 {
	f, ok := rawjson.Float(v)
	if !ok || f < -1<<52 || f > 1<<52 {
		return -1
	}
	return int64(f)
}
