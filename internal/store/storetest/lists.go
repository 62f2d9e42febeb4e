package storetest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Lists fills an empty store with events and blocks with equal times and shared ids, and compares every list, page by page, of everything and of a
// trace, a session or a person, with the results of plain loops. It closes the store.
func Lists(t *testing.T, s store.Store) {
	defer s.Close()
	random := rand.New(rand.NewPCG(7, 7))
	oneOf := func(values ...string) string { return values[random.IntN(len(values))] }
	w := &world{}
	for n := range 400 {
		e := call(n, "", day+int64(random.IntN(60)))
		e.Kind = model.Kind(random.IntN(7))
		e.IsError = random.IntN(10) == 0
		e.DistinctID = fmt.Sprint("person-", random.IntN(12))
		if random.IntN(4) > 0 {
			e.TraceID = fmt.Sprint("trace-", random.IntN(60))
		}
		if random.IntN(3) > 0 {
			e.SessionID = fmt.Sprint("session-", random.IntN(40))
		}
		e.Title = oneOf("", "Chat", "summarise")
		w.Events = append(w.Events, e)
	}
	for n := range 60 {
		b := block(1000+n, fmt.Sprint("session-", random.IntN(50)), "w", day+int64(random.IntN(60)))
		b.LastMS = b.FirstMS + int64(random.IntN(5))
		b.DistinctID = fmt.Sprint("person-", random.IntN(12))
		w.Blocks = append(w.Blocks, b)
	}
	// In several commits, in no order of time.
	for part := range slices.Chunk(w.Events, 90) {
		commit(t, s, &store.Batch{Events: part})
	}
	commit(t, s, &store.Batch{Blocks: w.Blocks})

	for n := range 40 {
		field, values := "", []string{}
		switch n % 4 {
		case 1:
			field, values = "trace", []string{fmt.Sprint("trace-", random.IntN(60))}
		case 2:
			field, values = "session", []string{fmt.Sprint("session-", random.IntN(50))}
		case 3:
			field, values = "person", []string{fmt.Sprint("person-", random.IntN(12)), fmt.Sprint("person-", random.IntN(12)), "nobody"}
		}
		where := func(of filter.Of) filter.Expr {
			if field == "" {
				return filter.Everything
			}
			return With(of, field, values...)
		}
		for _, limit := range []int{9, 1000} {
			what := fmt.Sprintf("%s %s by %d", field, values, limit)
			same(t, "Traces "+what, keysOf(Traces(t, s, project, where(filter.Traces), limit), traceKey), w.traces(field, values))
			same(t, "Sessions "+what, keysOf(Sessions(t, s, project, where(filter.Sessions), limit), sessionKey), w.sessions(field, values))
			same(t, "Generations "+what, Generations(t, s, project, where(filter.Generations), limit), w.generations(field, values))
			if t.Failed() {
				return
			}
		}
	}
	ids := []string{}
	for _, x := range w.traces("", nil) {
		ids = append(ids, x.id)
	}
	ids = append(ids, "none")
	read, events, err := s.TracesNamed(t.Context(), project, ids, 3)
	same(t, "error of TracesNamed", err, nil)
	same(t, "TracesNamed", keysOf(read, traceKey), w.traces("", nil))
	visits, err := s.SessionsNamed(t.Context(), project, []string{"none", "session-1", "nowhere"})
	same(t, "error of SessionsNamed", err, nil)
	if len(visits) != 1 || visits[0].ID != "session-1" {
		t.Errorf("SessionsNamed: %+v", visits)
	}
	same(t, "events of TracesNamed", events, must[[]model.Event](t)(s.TraceEvents(t.Context(), project, ids, 3)))
}

// row is a list's row with the values by which it is sorted.
type row struct {
	ms int64
	id string
}

func traceKey(x model.TraceSummary) (int64, string)     { return x.LastMS, x.ID }
func sessionKey(x model.SessionSummary) (int64, string) { return x.LastMS, x.ID }

func keysOf[T any](rows []T, key func(T) (int64, string)) []row {
	var out []row
	for _, r := range rows {
		ms, id := key(r)
		out = append(out, row{ms, id})
	}
	return out
}

func newestFirst(a, b row) int { return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(b.id, a.id)) }

// world has the stored data, and computes answers with plain loops.
type world struct{ store.Batch }

func matches(field string, values []string, has map[string]string) bool {
	return field == "" || slices.Contains(values, has[field])
}

func matchesEvent(field string, values []string, e *model.Event) bool {
	return matches(field, values, map[string]string{"trace": e.TraceID, "session": e.SessionID, "person": e.DistinctID})
}

func (w *world) traces(field string, values []string) []row {
	last, match := map[string]int64{}, map[string]bool{}
	for i := range w.Events {
		e := &w.Events[i]
		last[e.TraceID] = max(last[e.TraceID], e.TimeMS)
		match[e.TraceID] = match[e.TraceID] || matchesEvent(field, values, e)
	}
	return newest(last, match)
}

func (w *world) sessions(field string, values []string) []row {
	last, match := map[string]int64{}, map[string]bool{}
	for i := range w.Events {
		e := &w.Events[i]
		last[e.SessionID] = max(last[e.SessionID], e.TimeMS)
		match[e.SessionID] = match[e.SessionID] || matchesEvent(field, values, e)
	}
	for i := range w.Blocks {
		b := &w.Blocks[i]
		last[b.SessionID] = max(last[b.SessionID], b.LastMS)
		match[b.SessionID] = match[b.SessionID] || matches(field, values, map[string]string{"session": b.SessionID, "person": b.DistinctID})
	}
	return newest(last, match)
}

func newest(last map[string]int64, match map[string]bool) []row {
	var rows []row
	for id, ms := range last {
		if id != "" && match[id] {
			rows = append(rows, row{ms, id})
		}
	}
	slices.SortFunc(rows, newestFirst)
	return rows
}

func (w *world) generations(field string, values []string) []model.Event {
	var out []model.Event
	for i := range w.Events {
		e := &w.Events[i]
		if (e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding) && matchesEvent(field, values, e) {
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(a, b model.Event) int {
		return newestFirst(row{a.TimeMS, a.UUID.String()}, row{b.TimeMS, b.UUID.String()})
	})
	return out
}
