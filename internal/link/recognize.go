package link

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
)

// Traits are the properties by which a trace without a session id can be recognized.
type Traits struct {
	// StartMS is the first start of its calls and EndMS their last end, by the server's clock.
	StartMS, EndMS int64
	// Questions and Answers are the texts of its calls: the user's last messages, and the model's answers.
	Questions, Answers []string
	// Persons are the distinct ids of its person, Sessions possible ids of its session (see Perhaps), and Requests ids of its trace.
	Persons, Sessions, Requests []string
	// Address is that of the request in which the trace happened, see Served.
	Address string
	// OnlyWords means that nothing but words and ids of the trace is evidence: Persons only rule out recordings of others.
	OnlyWords bool
	// RuledOut are sessions that cannot be the trace's, whatever their screens show.
	RuledOut map[string]bool
}

// part is the kind of a trait.
type part uint8

const (
	inQuestion part = 1 << iota
	inAnswer
	ofSession
	ofPerson
	ofRequest
	toAddress
	unread // of a window without readable words
)

// trait is what a clue of the trace was made from.
type trait struct {
	of    part
	words int
	// indexed means that a screen that shows it always stores it.
	indexed bool
}

// asked reports whether a clue stands for words of the question and was on the screen when the trace's user asked.
func (is trait) asked(t *Traits, c *model.Clue) bool {
	return is.of&inQuestion != 0 && c.AtMS <= t.StartMS+inexact && c.EndMS >= t.StartMS-wordsBefore
}

// answered reports whether a clue stands for words of the answer and came to the screen during the call or at most some milliseconds after it.
func (is trait) answered(t *Traits, c *model.Clue, afterMS int64) bool {
	return is.of&inAnswer != 0 && c.AtMS <= t.EndMS+afterMS && c.EndMS >= t.StartMS-inexact
}

// SameWords reports whether two texts say the same, as far as their fingerprints tell.
func SameWords(a, b string) bool {
	has := map[int64]bool{}
	for _, c := range words.Of(a) {
		has[c.Hash] = true
	}
	same, all := 0, 0
	for _, c := range words.Of(b) {
		all++
		if has[c.Hash] {
			same++
		}
	}
	return same > 0 && 2*same >= all
}

// clues returns the clues of the traits, by hash.
func (t *Traits) clues() map[int64]trait {
	all := map[int64]trait{}
	add := func(hash int64, of part, n int) {
		all[hash] = trait{all[hash].of | of, n, true}
	}
	say := func(texts []string, of part) {
		for _, text := range texts {
			for _, c := range words.Of(text) {
				all[c.Hash] = trait{all[c.Hash].of | of, c.Words, c.Indexed()}
			}
		}
	}
	say(t.Questions, inQuestion)
	say(t.Answers, inAnswer)
	for _, id := range t.Persons {
		if !t.OnlyWords {
			add(words.ID(words.Person, id), ofPerson, 0)
		}
	}
	for _, id := range t.Sessions {
		add(words.ID(words.Session, id), ofSession, 0)
	}
	for _, id := range t.Requests {
		add(words.ID(words.Request, id), ofRequest, 0)
	}
	t.eachRequest(func(hash int64, is part) { add(hash, is, 0) })
	return all
}

// AnswerShown reports whether a session's recording, and no other, shows words of the answer that are not in the question.
func AnswerShown(t *Traits, found []model.Clue, session string) bool {
	return slices.ContainsFunc(gather(t, t.clues(), found), func(s *seenIn) bool { return s.session == session && s.answered >= enoughWords })
}

// Hashes returns the hashes of the clues to look up in recordings, sorted.
func (t *Traits) Hashes() []int64 {
	all := t.clues()
	hashes := make([]int64, 0, len(all))
	for h := range all {
		hashes = append(hashes, h)
	}
	slices.Sort(hashes)
	return hashes
}

