// Package history makes up thirty days of a small company's LLM features, for the demo: a shop's support assistant, a coding agent and a search box,
// with the recordings of their users, as PostHog's SDKs would have sent them. The same start time gives the same history, byte for byte, so sending
// it again changes nothing.
//
// A history is a list of stories. A story is what one person did without a long break, in a browser or without one. It is made when it is requested,
// so that a history takes little memory. Three of the things that happen in these days are worth finding, see [Find].
package history

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Days is how many whole days a history has before the day on which it ends.
const Days = 30

// Size is the size of a history in its whole days; the stories of today are additional.
type Size struct {
	// Sessions is the number of recorded sessions.
	Sessions int
	// Generations is the number of LLM calls. At least ten for each session, because sessions contain calls.
	Generations int
}

// Full is the size of the demo's history.
var Full = Size{Sessions: 1500, Generations: 20_000}

// History is everything that happened until an instant.
type History struct {
	stories []story
	finds   []Find
}

// Find is something in the history that is worth seeing.
type Find struct {
	Title string `json:"title"`
	// Detail says what happened and what to look for.
	Detail string `json:"detail"`
	// Path is the address in the UI that shows it and nothing else, for example /traces?q=…
	Path string `json:"path"`
	// List is the list of its rows, traces or generations, Query the query that finds them, and Count their number.
	List  string `json:"list"`
	Query string `json:"query"`
	Count int    `json:"count"`
}

// longest is the longest duration of a story. A story that might not have ended at the end of the history is left out.
const longest = 45 * time.Minute

// New makes the history of the thirty days before the day of until (UTC), and of that day until then.
func New(until time.Time, size Size) *History {
	until = until.UTC()
	today := until.Truncate(24 * time.Hour)
	p := newPlan(today, size)
	p.month()
	p.today(until.Add(-longest))
	slices.SortStableFunc(p.stories, func(a, b story) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.seed, b.seed)) })
	return &History{p.stories, p.calendar.finds(p.stories)}
}

// Len is the number of stories.
func (h *History) Len() int { return len(h.stories) }

// Story makes the i-th story, in the order of time. It may be called from several goroutines.
func (h *History) Story(i int) Parcel { return h.stories[i].make() }

// Generations is how many LLM calls there are in all stories.
func (h *History) Generations() (n int) {
	for i := range h.stories {
		n += h.stories[i].generations()
	}
	return n
}

// Finds are the three things that are worth seeing.
func (h *History) Finds() []Find { return h.finds }

// calendar has the times of unusual events. All of them are within the whole days.
type calendar struct {
	slowFrom, slowTo time.Time // support's calls to OpenAI are slow
	badFrom, badTo   time.Time // the bad release of support is in use
	first            time.Time
}

func newCalendar(today time.Time) calendar {
	day := func(before int) time.Time { return today.AddDate(0, 0, -before) }
	slow := 9
	for weekend(day(slow)) {
		slow++
	}
	return calendar{
		slowFrom: day(slow).Add(13 * time.Hour), slowTo: day(slow).Add(18 * time.Hour),
		badFrom: day(4).Add(9 * time.Hour), badTo: day(3).Add(10 * time.Hour), first: day(Days),
	}
}

func weekend(day time.Time) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

const badRelease = "support-2.7.0"

// support is the release of the support assistant in use, with the version of its prompt.
func (c *calendar) support(at time.Time) (release, version string) {
	switch {
	case !at.Before(c.badTo):
		return "support-2.7.1", "8"
	case !at.Before(c.badFrom):
		return badRelease, "7"
	case at.Before(c.first.AddDate(0, 0, 11)):
		return "support-2.4.1", "5"
	}
	return "support-2.5.0", "6"
}

// coder is the release of the coding agent in use.
func (c *calendar) coder(at time.Time) (release, version string) {
	if at.Before(c.first.AddDate(0, 0, 14)) {
		return "coder-0.9.4", "12"
	}
	return "coder-0.10.0", "13"
}

func (c *calendar) slow(at time.Time) bool { return !at.Before(c.slowFrom) && at.Before(c.slowTo) }
func (c *calendar) bad(at time.Time) bool  { return !at.Before(c.badFrom) && at.Before(c.badTo) }

// slowest is the longest call of an ordinary day, and many the largest number of calls of an ordinary task: the queries of finds rely on both.
const (
	slowest = 15 * time.Second
	many    = 20
)

// finds counts the rows of the three queries.
func (c *calendar) finds(stories []story) []Find {
	slow, complaints, loops := 0, 0, 0
	for i := range stories {
		for _, t := range stories[i].turns {
			switch {
			case t.slow:
				slow++
			case t.loops:
				loops++
			case t.complains && t.wrong:
				complaints++
			}
		}
	}
	day := func(at time.Time) string { return at.Format(time.DateOnly) }
	shown := func(at time.Time) string { return at.Format("2 January") }
	finds := []Find{
		{
			Title: "The slow afternoon",
			Detail: fmt.Sprintf("On %s from 13:00 to 18:00 UTC the support assistant's provider took up to 45 seconds for an answer. Watch what people did meanwhile: some press Send again and again, some complain.",
				shown(c.slowFrom)),
			List: "generations", Count: slow,
			Query: fmt.Sprintf("prop.feature:support latency:>%.0fs start:>=%s start:<%s", slowest.Seconds(), day(c.slowFrom), day(c.slowFrom.AddDate(0, 0, 1))),
		},
		{
			Title: "The bad release",
			Detail: fmt.Sprintf("Release %s came on %s with version 7 of the prompt. It told people a wrong return policy, and they complained. A day later it was replaced.",
				badRelease, shown(c.badFrom)),
			List: "traces", Query: "release:" + badRelease + " feedback:*", Count: complaints,
		},
		{
			Title:  "The coding agent's retry loop",
			Detail: "One task makes the agent run the same failing tests again and again: more than twenty calls each, the dearest traces of the month, and nobody got an answer.",
			List:   "traces", Query: fmt.Sprintf("agent:coder generations:>%d", many), Count: loops,
		},
	}
	for i := range finds {
		finds[i].Path = "/" + finds[i].List + "?q=" + url.QueryEscape(finds[i].Query)
	}
	return finds
}
