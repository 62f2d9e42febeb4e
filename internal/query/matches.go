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
	// matchesOfOne is how many matching activities are read for each session.
	matchesOfOne = 20
	// matchingGenerations is how many matching generations are read for a page of sessions.
	matchingGenerations = 500
	// matchText is the longest text of a match, in bytes.
	matchText = 300
)

// besides is what a list shows in addition to the sessions, by id.
type besides struct {
	density map[string][]int64
	matched map[string]*Match
}

// besidesOf reads the small timelines of a page of sessions, and why each session matches.
func (s *Service) besidesOf(ctx context.Context, scope access.Scope, rows []model.SessionSummary, searches []filter.Search) (b besides, err error) {
	b.matched = map[string]*Match{}
	spans := make([]store.SessionSpan, 0, len(rows))
	ids := make([]string, 0, len(rows))
	for i := range rows {
		if rows[i].Blocks > 0 {
			spans = append(spans, store.SessionSpan{SessionID: rows[i].ID, FromMS: rows[i].FirstMS, BucketMS: (rows[i].LastMS-rows[i].FirstMS)/listBuckets + 1})
		}
		ids = append(ids, rows[i].ID)
	}
	var clicks []model.Activity
	var events []model.Event
	var texts previews
	err = store.Together(ctx, func(ctx context.Context) (err error) {
		b.density, err = s.store.ActivityDensities(ctx, scope.Project, spans, listBuckets)
		return wrap(err, "count activity of sessions")
	}, func(ctx context.Context) (err error) {
		if word := looked(searches); word != "" && len(ids) > 0 {
			clicks, err = s.store.ActivityWith(ctx, scope.Project, ids, word, matchesOfOne)
		}
		return wrap(err, "look for activity of sessions")
	}, func(ctx context.Context) (err error) {
		events, texts, err = s.matchingGenerations(ctx, scope, ids, searches)
		return err
	})
	if err != nil {
		return b, err
	}
	project := s.inAddress(scope)
	match := func(session, kind, what string, at int64, window string) {
		if b.matched[session] == nil {
			q := url.Values{"t": {strconv.FormatInt(at, 10)}}
			if window != "" {
				q.Set("window", window)
			}
			b.matched[session] = &Match{kind, clipped(what), at, text(window), address.Session(session, project, q)}
		}
	}
	for i := range clicks {
		if a := &clicks[i]; slices.ContainsFunc(searches, func(s filter.Search) bool { return s.In(a.Label) }) {
			match(a.SessionID, a.Kind, a.Label, a.AtMS, a.WindowID)
		}
	}
	for i := range events {
		e := &events[i]
		match(e.SessionID, "generation", matching(searches, texts[e.UUID], e.Title), e.StartMS, e.WindowID)
	}
	return b, nil
}

// matching is the text of a generation to show: the answer, the prompt or the title in which a search finds something. If the match is behind the
// beginnings that are read here, it is the first of these texts.
func matching(searches []filter.Search, p model.Preview, title string) string {
	all := []string{p.Output, p.Input, title}
	for _, one := range all {
		if slices.ContainsFunc(searches, func(s filter.Search) bool { return s.In(one) }) {
			return one
		}
	}
	return cmp.Or(all...)
}

// looked is a lower-case text that a label must contain to match the only text search of a list; "" if there is no search, or several, because then
// it is not known which one matched.
func looked(searches []filter.Search) string {
	if len(searches) != 1 {
		return ""
	}
	longest := searches[0].Inside
	for _, word := range searches[0].Words {
		if len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

// matchingGenerations are the generations of sessions whose texts match the only text search of a list, latest first.
func (s *Service) matchingGenerations(ctx context.Context, scope access.Scope, sessions []string, searches []filter.Search) (events []model.Event, texts previews, err error) {
	if len(searches) != 1 || len(sessions) == 0 {
		return nil, nil, nil
	}
	session, _ := filter.Find(filter.Generations, "session")
	of := filter.Cond{Field: session, Op: filter.Equal}
	for _, id := range sessions {
		of.Values = append(of.Values, filter.Value{Text: id})
	}
	q := store.Question{Project: scope.Project, Weights: s.weights, Of: filter.Generations, Where: filter.And{searches[0], of}}
	found, err := s.store.Find(ctx, q, store.Part{Sort: filter.Sort{Descending: true}, Limit: matchingGenerations, Patience: s.patience})
	if err != nil {
		return nil, nil, wrap(err, "look for generations of sessions")
	}
	keys := make([]model.Key, 0, len(found.Rows))
	for _, f := range found.Rows {
		if id, err := uuid.Parse(f.ID); err == nil {
			keys = append(keys, model.Key{Project: scope.Project, UUID: id, TimeMS: f.AtMS})
		}
	}
	if events, err = s.store.EventsNamed(ctx, keys); err != nil {
		return nil, nil, wrap(err, "read generations of sessions")
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
	texts, err = s.previewsOf(ctx, keys)
	return events, texts, err
}

// clipped is a text cut to one line of a list.
func clipped(s string) string {
	if len(s) <= matchText {
		return s
	}
	return strings.ToValidUTF8(s[:matchText], "") + "…"
}