// Few returns some of the hashes. A recording that arrives later finds the trace by them.
func (t *Traits) Few() (some []int64) {
	for _, texts := range [][]string{t.Questions, t.Answers} {
		for _, text := range texts[:min(len(texts), 2)] {
			all := words.Of(text)
			slices.SortFunc(all, func(a, b words.Clue) int { return cmp.Compare(a.Hash, b.Hash) })
			n := 0
			for _, c := range all {
				if c.Indexed() && (n < fewRuns || c.Kind != words.Run) {
					some = append(some, c.Hash)
					n++
				}
			}
		}
	}
	for hash, is := range t.clues() {
		if is.of&(inQuestion|inAnswer) == 0 {
			some = append(some, hash)
		}
	}
	slices.Sort(some)
	return slices.Compact(some)
}

// fewRuns is how many runs of a text are stored for a trace. Few are enough: a recording stores every run of its screen, and most traces of a busy
// backend belong to no recording.
const fewRuns = 6

// Times around a trace in which its clues count, in milliseconds.
const (
	// A question appears on the screen at most a minute before its call begins (a backend may search for documents first). An answer appears between
	// the start of the call and some seconds after its end. If the question was there, the answer may appear later: some pages draw only while their
	// tab is visible.
	wordsBefore = 60_000
	wordsAfter  = 30_000
	wordsLate   = 180_000
	// inexact is by how much the two clocks may still differ, and how long after sending a question a page may show it.
	inexact = 5_000
	// questionAlone is how long before the call a question may have appeared, if nothing of the answer appeared.
	questionAlone = 30_000
	// SeenBefore and SeenAfter are how far around a trace recordings are looked up: posthog-js ends a session after half an hour without activity.
	SeenBefore = 30 * 60_000
	SeenAfter  = 10 * 60_000
	// activeWithin is how long before the call a recording may end, or how long after it one may begin, and still contain it: a recording has no
	// events while its user waits.
	activeWithin = 60_000
)

const (
	// enoughWords is how many words must be on only one screen. Each run counts its five words, even if runs overlap: two runs have ten words.
	enoughWords = 10
	// clearly is by how many milliseconds the time of one screen must fit better than that of another screen with the same words.
	clearly = 3000
)

// seenIn is what a recording shares with a trace.
type seenIn struct {
	session string
	// score is the sum of the clues' words, each divided by the number of recordings that have the clue.
	score float64
	// alone counts the words that no other recording has, answered those of them that occur only in the answer, and all counts all words.
	alone, answered, all int
	// ofQuestion and ofAnswer count the words of each.
	ofQuestion, ofAnswer int
	// atMS is when the question appeared, or without it the answer; question says which of them.
	atMS     int64
	question bool
	windows  map[string]int
	person   bool
	fromMS   int64 // of the person's activity
	toMS     int64
	request  bool
	perhaps  bool
	// fits means that a request to the trace's address encloses it, and unfitMS is how much the two differ, see Traits.Unfit. unread means that the words
	// of its window cannot be read.
	fits, unread bool
	unfitMS      int64
}

// window is the window that has most of the words.
func (s *seenIn) window() string {
	best := ""
	for w, n := range s.windows {
		if best == "" || n > s.windows[best] || n == s.windows[best] && w < best {
			best = w
		}
	}
	return best
}

// misfit is by how many milliseconds the time of the words differs from the expected time: a question is on the screen at most some seconds before
// its call begins, an answer not before the call begins.
func (s *seenIn) misfit(t *Traits) int64 {
	switch {
	case s.atMS == 0:
		return wordsLate
	case s.question:
		return distance(s.atMS, t.StartMS)
	case s.atMS < t.StartMS:
		return t.StartMS - s.atMS
	case s.atMS > t.EndMS:
		return s.atMS - t.EndMS
	}
	return 0
}

