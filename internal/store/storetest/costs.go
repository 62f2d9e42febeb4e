package storetest

import (
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// The costs of calls can be changed, and the change is kept when the calls are sent again.
func testCosts(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	b := &store.Batch{}
	for i := range 7 {
		e := call(i, fmt.Sprint("t", i%2), day+int64(i/2)*1000) // some begin at the same time
		e.Cost = model.Cost{State: model.CostUnpriced}
		b.Events = append(b.Events, e)
	}
	b.Events[6].Project = "another"
	span := call(20, "t0", day)
	span.Kind = model.KindSpan
	b.Events = append(b.Events, span)
	commit(t, s, b)
	all := func(r store.CallRange, limit int) (found []model.Event) {
		t.Helper()
		var after *model.Event
		for {
			page := must[[]model.Event](t)(s.Calls(ctx, r, after, limit))
			found = append(found, page...)
			if len(page) < limit {
				return found
			}
			after = &page[len(page)-1]
		}
	}
	whole := store.CallRange{FromMS: -1 << 62, ToMS: 1 << 62}
	calls := all(whole, 2)
	if len(calls) != 7 {
		t.Fatalf("%d calls, want 7: %+v", len(calls), calls)
	}
	for i := range calls {
		if i > 0 && calls[i].StartMS < calls[i-1].StartMS {
			t.Errorf("calls are not by start: %d behind %d", calls[i].StartMS, calls[i-1].StartMS)
		}
	}
	first, second := b.Events[0].StartMS, b.Events[2].StartMS
	if n := len(all(store.CallRange{FromMS: first, ToMS: second}, 10)); n != 2 {
		t.Errorf("%d calls began in the first second, want 2", n)
	}

	for nanos := range int64(2) { // the later change is kept
		for i := range calls {
			calls[i].Cost = model.Cost{State: model.CostPriced, Nanos: 1000*nanos + int64(i), Price: "{\"source\":\"settings\"}"}
		}
		if err := s.SetCosts(ctx, calls[:5]); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, s, b) // again
	if err := s.SetCosts(ctx, nil); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	for i, e := range all(whole, 3) {
		want := calls[i]
		if i >= 5 {
			want.Cost = model.Cost{State: model.CostUnpriced}
		}
		same(t, fmt.Sprint("call ", i), e, want)
	}
	same(t, "a span's cost", must[model.Event](t)(s.Event(ctx, project, span.UUID)).Cost, model.Cost{})
}
