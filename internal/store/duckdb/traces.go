//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces implements store.Events.
func (s *Store) Traces(ctx context.Context, f store.Filter, p store.Page) ([]model.TraceSummary, error) {
	var page []model.TraceSummary
	err := s.snapshot(ctx, "traces", func(db querier) error {
		ids, err := s.pageOfIDs(ctx, db, "traces", &f, &p)
		if err != nil || len(ids) == 0 {
			return err
		}
		byID := map[string]model.TraceSummary{}
		v := values{"trace_ids": ids}.received(s.tracesReceived(ids...))
		err = query(ctx, db, "traces_sums", v, func(rows *sql.Rows) error {
			t, err := scanTrace(rows)
			byID[t.ID] = t
			return err
		})
		page = inOrder(ids, byID)
		return err
	})
	return page, err
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
	received := s.tracesReceived(traceIDs...)
	if received.empty() {
		return nil, nil
	}
	v := values{"limit": int64(limit)}.received(received)
	if len(traceIDs) == 1 {
		return s.eventsNow(ctx, "trace_events_one", v.with("trace_id", traceIDs[0]))
	}
	return s.eventsNow(ctx, "trace_events", v.with("trace_ids", traceIDs))
}
