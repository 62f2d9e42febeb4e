//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// pageOfIDs finds the ids of a page of traces or sessions (kind), newest first.
func (s *Store) pageOfIDs(ctx context.Context, db querier, kind, project string, f *store.Filter, p *store.Page) (ids []string, err error) {
	v := listValues(project, f, p).received(always).receivedBlocks(always)
	firstRows, list := s.firstRows(kind, p.Limit), newestOf{kind, project}
	err = walk(firstRows, f, func(rows int64) (full bool, err error) {
		if rows == everything {
			ids, err = s.pageOfAll(ctx, db, kind, project, f, p, v)
			return true, err
		}
		since := int64(longAgo)
		if p.BeforeMS == 0 && rows == firstRows {
			since = s.newest.since(list)
		}
		v["rows"], v["since_ms"] = rows, since
		near, edge, filled, err := newest(ctx, db, kind, rows, v)
		if err != nil {
			return false, err
		}
		if p.BeforeMS == 0 && rows == firstRows && filled {
			s.newest.reach(list, edge)
		}
		if p.BeforeMS != 0 || !plain(f) {
			if near, err = s.among(ctx, db, kind, project, near, f, v); err != nil {
				return false, err
			}
		}
		near = near[:min(len(near), p.Limit)]
		ids = ids[:0]
		complete := 0 // how many are certainly the next in the list
		for _, x := range near {
			ids = append(ids, x.id)
			if x.lastMS > edge {
				complete++
			}
		}
		// The page is full, or there is no more.
		return complete == p.Limit || edge == longAgo, nil
	})
	return ids, err
}

// plain reports whether a filter lets everything pass but what is of another trace or session.
func plain(f *store.Filter) bool {
	return f.FromMS == 0 && f.ToMS == 0 && len(f.DistinctIDs) == 0 && f.Text == "" && !f.ErrorsOnly
}

// listed is an id in a list, and what the list is ordered by.
type listed struct {
	id     string
	lastMS int64
}

// newest finds the ids of the newest rows, newest first. Those after edge are all that there are; it is longAgo when
// nothing is left out. filled reports whether there were as many rows as asked for.
func newest(ctx context.Context, db querier, kind string, rows int64, v values) (near []listed, edge int64, filled bool, err error) {
	// Events and blocks are two sides, of which each is complete down to its own edge.
	var count [2]int64
	first := [2]int64{never.first, never.first}
	last := map[string]int64{}
	err = query(ctx, db, kind+"_near", v, func(r *sql.Rows) error {
		var x listed
		var side, firstMS, n int64
		if err := r.Scan(&x.id, &side, &x.lastMS, &firstMS, &n); err != nil {
			return err
		}
		if known, ok := last[x.id]; !ok || known < x.lastMS {
			last[x.id] = x.lastMS
		}
		first[side] = min(first[side], firstMS)
		count[side] += n
		return nil
	})
	edge = v["since_ms"].(int64)
	for side, n := range count {
		if n >= rows {
			edge, filled = max(edge, first[side]), true
		}
	}
	near = make([]listed, 0, len(last))
	for id, lastMS := range last {
		near = append(near, listed{id, lastMS})
	}
	slices.SortFunc(near, func(a, b listed) int { return cmp.Or(cmp.Compare(b.lastMS, a.lastMS), cmp.Compare(b.id, a.id)) })
	return near, edge, filled, err
}

// among finds those of near that match.
func (s *Store) among(ctx context.Context, db querier, kind, project string, near []listed, f *store.Filter, v values) ([]listed, error) {
	ids := make([]string, len(near))
	for i := range near {
		ids[i] = near[i].id
	}
	v["ids"] = ids
	s.boundsOf(kind, project, ids, v)
	if f.Text != "" {
		if err := textFrom(ctx, db, kind, v); err != nil {
			return nil, err
		}
	}
	if err := s.textHits(ctx, project, f, v); err != nil {
		return nil, err
	}
	return listIDs(ctx, db, kind+"_among", v)
}

// pageOfAll looks at everything, or, when a trace or session is asked for, at all of what is known of that.
func (s *Store) pageOfAll(ctx context.Context, db querier, kind, project string, f *store.Filter, p *store.Page, v values) ([]string, error) {
	v["text_from_ms"] = int64(longAgo)
	if err := s.textHits(ctx, project, f, v); err != nil {
		return nil, err
	}
	v.received(always).receivedBlocks(always)
	simple := p.BeforeMS == 0 && plain(f)
	switch {
	case kind == "sessions" && f.SessionID != "":
		s.boundsOf(kind, project, []string{f.SessionID}, v)
	case kind == "traces" && f.TraceID != "" && f.SessionID == "" && simple:
		return []string{table.Clean(f.TraceID)}, nil // if there is none, it has no sum
	case kind == "traces" && f.TraceID != "":
		s.boundsOf(kind, project, []string{f.TraceID}, v)
	case kind == "traces" && f.SessionID != "":
		// The sums are of whole traces, of which a part may lie outside the session.
		var traces []string
		err := query(ctx, db, "traces_of_session", v.received(s.sessionsReceived(project, f.SessionID)), func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			traces = append(traces, id)
			return err
		})
		if err != nil || len(traces) == 0 {
			return nil, err
		}
		s.boundsOf(kind, project, traces, v)
		if simple {
			return pageIDs(listIDs(ctx, db, "traces_last", v.with("ids", traces)))
		}
	}
	return pageIDs(listIDs(ctx, db, kind+"_all", v))
}

func pageIDs(all []listed, err error) ([]string, error) {
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].id
	}
	return ids, err
}

func listIDs(ctx context.Context, db querier, name string, v values) (all []listed, err error) {
	err = query(ctx, db, name, v, func(r *sql.Rows) error {
		var x listed
		err := r.Scan(&x.id, &x.lastMS)
		all = append(all, x)
		return err
	})
	return all, err
}

// boundsOf sets when the events, and of sessions the blocks, of ids were received.
func (s *Store) boundsOf(kind, project string, ids []string, v values) {
	if kind == "traces" {
		v.received(s.tracesReceived(project, ids...))
		return
	}
	v.received(s.sessionsReceived(project, ids...)).receivedBlocks(s.blocksReceived(project, ids...))
}

// The times in which all events of traces, all events of sessions, and all blocks of sessions were received.
func (s *Store) tracesReceived(project string, ids ...string) span {
	return s.around(&s.index.traces, project, ids)
}

func (s *Store) sessionsReceived(project string, ids ...string) span {
	return s.around(&s.index.sessions, project, ids)
}

func (s *Store) blocksReceived(project string, ids ...string) span {
	return s.around(&s.index.recorded, project, ids)
}

func (s *Store) around(p *places, project string, ids []string) span {
	s.loadIndex()
	return s.index.around(p, project, ids...)
}

func (v values) received(x span) values {
	return v.with("received_from", x.first).with("received_to", x.last)
}

func (v values) receivedBlocks(x span) values {
	return v.with("block_received_from", x.first).with("block_received_to", x.last)
}
