package store_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// asking makes light rows, without their contents, as unevenly distributed as those of an application: a few people, models and tenants have most of
// them; most traces are small, and a few are large.
type asking struct {
	*traffic
	people, models, tenants, sizes *rand.Zipf
	trace, session, left, visits   int
	person                         string
}

func newAsking() *asking {
	t := newTraffic(1)
	return &asking{
		traffic: t,
		people:  rand.NewZipf(t.random, 1.1, 20, 49_999), models: rand.NewZipf(t.random, 1.5, 4, 11), tenants: rand.NewZipf(t.random, 1.3, 3, 199),
		sizes: rand.NewZipf(t.random, 3, 4, 999),
	}
}

// askedStep is the time between two events in ms: a million events cover twelve days.
const askedStep = 1000

func (a *asking) batch(n int) *store.Batch {
	b := &store.Batch{}
	for range n {
		if a.left == 0 {
			a.trace, a.left = a.trace+1, 1+int(a.sizes.Uint64())
			if a.visits == 0 {
				a.session, a.visits, a.person = a.session+1, 1+int(a.sizes.Uint64()), fmt.Sprintf("user-%d", a.people.Uint64())
			}
			a.visits--
		}
		a.left--
		at := benchStart + int64(a.n)*askedStep
		a.n++
		e := model.Event{
			Project: project, UUID: a.id(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 40, SentMS: at + 20,
			DistinctID: a.person, TraceID: traceID(a.trace), SessionID: sessionID(a.session), Title: "chat", Library: "posthog-node/5.70.0",
			Model: fmt.Sprintf("model-%d", a.models.Uint64()), Provider: fmt.Sprintf("provider-%d", a.random.IntN(3)),
			StartMS: at - 1500, LatencyMS: 900 * math.Exp(a.random.NormFloat64()), FirstTokenMS: 320, HTTPStatus: 200, StopReason: "stop",
			Tokens:     model.Tokens{Input: a.random.Int64N(4000), Output: a.random.Int64N(400), Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
			IsError:    a.random.IntN(100) == 0,
			Properties: []model.Property{{Name: "tenant", Value: fmt.Sprint("tenant-", a.tenants.Uint64())}},
		}
		if a.random.IntN(5) == 0 {
			e.Name, e.Kind, e.Model, e.Provider = "$ai_span", model.KindSpan, "", ""
			e.Tokens, e.FirstTokenMS = model.Tokens{Input: -1, Output: -1, Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1}, -1
		}
		b.Events = append(b.Events, e)
	}
	return b
}

// askable opens a store with such rows. They are made once, if a directory for them is kept.
func askable(b *testing.B, name string) (s store.Store, rows int) {
	rows = 1_000_000
	if text := os.Getenv(benchEvents); text != "" {
		var err error
		if rows, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	dir := os.Getenv(benchDir)
	if dir == "" {
		dir = b.TempDir()
	}
	dir = filepath.Join(dir, fmt.Sprintf("asked-%s-%d", name, rows))
	s = engines[name].open(b, dir)
	b.Cleanup(func() { s.Close() })
	done := filepath.Join(dir, "filled")
	if _, err := os.Stat(done); err == nil {
		return s, rows
	}
	for a := newAsking(); a.n < rows; {
		if _, err := s.Commit(b.Context(), a.batch(min(10_000, rows-a.n))); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		b.Fatal(err)
	}
	return s, rows
}

// BenchmarkAsked runs queries of the query language.
func BenchmarkAsked(b *testing.B) {
	for _, name := range asked(b) {
		b.Run(name, func(b *testing.B) { askAll(b, name) })
	}
}

func askAll(b *testing.B, engine string) {
	s, n := askable(b, engine)
	span := filter.Span{FromMS: benchStart - 2000, ToMS: benchStart + int64(n)*askedStep}
	question := func(of filter.Of, q string) store.Question { return storetest.Asks(project, of, q) }
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
			var err error
			var took, used []time.Duration
			defer func() {
				slices.Sort(took)
				slices.Sort(used)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
				b.ReportMetric(float64(used[len(used)/2].Microseconds())/1000, "median-cpu-ms")
			}()
			for b.Loop() {
				begun, before := time.Now(), processorTime(b)
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
				took, used = append(took, time.Since(begun)), append(used, processorTime(b)-before)
			}
		})
	}
}

