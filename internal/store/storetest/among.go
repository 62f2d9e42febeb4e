package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// testAmong lists rare matches among many newer rows: pages are in the order of latest activity, which may be that of other events of the group.
func testAmong(t *testing.T, f Factory) {
	s := opened(t, f)
	const ofAda, ofOthers, second = 300, 2600, 1000
	b, n := &store.Batch{}, 0
	add := func(trace, person string, at int64, failed bool) {
		n++
		e := call(n, trace, day+at)
		e.SessionID, e.DistinctID, e.IsError = "session of "+trace, person, failed
		b.Events = append(b.Events, e)
	}
	for i := range ofAda {
		trace := fmt.Sprintf("t%03d", i)
		add(trace, "ada", int64(i)*second, i%5 == 0)
		if i%7 == 0 {
			add(trace, "bob", int64(ofAda+i*37%ofAda)*second, false)
		}
	}
	for i := range ofOthers {
		add(fmt.Sprint("other", i/100), "bob", int64(3*ofAda*second+i), false)
	}
	commit(t, s, b)
	again := b.Events[n-1] // the first copy is kept
	again.DistinctID, again.IsError = "ada", true
	commit(t, s, &store.Batch{Events: []model.Event{again}})

	// want are the ids of groups of events with at least one such event, the latest first.
	want := func(of filter.Of, such func(e *model.Event) bool) []string {
		latest, has := map[string]int64{}, map[string]bool{}
		for i := range b.Events {
			e := &b.Events[i]
			id := map[filter.Of]string{filter.Traces: e.TraceID, filter.Sessions: e.SessionID, filter.Generations: e.UUID.String()}[of]
			latest[id], has[id] = max(latest[id], e.TimeMS), has[id] || such(e)
		}
		var ids []string
		for id := range latest {
			if has[id] {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(latest[b], latest[a]), cmp.Compare(b, a)) })
		return ids
	}
	ada := func(e *model.Event) bool { return e.DistinctID == "ada" }
	failed := func(e *model.Event) bool { return e.IsError }
	for _, c := range []struct {
		of   filter.Of
		q    string
		such func(e *model.Event) bool
	}{
		{filter.Traces, "person:ada", ada}, {filter.Sessions, "person:ada", ada}, {filter.Generations, "person:ada", ada},
		{filter.Traces, "error:true", failed}, {filter.Generations, "error:true", failed},
		{filter.Traces, "person:ada error:true", failed}, {filter.Generations, "person:ada error:true", failed},
		{filter.Traces, "person:ada person:nobody", func(*model.Event) bool { return false }},
	} {
		var got []string
		p := store.Part{Sort: filter.Sort{Descending: true}, Limit: 20}
		for {
			list, err := s.Find(t.Context(), Asks(project, c.of, c.q), p)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, idsOf(list.Rows)...)
			if len(list.Rows) < p.Limit {
				break
			}
			p.After = &list.Rows[len(list.Rows)-1].Position
		}
		if w := want(c.of, c.such); !slices.Equal(got, w) {
			t.Errorf("%s %s: %d rows, want %d: %v", c.of, c.q, len(got), len(w), got)
		}
	}
}
