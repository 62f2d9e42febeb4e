package seen

import (
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// Reasons of model.SeenUnknown.
const (
	// The caller sets these. NoLink, NoRecording: there is no session, or nothing of it was recorded. OtherWindow: no recorded window showed the
	// answer, and a window was open that was not recorded.
	NoLink, NoRecording, OtherWindow = "no_link", "no_recording", "other_window"
	// Background: no user asked for the answer.
	Background = "background"
	// Masked: the recorder wrote stars or nothing where the answer may have been.
	Masked = "masked"
	// NotRecorded: nothing was recorded at that time.
	NotRecorded = "not_recorded"
	// MutationsDropped: the recorder says that it left out changes of the page at that time.
	MutationsDropped = "mutations_dropped"
	// NoText: the text of the answer is not known, or it has no letters.
	NoText = "no_text"
	// Uncertain: the words that are on the page may be those of something else.
	Uncertain = "uncertain"
)

const (
	// paintMS is how long after the recorder notes a change the browser may take to show it.
	paintMS = 50
	// stallMS is a time without new words that readers notice.
	stallMS = 2000
	// readMS is how long a reader takes for a word: they read five words a second.
	readMS = 200
	// stopMS is how long after a stop words may still come.
	stopMS = 1000
	// restMS is how long after the end of a call the missing part of its answer may have come without being recorded.
	restMS = 10_000
)

// Seen returns what was seen of answers[i], from the events that were read so far.
func (w *Watch) Seen(i int) model.Seen {
	s, _, _ := w.seen(w.answers[i])
	return s
}

// seen also returns the place of the page where the answer was shown, nil for none, and whether its time of asking is that of a click, see Context.
func (w *Watch) seen(a *watched) (s model.Seen, tr *track, pressed bool) {
	s = model.Seen{State: model.SeenUnknown, WaitMS: -1, Smoothness: -1, Share: -1, UncertaintyMS: paintMS}
	if a.Background {
		s.Reason = Background
		return s, nil, false
	}
	tr = w.trackOf(a)
	first, last, late := int64(0), int64(0), int64(0)
	if tr != nil {
		var lateFirst, lateLast int64
		first, lateFirst = tr.shown.first()
		last, lateLast = tr.shown.last()
		late = max(lateFirst, lateLast)
	}
	asked, doubt, pressed := w.asked(a, first)
	if tr != nil && asked > first && first > 0 {
		asked, doubt, pressed = 0, 0, false
	}
	s.AskedMS = asked
	s.UncertaintyMS = min(max(paintMS, doubt, late), 1<<40)
	if s.Reason = w.unknown(a, tr, asked); s.Reason != "" {
		return s, tr, pressed
	}
	switch {
	case tr == nil:
		s.State = model.SeenNotShown
		return s, tr, pressed
	case first == 0:
		s.State, s.Node = model.SeenNotVisible, int64(tr.element())
		return s, tr, pressed
	}
	s.State, s.Node = w.state(a, tr, asked, last), int64(tr.element())
	if s.State == model.SeenPartly && a.Stopped && w.now < a.EndMS { // some words may have come that the recorder could no longer send
		s.UncertaintyMS = max(s.UncertaintyMS, min(a.EndMS-w.now, surestMS))
	}
	s.FirstWordsMS, s.LastWordsMS = first, last
	if asked > 0 {
		s.WaitMS = first - asked
	}
	s.Stalls = stallsOf(tr.shown.log)
	s.Smoothness, _ = smoothness(a.text.wording, tr.shown.log)
	s.Share, s.ShareUncertainty = w.share(a, tr, asked, first, last)
	return s, tr, pressed
}

// Question returns when the question of answers[i] appeared on the page, 0 if it did not.
func (w *Watch) Question(i int) (atMS int64) {
	a := w.answers[i]
	return w.appeared(a, a.beginMS-earlyMS, lastEnd)
}

// unknown returns why it is not known what was seen, "" if the recording shows it.
func (w *Watch) unknown(a *watched, tr *track, asked int64) string {
	switch {
	case a.text == nil && (a.Text != "" || !a.Stopped): // else it was stopped before anything came
		return NoText
	case a.crowded:
		return Uncertain
	case !a.begun || !a.paged || a.lastMS < a.anchorMS()-a.ClockUncertaintyMS-stopMS:
		return NotRecorded
	}
	from, to, rest := a.StartMS, max(a.EndMS, a.StartMS), a.ClockUncertaintyMS+restMS
	if asked > 0 {
		from = asked
	}
	if tr != nil {
		if at, _ := tr.shown.last(); at > 0 {
			to = at
			if a.text.whole(&tr.shown) {
				rest = 0
			} else {
				to = max(to, a.EndMS)
			}
		}
	}
	to += rest
	for _, h := range w.holes {
		if h.fromMS <= to && h.toMS >= from && !(h.attributes && w.untouched(tr)) {
			return h.reason
		}
	}
	if w.pausedMS > 0 && w.pausedMS <= to {
		return NotRecorded
	}
	if tr != nil {
		return ""
	}
	if a.text == nil {
		return ""
	}
	if a.masked*4 >= len(a.text.runes) && a.masked > 0 {
		return Masked
	}
	w.lookForBlocked(a)
	return a.blocked
}

// state returns how much the user saw of an answer that was on a visible page.
func (w *Watch) state(a *watched, tr *track, asked, last int64) string {
	whole := a.text.whole(&tr.shown)
	until := max(last, a.EndMS+a.ClockUncertaintyMS) + stopMS
	for _, at := range w.stops {
		if at >= max(asked, a.anchorMS()-a.ClockUncertaintyMS) && at <= until && last <= at+2*stopMS {
			return model.SeenStopped
		}
	}
	// The backend cannot tell a user who stops from one who leaves. If the user left, no events of this page follow, or another page does.
	if a.Stopped && w.now > a.EndMS+a.ClockUncertaintyMS && w.loadedMS <= last && w.tree.Tag(tr.element()) != "" {
		return model.SeenStopped
	}
	if whole {
		return model.SeenAll
	}
	return model.SeenPartly
}

// trackOf returns the place of the page where an answer was shown, nil for none. Text that was there before the call does not count. If several answers
// have the same text, each has a place of its own; the last answer gets its place first.
func (w *Watch) trackOf(a *watched) *track {
	if a.text == nil {
		return nil
	}
	order := slices.Clone(a.text.answers)
	slices.SortStableFunc(order, func(i, j int) int { return int(min(max(w.answers[j].StartMS-w.answers[i].StartMS, -1), 1)) })
	taken := map[*track]bool{}
	for k, i := range order {
		b := w.answers[i]
		var best *track
		most := 0
		for _, t := range a.text.tracks {
			if taken[t] || t.old || t.typed || !w.mayBe(b, t) {
				continue
			}
			chars, weight := t.weigh(b.text.wording)
			if chars == 0 || weight < min(t.least(b.text.wording), b.text.weight) {
				continue // by chance
			}
			if chars > most || chars == most && best != nil && k < len(order)-1 && later(t, best) {
				best, most = t, chars
			}
		}
		if b == a {
			return best
		}
		if best != nil {
			taken[best] = true
		}
	}
	return nil
}

func later(a, b *track) bool {
	x, _ := a.page.first()
	y, _ := b.page.first()
	return x > y
}

// earlyWordsMS is how long before its call an answer may be on the page according to the clocks, in addition to their uncertainty.
const earlyWordsMS = 200

// mayBe reports whether the text of a track came late enough to be the answer.
func (w *Watch) mayBe(a *watched, t *track) bool {
	first, _ := t.page.first()
	return first >= a.StartMS-a.ClockUncertaintyMS-earlyWordsMS
}

// stallsOf are the times of two seconds or more without new words.
func stallsOf(log []growth) (stalls []model.TimeSpan) {
	for i := 1; i < len(log); i++ {
		if from, to := log[i-1].at, log[i].at; to-from >= stallMS {
			stalls = append(stalls, model.TimeSpan{FromMS: from, ToMS: to})
		}
	}
	return stalls
}

// smoothness is the share of the reading time in which words were there in time, for a reader who begins with the first word and reads five a second:
// the token delivery timeline of Andes (arXiv 2404.16283), from when words were shown. A word that is not there when its turn comes is waited for. A
// word that never came is left out. words is the number of words that came.
func smoothness(w *wording, log []growth) (share float64, words int) {
	if len(log) == 0 || len(w.words) == 0 {
		return -1, 0
	}
	at := make([]int64, len(w.runes))
	for _, g := range log {
		for i := g.from; i < g.to; i++ {
			at[i] = g.at
		}
	}
	waited := int64(0)
	now, begin := log[0].at, int32(0)
	for _, end := range w.words {
		there := int64(0)
		for i := begin; i < end; i++ {
			if at[i] == 0 {
				there = 0
				break
			}
			there = max(there, at[i])
		}
		begin = end
		if there == 0 {
			continue
		}
		if there > now {
			waited += there - now
			now = there
		}
		now += readMS
		words++
	}
	if words == 0 {
		return -1, 0
	}
	read := float64(words) * readMS
	return read / (read + float64(waited)), words
}

// Context is what happened on the page around an answer.
type Context struct {
	// Node is the element that shows the answer, 0 for none.
	Node int64
	// Words are how many of its words were shown, and Shown is the share of its characters, 0 to 1.
	Words int
	Shown float64
	// Inside reports whether an element that was clicked or selected was in the answer's element; Beside, whether it was a control that belongs to the
	// answer. Of other elements they know nothing.
	Inside, Beside func(node int64) bool
	// Pressed says that the time of asking is that of a click that the page answered, so that it does not depend on the clock of the call.
	Pressed bool
	// Stop are the times, from asking on, at which a control that stops an answer was pressed.
	Stop []int64
	// Scrolled are the times, from asking to the last words, at which the page was scrolled away from the newest words.
	Scrolled []int64
}

// Context returns the context of answers[i], from the events that were read so far.
func (w *Watch) Context(i int) Context {
	a := w.answers[i]
	none := func(int64) bool { return false }
	c := Context{Inside: none, Beside: none}
	if a.Background {
		return c
	}
	s, tr, pressed := w.seen(a)
	c.Pressed = pressed
	from, to := s.AskedMS, s.LastWordsMS
	if from == 0 {
		from = a.anchorMS() - a.ClockUncertaintyMS
	}
	if to == 0 {
		to = a.EndMS + a.ClockUncertaintyMS
	}
	for _, at := range w.stops {
		if at >= from && at <= max(to, a.EndMS+a.ClockUncertaintyMS)+stopMS {
			c.Stop = append(c.Stop, at)
		}
	}
	c.Scrolled, _ = w.follows(tr, from, s.FirstWordsMS, to)
	if tr != nil && a.text.need > 0 {
		chars, _ := tr.shown.weight(a.text.wording)
		c.Shown = min(1, float64(chars)/float64(a.text.need))
	}
	if tr == nil {
		return c
	}
	c.Node = int64(tr.element())
	_, c.Words = smoothness(a.text.wording, tr.shown.log)
	inside, beside := w.inside[tr], w.beside[tr]
	c.Inside = func(node int64) bool { return inside[int(node)] }
	c.Beside = func(node int64) bool { return beside[int(node)] }
	return c
}
