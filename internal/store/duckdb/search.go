//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// defaultMaxHits is the largest number of events whose text matches one search of a question: a million uuids take 50 MB.
const defaultMaxHits = 1_000_000

// hits are the newest events whose text matches a search, newest first.
type hits struct {
	keys []model.Key
	// before is the position at which the search ended; end means that nothing is left to search.
	before model.Key
	end    bool
	// events is about how many events with text are as new as these.
	events float64
}

// fromMS is the time since which all hits are known; 0 means all hits are known.
func (h hits) fromMS() int64 {
	if h.end {
		return 0
	}
	return h.before.TimeMS + 1
}

func appendIDs(ids []string, keys []model.Key) []string {
	for _, k := range keys {
		ids = append(ids, k.UUID.String())
	}
	return ids
}

// lookInTexts finds the events whose texts match the question's searches. Every read of the database calls it. If there are more hits than can be
// kept, or if the deadline has passed, it stops, limits the scope to what has been active since then, and reports it. before is the beginning of the
// part of the list, nil for the newest; a search that ends early has searched at least a part after it.
//
// known are the results of earlier searches, by their text: they continue from there.
func (s *Store) lookInTexts(ctx context.Context, scope *sqlgen.Scope, known map[string]hits, before *store.Position, deadline time.Time) (*store.Searched, error) {
	found := map[string][]string{}
	edge := int64(0)
	for _, search := range filter.AllSearches(scope.Where) {
		name := filter.String(search)
		if _, ok := found[name]; ok {
			continue
		}
		q := texts.Query{Project: scope.Project, Expr: search, FromMS: max(scope.ContentsFromMS, filter.Since(scope.Of, scope.Where), edge)}
		begun := int64(math.MaxInt64)
		if before != nil {
			q.ToMS, begun = before.Number+1, before.Number
		}
		first, begins := known[name]
		ids := appendIDs(nil, first.keys)
		if begins && first.fromMS() <= q.FromMS {
			found[name] = ids
			continue
		}
		q.Before = first.before
		err := findText(ctx, s.engine, q, func(f texts.Found) bool {
			ids = appendIDs(ids, f.Keys)
			enough := len(ids) >= s.maxHits || !deadline.IsZero() && time.Now().After(deadline)
			at := f.Before.TimeMS + 1 // everything since this time was searched
			if f.End || !enough || at >= begun || begun == math.MaxInt64 {
				begun = min(begun, at)
				return true
			}
			edge = max(edge, at)
			return false
		})
		if err != nil {
			return nil, err
		}
		found[name] = ids
	}
	scope.Texts = func(search filter.Search, bind func(any) string) string {
		ids := found[filter.String(search)]
		if len(ids) == 0 {
			return ""
		}
		return "SELECT CAST(unnest(" + bind(ids) + ") AS UUID)"
	}
	if edge == 0 {
		return nil, nil
	}
	scope.ActiveFromMS, scope.ContentsFromMS = max(scope.ActiveFromMS, edge), max(scope.ContentsFromMS, edge)
	return s.searched(scope.Project, edge, nil), nil
}

// searched records how far back text was searched.
func (s *Store) searched(project string, toMS int64, next *store.Position) *store.Searched {
	since, all := s.engine.texts.Since(table.Clean(project), toMS)
	x := &store.Searched{ToMS: toMS, Share: 1, Next: next}
	if all > 0 {
		x.Share = since / all
	}
	return x
}

// mostRows is the maximum number of rows that are searched at a time if text is searched: this takes a fraction of a second.
const mostRows = 256 << 10

