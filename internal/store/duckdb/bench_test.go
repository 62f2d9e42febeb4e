//go:build cgo

package duckdb

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// traffic makes LLM events of 2.3 kB: three in each trace, twenty traces in each session, five sessions for each person. The text consists of words,
// so that it compresses like text.
type traffic struct {
	random *rand.Rand
	n      int
}

func newTraffic(seed uint64) *traffic { return &traffic{random: rand.New(rand.NewPCG(seed, 1))} }

// project is the project of all rows.
const project = "default"

// benchStart is the first event's time; one event follows the other every 100 ms.
const benchStart = 1_760_000_000_000

func (t *traffic) id() (id uuid.UUID) {
	binary.LittleEndian.PutUint64(id[:8], t.random.Uint64())
	binary.LittleEndian.PutUint64(id[8:], t.random.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// Ids of neighbours in time are far from each other, like random ids.
func traceID(i int) string   { return fmt.Sprintf("%016x-trace", uint64(i)*0x9E3779B97F4A7C15) }
func sessionID(i int) string { return fmt.Sprintf("%016x-session", uint64(i)*0xC2B2AE3D27D4EB4F) }

var words = bytes.Fields([]byte(`the a of to and in is for user order refund ticket invoice payment please help answer question model
	context returns shipping address account password reset error timeout retry again today yesterday subscription plan upgrade cancel`))

func (t *traffic) prose(n int) []byte {
	out := make([]byte, 0, n+16)
	for len(out) < n {
		out = append(append(out, words[t.random.IntN(len(words))]...), ' ')
		if t.random.IntN(4) == 0 {
			out = fmt.Appendf(out, "%x ", t.random.Uint32())
		}
	}
	return out[:n]
}

func (t *traffic) batch(n int) *store.Batch {
	b := &store.Batch{}
	for range n {
		i := t.n
		t.n++
		at := benchStart + int64(i)*100
		e := model.Event{
			Project: project, UUID: t.id(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 40, SentMS: at + 20,
			DistinctID: fmt.Sprintf("user-%d", i/300), Library: "posthog-node/5.70.0",
			TraceID: traceID(i / 3), SpanID: t.id().String(),
			SessionID: sessionID(i / 60), Title: "chat", Model: "gpt-5-mini", Provider: "openai",
			StartMS: at - 1500, LatencyMS: 1500.25, FirstTokenMS: 320, HTTPStatus: 200, StopReason: "stop",
			Tokens:  model.Tokens{Input: 400, Output: 120, Total: 520, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
			IsError: i%100 == 0,
		}
		b.Events = append(b.Events, e)
		b.Contents = append(b.Contents, model.Content{
			Project: project, UUID: e.UUID, TimeMS: at,
			Input:        fmt.Appendf(nil, `[{"role":"system","content":"You help."},{"role":"user","content":"%s"}]`, t.prose(900)),
			Output:       fmt.Appendf(nil, `[{"role":"assistant","content":"%s"}]`, t.prose(450)),
			Properties:   fmt.Appendf(nil, `{"$ai_base_url":"https://api.openai.com/v1","note":"%s"}`, t.prose(200)),
			InputPreview: string(t.prose(120)), OutputPreview: string(t.prose(120)),
		})
	}
	return b
}

func openBench(tb testing.TB, dir string) *Store {
	s, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkCommit writes batches of the sizes of group commits; one operation is one commit.
func BenchmarkCommit(b *testing.B) {
	for _, size := range []int{100, 500, 1500} {
		b.Run(fmt.Sprintf("rows=%d", size), func(b *testing.B) {
			s := openBench(b, b.TempDir())
			defer s.Close()
			t := newTraffic(1)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				batch := t.batch(size)
				b.StartTimer()
				if _, err := s.Commit(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(residentMB(b), "rss-MB")
		})
	}
}

func residentMB(tb testing.TB) float64 {
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int
	if _, err := fmt.Sscan(string(raw), &size, &resident); err != nil {
		tb.Fatal(err)
	}
	return float64(resident*os.Getpagesize()) / (1 << 20)
}

// million returns a store of a million generations, which are made once and kept in PLAYHEAD_BENCH_DIR.
func million(b *testing.B) *Store {
	dir := os.Getenv("PLAYHEAD_BENCH_DIR")
	if dir == "" {
		b.Skip("PLAYHEAD_BENCH_DIR names where a million events are kept between runs (2 GB)")
	}
	dir = filepath.Join(dir, "million")
	if _, err := os.Stat(dir); err != nil {
		building := dir + ".building"
		if err := os.RemoveAll(building); err != nil {
			b.Fatal(err)
		}
		s := openBench(b, building)
		t := newTraffic(2)
		for range 1000 {
			if _, err := s.Commit(b.Context(), t.batch(1000)); err != nil {
				b.Fatal(err)
			}
		}
		b.Logf("resident after load: %.0f MB", residentMB(b))
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		if err := os.Rename(building, dir); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	start := time.Now()
	s := openBench(b, dir)
	b.Logf("opened in %v, resident %.0f MB", time.Since(start), residentMB(b))
	b.Cleanup(func() { s.Close() })
	return s
}

// p95 reports the time within which 95 of 100 operations end.
func p95(b *testing.B, op func() error) {
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := op(); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(residentMB(b), "rss-MB")
}

func BenchmarkRead(b *testing.B) {
	s := million(b)
	ctx := b.Context()
	mid := int64(benchStart + 500_000*100)
	// page reads a page of a list of matching rows.
	page := func(of filter.Of, q string, p store.Part, want int) func() error {
		asked := storetest.Asks(project, of, q)
		return func() error { return storetest.ReadPage(ctx, s, asked, p, want) }
	}
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
	for _, bench := range []struct {
		name string
		op   func() error
	}{
		{"TracesFirstPage", page(filter.Traces, "", store.Part{Limit: 50}, 50)},
		{"TracesDeepPage", page(filter.Traces, "", store.Part{Limit: 50, After: &store.Position{Number: mid, ID: "x"}}, 50)},
		{"TracesErrors", page(filter.Traces, "error:true", store.Part{Limit: 50}, 50)},
		{"TracesOldRange", page(filter.Traces, "start:>="+at(mid-3600_000)+" start:<"+at(mid), store.Part{Limit: 50}, 50)},
		{"TracesPerson", page(filter.Traces, "person:user-7,user-8", store.Part{Limit: 50}, 50)},
		{"TracesCommonText", page(filter.Traces, "Refund", store.Part{Limit: 50}, 50)},
		{"TracesNoSuchText", page(filter.Traces, "nosuchtext", store.Part{Limit: 50}, 0)},
		{"Generations", page(filter.Generations, "", store.Part{Limit: 50}, 50)},
		{"OneTrace", func() error {
			id := traceID(123456)
			events, err := s.TraceEvents(ctx, project, []string{id}, 1000)
			if err != nil || len(events) != 3 {
				return fmt.Errorf("%d events, %w", len(events), err)
			}
			keys := make([]model.Key, 3)
			for i, e := range events {
				keys[i] = model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}
			}
			contents, err := s.Contents(ctx, keys)
			if err == nil && len(contents) != 3 {
				err = fmt.Errorf("%d contents", len(contents))
			}
			return err
		}},
		{"Sessions", page(filter.Sessions, "", store.Part{Limit: 50}, 50)},
		{"Totals", func() error { _, err := s.Totals(ctx, project); return err }},
		{"FindPeople", func() error { _, err := s.FindPeople(ctx, project, "USER-12", 50); return err }},
		{"RecordingStatuses", func() error {
			_, err := s.RecordingStatuses(ctx, project, []string{sessionID(99)})
			return err
		}},
	} {
		b.Run(bench.name, func(b *testing.B) { p95(b, bench.op) })
	}
}

func BenchmarkLoadSeen(b *testing.B) {
	s := million(b)
	for b.Loop() {
		seen, err := loadSeen(b.Context(), s.engine.writer)
		if err != nil {
			b.Fatal(err)
		}
		runtime.KeepAlive(seen)
	}
}

// BenchmarkSegments measures what a start reads from an index of a million blocks in 100 GB: how long each file must be.
func BenchmarkSegments(b *testing.B) {
	s := openBench(b, b.TempDir())
	b.Cleanup(func() { s.Close() })
	err := s.engine.exec(b.Context(), `INSERT INTO blocks SELECT uuid(), 'session-' || (i // 50), 'w', 'd', i, i, i + 1,
		'2025-10-09/' || lpad((i // 1250)::VARCHAR, 6, '0'), (i % 1250) * 100_000, 100_000, 1, 1, 0, 0, 0, 0, 0, [], [], '' FROM range(1_000_000) t(i)`)
	if err == nil {
		err = s.engine.checkpoint(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if all, err := s.Segments(b.Context()); err != nil || len(all) != 800 {
			b.Fatal(len(all), err)
		}
	}
}
