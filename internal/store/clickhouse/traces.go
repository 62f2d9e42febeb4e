package clickhouse

import (
	"context"
	"math"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Traces implements store.Events.
func (s *Store) Traces(ctx context.Context, f store.Filter, p store.Page) ([]model.TraceSummary, error) {
	var page []model.TraceSummary
	err := s.read(ctx, "traces", func(ctx context.Context, conn driver.Conn) error {
		ids, err := pageOfIDs(ctx, conn, "traces", &f, &p)
		if err != nil || len(ids) == 0 {
			page = nil
			return err
		}
		byID := make(map[string]model.TraceSummary, len(ids))
		err = query(ctx, conn, "traces_sums", values{"trace_ids": ids}, func(rows driver.Rows) error {
			t, err := scanTrace(rows)
			byID[t.ID] = t
			return err
		})
		page = inOrder(ids, byID)
		return err
	})
	return page, err
}

// pageOfIDs finds the ids of a page, newest first, by the queries kind+"_edge" and "_newest" without a filter, with
// one by "_text_from", "_matching" and "_all" too.
func pageOfIDs(ctx context.Context, conn driver.Conn, kind string, f *store.Filter, p *store.Page) ([]string, error) {
	v := listValues(f, p)
	var ids []string
	all := func() (err error) {
		v["text_from_ms"] = int64(math.MinInt64)
		ids, _, err = queryIDs(ctx, conn, kind+"_all", v, math.MinInt64)
		return err
	}
	if narrow(f) {
		err := all()
		return ids, err
	}
	err := walk(p.Limit, func(rows int64) (full bool, err error) {
		if rows == everything {
			return true, all()
		}
		e, err := findEdge(ctx, conn, kind+"_edge", v, rows)
		if err != nil {
			return false, err
		}
		v["edge_ms"] = e.fromMS
		name := kind + "_matching"
		if empty(f) {
			name = kind + "_newest"
		}
		if f.Text != "" {
			if err := textFrom(ctx, conn, kind+"_text_from", v); err != nil {
				return false, err
			}
		}
		var complete int
		ids, complete, err = queryIDs(ctx, conn, name, v, e.fromMS)
		return complete == p.Limit || e.rows < rows, err
	})
	return ids, err
}

// queryIDs reads ids and how many of them are certainly next in the list: those after the edge.
func queryIDs(ctx context.Context, conn driver.Conn, name string, v values, edgeMS int64) (ids []string, complete int, err error) {
	err = query(ctx, conn, name, v, func(r driver.Rows) error {
		var id string
		var last int64
		if err := r.Scan(&id, &last); err != nil {
			return err
		}
		ids = append(ids, id)
		if last > edgeMS {
			complete++
		}
		return nil
	})
	return ids, complete, err
}

// textFrom bounds the contents that the next step searches.
func textFrom(ctx context.Context, conn driver.Conn, name string, v values) error {
	return query(ctx, conn, name, v, func(r driver.Rows) error {
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

func scanTrace(rows driver.Rows) (model.TraceSummary, error) {
	var t model.TraceSummary
	err := rows.Scan(&t.ID, &t.Title, &t.ConversationID, &t.FirstMS, &t.EndMS, &t.LastMS, &t.Generations, &t.Spans, &t.Errors,
		&t.Feedbacks, &t.SummedLatencyMS, &t.Tokens.Input, &t.Tokens.Output, &t.Tokens.Total, &t.Tokens.CacheRead,
		&t.Tokens.CacheWrite, &t.Tokens.Reasoning, &t.Models, &t.Error, &t.InputPreview, &t.OutputPreview, &t.Truncated)
	if len(t.Models) == 0 {
		t.Models = nil
	}
	return t, err
}