// findBack finds the latest matching rows for questions with text: it searches more and more of the newest rows, and then earlier ones, until there
// are enough or patience ends.
func (s *Store) findBack(ctx context.Context, q store.Question, p store.Part) (list store.List, err error) {
	deadline := time.Time{}
	if p.Patience > 0 {
		deadline = time.Now().Add(p.Patience)
	}
	rows, known, ok, err := s.findFew(ctx, q, p, deadline)
	if ok || err != nil {
		return store.List{Rows: rows}, err
	}
	wanted, step, since := p.Limit, s.firstSearched(q, p, known), filter.Since(q.Of, q.Where)
	for first := true; ; first = false {
		var found store.List
		var edge int64
		look := func(ctx context.Context, db querier) (err error) {
			if q.Of.Events() {
				found, edge, err = s.generationsAmong(ctx, db, q, p, step, known, deadline)
			} else {
				found, edge, err = s.searchNear(ctx, db, q, p, step, known)
			}
			return err
		}
		if first {
			err = s.snapshot(ctx, "find "+string(q.Of), func(db querier) error { return look(ctx, db) })
		} else {
			err = s.dear(ctx, "find "+string(q.Of), func(ctx context.Context, db *sql.DB) error { return look(ctx, db) })
		}
		if err != nil {
			return store.List{}, err
		}
		list.Rows = append(list.Rows, found.Rows...)
		if found.Searched != nil {
			list.Searched = found.Searched
		}
		if edge == longAgo || len(list.Rows) >= wanted || since != 0 && edge < since {
			return list, nil
		}
		known = nil // these belong to the first step
		// Continue after everything that was active at the edge or later; traces and sessions are sorted by their latest activity.
		p.After, p.Limit, step = &store.Position{Number: edge + 1}, wanted-len(list.Rows), min(8*step, mostRows)
		if q.Of.Events() {
			p.After = &store.Position{Number: edge, ID: uuid.Nil.String()}
		}
		if !deadline.IsZero() && time.Now().After(deadline) {
			list.Searched = s.searched(q.Project, edge, p.After)
			return list, nil
		}
	}
}

// firstSearched is how many rows a search reads first: among few events, the rows up to its newest hits; a multiple of them contains a page of
// traces. Reading 500 rows takes a third of the time of reading 2000.
func (s *Store) firstSearched(q store.Question, p store.Part, known map[string]hits) int64 {
	rows := s.firstRows(q.Of, p.Limit)
	if q.Of != filter.Traces || p.After != nil || len(known) == 0 {
		return rows
	}
	most := 0.0
	for _, h := range known {
		most = max(most, h.events)
	}
	return max(min(rows, 4*int64(most)), rows/8, 1)
}

// findFew finds matching rows from the hits of searches that all results must match: in any list if there are few hits in all text, and for
// generations, which are in the order of their hits, if the newest hits fill a page. It returns false if this is not enough, and the known hits of
// the searches by their text.
func (s *Store) findFew(ctx context.Context, q store.Question, p store.Part, deadline time.Time) (found []store.Found, known map[string]hits, ok bool, err error) {
	known = map[string]hits{}
	var fewest []model.Key // the hits of a search with few
	enough, edge := false, int64(0)
	for _, search := range filter.RequiredSearches(q.Where) {
		h, err := s.newestHits(ctx, q, search, p, deadline)
		if err != nil {
			return nil, nil, false, err
		}
		known[filter.String(search)] = h
		switch {
		case h.end && len(h.keys) == 0:
			return nil, nil, true, nil
		case h.end:
			enough = true
			if fewest == nil || len(h.keys) < len(fewest) {
				fewest = h.keys
			}
		case q.Of.Events() && len(h.keys) > p.Limit:
			enough, edge = true, max(edge, h.fromMS())
		}
	}
	if !enough {
		return nil, known, false, nil
	}
	err = s.snapshot(ctx, "find "+string(q.Of), func(db querier) (err error) {
		scope := sqlgen.Scope{Question: q, ActiveFromMS: edge, ContentsFromMS: edge}
		switch {
		case !q.Of.Events():
			ids, err := hitBy(ctx, db, q.Of, fewest)
			if err != nil || len(ids) == 0 {
				return err
			}
			if scope, err = s.scopeAmong(ctx, db, q, ids); err != nil {
				return err
			}
		case fewest != nil:
			oldest := max(edge, fewest[len(fewest)-1].TimeMS)
			scope.ActiveFromMS, scope.ContentsFromMS = oldest, oldest
		}
		list, err := s.find(ctx, db, scope, p, known)
		found = list.Rows
		return err
	})
	return found, known, edge == 0 || len(found) >= p.Limit, err
}

