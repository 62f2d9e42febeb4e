package storetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Lists fills an empty store with events and blocks that tie in time and share ids, and compares every list, page by page
// and filter by filter, with what plain loops find. It closes the store.
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
		if random.IntN(2) == 0 {
			w.Contents = append(w.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS,
				Input:  []byte(oneOf(`"refund"`, `"Refund my order"`, `"hello"`)),
				Output: []byte(oneOf(`"ok"`, `"no REFUND"`, `null`))})
		}
	}
	for n := range 60 {
		b := block(1000+n, fmt.Sprint("session-", random.IntN(50)), "w", day+int64(random.IntN(60)))
		b.LastMS = b.FirstMS + int64(random.IntN(5))
		b.DistinctID = fmt.Sprint("person-", random.IntN(12))
		w.Blocks = append(w.Blocks, b)
	}
	// In several commits, in no order of time.
	for part := range slices.Chunk(w.Events, 90) {
		b := &store.Batch{Events: part}
		for _, c := range w.Contents {
			if slices.ContainsFunc(part, func(e model.Event) bool { return e.UUID == c.UUID }) {
				b.Contents = append(b.Contents, c)
			}
		}
		commit(t, s, b)
	}
	commit(t, s, &store.Batch{Blocks: w.Blocks})

	filters := []store.Filter{{}, {Text: "refund"}, {FromMS: day + 10, ToMS: day + 50}, {ErrorsOnly: true}}
	for range 24 {
		var f store.Filter
		if random.IntN(3) == 0 {
			f.FromMS = day + int64(random.IntN(60))
		}
		if random.IntN(3) == 0 {
			f.ToMS = day + int64(random.IntN(60))
		}
		if random.IntN(5) == 0 {
			f.TraceID = fmt.Sprint("trace-", random.IntN(60))
		}
		if random.IntN(5) == 0 {
			f.SessionID = fmt.Sprint("session-", random.IntN(40))
		}
		if random.IntN(3) == 0 {
			f.DistinctIDs = []string{fmt.Sprint("person-", random.IntN(12)), fmt.Sprint("person-", random.IntN(12)), "nobody"}
		}
		f.ErrorsOnly = random.IntN(5) == 0
		if random.IntN(3) == 0 {
			f.Text = oneOf("CHAT", "refund", "person-1", "-7", "nowhere")
		}
		filters = append(filters, f)
	}
	for _, f := range filters {
		for _, limit := range []int{9, 1000} {
			what := fmt.Sprintf("%+v by %d", f, limit)
			same(t, "Traces "+what, keysOf(all(t, limit, func(ctx context.Context, p store.Page) ([]model.TraceSummary, error) {
				return s.Traces(ctx, project, f, p)
			}, traceKey), traceKey), w.traces(f))
			traces, err := s.Traces(t.Context(), project, f, store.Page{Limit: limit})
			read, events, readErr := s.TracesRead(t.Context(), project, f, store.Page{Limit: limit}, 3)
			same(t, "errors of Traces and TracesRead "+what, []error{err, readErr}, []error{nil, nil})
			same(t, "TracesRead "+what, read, traces)
			same(t, "events of TracesRead "+what, events, must[[]model.Event](t)(s.TraceEvents(t.Context(), project, idsOf(traces), 3)))
			same(t, "Sessions "+what, keysOf(all(t, limit, func(ctx context.Context, p store.Page) ([]model.SessionSummary, error) {
				return s.Sessions(ctx, project, f, p)
			}, sessionKey), sessionKey), w.sessions(f))
			same(t, "Generations "+what, all(t, limit, func(ctx context.Context, p store.Page) ([]model.Event, error) {
				return s.Generations(ctx, project, f, p)
			}, eventKey), w.generations(f))
			if t.Failed() {
				return
			}
		}
	}
}

// row is a list's row by what orders it.
type row struct {
	ms int64
	id string
}

func traceKey(x model.TraceSummary) (int64, string)     { return x.LastMS, x.ID }
func sessionKey(x model.SessionSummary) (int64, string) { return x.LastMS, x.ID }
func eventKey(x model.Event) (int64, string)            { return x.TimeMS, x.UUID.String() }

func keysOf[T any](rows []T, key func(T) (int64, string)) []row {
	var out []row
	for _, r := range rows {
		ms, id := key(r)
		out = append(out, row{ms, id})
	}
	return out
}

func newestFirst(a, b row) int { return cmp.Or(cmp.Compare(b.ms, a.ms), cmp.Compare(b.id, a.id)) }

// world is what was stored, with the slow and plain answers.
type world struct{ store.Batch }

func (w *world) matches(f *store.Filter, e *model.Event) bool {
	text := []string{e.UUID.String(), e.Name, e.DistinctID, e.SessionID, e.TraceID, e.Title}
	for _, c := range w.Contents {
		if c.UUID == e.UUID {
			text = append(text, string(c.Input), string(c.Output))
		}
	}
	return (f.FromMS == 0 || e.TimeMS >= f.FromMS) && (f.ToMS == 0 || e.TimeMS < f.ToMS) &&
		(f.TraceID == "" || e.TraceID == f.TraceID) && (f.SessionID == "" || e.SessionID == f.SessionID) &&
		(len(f.DistinctIDs) == 0 || slices.Contains(f.DistinctIDs, e.DistinctID)) &&
		(!f.ErrorsOnly || e.IsError) && contains(f.Text, text...)
}

// matchesBlock: a block has no trace and no error, and matches a range that it overlaps.
func matchesBlock(f *store.Filter, b *model.Block) bool {
	return (f.FromMS == 0 || b.LastMS >= f.FromMS) && (f.ToMS == 0 || b.FirstMS < f.ToMS) &&
		f.TraceID == "" && (f.SessionID == "" || b.SessionID == f.SessionID) &&
		(len(f.DistinctIDs) == 0 || slices.Contains(f.DistinctIDs, b.DistinctID)) &&
		!f.ErrorsOnly && contains(f.Text, b.SessionID, b.DistinctID, b.URL)
}

func (w *world) traces(f store.Filter) []row {
	last, match := map[string]int64{}, map[string]bool{}
	for i := range w.Events {
		e := &w.Events[i]
		last[e.TraceID] = max(last[e.TraceID], e.TimeMS)
		match[e.TraceID] = match[e.TraceID] || w.matches(&f, e)
	}
	return newest(last, match)
}

func (w *world) sessions(f store.Filter) []row {
	last, match := map[string]int64{}, map[string]bool{}
	for i := range w.Events {
		e := &w.Events[i]
		last[e.SessionID] = max(last[e.SessionID], e.TimeMS)
		match[e.SessionID] = match[e.SessionID] || w.matches(&f, e)
	}
	for i := range w.Blocks {
		b := &w.Blocks[i]
		last[b.SessionID] = max(last[b.SessionID], b.LastMS)
		match[b.SessionID] = match[b.SessionID] || matchesBlock(&f, b)
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

func (w *world) generations(f store.Filter) []model.Event {
	var out []model.Event
	for i := range w.Events {
		e := &w.Events[i]
		if (e.Kind == model.KindGeneration || e.Kind == model.KindEmbedding) && w.matches(&f, e) {
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(a, b model.Event) int {
		return newestFirst(row{a.TimeMS, a.UUID.String()}, row{b.TimeMS, b.UUID.String()})
	})
	return out
}

func idsOf(traces []model.TraceSummary) (ids []string) {
	for i := range traces {
		ids = append(ids, traces[i].ID)
	}
	return ids
}
