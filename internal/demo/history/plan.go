package history

import "time"

// product is one of the company's three features.
type product struct {
	feature string // prop.feature
	url     string
	// library sends its events. wrapper wraps the provider's client and is named beside it; it is "" if the library does that itself.
	library, libraryVersion string
	wrapper, wrapperVersion string
	// models are the models that answer, each with its share of the traffic.
	models  []modelUse
	traffic float64 // its share of all sessions
	backend float64 // its share of the stories without a browser: the agent also works by itself, and the others have apps
}

type modelUse struct {
	provider, model string
	share           float64
}

var (
	support = &product{
		feature: "support", url: "https://shop.cairn.example/tents", library: "posthog-node", libraryVersion: "5.70.0", wrapper: "posthog-ai", wrapperVersion: "8.13.1",
		models: []modelUse{{"openai", "gpt-5-mini", 0.7}, {"anthropic", "claude-haiku-4-5", 0.3}}, traffic: 0.5, backend: 0.2,
	}
	coder = &product{
		feature: "coder", url: "https://code.cairn.example/billing", library: "posthog-python", libraryVersion: "7.4.1",
		models: []modelUse{{"anthropic", "claude-sonnet-4-5", 0.75}, {"openai", "gpt-5", 0.25}}, traffic: 0.2, backend: 0.5,
	}
	search = &product{
		feature: "search", url: "https://shop.cairn.example/help", library: "posthog-node", libraryVersion: "5.70.0", wrapper: "posthog-ai", wrapperVersion: "8.13.1",
		models: []modelUse{{"gemini", "gemini-2.5-flash-lite", 0.8}, {"openai", "gpt-5-nano", 0.2}}, traffic: 0.3, backend: 0.3,
	}
	products = []*product{support, coder, search}
)

// story is what one person did without a long break.
type story struct {
	seed    int64
	product *product
	modelUse
	calendar *calendar
	at       time.Time
	person   *person
	// browser is true if it happened in a browser's session, and recorded if that was recorded.
	browser, recorded bool
	turns             []turn
}

// turn is one question with its answer, and so one trace. The plan decides the parts that are counted; the rest is decided when the turn is made.
type turn struct {
	// calls is its number of generations: two if a tool is used, one more if a call is repeated.
	calls   int
	tool    bool
	retried bool // its first call failed and was repeated
	failed  bool // it ended with an error
	// slow turns belong to the slow afternoon, wrong ones to the bad release, loops to the retry loop.
	slow, wrong, loops bool
	// complains and praises mean that the person left feedback.
	complains, praises bool
}

func (s *story) generations() (n int) {
	for _, t := range s.turns {
		n += t.calls
	}
	return n
}

// plan decides which stories there are.
type plan struct {
	draw
	day     time.Time // today, at midnight
	size    Size
	people  []person
	active  []float64
	stories []story
	calendar
	calls int
	days  []float64
}

func newPlan(today time.Time, size Size) *plan {
	p := &plan{draw: newDraw("plan", today.Unix()), day: today, size: size, calendar: newCalendar(today)}
	p.people, p.active = people()
	for i := range Days {
		p.days = append(p.days, dayWeight(p.first.AddDate(0, 0, i)))
	}
	return p
}

// month plans the whole days: first the things that are worth finding, then recorded sessions, then other stories until there are enough calls.
func (p *plan) month() {
	n := 0
	recorded := func(product *product, at time.Time, loops bool) {
		n++
		s := p.begin(product, at)
		s.browser, s.recorded = true, true
		if loops {
			s.modelUse = product.models[0]
			s.turns = []turn{{calls: p.between(many+4, many+18), loops: true}}
			p.calls += s.generations()
		} else {
			p.fill(s)
		}
	}
	for i := range max(3, p.size.Sessions/90) {
		recorded(coder, p.hour(p.day.AddDate(0, 0, -1-i%12)), true)
	}
	within := func(from, to time.Time) time.Time {
		return from.Add(p.lasts(0, to.Sub(from)-longest))
	}
	for range max(4, p.size.Sessions/75) {
		recorded(support, within(p.slowFrom, p.slowTo), false)
		recorded(support, within(p.badFrom, p.badTo), false)
	}
	for n < p.size.Sessions {
		recorded(p.product(true), p.time(), false)
	}
	p.others(p.size.Sessions/8, p.size.Generations, p.time)
}