// newestHits are the hits that may belong to a part of a list. It stops when there are more than fill a page, or when the deadline passes.
func (s *Store) newestHits(ctx context.Context, q store.Question, search filter.Search, p store.Part, deadline time.Time) (h hits, err error) {
	at := texts.Query{Project: q.Project, Expr: search, FromMS: filter.Since(q.Of, q.Where)}
	if p.After != nil {
		at.ToMS = p.After.Number + 1
	}
	err = s.use(ctx, func(e *engine) error {
		err := findText(ctx, e, at, func(f texts.Found) bool {
			h.keys, h.before, h.end = append(h.keys, f.Keys...), f.Before, f.End
			return len(h.keys) <= p.Limit && (deadline.IsZero() || time.Now().Before(deadline))
		})
		h.events, _ = e.texts.Since(table.Clean(q.Project), h.fromMS())
		return err
	})
	return h, err
}

// hitBy are the traces or sessions of events, each once.
func hitBy(ctx context.Context, db querier, of filter.Of, events []model.Key) (ids []string, err error) {
	err = query(ctx, db, "ids_of_events", keyValues(events), func(r *sql.Rows) error {
		var trace, session, conversation string
		err := r.Scan(&trace, &session, &conversation)
		id := map[filter.Of]string{filter.Traces: trace, filter.Sessions: session, filter.Conversations: conversation}[of]
		if id != "" {
			ids = append(ids, id)
		}
		return err
	})
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// searchNear finds matching rows among the newest traces or sessions of a part. The result is complete down to edge; longAgo means that it is
// complete.
func (s *Store) searchNear(ctx context.Context, db querier, q store.Question, p store.Part, step int64, known map[string]hits) (list store.List, edge int64, err error) {
	near, edge, _, err := newest(ctx, db, q.Of, step, pageValues(q.Project, p).with("rows", step).with("since_ms", int64(longAgo)))
	if err != nil {
		return list, 0, err
	}
	scope, err := s.scopeAmong(ctx, db, q, idsOf(near))
	if err == nil {
		list, err = s.find(ctx, db, scope, p, known)
	}
	for i, f := range list.Rows {
		if f.AtMS <= edge { // some of these may be missing
			list.Rows = list.Rows[:i]
			break
		}
	}
	return list, edge, err
}

// find finds matching rows of a list in order of time, and returns how far back it searched text if that was not all of it. All rows of a trace or
// session are at or before its position in the list.
func (s *Store) find(ctx context.Context, db querier, scope sqlgen.Scope, p store.Part, known map[string]hits) (list store.List, err error) {
	if list.Searched, err = s.lookInTexts(ctx, &scope, known, p.After, time.Time{}); err == nil {
		list.Rows, err = rows(ctx, db, scope, p)
	}
	return list, err
}

// generationsAmong finds matching rows among the newest rows of a part. The result is complete down to edge; longAgo means that it is complete.
func (s *Store) generationsAmong(ctx context.Context, db querier, q store.Question, p store.Part, step int64, known map[string]hits, deadline time.Time) (list store.List, edge int64, err error) {
	if edge, err = generationsEdge(ctx, db, pageValues(q.Project, p), step); err != nil {
		return list, 0, err
	}
	scope := sqlgen.Scope{Question: q, ActiveFromMS: edge, ContentsFromMS: edge}
	if _, err := s.lookInTexts(ctx, &scope, known, p.After, deadline); err != nil {
		return list, 0, err
	}
	if edge = scope.ActiveFromMS; edge == 0 {
		edge = longAgo
	}
	list.Rows, err = rows(ctx, db, scope, p)
	return list, edge, err
}