// Recognize completes a choice without a session: it returns the session whose recording fits best. If several fit equally well, it returns these as
// candidates. found are clues of recordings around the time of the trace, whose hashes are among t.Hashes.
func Recognize(c Choice, t *Traits, found []model.Clue) Choice {
	if c.SessionID != "" {
		return c
	}
	traits := t.clues()
	seen := gather(t, traits, found)
	choose := func(s *seenIn, m Method, confidence float64) Choice {
		c.SessionID, c.WindowID, c.Method, c.Confidence = s.session, s.window(), m, confidence
		return c
	}
	offer := func(of []*seenIn) Choice {
		var all []Candidate
		for _, s := range of {
			all = append(all, Candidate{s.session, s.window(), float64(100/len(of)) / 100})
		}
		c.Candidates = NewCandidates(all)
		return c
	}
	if of := having(seen, func(s *seenIn) bool { return s.request }); len(of) == 1 {
		return choose(of[0], Request, 0)
	}
	if of := having(seen, func(s *seenIn) bool { return s.perhaps }); len(of) == 1 {
		return choose(of[0], Attribute, 0)
	}
	shown := having(seen, func(s *seenIn) bool { return s.all > 0 })
	slices.SortStableFunc(shown, func(a, b *seenIn) int { return cmp.Compare(b.score, a.score) })
	if len(shown) > 0 {
		first := shown[0]
		question, answer := wordsOf(traits)
		others := having(shown[1:], func(s *seenIn) bool { return 2*s.alone >= first.alone && s.alone >= enoughWords })
		switch {
		// Of the answer or the question at least half must be there: many begin the same or have phrases in common, and few recordings may show words at
		// the time. Ten words of an answer that nobody recorded, because it was masked, were on the screen of another one.
		case first.alone >= enoughWords && len(others) == 0 && first.answered >= enoughWords && 2*first.ofAnswer >= answer:
			return choose(first, Screen, min(0.99, float64(80+first.alone/5)/100))
		case first.alone >= enoughWords && len(others) == 0:
			// Many people may ask the same, but two people hardly ever get the same long answer.
			if first.question && 2*first.ofQuestion >= question && t.StartMS-first.atMS <= questionAlone {
				return choose(first, Screen, 0.75)
			}
		case first.alone >= enoughWords:
			return offer(append(others, first)) // the question is on one screen, the answer on another
		}
		// Several recordings show the same, and it is not only how many questions begin.
		same := having(shown, func(s *seenIn) bool {
			return 10*s.all >= 9*first.all && s.all >= enoughWords && (question > 0 && 2*s.ofQuestion >= question || answer > 0 && 2*s.ofAnswer >= answer)
		})
		if len(same) > 1 {
			if of := having(same, func(s *seenIn) bool { return s.person && s.active(t) }); len(of) == 1 {
				return choose(of[0], Screen, 0.9)
			}
			if s := best(having(same, func(s *seenIn) bool { return s.fits })); s != nil {
				c.How = requestAmong
				return choose(s, Request, 0.9)
			}
			slices.SortStableFunc(same, func(a, b *seenIn) int { return cmp.Compare(a.misfit(t), b.misfit(t)) })
			if a, b := same[0], same[1]; a.question && b.question && a.misfit(t)+clearly < b.misfit(t) && a.misfit(t) < clearly {
				return choose(a, Screen, 0.8)
			}
			return offer(same)
		}
	}
	active := having(seen, func(s *seenIn) bool { return s.person && s.active(t) })
	if len(active) > 1 {
		if of := having(active, func(s *seenIn) bool { return s.alone > 0 }); len(of) == 1 {
			return choose(of[0], ByPerson, 0.7)
		}
		if s := best(having(active, func(s *seenIn) bool { return s.fits })); s != nil {
			c.How = requestOf
			return choose(s, Request, 0.85)
		}
		return offer(active)
	}
	if len(active) == 1 {
		if active[0].alone > 0 {
			return choose(active[0], ByPerson, 0.8)
		}
		return choose(active[0], ByPerson, 0)
	}
	// Words that can be read on both sides and are not the same are of another trace, however well its request fits.
	wordless := len(t.Questions)+len(t.Answers) == 0
	alone := having(seen, func(s *seenIn) bool { return s.fits && (s.unread || wordless) })
	if s := best(alone); s != nil {
		c.How = requestAlone
		return choose(s, Request, 0.8)
	}
	if len(alone) > 0 {
		return offer(alone)
	}
	return c
}

// best is the recording whose request fits clearly better than those of the others, nil if there is none.
func best(of []*seenIn) *seenIn {
	slices.SortStableFunc(of, func(a, b *seenIn) int { return cmp.Compare(a.unfitMS, b.unfitMS) })
	if len(of) == 1 || len(of) > 1 && of[0].unfitMS < clearly && of[0].unfitMS+clearly < of[1].unfitMS {
		return of[0]
	}
	return nil
}

