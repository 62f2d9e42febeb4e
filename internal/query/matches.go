package query

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/address"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// listBuckets is how many buckets the small timeline of a row has.
	listBuckets = 40
	// mostInBucket is the largest count of a bucket: with it, a row's timeline has less than 1 kB. The bars of more would be as high.
	mostInBucket = 9999
	// matchesOfOne is how many matching activities are read for each session.
	matchesOfOne = 20
	// mostSought is how many words and conditions of a search are looked for in the activity.
	mostSought = 6
	// matchingMost is how many matching generations are read for a page of sessions.
	matchingMost = 500
	// matchText is the longest text of a match, in bytes.
	matchText = 300
)

// besides is what a list shows in addition to the sessions, by id.
type besides struct {
	outline map[string]*store.Outline
	matched map[string]*Match
}

// sought is one of the things that a search of sessions looks for.
type sought struct {
	// word is a lower-case text that a label must contain.
	word string
	// kind is that of the activity, "" for any.
	kind string
	// in reports whether a text is what is looked for.
	in func(text string) bool
}

// soughtIn is what a search of sessions looks for in their activity: its words, and what its conditions say of pages and of what was clicked.
func soughtIn(a asked) (all []sought) {
	kinds := map[string]string{"clicked": model.ActivityClick, "page": model.ActivityNavigation}
	for _, s := range a.searches {
		all = append(all, sought{word: longest(slices.Concat(s.Words, []string{s.Inside})), in: s.In})
	}
	for _, c := range a.conds {
		if kinds[c.Field.Name] == "" || c.Op != filter.Equal {
			continue
		}
		for _, v := range c.Values {
			parts := []string{v.Text}
			if v.Pattern {
				parts = v.Parts()
			}
			all = append(all, sought{word: strings.ToLower(longest(parts)), kind: kinds[c.Field.Name], in: v.Is})
		}
	}
	all = slices.DeleteFunc(all, func(s sought) bool { return s.word == "" })
	return all[:min(len(all), mostSought)]
}

