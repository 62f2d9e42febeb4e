package seen

import (
	"strings"
	"unicode/utf16"

	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// use holds what the user did on the page that may have asked for an answer or stopped it. Recorders record no keys: Enter shows only in the field,
// which is empty afterwards.
type use struct {
	clicks []click
	clears []cleared
	typed  []int64 // when something was written in a field
	stops  []int64 // when a control was pressed that stops an answer
	again  []int64 // when a control was pressed that asks for another answer to the same question
	fields map[int]string
}

func newUse() use { return use{fields: map[int]string{}} }

type click struct {
	at int64
	// field means that the click put the caret into a field.
	field bool
}

// cleared is a field that had a text and was empty at a time.
type cleared struct {
	at int64
	// text is what was in the field. If there is no text, question is the needle that the field showed.
	text     string
	question *needle
}

const (
	// maxUses is how many entries of each kind are remembered: clicks and so on.
	maxUses = 4096
	// maxField is how much of a field's text is remembered, in bytes.
	maxField = 8 << 10
	// staleMS is how long after the tab was hidden the recorder may still write what was done before that.
	staleMS = 1000
)

// used reads an incremental event that does not change the page.
func (w *Watch) used(source int64, data []byte) {
	kind, node := int64(-1), 0
	var y float64
	var text []byte
	for name, v := range rawjson.Members(data) {
		switch string(name) {
		case "type":
			kind = whole(v)
		case "id":
			node = int(max(whole(v), 0))
		case "y":
			y, _ = rawjson.Float(v)
		case "text":
			text = v
		}
	}
	switch source {
	case sourceMove, sourceTouch:
		w.attended()
	case sourceInteraction:
		if kind == interactionClick {
			w.attended()
			w.lastTouched = 0
			w.click(node)
		}
	case sourceScroll:
		w.scrolled(node, y)
	case sourceResize:
		w.sized(data)
	case sourceInput:
		w.input(node, rawjson.Scalar(text, maxField))
	case sourceSelection:
		for r := range rawjson.Items(rawjson.Member(data, "ranges")) {
			w.touched(int(max(whole(rawjson.Member(r, "start")), 0)))
			w.touched(int(max(whole(rawjson.Member(r, "end")), 0)))
			break
		}
	}
}

// attended notes that the user points at the page, so its tab is visible.
func (w *Watch) attended() {
	if w.visible {
		w.proven = true
	} else if w.now > w.hiddenMS+staleMS {
		w.show()
	}
}

func (w *Watch) click(node int) {
	if len(w.clicks) < maxUses {
		w.clicks = append(w.clicks, click{w.now, w.isField(node)})
	}
	if len(w.stops) < maxUses && w.isCalled(node, stops) {
		w.stops = append(w.stops, w.now)
	}
	if len(w.again) < maxUses && w.isCalled(node, reaction.Retries) {
		w.again = append(w.again, w.now)
	}
	w.touched(node)
}

// isField reports whether a click on an element puts the caret into it.
func (w *Watch) isField(id int) bool {
	switch w.tree.Tag(id) {
	case "textarea", "select":
		return true
	case "input":
		switch strings.ToLower(w.tree.Attribute(id, "type")) {
		case "submit", "button", "image", "checkbox", "radio":
			return false
		}
		return true
	}
	return w.tree.Standing(id).Editable
}

// stopWords: a control stops an answer if a word of its name begins with one of these.
var stopWords = strings.Fields("stop cancel abort halt interrupt abbrechen anhalten beenden arrêt annuler detener parar cancelar ferma annulla zatrzymaj durdur стоп останов отмен إيقاف أوقف توقف 停止 中止 取消 中断 중지 정지 ■ ◼ ⏹")

// isCalled reports whether an element is, or belongs to, a control whose name is of a kind.
func (w *Watch) isCalled(id int, of func(name string) bool) bool {
	if of(w.tree.Label(id)) {
		return true
	}
	const levels = 4
	for i := 0; id != 0 && i < levels; i++ {
		for _, name := range [...]string{"aria-label", "title", "data-testid", "data-attr"} {
			if of(w.tree.Attribute(id, name)) {
				return true
			}
		}
		if w.tree.Tag(id) == "button" {
			break
		}
		id = w.tree.Parent(id)
	}
	return false
}

// stops reports whether a name is that of a control that stops an answer: a short name with one of stopWords.
func stops(name string) bool {
	const longest = 64
	if len(name) > longest {
		return false
	}
	for word := range strings.FieldsFuncSeq(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune(" -_.:,!()\u00a0\ufe0f", r) }) {
		for _, s := range stopWords {
			if strings.HasPrefix(word, s) {
				return true
			}
		}
	}
	return false
}

// input notes that a field shows another text.
func (w *Watch) input(node int, text string) {
	if node == 0 {
		return
	}
	before := w.fields[node]
	if before == text {
		return
	}
	if len(w.fields) < maxUses {
		w.fields[node] = text
	}
	if strings.TrimSpace(text) != "" {
		if len(w.typed) < maxUses {
			w.typed = append(w.typed, w.now)
		} else {
			w.typed[maxUses-1] = w.now
		}
		return
	}
	if before != "" && len(w.clears) < maxUses {
		w.clears = append(w.clears, cleared{at: w.now, text: before})
	}
}

// loaded forgets what was in the fields of the previous page, and where it was scrolled to.
func (w *Watch) loaded() {
	clear(w.fields)
	clear(w.scrollers)
	w.filling = nil
}

// How certain it is that the text in a field was a question.
const (
	notIt = iota
	mayBe // masked, of the same length
	isIt
)

