//go:build cgo

package duckdb

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// TestHours: hours are kept as long as none of their rows change, whoever changes them.
func TestHours(t *testing.T) {
	s := open(t, Options{})
	const begins, hoursLong, hourMS = int64(1_760_000_400_000), 72, 3_600_000 // it begins with a whole hour
	event := func(n int, atMS int64) model.Event {
		return model.Event{Project: project, UUID: uuid.NewSHA1(uuid.Nil, []byte{byte(n), byte(n >> 8)}), Kind: model.KindGeneration, TimeMS: atMS, StartMS: atMS, ReceivedMS: atMS, LatencyMS: 1000, TraceID: "t"}
	}
	b := &store.Batch{}
	for n := range hoursLong {
		b.Events = append(b.Events, event(n, begins+int64(n)*hourMS+10))
	}
	store1 := func(b *store.Batch) {
		t.Helper()
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	store1(b)
	span := filter.Span{FromMS: begins, ToMS: begins + hoursLong*hourMS}
	count := func() (n int64, p50 any) {
		t.Helper()
		sum := filter.Sum{Near: true}
		var err error
		if sum.Measures, err = filter.ParseMeasures(filter.Generations, "count,p50(latency)"); err != nil {
			t.Fatal(err)
		}
		q := store.Question{Project: project, Of: filter.Generations, Where: filter.Between(filter.Everything, filter.Generations, span.FromMS, span.ToMS)}
		table, err := s.Sum(t.Context(), q, sum, span)
		if err != nil {
			t.Fatal(err)
		}
		return table.Rows[0][0].(int64), table.Rows[0][1]
	}
	if n, p50 := count(); n != hoursLong || p50.(float64) < 0.98 || p50.(float64) > 1.02 || s.hours.Kept() != hoursLong {
		t.Fatalf("%d generations, median %v, %d hours are kept", n, p50, s.hours.Kept())
	}
	store1(&store.Batch{Events: []model.Event{event(1000, begins+5*hourMS+99), event(1001, begins-9*hourMS)}}) // one event is late, the other began at another time
	if s.hours.Kept() != hoursLong-1 {
		t.Errorf("%d hours are kept after one has changed", s.hours.Kept())
	}
	if n, _ := count(); n != hoursLong+1 || s.hours.Kept() != hoursLong {
		t.Errorf("%d generations, %d hours are kept", n, s.hours.Kept())
	}
	if err := s.SetCosts(t.Context(), b.Events[:2]); err != nil {
		t.Fatal(err)
	}
	if err := s.StoreLinks(t.Context(), []model.Link{{Project: project, TraceID: "t", UUID: b.Events[3].UUID, Rules: model.LinkRules, StartMS: b.Events[3].StartMS}}); err != nil {
		t.Fatal(err)
	}
	if s.hours.Kept() != hoursLong-3 {
		t.Errorf("%d hours are kept after costs and a link have changed", s.hours.Kept())
	}
	if _, err := s.Forget(t.Context(), project, time.UnixMilli(begins+10*hourMS)); err != nil {
		t.Fatal(err)
	}
	if n, _ := count(); n != hoursLong-10 {
		t.Errorf("%d generations after 10 hours were dropped", n)
	}
	count()
	s.broken(nil, errClosed)
	if s.hours.Kept() != 0 {
		t.Error("hours are kept after a failed commit")
	}
}
