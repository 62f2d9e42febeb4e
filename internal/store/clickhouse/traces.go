package clickhouse

import (
	"context"
	"math"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Traces implements store.Events.
func (s *Store) Traces(ctx context.Context, project string, f store.Filter, p store.Page) ([]model.TraceSummary, error) {
	page, _, err := s.TracesRead(ctx, project, f, p, 0)
	return page, err
}

// TracesRead implements store.Events.
func (s *Store) TracesRead(ctx context.Context, project string, f store.Filter, p store.Page, limit int) (page []model.TraceSummary, events []model.Event, err error) {
	err = s.read(patient(ctx, &f), "traces", func(ctx context.Context, conn driver.Conn) (err error) {
		page, events = nil, nil
		ids := oneTrace(f)
		if ids == nil || p.BeforeMS != 0 {
			ids, err = pageOfIDs(ctx, conn, "traces", project, &f, &p)
		}
		if err != nil || len(ids) == 0 || p.Limit <= 0 {
			return err
		}
		var byID map[string]model.TraceSummary
		byID, events, err = sumTraces(ctx, conn, project, ids, limit)
		page = inOrder(ids, byID)
		return err
	})
	return page, events, err
}

// oneTrace is the trace that a filter names, when that is all it does: its events then say whether there is one.
func oneTrace(f store.Filter) []string {
	id := table.Clean(f.TraceID)
	if f.TraceID = ""; id == "" || !empty(&f) {
		return nil
	}
	return []string{id}
}

// sumTraces sums up traces, small ones here, and returns their first events by start, at most limit of each.
func sumTraces(ctx context.Context, conn driver.Conn, project string, ids []string, limit int) (map[string]model.TraceSummary, []model.Event, error) {
	events, many, err := fewEvents(ctx, conn, project, ids, few)
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(events, byStart)
	byTrace := make(map[string][]model.Event, len(ids))
	for _, e := range events {
		byTrace[e.TraceID] = append(byTrace[e.TraceID], e)
	}
	byID := make(map[string]model.TraceSummary, len(ids))
	for id, all := range byTrace {
		byID[id] = store.Summarize(id, all)
	}
	kept := make(map[string]int, len(ids))
	events = slices.DeleteFunc(events, func(e model.Event) bool {
		kept[e.TraceID]++
		return kept[e.TraceID] > limit
	})
	if len(many) == 0 {
		return byID, events, nil
	}
	var first []model.Event
	err = store.Together(ctx, func(ctx context.Context) error {
		return query(ctx, conn, "traces_sums", values{"project": project, "trace_ids": many}, func(rows driver.Rows) error {
			t, err := scanTrace(rows)
			byID[t.ID] = t
			return err
		})
	}, func(ctx context.Context) (err error) {
		if limit > 0 {
			first, err = rowsOf(ctx, conn, table.Events, "trace_events", values{"project": project, "trace_ids": many, "limit": uint64(limit)})
		}
		return err
	})
	events = append(events, first...)
	slices.SortFunc(events, byStart)
	return byID, events, err
}

// pageOfIDs finds the ids of a page, newest first, by the queries kind+"_edge" and "_latest", behind a cursor "_newest", with
// a filter "_text_from", "_matching" and "_all".
func pageOfIDs(ctx context.Context, conn driver.Conn, kind, project string, f *store.Filter, p *store.Page) ([]string, error) {
	v := listValues(project, f, p)
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
	err := walk(density[kind]*p.Limit, func(rows int64) (full bool, err error) {
		if rows == everything {
			return true, all()
		}
		e, err := findEdge(ctx, conn, kind+"_edge", v, rows)
		if err != nil {
			return false, err
		}
		v["edge_ms"] = e.fromMS
		name := kind + "_matching"
		switch {
		case empty(f) && p.BeforeMS == 0:
			name = kind + "_latest"
		case empty(f):
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

// density is how many events of each trace or session on a page are looked at first: enough that most pages need no second
// look, which costs more than the rows do.
var density = map[string]int{"traces": 32, "sessions": 256}

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