// BenchmarkBeside measures ordinary reads while other readers run queries that are as expensive as allowed: how much longer they take than alone.
func BenchmarkBeside(b *testing.B) {
	for _, name := range asked(b) {
		b.Run(name, func(b *testing.B) {
			s, n := askable(b, name)
			span := filter.Span{FromMS: benchStart - 2000, ToMS: benchStart + int64(n)*askedStep}
			question := func(of filter.Of, q string) store.Question { return storetest.Asks(project, of, q) }
			sum := func(of filter.Of, q, measures, by string) func(context.Context) error {
				m, err := filter.ParseMeasures(of, measures)
				if err != nil {
					b.Fatal(err)
				}
				groups, err := filter.ParseGroups(of, by, span)
				if err != nil {
					b.Fatal(err)
				}
				asked := question(of, q)
				return func(ctx context.Context) error {
					_, err := s.Sum(ctx, asked, filter.Sum{Measures: m, By: groups, Limit: 100}, span)
					return err
				}
			}
			long := strings.TrimSuffix(strings.Repeat("-model:*e*l*9*z OR ", filter.MaxTerms/2-1), " OR ")
			for _, dear := range []struct {
				name string
				do   func(context.Context) error
			}{
				{"nobody", nil},
				{"a group for each trace", sum(filter.Generations, "", "count,p50(latency),p99(latency),uniq(person)", "trace")},
				{"traces by model", sum(filter.Traces, "", "count,p95(latency),uniq(person)", "model")},
				{"as many terms as may be", sum(filter.Generations, long, "count", "model")},
			} {
				b.Run(dear.name, func(b *testing.B) {
					ctx, cancel := context.WithCancel(b.Context())
					var asking sync.WaitGroup
					var answered, refused atomic.Int64
					for range 6 {
						asking.Go(func() {
							for dear.do != nil && ctx.Err() == nil {
								switch err := dear.do(ctx); {
								case err == nil:
									answered.Add(1)
								case ctx.Err() == nil:
									refused.Add(1)
								}
							}
						})
					}
					p95(b, func() error {
						page, err := s.Find(b.Context(), store.Question{Project: project, Of: filter.Traces, Where: filter.Everything}, store.Part{Sort: filter.Sort{Descending: true}, Limit: 51})
						if err == nil && len(page.Rows) != 51 {
							err = fmt.Errorf("%d traces", len(page.Rows))
						}
						return err
					})
					cancel()
					asking.Wait()
					b.ReportMetric(float64(answered.Load())/b.Elapsed().Seconds(), "dear/s")
					b.ReportMetric(float64(refused.Load()), "refused")
					b.ReportMetric(residentMB(b), "resident-MB")
				})
			}
		})
	}
}

// residentMB is the memory of this process and of the servers that it started.
func residentMB(b *testing.B) (sum float64) {
	for _, process := range append([]int{os.Getpid()}, servers...) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
		if err != nil {
			b.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), "VmRSS:")
		kb, err := strconv.Atoi(strings.Fields(after)[0])
		if err != nil {
			b.Fatal(err)
		}
		sum += float64(kb) / 1024
	}
	return sum
}

// processorTime is the processor time of this process and of the servers that it started: on a busy machine, wall time says little.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	sum := time.Duration(u.Utime.Nano() + u.Stime.Nano())
	for _, server := range servers {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server))
		if err != nil {
			b.Fatal(err)
		}
		_, after, _ := strings.Cut(string(text), ") ") // the program's name may contain anything
		for _, ticks := range strings.Fields(after)[11:13] {
			n, err := strconv.Atoi(ticks)
			if err != nil {
				b.Fatal(err)
			}
			sum += time.Duration(n) * 10 * time.Millisecond // Linux always counts a hundred of them a second
		}
	}
	return sum
}
