package query

import (
	"fmt"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// benchTraces is how many traces of three generations the benchmarks read from; every second one has a session id, and
// every second of those a recording.
const benchTraces = 50_000

func benchWorld(b *testing.B) *world {
	b.Helper()
	w := newWorld(b)
	span := time.Hour.Milliseconds()
	for i := range benchTraces {
		trace := fmt.Sprintf("trace-%06d", i)
		set := by(fmt.Sprint("user-", i%5000))
		if i%2 == 0 {
			set = func(e *model.Event) {
				e.SessionID, e.WindowID, e.DistinctID = fmt.Sprintf("session-%06d", i), "w", trace
			}
			if i%4 == 0 {
				w.record(fmt.Sprintf("session-%06d", i), "w", span*int64(i)/benchTraces, span*int64(i)/benchTraces+5000, true)
			}
		}
		for j := range int64(3) {
			id := w.event(model.KindGeneration, trace, span*int64(i)/benchTraces+j*1000, set, func(e *model.Event) {
				e.Model = "gpt-4o-mini"
			})
			w.batch.Contents = append(w.batch.Contents, model.Content{
				UUID: id, TimeMS: w.batch.Events[len(w.batch.Events)-1].TimeMS,
				Input: []byte(`[{"role":"user","content":"When is the invoice due?"}]`), Output: []byte(`[{"role":"assistant","content":"On Friday."}]`),
				InputPreview: "When is the invoice due?", OutputPreview: "On Friday.",
			})
		}
		if len(w.batch.Events) > 10_000 {
			w.commit()
		}
	}
	w.commit()
	return w
}

func BenchmarkLists(b *testing.B) {
	w := benchWorld(b)
	for name, r := range map[string]ListRequest{
		"first page": {}, "one trace": {Narrowing: Narrowing{TraceID: "trace-001234"}}, "person": {Narrowing: Narrowing{Person: "user-77"}}, "errors": {Narrowing: Narrowing{ErrorsOnly: true}},
		"from an hour": {Narrowing: Narrowing{From: time.UnixMilli(hourAgo).UTC().Format(time.RFC3339)}},
	} {
		b.Run("traces/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.Traces(b.Context(), scope, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("generations/first page", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Generations(b.Context(), scope, ListRequest{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sessions/first page", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Sessions(b.Context(), scope, ListRequest{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDetails(b *testing.B) {
	w := benchWorld(b)
	l, err := w.Generations(b.Context(), scope, ListRequest{Limit: 1})
	if err != nil {
		b.Fatal(err)
	}
	for name, read := range map[string]func() error{
		"trace/old":  func() error { _, err := w.Trace(b.Context(), scope, "trace-001236"); return err },
		"trace/new":  func() error { _, err := w.Trace(b.Context(), scope, l.Items[0].TraceID); return err },
		"generation": func() error { _, err := w.Generation(b.Context(), scope, l.Items[0].ID); return err },
		"session":    func() error { _, err := w.Session(b.Context(), scope, "session-001236"); return err },
		"status":     func() error { _, err := w.Status(b.Context(), scope); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