// active reports whether the recording contains the time of the call.
func (s *seenIn) active(t *Traits) bool {
	return s.fromMS-activeWithin <= t.StartMS && s.toMS+activeWithin >= t.StartMS
}

func having(all []*seenIn, has func(*seenIn) bool) (some []*seenIn) {
	for _, s := range all {
		if has(s) {
			some = append(some, s)
		}
	}
	return some
}

// wordsOf counts the words of the question and of the answer, as clues count them. Of the answer, only those count that a screen stores. Questions are shorter, and many begin the
// same: half of those that a screen stores can be nothing but that.
func wordsOf(traits map[int64]trait) (question, answer int) {
	for _, is := range traits {
		if is.of&inQuestion != 0 {
			question += is.words
		}
		if is.of&inAnswer != 0 && is.indexed {
			answer += is.words
		}
	}
	return question, answer
}

// gather groups clues by recording, sorted by session. traits are the clues of t.
func gather(t *Traits, traits map[int64]trait, found []model.Clue) []*seenIn {
	type sight struct {
		session string
		hash    int64
	}
	at := map[sight]int64{} // the earliest time
	showing := map[int64]int{}
	bySession := map[string]*seenIn{}
	of := func(session string) *seenIn {
		s := bySession[session]
		if s == nil {
			s = &seenIn{session: session, windows: map[string]int{}}
			bySession[session] = s
		}
		return s
	}
	asked := map[string]bool{} // the sessions that showed something of the question
	for i := range found {
		if f := &found[i]; traits[f.Hash].asked(t, f) {
			asked[f.SessionID] = true
		}
	}
	for i := range found {
		f := &found[i]
		is, wanted := traits[f.Hash]
		if !wanted || f.SessionID == "" {
			continue
		}
		if is.of&(ofPerson|ofSession|ofRequest) != 0 {
			s := of(f.SessionID)
			s.request = s.request || is.of&ofRequest != 0
			s.perhaps = s.perhaps || is.of&ofSession != 0
			if is.of&ofRequest != 0 {
				s.windows[f.WindowID] += 1000
			}
			if is.of&ofPerson != 0 {
				if !s.person {
					s.person, s.fromMS, s.toMS = true, f.AtMS, f.EndMS
				}
				s.fromMS, s.toMS = min(s.fromMS, f.AtMS), max(s.toMS, f.EndMS)
			}
			continue
		}
		if is.of&toAddress != 0 {
			if !t.RuledOut[f.SessionID] && t.Fits(f.AtMS, f.EndMS) {
				s := of(f.SessionID)
				unfitMS := t.Unfit(f.AtMS, f.EndMS)
				if !s.fits || unfitMS < s.unfitMS {
					s.fits, s.unfitMS = true, unfitMS
				}
				s.unread = s.unread || is.of&unread != 0
				s.windows[f.WindowID] += 100
			}
			continue
		}
		afterMS := int64(wordsAfter)
		if asked[f.SessionID] {
			afterMS = wordsLate
		}
		if t.RuledOut[f.SessionID] || !is.asked(t, f) && !is.answered(t, f, afterMS) {
			continue
		}
		key := sight{f.SessionID, f.Hash}
		before, known := at[key]
		if !known {
			showing[f.Hash]++
			of(f.SessionID).windows[f.WindowID] += is.words
		}
		if !known || f.AtMS < before {
			at[key] = f.AtMS
		}
	}
	for key, ms := range at {
		s, is := bySession[key.session], traits[key.hash]
		s.all += is.words
		if is.of&inQuestion != 0 {
			s.ofQuestion += is.words
		}
		if is.of&inAnswer != 0 {
			s.ofAnswer += is.words
		}
		s.score += float64(is.words) / float64(showing[key.hash])
		if showing[key.hash] == 1 {
			s.alone += is.words
			if is.of == inAnswer {
				s.answered += is.words
			}
		}
		question := is.of&inQuestion != 0
		switch {
		case s.atMS == 0 || question && !s.question, question == s.question && ms < s.atMS:
			s.atMS, s.question = ms, question
		}
	}
	all := make([]*seenIn, 0, len(bySession))
	for _, s := range bySession {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *seenIn) int { return cmp.Compare(a.session, b.session) })
	return all
}
