package query

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/impact"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// BenchmarkImpact asks for the impact of a million answers in 50,000 sessions, and for that of those of one model, on both engines. Waits of five seconds and more
// add 8 of 100 bad endings; slow models and long answers are slower and end badly more often anyway.
//
//	go test ./internal/query -run '^$' -bench Impact -benchtime 20x -timeout 60m
//
// PLAYHEAD_BENCH_EVENTS is another number of answers.
func BenchmarkImpact(b *testing.B) {
	n := 1_000_000
	if text := os.Getenv("PLAYHEAD_BENCH_EVENTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for name, open := range map[string]func(*testing.B) store.Store{
		"duckdb": func(b *testing.B) store.Store {
			s, err := duckdb.Open(b.Context(), duckdb.Options{Dir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			return s
		},
		"clickhouse": func(b *testing.B) store.Store {
			servers, err := chtest.StartDirect(b.Context(), b.TempDir(), 1)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { servers.Close() })
			s, err := clickhouse.Open(b.Context(), clickhouse.Options{URL: servers.URL("impact")})
			if err != nil {
				b.Fatal(err)
			}
			return s
		},
	} {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			defer s.Close()
			fillImpactT(b, s, n)
			w := worldOver(b, s)
			for what, r := range map[string]ImpactRequest{
				"all": {By: "model"}, "by version": {By: "prompt_version"}, "by tool": {By: "tool"}, "one model": {By: "prompt_name", Narrowing: Narrowing{Q: "model:model-2"}},
			} {
				b.Run(what, func(b *testing.B) {
					var took []float64
					for b.Loop() {
						begun := time.Now()
						got, err := w.Impact(b.Context(), scope, r)
						if err != nil {
							b.Fatal(err)
						}
						took = append(took, time.Since(begun).Seconds()*1000)
						if d := got.Worth[1].Difference; d.State != impact.Worse || d.Low > 0.08 || d.High < 0.08 {
							b.Errorf("waits of 5 s and more add %+v", d)
						}
					}
					slices.Sort(took)
					b.ReportMetric(took[len(took)/2], "ms-median")
					b.ReportMetric(took[(len(took)-1)*95/100], "ms-p95")
				})
			}
			b.Run("slowest", func(b *testing.B) {
				for b.Loop() {
					if _, err := w.Generations(b.Context(), scope, ListRequest{Narrowing: Narrowing{Q: impactLists[0].Q}, Sort: impactLists[0].Sort, Limit: 8}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// fillImpact stores answers and what their users experienced, twenty in each session.
func fillImpactT(b testing.TB, s store.Store, n int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, 24))
	const atOnce = 20_000
	begin := now - 30*24*time.Hour.Milliseconds()
	for from := 0; from < n; from += atOnce {
		batch, all := store.Batch{}, []model.Experience{}
		for i := from; i < min(from+atOnce, n); i++ {
			var id uuid.UUID
			binary.LittleEndian.PutUint64(id[:8], r.Uint64())
			binary.LittleEndian.PutUint64(id[8:], r.Uint64())
			// Version 4, as clients make them. One in 64 of random bits has version 7 with a random time: ClickHouse put each of these in a partition of its own.
			id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
			session := fmt.Sprintf("session-%d", i/20)
			llm, task, length := i/20%5, i/20%7, r.NormFloat64()
			wait := math.Exp(0.2 + 0.4*float64(llm) + 0.25*length + 0.7*r.NormFloat64())
			at := begin + int64(i)*2500
			e := model.Event{
				Project: scope.Project, UUID: id, Name: "$ai_generation", Kind: model.KindGeneration, StartMS: at, TimeMS: at + int64(wait*1500), ReceivedMS: at + 60_000,
				DistinctID: fmt.Sprint("user-", i/60), TraceID: fmt.Sprint("trace-", i), SessionID: session, WindowID: "w", LatencyMS: wait * 1500, FirstTokenMS: wait * 800,
				Model: fmt.Sprint("model-", llm), Provider: "provider", PromptName: fmt.Sprint("prompt-", task), PromptVersion: fmt.Sprint("v", 1+i/200_000), Library: "posthog-node/5.70.0",
				Tokens: model.Tokens{Input: 1000, Output: int64(math.Exp(5.5 + 0.9*length)), Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
				Cost:   model.Cost{State: model.CostPriced, Nanos: 1_000_000}, Tools: []string{"", "search", "search\nfetch"}[i%3],
			}
			batch.Events = append(batch.Events, e)
			risk := 0.1 + 0.05*float64(llm) + 0.02*float64(task) + 0.03*max(-2, min(2, length))
			if wait >= 5 {
				risk += 0.08
			}
			var kinds []string
			switch x := r.Float64(); {
			case x < risk:
				kinds = []string{impact.Bad[r.IntN(len(impact.Bad))]}
			case x < 0.9:
				kinds = []string{impact.Good[r.IntN(len(impact.Good))]}
			}
			state := model.SeenAll
			if i%50 == 0 {
				state = model.SeenPartly
			}
			x := felt(e, state, int64(wait*1000), kinds...)
			x.AnswerWaitMS = x.Seen.WaitMS // the answer is one call, of which words were shown
			x.First = model.FirstCall{BeforeMS: 50, TokenMS: int64(e.FirstTokenMS), LatencyMS: int64(e.LatencyMS), SentMS: 10, QueueMS: 20, ArrivedMS: int64(e.FirstTokenMS) + 80}
			if i%20 > 0 {
				x.PreviousWaitMS, x.PreviousKinds = int64(r.IntN(4000)), r.Int64N(1<<len(model.SignalKinds))
			}
			all = append(all, x)
		}
		if _, err := s.Commit(context.Background(), &batch); err != nil {
			b.Fatal(err)
		}
		if err := s.StoreExperiences(context.Background(), all); err != nil {
			b.Fatal(err)
		}
	}
}
