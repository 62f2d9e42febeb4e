//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

const (
	defaultFirstStep = 2048
	// defaultFew events take 15 ms to read; a page of traces has 200.
	defaultFew = 2048
	longAgo    = math.MinInt64
)

// firstRows is how many rows are likely to contain a page. DuckDB finds up to 4096 newest rows of a million in 23 ms; from 8192 on it sorts
// everything, which takes 65 ms.
func (s *Store) firstRows(kind filter.Of, limit int) int64 {
	rows := max(s.firstStep, s.firstStep/64*int64(limit))
	if kind == filter.Sessions { // a session has more rows than a trace
		rows *= 2
	}
	return min(rows, max(4096, int64(limit)))
}

// pageValues are the parameters of statements that read the newest rows before a page.
func pageValues(project string, p store.Part) values {
	v := values{"project": project, "before_ms": int64(0), "before_id": uuid.Nil.String(), "limit": int64(p.Limit)}
	if p.After != nil {
		v["before_ms"], v["before_id"] = p.After.Number, p.After.ID
	}
	return v
}

// generationsEdge is the time of the event with which a number of newest events before a time begin, 0 if there are fewer. v says the project and the time.
func generationsEdge(ctx context.Context, db querier, v values, rows int64) (edgeMS int64, err error) {
	var n int64
	err = query(ctx, db, "generations_edge", v.with("rows", rows), func(r *sql.Rows) error { return r.Scan(&edgeMS, &n) })
	if n < rows {
		edgeMS = 0
	}
	return edgeMS, err
}

// findNewest finds the matching traces or sessions with the latest activity: it reads those of the newest rows, and everything if these do not
// suffice. If everything matches, reading 32 times as many rows costs less than reading everything; rare matches are seldom among them.
func (s *Store) findNewest(ctx context.Context, q store.Question, p store.Part) (found []store.Found, err error) {
	steps := []int64{s.firstRows(q.Of, p.Limit)}
	if filter.All(q.Where) {
		steps = append(steps, 32*steps[0])
	}
	for _, rows := range steps {
		full := false
		err := s.snapshot(ctx, "find "+string(q.Of), func(db querier) (err error) {
			found, full, err = s.findNear(ctx, db, q, p, rows)
			return err
		})
		if err != nil || full {
			return found, err
		}
	}
	list, err := s.findAmongAll(ctx, q, p)
	return list.Rows, err
}

// findNear finds matches among the newest rows, and reports whether they fill a part of the list, or whether there are no more.
func (s *Store) findNear(ctx context.Context, db querier, q store.Question, p store.Part, step int64) (found []store.Found, full bool, err error) {
	list, first := newestOf{q.Of, q.Project, step}, p.After == nil
	v := pageValues(q.Project, p).with("rows", step).with("since_ms", int64(longAgo))
	if first {
		v["since_ms"] = s.newest.since(list)
	}
	near, edge, filled, err := newest(ctx, db, q.Of, step, v)
	if err != nil {
		return nil, false, err
	}
	if first && filled {
		s.newest.reach(list, edge)
	}
	if first && filter.All(q.Where) {
		found = near[:min(len(near), p.Limit)]
	} else if found, err = rows(ctx, db, s.scopeOf(q, idsOf(near)), p); err != nil {
		return nil, false, err
	}
	complete := 0 // how many rows are certainly the next in the list
	for _, f := range found {
		if f.AtMS > edge {
			complete++
		}
	}
	return found, complete == p.Limit || edge == longAgo, nil
}

func idsOf(near []store.Found) []string {
	ids := make([]string, len(near))
	for i := range near {
		ids[i] = near[i].ID
	}
	return ids
}

// scopeAmong is the scope of a question about given ids, with the time of their oldest text if text is searched.
func (s *Store) scopeAmong(ctx context.Context, db querier, q store.Question, ids []string) (scope sqlgen.Scope, err error) {
	scope = s.scopeOf(q, ids)
	if filter.Searches(q.Where) {
		v := values{"project": q.Project, "ids": ids}
		s.boundsOf(q.Of, q.Project, ids, v)
		err = query(ctx, db, string(q.Of)+"_text_from", v, func(r *sql.Rows) error { return r.Scan(&scope.ContentsFromMS) })
	}
	return scope, err
}

