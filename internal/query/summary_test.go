package query

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// TestSummarizeAgreesWithStore: a trace's page and its row in the list say the same, whatever the trace is made of.
func TestSummarizeAgreesWithStore(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(7, 7))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	tokens := func() int64 { return r.Int64N(20) - 5 }
	const traces = 200
	for i := range traces {
		id := fmt.Sprint("t", i)
		for range 1 + r.IntN(6) {
			w.event(model.Kind(1+r.IntN(6)), id, r.Int64N(4)*500, func(e *model.Event) {
				e.Title, e.ParentID, e.Model = one("", "", "a", "b"), one("", id, "x"), one("", "m2", "m1")
				e.ConversationID, e.IsError, e.Error = one("", "c", "d"), r.IntN(3) == 0, one("", "broke")
				e.InputPreview, e.OutputPreview, e.Truncated = one("", "q", "r"), one("", "s", "t"), r.IntN(9) == 0
				e.LatencyMS = float64(r.Int64N(4000)) - 500
				e.Tokens = model.Tokens{
					Input: max(-1, tokens()), Output: max(-1, tokens()), Total: -1, CacheRead: max(-1, tokens()), CacheWrite: -1, Reasoning: max(-1, tokens()),
				}
			})
		}
	}
	w.commit()
	listed, err := w.store.Store.Traces(t.Context(), store.Filter{}, store.Page{Limit: traces})
	if err != nil || len(listed) != traces {
		t.Fatalf("%d traces, error %v", len(listed), err)
	}
	for _, want := range listed {
		events, err := w.store.TraceEvents(t.Context(), []string{want.ID}, maxTraceRead)
		if err != nil {
			t.Fatal(err)
		}
		got := summarize(want.ID, events)
		if len(got.Models) == 0 && len(want.Models) == 0 {
			got.Models, want.Models = nil, nil
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("\ngot  %+v\nwant %+v\nof   %+v", got, want, events)
		}
	}
}
