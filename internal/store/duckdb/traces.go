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
	err := s.read(ctx, "traces", func(db *sql.DB) error {
		ids, bounds, err := s.pageOfIDs(ctx, db, "traces", &f, &p)
		if err != nil || len(ids) == 0 {
			return err
		}
		byID := map[string]model.TraceSummary{}
		err = query(ctx, db, "traces_sums", bounds.with("trace_ids", ids), func(rows *sql.Rows) error {
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
// which times all their events lie.
func (s *Store) pageOfIDs(ctx context.Context, db *sql.DB, kind string, f *store.Filter, p *store.Page) (ids []string, bounds values, err error) {
	v := listValues(f, p)
	err = s.walk(f, p.Limit, func(rows int64) (full bool, err error) {
		ids, bounds = ids[:0], values{}
		name := kind + "_newest"
		v["rows"] = rows
		switch {
		case rows == everything:
			name = kind + "_all"
			v["text_from_ms"] = listValues(f, p)["text_from_ms"]
		case f.Text != "":
			if err := textFrom(ctx, db, kind, v); err != nil {
				return false, err
			}
		}
		var first, last, edge, seen int64
		from, to := int64(math.MaxInt64), int64(math.MinInt64)
		complete := 0 // how many rows are certainly next in the list
		err = query(ctx, db, name, v, func(r *sql.Rows) error {
			var id string
			if err := r.Scan(&id, &first, &last, &edge, &seen); err != nil {
				return err
			}
			ids = append(ids, id)
			from, to = min(from, first), max(to, last)
			if last > edge {
				complete++
			}
			return nil
		})
		bounds = values{"first_ms": from, "last_ms": to}
		return rows == everything || complete == p.Limit || (len(ids) > 0 && seen < rows), err
	})
	return ids, bounds, err
}

// textFrom bounds the contents that the next step searches.
func textFrom(ctx context.Context, db *sql.DB, kind string, v values) error {
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
	err := s.read(ctx, "trace bounds", func(db *sql.DB) error {
		return query(ctx, db, "trace_bounds", v, func(rows *sql.Rows) error {
			var first, last int64
			err := rows.Scan(&first, &last)
			v["first_ms"], v["last_ms"] = first, last
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	// An event that was stored in between is missing if it is the trace's first or last, as if read a moment earlier.
	return s.events(ctx, "trace_events", v)
}