// held returns how certain it is that the question was in the field.
func (c *cleared) held(question *needle, text string) int {
	if question == nil {
		return mayBe
	}
	if c.question != nil {
		if c.question == question {
			return isIt
		}
		return notIt
	}
	if stars := strings.Trim(c.text, "*"); stars == "" {
		most := len(utf16.Encode([]rune(text)))
		if n := len(c.text); n >= most-2 && n <= most+2 || n >= maxField {
			return mayBe
		}
		return notIt
	}
	t := fold(nil, []byte(c.text))
	if n := matched(question.align(nil, t, 0, 0)); len(t) > 0 && n*10 >= len(t)*9 {
		return isIt
	}
	return notIt
}

const (
	// pressMS is how long after a click the page may take to show its effect: to empty the field, to show the question.
	pressMS = 1500
	// echoMS is how long after a click a page may write into a field by itself: the question that was chosen.
	echoMS = 100
	// enterMS is how long before a call the user may have written its question last, if nothing else says when it was asked.
	enterMS = 3000
	// enterDoubtMS is the uncertainty of the time of asking if the start of the call is taken for it.
	enterDoubtMS = 300
	// earlyMS is how long before the call the user may have asked for it, in addition to the uncertainty of the clocks.
	earlyMS = 10_000
	// surestMS is the uncertainty up to which a time is given.
	surestMS = 500
)

// asked returns when the user asked for an answer, 0 when that is not known, and how wrong that may be. first is when its first words were
// there, 0 for never. pressed means that it is the time of a click that the page answered, whatever the clocks say.
func (w *Watch) asked(a *watched, first int64) (at, doubt int64, pressed bool) {
	anchor, unsure := a.anchorMS(), a.ClockUncertaintyMS
	from, to := anchor-unsure-earlyMS, anchor+unsure+2000
	if first > 0 {
		to = min(to, first)
	}
	for _, b := range w.answers { // what came before an earlier call with the same question belongs to that call
		if m := b.anchorMS(); b.question != nil && b.question == a.question && m < anchor-surestMS {
			from = max(from, m)
		}
	}
	evidence := w.evidence(a, from, to)
	if evidence == 0 {
		if unsure > surestMS {
			return 0, 0, false
		}
		if c := w.pressed(anchor-unsure-pressMS, anchor+unsure); c > 0 {
			return c, 0, false
		}
		for i := len(w.typed) - 1; i >= 0; i-- {
			if t := w.typed[i]; t <= anchor+unsure {
				if t >= anchor-unsure-enterMS {
					return anchor, max(unsure, enterDoubtMS), false
				}
				break
			}
		}
		return 0, 0, false
	}
	if c := w.pressed(evidence-pressMS, evidence+surestMS/10); c > 0 {
		return c, 0, true
	}
	return evidence, 0, false
}

// evidence returns when the page showed that the question was asked: its field was empty, or the question appeared. If there are several such times,
// the one nearest to the call counts.
func (w *Watch) evidence(a *watched, from, to int64) int64 {
	anchor := a.anchorMS()
	distance := func(at int64) int64 { return max(at-anchor, anchor-at) }
	best, known := int64(0), notIt
	consider := func(at int64, is int) {
		if at < from || at > to || is < known || is == known && best > 0 && distance(at) >= distance(best) {
			return
		}
		best, known = at, is
	}
	for i := range w.clears {
		if c := &w.clears[i]; c.at >= from && c.at <= to {
			if is := c.held(a.question, a.Question); is > notIt {
				consider(c.at, is)
			}
		}
	}
	for _, at := range w.again { // the question is already on the page and does not change
		if at >= anchor-a.ClockUncertaintyMS-pressMS {
			consider(at, isIt)
		}
	}
	appeared := w.appeared(a, from, to)
	switch {
	case appeared == 0:
	case best == 0 || known < isIt && distance(appeared) < distance(best):
		best = appeared
	case appeared < best && best-appeared <= pressMS:
		best = appeared
	case distance(appeared)+pressMS < distance(best):
		best = appeared
	}
	return best
}

// appeared returns when the question appeared on the page, nearest to the call; 0 if it did not.
func (w *Watch) appeared(a *watched, from, to int64) (at int64) {
	if a.question == nil {
		return 0
	}
	anchor := a.anchorMS()
	var all []int64
	for _, t := range a.question.tracks {
		first, late := t.page.first()
		if t.old || t.typed || first < from || first > to || late > surestMS {
			continue
		}
		// What the model was sent may have more in it than what the user wrote.
		if chars, weight := t.weigh(a.question.wording); chars*10 < a.question.need*9 && (!t.alone || weight < evidence) {
			continue
		}
		all = append(all, first)
		if at == 0 || max(first-anchor, anchor-first) < max(at-anchor, anchor-at) {
			at = first
		}
	}
	for nearest, i := at, 0; i < len(all); i++ { // it may appear in a list of conversations as well
		if all[i] >= nearest-pressMS {
			at = min(at, all[i])
		}
	}
	return at
}

// pressed returns the time of the last click between two times that did not go into a field and after which nobody wrote in a field; 0 if there was none.
func (w *Watch) pressed(from, to int64) int64 {
	for i := len(w.clicks) - 1; i >= 0; i-- {
		c := w.clicks[i]
		if c.at > to || c.field {
			continue
		}
		if c.at < from {
			return 0
		}
		for j := len(w.typed) - 1; j >= 0 && w.typed[j] > c.at; j-- {
			if w.typed[j] > c.at+echoMS && w.typed[j] <= to {
				return 0
			}
		}
		return c.at
	}
	return 0
}