// today plans the day on which the history ends, with a thirtieth of the month, and leaves out stories that begin after the end.
func (p *plan) today(end time.Time) {
	whole := len(p.stories)
	p.calls = 0
	at := func() time.Time { return p.hour(p.day) }
	for range p.size.Sessions / Days {
		s := p.begin(p.product(true), at())
		s.browser, s.recorded = true, true
		p.fill(s)
	}
	p.others(p.size.Sessions/Days/8, p.size.Generations/Days, at)
	kept := p.stories[:whole]
	for _, s := range p.stories[whole:] {
		if s.at.Before(end) {
			kept = append(kept, s)
		}
	}
	p.stories = kept
}

// others adds sessions that were not recorded, and stories without a browser until there are enough calls.
func (p *plan) others(unrecorded, calls int, at func() time.Time) {
	for range unrecorded {
		s := p.begin(p.product(true), at())
		s.browser = true
		p.fill(s)
	}
	for p.calls < calls {
		s := p.begin(p.product(false), at())
		p.fill(s)
		if over := p.calls - calls; over > 0 { // the last one fits exactly
			left := s.generations() - over
			p.calls -= s.generations()
			s.product, s.turns = search, make([]turn, left)
			s.modelUse = search.models[0]
			for i := range s.turns {
				s.turns[i].calls = 1
			}
			p.calls += left
		}
	}
}

// begin adds a story without turns.
func (p *plan) begin(product *product, at time.Time) *story {
	var shares []float64
	for _, m := range product.models {
		shares = append(shares, m.share)
	}
	p.stories = append(p.stories, story{
		seed: p.Int64(), product: product, modelUse: product.models[p.weighted(shares)], calendar: &p.calendar, at: at, person: &p.people[p.weighted(p.active)],
	})
	s := &p.stories[len(p.stories)-1]
	if product == support && p.slow(at) {
		s.modelUse = product.models[0] // this provider is the slow one, and the other one is not used meanwhile
	}
	return s
}

// fill decides the turns of a story, and counts their calls.
func (p *plan) fill(s *story) {
	for range p.turns(s) {
		s.turns = append(s.turns, p.turn(s))
	}
	p.calls += s.generations()
}

func (p *plan) turns(s *story) int {
	switch s.product {
	case support:
		return 1 + p.weighted([]float64{0.34, 0.26, 0.2, 0.12, 0.08})
	case coder:
		return 1 + p.weighted([]float64{0.6, 0.3, 0.1})
	default:
		return 1 + p.weighted([]float64{0.45, 0.3, 0.17, 0.08})
	}
}

func (p *plan) turn(s *story) turn {
	t := turn{calls: 1}
	switch s.product {
	case support:
		t.slow, t.wrong = p.slow(s.at), p.bad(s.at) && p.chance(0.6)
		if t.tool = !t.wrong && p.chance(0.45); t.tool {
			t.calls++
		}
		said := p.Float64()
		complains, praises := 0.015, 0.05
		switch {
		case t.slow:
			complains, praises = 0.2, 0
		case t.wrong:
			complains, praises = 0.55, 0
		case p.bad(s.at):
			complains, praises = 0, 0 // so that all feedback on the bad release is about its mistake
		}
		t.complains, t.praises = s.browser && said < complains, s.browser && said >= 1-praises
	case coder:
		t.calls = p.between(4, 12)
	}
	if !t.slow && !t.wrong {
		if t.retried = p.chance(0.02); t.retried {
			t.calls++
		}
		t.failed = !t.retried && !t.complains && !t.praises && p.chance(0.008)
	}
	return t
}

func (p *plan) product(browser bool) *product {
	var shares []float64
	for _, one := range products {
		share := one.backend
		if browser {
			share = one.traffic
		}
		shares = append(shares, share)
	}
	return products[p.weighted(shares)]
}

// time is a random time within the whole days.
func (p *plan) time() time.Time { return p.hour(p.first.AddDate(0, 0, p.weighted(p.days))) }

// hour is a random time of a day. Every story ends on the day on which it begins.
func (p *plan) hour(day time.Time) time.Time {
	at := day.Add(time.Duration(p.weighted(hours))*time.Hour + time.Duration(p.IntN(3_600_000))*time.Millisecond)
	if last := day.Add(24*time.Hour - longest); at.After(last) {
		at = at.Add(-longest)
	}
	return at
}
