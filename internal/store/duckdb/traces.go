//go:build cgo

package duckdb

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"slices"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// traces sums up the traces named, and reads their first events, at most limit of each.
func (s *Store) traces(ctx context.Context, db querier, project string, ids []string, limit int) (page []model.TraceSummary, read []model.Event, err error) {
	v := values{"project": project}.received(s.tracesReceived(project, ids...))
	few, all, err := s.fewEvents(ctx, db, v, ids, 0)
	if err != nil {
		return nil, nil, err
	}
	byID, err := s.sums(ctx, db, v, few, all)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case limit == 0:
	case all:
		read = firstOfEach(few, limit)
	default:
		v["limit"] = int64(limit)
		read, err = rowsOf(ctx, db, table.Events, "trace_events", v)
	}
	return inOrder(ids, byID), read, err
}

// sums sums up traces. If few events are all of their events, it computes the sums itself, which takes half as long as in DuckDB, where planning
// alone takes 7 ms.
func (s *Store) sums(ctx context.Context, db querier, v values, few []model.Event, all bool) (map[string]model.TraceSummary, error) {
	byID := map[string]model.TraceSummary{}
	if all {
		byTrace := map[string][]model.Event{}
		for _, e := range few {
			byTrace[e.TraceID] = append(byTrace[e.TraceID], e)
		}
		for id, events := range byTrace {
			byID[id] = store.Summarize(id, events)
		}
		return byID, nil
	}
	err := query(ctx, db, "traces_sums", v, func(rows *sql.Rows) error {
		t, err := scanTrace(rows, v["project"].(string))
		byID[t.ID] = t
		return err
	})
	return byID, err
}

// fewEvents reads the events of traces by start, and reports whether these are all. limit is how many events of each trace are wanted, 0 for none.
func (s *Store) fewEvents(ctx context.Context, db querier, v values, traceIDs []string, limit int) (few []model.Event, all bool, err error) {
	name := "trace_events_few"
	if len(traceIDs) == 1 {
		name = "trace_events_few_one"
		v["trace_id"] = traceIDs[0]
	}
	most := max(s.few, 8*int64(len(traceIDs)))
	if len(traceIDs) == 1 { // sorting 10,000 rows here takes a fraction of the time of a window over all columns, which would read them once more
		most = max(most, int64(limit)+1)
	}
	few, err = rowsOf(ctx, db, table.Events, name, v.with("few", most).with("trace_ids", traceIDs))
	sortByStart(few)
	return few, int64(len(few)) < most, err
}

// sortByStart sorts positions and then moves each event once: an event is a kilobyte, and sorting moves what it sorts several times.
func sortByStart(events []model.Event) {
	order := make([]int32, len(events))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := &events[a], &events[b]
		return cmp.Or(cmp.Compare(x.StartMS, y.StartMS), bytes.Compare(x.UUID[:], y.UUID[:]))
	})
	for i := range order {
		if int(order[i]) == i {
			continue
		}
		first := events[i]
		at := i
		for from := int(order[at]); from != i; from = int(order[at]) { // each place takes the event that belongs there, until the circle is closed
			events[at] = events[from]
			order[at], at = int32(at), from
		}
		events[at], order[at] = first, int32(at)
	}
}

// inOrder returns the rows in the order of ids. Rows have ids in their stored form.
func inOrder[T any](ids []string, byID map[string]T) []T {
	out := make([]T, 0, len(ids))
	for _, id := range ids {
		if v, ok := byID[table.Clean(id)]; ok {
			out = append(out, v)
		}
	}
	return out
}

func scanTrace(rows *sql.Rows, project string) (model.TraceSummary, error) {
	var t model.TraceSummary
	var models []any
	err := rows.Scan(&t.ID, &t.Title, &t.ConversationID, &t.FirstMS, &t.EndMS, &t.LastMS, &t.Generations, &t.Spans, &t.Errors, &t.Stopped,
		&t.Feedbacks, &t.SummedLatencyMS, &t.Tokens.Input, &t.Tokens.Output, &t.Tokens.Total, &t.Tokens.CacheRead,
		&t.Tokens.CacheWrite, &t.Tokens.Reasoning, &t.CostNanos, &t.Unpriced, list(&models), &t.Error, id(&t.FirstGeneration.UUID), &t.FirstGeneration.TimeMS,
		id(&t.LastGeneration.UUID), &t.LastGeneration.TimeMS, &t.Truncated)
	t.OfProject(project)
	for _, m := range models {
		t.Models = append(t.Models, m.(string))
	}
	return t, err
}

// TraceEvents implements store.Events.
func (s *Store) TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error) {
	subjects := make([]model.Subject, len(traceIDs))
	for i, trace := range traceIDs {
		subjects[i].TraceID = trace
	}
	known, rest := s.recent.events(project, subjects)
	sortByStart(known)
	known = firstOfEach(known, limit)
	if len(rest) == 0 {
		return known, nil
	}
	traceIDs = make([]string, len(rest))
	for i := range rest {
		traceIDs[i] = rest[i].TraceID
	}
	all, err := s.traceEvents(ctx, project, traceIDs, limit)
	if err != nil || len(known) == 0 {
		return all, err
	}
	all = append(all, known...)
	sortByStart(all)
	return all, nil
}

// traceEvents is TraceEvents from the tables.
func (s *Store) traceEvents(ctx context.Context, project string, traceIDs []string, limit int) (all []model.Event, err error) {
	received := s.tracesReceived(project, traceIDs...)
	if received.empty() {
		return nil, nil
	}
	v := values{"project": project, "limit": int64(limit)}.received(received)
	err = s.snapshot(ctx, "trace events", func(db querier) error {
		few, whole, err := s.fewEvents(ctx, db, v, traceIDs, limit)
		if err != nil {
			return err
		}
		if whole {
			all = firstOfEach(few, limit)
			return nil
		}
		all, err = rowsOf(ctx, db, table.Events, "trace_events", v)
		return err
	})
	return all, err
}

// firstOfEach keeps the first events of each trace.
func firstOfEach(events []model.Event, limit int) []model.Event {
	kept := make(map[string]int)
	return slices.DeleteFunc(events, func(e model.Event) bool {
		kept[e.TraceID]++
		return kept[e.TraceID] > limit
	})
}
