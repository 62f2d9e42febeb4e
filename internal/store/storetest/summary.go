package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Summaries fills an empty store and compares its sums with store.Summarize: a trace's page and its row in the list show the same, whatever the trace
// consists of. It closes the store.
func Summaries(t *testing.T, s store.Store) {
	defer s.Close()
	const traces = 100
	r := rand.New(rand.NewPCG(7, 7))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	tokens := func() int64 { return max(-1, r.Int64N(20)-5) }
	var b store.Batch
	n := 0
	for i := range traces {
		trace := fmt.Sprint("t", i)
		events := 1 + r.IntN(20) // more than eight on average, because DuckDB's store sums up smaller traces without the engine
		if i == 0 {
			events = 300 // ClickHouse does so from 200 on
		}
		for range events {
			n++
			e := call(n, trace, day+r.Int64N(4)*500)
			e.Kind = model.Kind(1 + r.IntN(6))
			e.Title, e.ParentID, e.Model = one("", "", "a", "b"), one("", trace, "x"), one("", "m2", "m1")
			e.ConversationID, e.IsError, e.Error = one("", "c", "d"), r.IntN(3) == 0, one("", "broke")
			e.Truncated, e.Stopped = r.IntN(9) == 0, !e.IsError && r.IntN(4) == 0
			e.LatencyMS = float64(r.Int64N(4000)) - 500
			e.StartMS = e.TimeMS - int64(max(0, e.LatencyMS))
			e.Tokens = model.Tokens{Input: tokens(), Output: tokens(), Total: -1, CacheRead: tokens(), CacheWrite: -1, Reasoning: tokens()}
			e.Cost = model.Cost{State: model.CostState(r.IntN(5)), Nanos: r.Int64N(9_000_000)}
			b.Events = append(b.Events, e)
		}
	}
	commit(t, s, &b)
	listed := Traces(t, s, project, filter.Everything, traces)
	if len(listed) != traces {
		t.Fatalf("%d traces, want %d", len(listed), traces)
	}
	for _, sum := range listed {
		events := must[[]model.Event](t)(s.TraceEvents(t.Context(), project, []string{sum.ID}, 1000))
		want := store.Summarize(sum.ID, events)
		if len(sum.Models) == 0 && len(want.Models) == 0 {
			sum.Models, want.Models = nil, nil
		}
		if !reflect.DeepEqual(sum, want) {
			t.Errorf("\nTraces    %+v\nSummarize %+v\nof        %+v", sum, want, events)
		}
	}
}