func longest(texts []string) string {
	return slices.MaxFunc(texts, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
}

// found is how much of what is looked for is in an activity.
func found(all []sought, a *model.Activity) (n int) {
	for _, s := range all {
		if (s.kind == "" || s.kind == a.Kind) && s.in(a.Label) {
			n++
		}
	}
	return n
}

// besidesOf reads the small timelines of a page of sessions, and why each session matches.
func (s *Service) besidesOf(ctx context.Context, scope access.Scope, rows []model.SessionSummary, a asked) (b besides, err error) {
	b.matched = map[string]*Match{}
	spans := make([]store.SessionSpan, 0, len(rows))
	ids := make([]string, 0, len(rows))
	for i := range rows {
		spans = append(spans, store.SessionSpan{SessionID: rows[i].ID, FromMS: rows[i].FirstMS, BucketMS: (rows[i].LastMS-rows[i].FirstMS)/listBuckets + 1})
		ids = append(ids, rows[i].ID)
	}
	looked := soughtIn(a)
	activity := make([][]model.Activity, len(looked))
	var events []matchingGeneration
	reads := []func(context.Context) error{func(ctx context.Context) (err error) {
		b.outline, err = s.store.SessionOutlines(ctx, scope.Project, spans, listBuckets)
		return wrap(err, "count what happened in sessions")
	}, func(ctx context.Context) (err error) {
		events, err = s.matchingGenerations(ctx, scope, ids, a.searches)
		return err
	}}
	for i, one := range looked {
		reads = append(reads, func(ctx context.Context) (err error) {
			if len(ids) > 0 {
				activity[i], err = s.store.ActivityWith(ctx, scope.Project, ids, one.word, matchesOfOne)
			}
			return wrap(err, "look for activity of sessions")
		})
	}
	if err = store.Together(ctx, reads...); err != nil {
		return b, err
	}
	// The moment that has most of what is looked for is shown: of activities the first one, and an activity rather than a generation.
	project := s.inAddress(scope)
	best := map[string]int{}
	match := func(n int, session, kind, what string, at int64, window string) {
		if before := b.matched[session]; n < best[session] || n == best[session] && (before == nil || kind == "generation" || before.AtMS <= at) {
			return
		}
		q := url.Values{"t": {strconv.FormatInt(at, 10)}}
		if window != "" {
			q.Set("window", window)
		}
		best[session], b.matched[session] = n, &Match{kind, clipped(what), at, text(window), address.Session(session, project, q)}
	}
	for _, rows := range activity {
		for i := range rows {
			a := &rows[i]
			match(found(looked, a), a.SessionID, a.Kind, a.Label, a.AtMS, a.WindowID)
		}
	}
	for i := range events {
		e := &events[i]
		match(e.n, e.SessionID, "generation", e.text, e.StartMS, e.WindowID)
	}
	return b, nil
}

// matching is the text of a generation to show: the answer, the prompt or the title in which most searches find something, and how many do. If the
// match is behind the beginnings that are read here, it is the first of these texts.
func matching(searches []filter.Search, p model.Preview, title string) (best string, most int) {
	for _, one := range []string{p.Output, p.Input, title} {
		n := 0
		for _, s := range searches {
			if s.In(one) {
				n++
			}
		}
		if n > most || best == "" {
			best, most = one, max(n, most)
		}
	}
	return best, most
}

// matchingGeneration is a generation whose texts match, and its text to show. n is how many of the searches find something in it.
type matchingGeneration struct {
	model.Event
	text string
	n    int
}

// matchingGenerations is at most one generation of each session: the latest one whose texts match all of the text searches of a list, or else any.
func (s *Service) matchingGenerations(ctx context.Context, scope access.Scope, sessions []string, searches []filter.Search) (all []matchingGeneration, err error) {
	if len(searches) == 0 || len(sessions) == 0 {
		return nil, nil
	}
	each := make([]filter.Expr, len(searches))
	for i, one := range searches {
		each[i] = one
	}
	if all, err = s.latestGenerations(ctx, scope, sessions, filter.And(each), searches); err != nil || len(searches) == 1 {
		return all, err
	}
	for i := range all {
		all[i].n = len(searches)
	}
	rest := slices.DeleteFunc(slices.Clone(sessions), func(id string) bool {
		return slices.ContainsFunc(all, func(g matchingGeneration) bool { return g.SessionID == id })
	})
	if len(rest) == 0 {
		return all, nil
	}
	some, err := s.latestGenerations(ctx, scope, rest, filter.Or(each), searches)
	return append(all, some...), err
}

// latestGenerations are the latest generations of sessions that match, one of each session.
func (s *Service) latestGenerations(ctx context.Context, scope access.Scope, sessions []string, where filter.Expr, searches []filter.Search) ([]matchingGeneration, error) {
	session, _ := filter.Find(filter.Generations, "session")
	of := filter.Cond{Field: session, Op: filter.Equal}
	for _, id := range sessions {
		of.Values = append(of.Values, filter.Value{Text: id})
	}
	q := store.Question{Project: scope.Project, Weights: s.weights, Of: filter.Generations, Where: filter.And{where, of}}
	found, err := s.store.Find(ctx, q, store.Part{Sort: filter.Sort{Descending: true}, Limit: matchingMost, Patience: s.patience})
	if err != nil {
		return nil, wrap(err, "look for generations of sessions")
	}
	keys := make([]model.Key, 0, len(found.Rows))
	for _, f := range found.Rows {
		if id, err := uuid.Parse(f.ID); err == nil {
			keys = append(keys, model.Key{Project: scope.Project, UUID: id, TimeMS: f.AtMS})
		}
	}
	events, err := s.store.EventsNamed(ctx, keys)
	if err != nil {
		return nil, wrap(err, "read generations of sessions")
	}
	slices.SortFunc(events, func(a, b model.Event) int {
		return cmp.Or(cmp.Compare(b.StartMS, a.StartMS), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	seen := map[string]bool{}
	events = slices.DeleteFunc(events, func(e model.Event) bool {
		twice := seen[e.SessionID]
		seen[e.SessionID] = true
		return twice
	})
	keys = keys[:0]
	for i := range events {
		keys = append(keys, model.Key{Project: scope.Project, UUID: events[i].UUID, TimeMS: events[i].TimeMS})
	}
	texts, err := s.previewsOf(ctx, keys)
	if err != nil {
		return nil, err
	}
	all := make([]matchingGeneration, len(events))
	for i := range events {
		text, n := matching(searches, texts[events[i].UUID], events[i].Title)
		all[i] = matchingGeneration{events[i], text, max(n, 1)} // it matches, if only behind the beginnings
	}
	return all, nil
}

// outlineView is nil if nothing is known.
func outlineView(o *store.Outline) *Outline {
	if o == nil {
		return nil
	}
	counts := func(of []int64) []int64 {
		for i := range of {
			of[i] = min(of[i], mostInBucket)
		}
		return of
	}
	return &Outline{counts(o.Actions), counts(o.Pages), counts(o.Calls), counts(o.Errors)}
}

// clipped is a text cut to one line of a list.
func clipped(s string) string {
	if len(s) <= matchText {
		return s
	}
	return strings.ToValidUTF8(s[:matchText], "") + "…"
}
