package query

import (
	"fmt"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// benchTraces is how many traces of three generations the benchmarks read from. Every second trace has a session id, and every second session a
// recording.
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

// BenchmarkLongTrace reads a trace of 10,000 spans like its page: the answer about the trace, and then the rest of its nodes. Half of them are calls
// with a cost, every hundredth step failed and was retried.
func BenchmarkLongTrace(b *testing.B) {
	b.Run("duckdb", func(b *testing.B) { longTrace(b, newWorld(b)) })
	if storetest.Asked("clickhouse") {
		b.Run("clickhouse", func(b *testing.B) {
			servers, err := chtest.StartDirect(b.Context(), b.TempDir(), 1)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { servers.Close() })
			s, err := clickhouse.Open(b.Context(), clickhouse.Options{URL: servers.URL("long")})
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { s.Close() })
			longTrace(b, worldOver(b, s))
		})
	}
}

func longTrace(b *testing.B, w *world) {
	const spans = 10_000
	for i := range int64(spans - 1) {
		kind := model.KindSpan
		if i%2 == 0 {
			kind = model.KindGeneration
		}
		id := w.event(kind, "long", 10*i, func(e *model.Event) {
			e.SpanID, e.Model, e.Title, e.IsError = fmt.Sprint("s", i), "gpt-4o-mini", fmt.Sprint("step ", i%7), i%100 == 1
			if e.ParentID = "root"; i%10 != 0 {
				e.ParentID = fmt.Sprint("s", i-i%10)
			}
			e.Cost = model.Cost{State: model.CostPriced, Nanos: 1500, Price: "{}"}
		})
		w.batch.Contents = append(w.batch.Contents, model.Content{
			Project: scope.Project, UUID: id, TimeMS: w.batch.Events[len(w.batch.Events)-1].TimeMS,
			Input: []byte(`[{"role":"user","content":"When is the invoice due?"}]`), Output: []byte(`[{"role":"assistant","content":"On Friday."}]`),
			InputPreview: "When is the invoice due?", OutputPreview: "On Friday.",
		})
	}
	w.event(model.KindTrace, "long", 0, func(e *model.Event) { e.SpanID, e.LatencyMS = "root", 10*spans })
	w.commit()
	d, err := w.Trace(b.Context(), scope, "long")
	if err != nil || d.NodesNext == nil {
		b.Fatal(err)
	}
	b.Run("trace", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Trace(b.Context(), scope, "long"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("rest", func(b *testing.B) {
		for b.Loop() {
			nodes, err := w.TraceNodes(b.Context(), scope, "long", *d.NodesNext)
			if err != nil {
				b.Fatal(err)
			}
			n := len(d.Nodes)
			for some, err := range nodes {
				if err != nil {
					b.Fatal(err)
				}
				n += len(some)
			}
			if n != spans {
				b.Fatalf("%d spans", n)
			}
		}
	})
}
