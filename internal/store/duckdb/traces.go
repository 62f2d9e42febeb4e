//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"math"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces implements store.Events.
func (s *Store) Traces(ctx context.Context, f store.Filter, p store.Page) ([]model.TraceSummary, error) {
	var page []model.TraceSummary
	version := s.spans.now()
	err := s.snapshot(ctx, "traces", func(db querier) error {
		ids, found, err := s.pageOfIDs(ctx, db, "traces", &f, &p)
		if err != nil || len(ids) == 0 {
			return err
		}
		s.spans.remember(version, found)
		byID := map[string]model.TraceSummary{}
		err = query(ctx, db, "traces_sums", boundsOf(found).with("trace_ids", ids), func(rows *sql.Rows) error {
			t, err := scanTrace(rows)
			byID[t.ID] = t
			return err
		})
		page = inOrder(ids, byID)
		return err
	})
	return page, err
}

// pageOfIDs finds the ids of a page, newest first, by the queries kind+"_newest", "_text_from" and "_all", and between
// which times the events of each lie.
func (s *Store) pageOfIDs(ctx context.Context, db querier, kind string, f *store.Filter, p *store.Page) (ids []string, found map[string]span, err error) {
	v := listValues(f, p)
	firstRows := s.firstRows(kind, p.Limit)
	err = walk(firstRows, f, func(rows int64) (full bool, err error) {
		v["rows"], v["since_ms"], v["text_from_ms"] = rows, int64(longAgo), int64(longAgo)
		if rows == everything {
			ids, found, _, err = listIDs(ctx, db, kind+"_all", p.Limit, v)
			return true, err
		}
		if f.Text != "" {
			if err := textFrom(ctx, db, kind, v); err != nil {
				return false, err
			}
		}
		first := p.BeforeMS == 0 && rows == firstRows
		if first {
			v["since_ms"] = s.newest.Load()
		}
		var until edge
		ids, found, until, err = listIDs(ctx, db, kind+"_newest", p.Limit, v)
		if first && kind == "traces" && until.rows == rows {
			s.newest.Store(until.ms)
		}
		// The page is full, or there is no more.
		atEnd := until.rows > 0 && until.rows < rows && v["since_ms"] == int64(longAgo)
		return until.complete == p.Limit || atEnd, err
	})
	return ids, found, err
}

// edge is how far back a step has looked.
type edge struct {
	ms       int64
	rows     int64 // looked at; 0 when no id was found
	complete int   // how many of the ids found are certainly the next in the list
}

func listIDs(ctx context.Context, db querier, name string, limit int, v values) (ids []string, found map[string]span, until edge, err error) {
	found = make(map[string]span, limit)
	err = query(ctx, db, name, v, func(r *sql.Rows) error {
		var id string
		var x span
		if err := r.Scan(&id, &x.first, &x.last, &until.ms, &until.rows); err != nil {
			return err
		}
		ids = append(ids, id)
		found[id] = x
		if x.last > until.ms {
			until.complete++
		}
		return nil
	})
	return ids, found, until, err
}

// boundsOf are the parameters that skip the row groups without any of the events.
func boundsOf(found map[string]span) values {
	whole := span{math.MaxInt64, math.MinInt64}
	for _, x := range found {
		whole = span{min(whole.first, x.first), max(whole.last, x.last)}
	}
	return values{"first_ms": whole.first, "last_ms": whole.last}
}

// textFrom bounds the contents that the next step searches.
func textFrom(ctx context.Context, db querier, kind string, v values) error {
	return query(ctx, db, kind+"_text_from", v, func(r *sql.Rows) error {
		var from int64
		err := r.Scan(&from)
		v["text_from_ms"] = from
		return err
	})
}

func inOrder[T any](ids []string, byID map[string]T) []T {
	out := make([]T, 0, len(ids))
	for _, id := range ids {
		if v, ok := byID[id]; ok {
			out = append(out, v)
		}
	}
	return out
}

func scanTrace(rows *sql.Rows) (model.TraceSummary, error) {
	var t model.TraceSummary
	var models []any
	err := rows.Scan(&t.ID, &t.Title, &t.ConversationID, &t.FirstMS, &t.EndMS, &t.LastMS, &t.Generations, &t.Spans, &t.Errors,
		&t.Feedbacks, &t.SummedLatencyMS, &t.Tokens.Input, &t.Tokens.Output, &t.Tokens.Total, &t.Tokens.CacheRead,
		&t.Tokens.CacheWrite, &t.Tokens.Reasoning, list(&models), &t.Error, &t.InputPreview, &t.OutputPreview, &t.Truncated)
	for _, m := range models {
		t.Models = append(t.Models, m.(string))
	}
	return t, err
}

// TraceEvents implements store.Events.
func (s *Store) TraceEvents(ctx context.Context, traceIDs []string, limit int) ([]model.Event, error) {
	v := values{"trace_ids": traceIDs, "limit": int64(limit)}
	whole, known := s.spans.around(traceIDs)
	if !known && len(traceIDs) == 1 {
		return s.eventsNow(ctx, "trace_events_one", v.with("trace_id", traceIDs[0]))
	}
	v["first_ms"], v["last_ms"] = whole.first, whole.last
	var all []model.Event
	err := s.snapshot(ctx, "trace events", func(db querier) error {
		if !known {
			err := query(ctx, db, "trace_bounds", v, func(rows *sql.Rows) error {
				var first, last int64
				err := rows.Scan(&first, &last)
				v["first_ms"], v["last_ms"] = first, last
				return err
			})
			if err != nil {
				return err
			}
		}
		var err error
		all, err = events(ctx, db, "trace_events", v)
		return err
	})
	return all, err
}
