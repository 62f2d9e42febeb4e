package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/duckdb"
	"github.com/playheadhq/playhead/internal/store/storetest"
)

// benchDir is where the data of benchmarks are kept between runs (5 GB for a million events on all backends).
const benchDir = "PLAYHEAD_BENCH_DIR"

// benchEvents is the number of events; a million if it is not set.
const benchEvents = "PLAYHEAD_BENCH_EVENTS"

// traffic makes generations of 2.3 kB: three in each trace, twenty traces in each session, five sessions for each person. The text consists of words
// and numbers, so that it compresses like text.
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

// noise is JSON of about a given number of bytes that cannot be compressed.
func (t *traffic) noise(bytes int) []byte {
	out := []byte{'"'}
	for len(out) < bytes {
		out = base64.StdEncoding.AppendEncode(out, binary.LittleEndian.AppendUint64(nil, t.random.Uint64()))
	}
	return append(out, '"')
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

// engine is a backend whose data are kept.
type engine struct {
	open func(b *testing.B, dir string) store.Store
	// bytes is the size of the data on disk.
	bytes func(b *testing.B, dir string) int64
}

var engines = map[string]engine{
	"duckdb": {
		open: func(b *testing.B, dir string) store.Store {
			s, err := duckdb.Open(b.Context(), duckdb.Options{Dir: dir})
			if err != nil {
				b.Fatal(err)
			}
			return s
		},
		bytes: sizeOf,
	},
	"clickhouse":        {open: clickhouseEngine(1), bytes: sizeOf},
	"clickhouse-shards": {open: clickhouseEngine(2), bytes: sizeOf},
}

// servers are the process ids of the ClickHouse servers.
var servers []int

func clickhouseEngine(shards int) func(b *testing.B, dir string) store.Store {
	return func(b *testing.B, dir string) store.Store {
		started, err := chtest.StartDirect(context.Background(), dir, shards)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { started.Close() })
		for i := range shards {
			servers = append(servers, started.At(i).PID())
		}
		s, err := clickhouse.Open(b.Context(), clickhouse.Options{URL: started.URL("bench")})
		if err != nil {
			b.Fatal(err)
		}
		return s
	}
}

func sizeOf(b *testing.B, dir string) int64 {
	var sum int64
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			sum += info.Size()
		}
		return nil // a running engine creates and removes files
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

// asked are the engines that the suite's variable names.
func asked(b *testing.B) []string {
	list := os.Getenv(storetest.Env)
	if list == "" {
		return []string{"duckdb"}
	}
	names := strings.Split(list, ",")
	for _, name := range names {
		if _, ok := engines[name]; !ok {
			b.Fatalf("%s asks for %q, which is no backend", storetest.Env, name)
		}
	}
	return names
}

// BenchmarkCommit writes batches of the sizes of group commits; one operation is one commit.
func BenchmarkCommit(b *testing.B) {
	for _, name := range asked(b) {
		b.Run(name, func(b *testing.B) {
			s := engines[name].open(b, b.TempDir())
			defer s.Close()
			for _, size := range []int{100, 500, 1500, 10_000} {
				b.Run(fmt.Sprintf("rows=%d", size), func(b *testing.B) {
					t := newTraffic(uint64(time.Now().UnixNano()))
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
				})
			}
		})
	}
}

