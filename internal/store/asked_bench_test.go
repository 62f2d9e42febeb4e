package store_test

import (
	"fmt"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// BenchmarkAsked asks a million light rows, without their contents, in the query language.
func BenchmarkAsked(b *testing.B) {
	n := 1_000_000
	if text := os.Getenv(benchEvents); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	s, err := duckdb.Open(b.Context(), duckdb.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	t := newTraffic(1)
	for stored := 0; stored < n; stored += 10_000 {
		batch := &store.Batch{}
		for range 10_000 {
			i := t.n
			t.n++
			at := benchStart + int64(i)*1000
			batch.Events = append(batch.Events, model.Event{
				Project: project, UUID: t.id(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 40,
				DistinctID: fmt.Sprintf("user-%d", i/300), TraceID: traceID(i / 3), SessionID: sessionID(i / 60), Title: "chat",
				Model: fmt.Sprintf("model-%d", t.random.IntN(12)), Provider: fmt.Sprintf("provider-%d", t.random.IntN(3)),
				StartMS: at - 1500, LatencyMS: t.random.ExpFloat64() * 2000, FirstTokenMS: 320, HTTPStatus: 200, StopReason: "stop",
				Tokens:  model.Tokens{Input: t.random.Int64N(4000), Output: t.random.Int64N(400), Total: 520, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
				IsError: t.random.IntN(100) == 0, Properties: []model.Property{{Name: "tenant", Value: fmt.Sprint("tenant-", i%50)}},
			})
		}
		if _, err := s.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	span := filter.Span{FromMS: benchStart - 2000, ToMS: benchStart + int64(n)*1000}
	question := func(of filter.Of, q string) store.Question {
		where, err := filter.Parse(of, q)
		if err != nil {
			b.Fatal(err)
		}
		return store.Question{Project: project, Of: of, Where: where}
	}
	for _, c := range []struct {
		of               filter.Of
		q, sort, sum, by string
		count            bool
		facet            string
	}{
		{of: filter.Generations, q: "model:model-3", sort: ""},
		{of: filter.Generations, q: "model:model-3 latency:>5s", sort: "-latency"},
		{of: filter.Generations, q: "prop.tenant:tenant-7", sort: ""},
		{of: filter.Generations, q: "zyzzyva", sort: ""},
		{of: filter.Traces, q: "zyzzyva", sort: ""},
		{of: filter.Traces, q: "", sort: "-latency"},
		{of: filter.Traces, q: "model:model-3", sort: ""},
		{of: filter.Traces, q: "model:model-3 error:true", sort: "-latency"},
		{of: filter.Traces, q: "latency:>60s", sort: ""},
		{of: filter.Sessions, q: "ai_calls:>5", sort: ""},
		{of: filter.Sessions, q: "", sort: "-duration"},
		{of: filter.Generations, q: "", sum: "count,p50(latency),p95(latency),p99(latency),sum(input_tokens),sum(output_tokens)", by: "model,time(1d)"},
		{of: filter.Generations, q: "", sum: "count,sum(input_tokens)", by: "model"},
		{of: filter.Generations, q: "", sum: "count", by: "trace"},
		{of: filter.Traces, q: "", sum: "count,p95(latency)", by: "model"},
		{of: filter.Generations, q: "model:model-3", count: true},
		{of: filter.Generations, q: "", facet: "model"},
	} {
		name := fmt.Sprintf("%s q=%s sort=%s %s by=%s %v %s", c.of, c.q, c.sort, c.sum, c.by, c.count, c.facet)
		b.Run(name, func(b *testing.B) {
			q := question(c.of, c.q)
			before := processorTime(b)
			defer func() {
				b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			}()
			for b.Loop() {
				switch {
				case c.count:
					_, err = s.Count(b.Context(), q)
				case c.facet != "":
					f, _ := filter.Find(c.of, c.facet)
					_, err = s.Facet(b.Context(), q, f, 10)
				case c.sum != "":
					var sum filter.Sum
					if sum.Measures, err = filter.ParseMeasures(c.of, c.sum); err != nil {
						b.Fatal(err)
					}
					if sum.By, err = filter.ParseGroups(c.of, c.by, span); err != nil {
						b.Fatal(err)
					}
					sum.Limit = 100
					_, err = s.Sum(b.Context(), q, sum, span)
				default:
					var sort filter.Sort
					if sort, err = filter.ParseSort(c.of, c.sort); err != nil {
						b.Fatal(err)
					}
					_, err = s.Find(b.Context(), q, store.Part{Sort: sort, Limit: 51})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// processorTime is what this process has used: wall time says little on a busy machine.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
