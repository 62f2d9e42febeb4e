//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
	"github.com/playheadhq/playhead/internal/store/table"
	"github.com/playheadhq/playhead/internal/zipf"
)

// textEvents is the number of events of BenchmarkTexts; 100,000 if it is not set.
const textEvents = "PLAYHEAD_BENCH_EVENTS"

// llmBatch is a batch of events as the SDK for Python sends them: 2.3 kB each, 1.45 kB of it text of 20,000 words by Zipf's law.
func llmBatch(t *traffic, w *zipf.Writer, n int) *store.Batch {
	b := &store.Batch{}
	models := []string{"gpt-4o-mini", "gpt-4o", "gpt-5", "gpt-5-mini"}
	for range n {
		i := t.n
		t.n++
		at := benchStart + int64(i)*100
		system, user, answer := w.Text(400), w.Text(120), w.Text(930)
		e := model.Event{
			Project: "default", UUID: t.id(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 40, SentMS: at + 20,
			DistinctID: fmt.Sprintf("user_%d", i*7919%5000), Library: "posthog-python/7.42.0",
			TraceID: newTraffic(uint64(i / 4)).id().String(), SessionID: newTraffic(1<<32 + uint64(i/40)).id().String(),
			Model: models[t.random.IntN(4)], Provider: "openai", StartMS: at - 1500, LatencyMS: 400 + 3000*t.random.Float64(), FirstTokenMS: -1,
			HTTPStatus: 200, StopReason: "stop",
			Tokens: model.Tokens{Input: 120 + t.random.Int64N(400), Output: 20 + t.random.Int64N(300), Total: -1, CacheRead: -1, CacheWrite: -1, Reasoning: -1},
		}
		b.Events = append(b.Events, e)
		b.Contents = append(b.Contents, model.Content{
			Project: e.Project, UUID: e.UUID, TimeMS: at,
			Input:        fmt.Appendf(nil, `[{"role":"system","content":"%s"},{"role":"user","content":"%s"}]`, system, user),
			Output:       fmt.Appendf(nil, `[{"role":"assistant","content":[{"type":"text","text":"%s"}]}]`, answer),
			Properties:   []byte(`{"$ai_base_url":"https://api.openai.com/v1/","$ai_model_parameters":{"temperature":0.2,"stream":false},"$ai_tokens_source":"sdk","$geoip_disable":true,"$python_runtime":"CPython","$python_version":"3.11.7","$os":"Linux"}`),
			InputPreview: user[:120], OutputPreview: answer[:240],
		})
	}
	return b
}

// processor is the processor time of this process: on a machine that others use, too, elapsed time says little.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func directoryBytes(b *testing.B, dir string) (sum float64) {
	err := filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().IsRegular() {
			sum += float64(info.Size())
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}

// BenchmarkTexts compares text in blocks with the same text in columns of DuckDB, where it was stored before, in one run: the cost of storing it, its
// size, and the duration of searches.
func BenchmarkTexts(b *testing.B) {
	events := 100_000
	if n := os.Getenv(textEvents); n != "" {
		var err error
		if events, err = strconv.Atoi(n); err != nil {
			b.Fatal(err)
		}
	}
	const size = 500
	ctx := b.Context()
	dir := b.TempDir()
	s, err := Open(ctx, Options{Dir: filepath.Join(dir, "blocks"), MinFreeBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	columns, err := Open(ctx, Options{Dir: filepath.Join(dir, "columns"), MinFreeBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer columns.Close()
	if err := columns.engine.exec(ctx, "CREATE TABLE contents (uuid UUID, time_ms BIGINT, input VARCHAR, output VARCHAR, tools VARCHAR, properties VARCHAR)"); err != nil {
		b.Fatal(err)
	}
	appender, err := duckdb.NewAppenderFromConn(columns.engine.writer, "", "contents")
	if err != nil {
		b.Fatal(err)
	}
	defer appender.Close()
	var took [2]time.Duration
	var elapsed [2]time.Duration
	t, w := newTraffic(1), zipf.NewWriter(3)
	var phrase []string
	for n := 0; n < events; n += size {
		batch := llmBatch(t, w, size)
		if n == events/size/3*size {
			phrase = filter.Words(string(batch.Contents[7].Output))[9:13]
		}
		for i, commit := range []func() error{
			func() error { _, err := s.Commit(ctx, batch); return err },
			func() error { return commitColumns(ctx, columns, appender, batch) },
		} {
			begun, cpu := time.Now(), processor()
			if err := commit(); err != nil {
				b.Fatal(err)
			}
			if i == 0 { // packing is included
				for s.packing.Lock(); len(s.texted) > 0; s.packing.Lock() {
					s.packing.Unlock()
					time.Sleep(time.Millisecond)
				}
				s.packing.Unlock()
			}
			took[i] += processor() - cpu
			elapsed[i] += time.Since(begun)
		}
	}
	per := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(events) }
	for i, checkpoint := range []func(context.Context) error{s.checkpoint, columns.checkpoint} {
		begun, cpu := time.Now(), processor()
		if err := checkpoint(ctx); err != nil {
			b.Fatal(err)
		}
		took[i], elapsed[i] = took[i]+processor()-cpu, elapsed[i]+time.Since(begun)
	}
	b.ReportMetric(per(took[0]), "store-cpu-µs/event")
	b.ReportMetric(per(took[1]), "columns:store-cpu-µs/event")
	b.ReportMetric(per(elapsed[0]), "store-µs/event")
	b.ReportMetric(per(elapsed[1]), "columns:store-µs/event")
	b.ReportMetric(directoryBytes(b, filepath.Join(dir, "blocks", fileName))/float64(events), "rows-B/event")
	b.ReportMetric(directoryBytes(b, filepath.Join(dir, "blocks", textsDir))/float64(events), "text-B/event")
	b.ReportMetric(directoryBytes(b, filepath.Join(dir, "columns", fileName))/float64(events), "columns:B/event")

	median := func(do func()) float64 {
		var times []time.Duration
		for range 5 {
			s.engine.texts.Rest() // the caches are empty
			begun := time.Now()
			do()
			times = append(times, time.Since(begun))
		}
		slices.Sort(times)
		return float64(times[len(times)/2].Microseconds()) / 1000
	}
	turned := slices.Clone(phrase)
	slices.Reverse(turned)
	for _, q := range []struct {
		name  string
		e     filter.Search
		limit int
	}{
		{"nowhere", filter.Search{Words: []string{"zyzzyva"}}, 50},
		{"phrase", filter.Search{Words: phrase}, 50},
		{"phrase-nowhere", filter.Search{Words: turned}, 50},
		{"common", filter.Search{Words: []string{w.Words[20]}}, 50},
		{"rare", filter.Search{Words: []string{w.Words[15_000]}}, 50},
		{"beginning-nowhere", filter.Search{Words: []string{"zyzz"}, Prefix: true}, 50},
		{"inside-nowhere", filter.Search{Inside: "zyzz"}, 50},
		{"common-all", filter.Search{Words: []string{w.Words[20]}}, math.MaxInt},
	} {
		b.ReportMetric(median(func() {
			found := 0
			err := s.FindText(ctx, texts.Query{Project: "default", Expr: q.e}, func(f texts.Found) bool {
				found += len(f.Keys)
				return found < q.limit
			})
			if wanted := !strings.HasSuffix(q.name, "nowhere"); err != nil || found > 0 != wanted {
				b.Fatal(q.name, found, err)
			}
		}), q.name+"-ms")
	}
	for name, text := range map[string]string{"nowhere": "zyzzyva", "phrase": strings.Join(phrase, " ")} {
		begun := time.Now()
		var found int
		err := columns.engine.readers.QueryRowContext(ctx, "SELECT count(*) FROM contents c WHERE contains(lower(c.input), $1) OR contains(lower(c.output), $1)", text).Scan(&found)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, "columns:"+name+"-ms")
	}
	all, err := s.TraceEvents(ctx, "default", []string{newTraffic(uint64(events / 8)).id().String()}, 10)
	if err != nil || len(all) != 4 {
		b.Fatal(err, len(all))
	}
	b.ReportMetric(median(func() {
		if c, err := s.Contents(ctx, keysOf(all)); err != nil || len(c) != 4 {
			b.Fatal(err, len(c))
		}
	}), "trace-ms")
	s.rest()
	columns.rest()
	b.ReportMetric(residentMB(b), "resident-MB")
}

// commitColumns commits a batch in the old way, with text in columns.
func commitColumns(ctx context.Context, s *Store, a *duckdb.Appender, b *store.Batch) error {
	s.active()
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.engine.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	all := indices(len(b.Events))
	err := appendRows(s.engine, table.Events, b.Events, all)
	for i := range b.Contents {
		c := &b.Contents[i]
		err = cmp.Or(err, a.AppendRow(c.UUID[:], c.TimeMS, c.Input, c.Output, nil, c.Properties))
	}
	if err = cmp.Or(err, a.Flush()); err != nil {
		return err
	}
	return s.engine.exec(ctx, "COMMIT")
}