// filled opens a store of a million generations, which are made once and kept.
func filled(b *testing.B, name string) (s store.Store, events int) {
	dir := os.Getenv(benchDir)
	if dir == "" {
		b.Skip(benchDir + " names no directory")
	}
	events = 1_000_000
	if n := os.Getenv(benchEvents); n != "" {
		var err error
		if events, err = strconv.Atoi(n); err != nil {
			b.Fatal(err)
		}
	}
	dir = filepath.Join(dir, fmt.Sprintf("%s-%d", name, events))
	done := filepath.Join(dir, "filled")
	_, err := os.Stat(done)
	if err != nil {
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
	}
	s = engines[name].open(b, dir)
	b.Cleanup(func() { s.Close() })
	if err == nil {
		return s, events
	}
	start := time.Now()
	t := newTraffic(2)
	for t.n < events {
		if _, err := s.Commit(b.Context(), t.batch(min(1000, events-t.n))); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("%s: %d events in %v, generated in the same time", name, events, time.Since(start))
	if err := os.WriteFile(done, nil, 0o644); err != nil {
		b.Fatal(err)
	}
	return s, events
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
}

// BenchmarkRead runs the same reads on the same events in each engine.
func BenchmarkRead(b *testing.B) {
	for _, name := range asked(b) {
		b.Run(name, func(b *testing.B) {
			s, events := filled(b, name)
			dir := filepath.Join(os.Getenv(benchDir), fmt.Sprintf("%s-%d", name, events))
			b.Logf("%s: %.0f bytes an event", name, float64(engines[name].bytes(b, dir))/float64(events))
			for _, r := range reads(b.Context(), s, events) {
				b.Run(r.name, func(b *testing.B) { p95(b, r.op) })
			}
		})
	}
}

type read struct {
	name string
	op   func() error
}

func reads(ctx context.Context, s store.Store, events int) []read {
	mid := int64(benchStart + events/2*100)
	full := func(n int, err error, want int) error {
		if err == nil && n != want {
			err = fmt.Errorf("%d rows, want %d", n, want)
		}
		return err
	}
	// page reads a page of a list of matching rows.
	page := func(of filter.Of, q string, p store.Part, want int) func() error {
		asked := storetest.Asks(project, of, q)
		return func() error { return storetest.ReadPage(ctx, s, asked, p, want) }
	}
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
	return []read{
		{"TracesFirstPage", page(filter.Traces, "", store.Part{Limit: 50}, 50)},
		{"TracesDeepPage", page(filter.Traces, "", store.Part{Limit: 50, After: &store.Position{Number: mid, ID: "x"}}, 50)},
		{"TracesErrors", page(filter.Traces, "error:true", store.Part{Limit: 50}, 50)},
		{"TracesOldRange", page(filter.Traces, "start:>="+at(mid-600_000)+" start:<"+at(mid), store.Part{Limit: 50}, 50)},
		{"TracesPerson", page(filter.Traces, "person:user-7,user-8", store.Part{Limit: 50}, 50)},
		{"TracesCommonText", page(filter.Traces, "Refund", store.Part{Limit: 50}, 50)},
		{"TracesNoSuchText", page(filter.Traces, "nosuchtext", store.Part{Limit: 50}, 0)},
		{"Generations", page(filter.Generations, "", store.Part{Limit: 50}, 50)},
		{"TracesOfSession", page(filter.Traces, "session:"+sessionID(events/60/3), store.Part{Limit: 50}, 20)},
		{"GenerationsOfTrace", page(filter.Generations, "trace:"+traceID(events/7), store.Part{Limit: 50}, 3)},
		{"OneTrace", func() error {
			found, err := s.TraceEvents(ctx, project, []string{traceID(events / 7)}, 1000)
			if err := full(len(found), err, 3); err != nil {
				return err
			}
			keys := make([]model.Key, len(found))
			for i, e := range found {
				keys[i] = model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS}
			}
			contents, err := s.Contents(ctx, keys)
			return full(len(contents), err, 3)
		}},
		{"OneTraceSummary", func() error {
			sums, _, err := s.TracesNamed(ctx, project, []string{traceID(events / 7)}, 0)
			return full(len(sums), err, 1)
		}},
		{"Sessions", page(filter.Sessions, "", store.Part{Limit: 50}, 50)},
		{"SessionEvents", func() error {
			found, err := s.SessionEvents(ctx, project, sessionID(events/60/3), 1000)
			return full(len(found), err, 60)
		}},
		{"Totals", func() error { _, err := s.Totals(ctx, project); return err }},
		{"FindPeople", func() error { _, err := s.FindPeople(ctx, project, "USER-12", 50); return err }},
	}
}