// newest finds the ids of the newest rows, newest first. All ids with rows after edge are among them; edge is longAgo if nothing is left out. filled
// reports whether there were as many rows as requested.
func newest(ctx context.Context, db querier, kind filter.Of, rows int64, v values) (near []store.Found, edge int64, filled bool, err error) {
	// Events and blocks are two sources, each complete back to its own edge.
	var count [2]int64
	first := [2]int64{never.first, never.first}
	last := map[string]int64{}
	err = query(ctx, db, string(kind)+"_near", v, func(r *sql.Rows) error {
		var id string
		var side, lastMS, firstMS, n int64
		if err := r.Scan(&id, &side, &lastMS, &firstMS, &n); err != nil {
			return err
		}
		if known, ok := last[id]; !ok || known < lastMS {
			last[id] = lastMS
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
	near = make([]store.Found, 0, len(last))
	for id, lastMS := range last {
		near = append(near, store.Found{Position: store.Position{ID: id, Number: lastMS}, AtMS: lastMS})
	}
	slices.SortFunc(near, func(a, b store.Found) int { return cmp.Or(cmp.Compare(b.AtMS, a.AtMS), cmp.Compare(b.ID, a.ID)) })
	return near, edge, filled, err
}

// findEvents finds the newest matching rows of a list of events: it reads the newest rows first, unless everything matches.
func (s *Store) findEvents(ctx context.Context, q store.Question, p store.Part) (found []store.Found, err error) {
	full := false
	err = s.snapshot(ctx, "find "+string(q.Of), func(db querier) error {
		v := pageValues(q.Project, p)
		if filter.All(q.Where) && q.Of == filter.Generations {
			full = true
			return query(ctx, db, "generations_page", v, func(r *sql.Rows) error {
				var f store.Found
				err := r.Scan(&f.ID, &f.AtMS)
				f.Number = f.AtMS
				found = append(found, f)
				return err
			})
		}
		n0 := s.firstRows(q.Of, p.Limit)
		edge, err := generationsEdge(ctx, db, v, n0)
		if err != nil {
			return err
		}
		found, err = rows(ctx, db, sqlgen.Scope{Question: q, ActiveFromMS: edge, ContentsFromMS: edge}, p)
		full = edge == 0 || len(found) == p.Limit
		return err
	})
	if err != nil || full {
		return found, err
	}
	list, err := s.findAmongAll(ctx, q, p)
	return list.Rows, err
}

// findAmongAll reads everything.
func (s *Store) findAmongAll(ctx context.Context, q store.Question, p store.Part) (list store.List, err error) {
	list.Searched, err = s.wholly(ctx, "find "+string(q.Of), q, func(ctx context.Context, db querier, scope sqlgen.Scope) (err error) {
		list.Rows, err = rows(ctx, db, scope, p)
		return err
	})
	return list, err
}

// findOf finds the rows of the trace or the session that a question names, using the index of times of receipt. It returns false if the question
// names neither.
func (s *Store) findOf(ctx context.Context, q store.Question, p store.Part) (found []store.Found, ok bool, err error) {
	trace, ofTrace := filter.One(q.Where, "trace")
	session, ofSession := filter.One(q.Where, "session")
	conversations, _ := filter.Named(q.Where, "conversation")
	scope := sqlgen.Scope{Question: q}
	switch {
	case filter.Searches(q.Where): // a search reads texts of any time
		return nil, false, nil
	case q.Of.Events() && ofTrace:
		scope.Events = received(s.tracesReceived(q.Project, trace))
	case conversations != nil && (q.Of.Events() || q.Of == filter.Conversations):
		scope = s.scopeNamed(q)
	case q.Of.Events() && ofSession:
		scope.Events = received(s.sessionsReceived(q.Project, session))
	case q.Of == filter.Traces && ofTrace:
		scope = s.scopeOf(q, []string{trace})
	case q.Of == filter.Sessions && ofSession:
		scope = s.scopeOf(q, []string{session})
	case q.Of != filter.Traces || !ofSession:
		return nil, false, nil
	}
	err = s.snapshot(ctx, "find "+string(q.Of), func(db querier) (err error) {
		if q.Of == filter.Traces && !ofTrace {
			// Sums are over whole traces, and a part of a trace may be outside of the session.
			traces := []string{}
			v := values{"project": q.Project, "session_id": session}.received(s.sessionsReceived(q.Project, session))
			err := query(ctx, db, "traces_of_session", v, func(r *sql.Rows) error {
				var id string
				err := r.Scan(&id)
				traces = append(traces, id)
				return err
			})
			if err != nil || len(traces) == 0 {
				return err
			}
			scope = s.scopeOf(q, traces)
		}
		found, err = rows(ctx, db, scope, p)
		return err
	})
	return found, true, err
}

// scopeOf is the scope of a question about given ids.
func (s *Store) scopeOf(q store.Question, ids []string) sqlgen.Scope {
	scope := sqlgen.Scope{Question: q, Only: ids}
	switch q.Of {
	case filter.Conversations:
		scope.Events = received(s.conversationsReceived(q.Project, ids...))
		return scope
	case filter.Traces:
		scope.Events = received(s.tracesReceived(q.Project, ids...))
		return scope
	}
	scope.Events = received(s.sessionsReceived(q.Project, ids...))
	scope.Blocks = received(s.blocksReceived(q.Project, ids...))
	return scope
}

// scopeNamed is the scope of a question about everything, or about the conversations that it names.
func (s *Store) scopeNamed(q store.Question) sqlgen.Scope {
	ids, rest := filter.Named(q.Where, "conversation")
	switch {
	case ids == nil || filter.Searches(q.Where) || !q.Of.Events() && q.Of != filter.Conversations:
		return sqlgen.Scope{Question: q}
	case q.Of == filter.Conversations:
		scope := s.scopeOf(q, ids)
		scope.Where, scope.AtOnce = rest, true
		return scope
	}
	return sqlgen.Scope{Question: q, Events: received(s.conversationsReceived(q.Project, ids...))}
}

func received(x span) *sqlgen.Received { return &sqlgen.Received{FromMS: x.first, ToMS: x.last} }

// boundsOf sets when the events of ids, and for sessions their blocks, were received.
func (s *Store) boundsOf(kind filter.Of, project string, ids []string, v values) {
	switch kind {
	case filter.Conversations:
		v.received(s.conversationsReceived(project, ids...))
		return
	case filter.Traces:
		v.received(s.tracesReceived(project, ids...))
		return
	}
	v.received(s.sessionsReceived(project, ids...)).receivedBlocks(s.blocksReceived(project, ids...))
}

// These are the times in which all events of traces, all events of sessions, and all blocks of sessions were received.
func (s *Store) tracesReceived(project string, ids ...string) span {
	return s.around(&s.index.traces, project, ids)
}

func (s *Store) sessionsReceived(project string, ids ...string) span {
	return s.around(&s.index.sessions, project, ids)
}

func (s *Store) conversationsReceived(project string, ids ...string) span {
	return s.around(&s.index.conversations, project, ids)
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
