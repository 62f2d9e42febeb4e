package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
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

// What package reports changes of stored events is stored, is kept when they are sent again, and changes lists and sums.
func testReports(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	hour := int64(3600_000)
	b := &store.Batch{}
	for i := range 3 {
		e := call(i, "t", day+hour+int64(i)*1000)
		e.SpanID, e.Tools, e.MCPServer = fmt.Sprint("s", i), "look", "server"
		e.LatencyMS, e.FirstTokenMS = 500, 100
		e.Cost = model.Cost{State: model.CostPriced, Nanos: 5, Price: "{}"}
		b.Events = append(b.Events, e)
	}
	other := b.Events[0]
	other.Project = "another"
	b.Events = append(b.Events, other)
	commit(t, s, b)
	count := func(s store.Store) string {
		t.Helper()
		sum := filter.Sum{Measures: []filter.Measure{{Name: "count"}}, Limit: 1}
		table := must[store.Table](t)(s.Sum(ctx, store.Question{Project: project, Of: filter.Generations, Where: filter.And(nil)}, sum, filter.Span{FromMS: day, ToMS: day + 24*hour, Zone: time.UTC}))
		return fmt.Sprint(table.Rows[0][0])
	}
	if n := count(s); n != "3" {
		t.Fatalf("%s calls, want 3", n)
	}
	span, counts := b.Events[0], b.Events[1]
	span.Kind, span.Tools, span.MCPServer, span.Cost = model.KindSpan, "", "", model.Cost{State: model.CostElsewhere, Price: counts.UUID.String()}
	counts.StartMS, counts.LatencyMS, counts.FirstTokenMS, counts.ServiceTier = counts.StartMS-2000, 2500, 2100, "flex"
	counts.Tokens = model.Tokens{Input: 1, Output: 2, Total: 3, CacheRead: 4, CacheWrite: 5, Reasoning: 6, CacheWrite1h: 7, InputAudio: 8, OutputAudio: 9, InputImage: 10, OutputImage: 11, CacheReadAudio: 12}
	counts.Cost = model.Cost{State: model.CostGiven, Nanos: 9, Price: "told"}
	if err := s.SetReports(ctx, []model.Event{span, counts}); err != nil {
		t.Fatal(err)
	}
	if err := s.SetReports(ctx, nil); err != nil {
		t.Error(err)
	}
	commit(t, s, b) // again
	check := func(s store.Store) {
		t.Helper()
		for _, want := range []model.Event{span, counts, b.Events[2], other} {
			same(t, "event "+want.SpanID, must[model.Event](t)(s.Event(ctx, want.Project, want.UUID)), want)
		}
		if n := count(s); n != "2" {
			t.Errorf("%s calls, want 2", n)
		}
		if calls := must[[]model.Event](t)(s.Calls(ctx, store.CallRange{FromMS: day, ToMS: day + 24*hour}, nil, 10)); len(calls) != 3 {
			t.Errorf("%d calls of both projects, want 3", len(calls))
		}
	}
	check(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	check(s)
}
