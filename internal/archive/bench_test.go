package archive

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks/dir"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/clickhouse"
	"github.com/playheadhq/playhead/internal/store/clickhouse/chtest"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// BenchmarkMove exports generations of 2.3 kB, and one block of 20 kB for every ten of them, from DuckDB and a directory, and imports them into
// ClickHouse and a directory. PLAYHEAD_BENCH_EVENTS is the number of generations, by default 50,000. Run each part once: -benchtime 1x.
func BenchmarkMove(b *testing.B) {
	n := 50_000
	if s := os.Getenv("PLAYHEAD_BENCH_EVENTS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	work := b.TempDir()
	source, err := duckdb.Open(b.Context(), duckdb.Options{Dir: work, MinFreeBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	recordings, err := dir.Open(filepath.Join(work, "recordings"), dir.Options{MinFreeBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer recordings.Close()
	size := fill(b, source, recordings, n)
	servers, err := chtest.StartDirect(b.Context(), b.TempDir(), 1)
	if err != nil {
		b.Fatal(err)
	}
	defer servers.Close()
	target, err := clickhouse.Open(b.Context(), clickhouse.Options{URL: servers.URL("bench")})
	if err != nil {
		b.Fatal(err)
	}
	defer target.Close()
	there, err := dir.Open(filepath.Join(b.TempDir(), "recordings"), dir.Options{MinFreeBytes: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer there.Close()

	out := filepath.Join(b.TempDir(), "out")
	report := func(b *testing.B, took time.Duration) {
		b.ReportMetric(float64(n)/took.Seconds(), "events/s")
		b.ReportMetric(float64(size)/1e6/took.Seconds(), "MB/s")
		b.ReportMetric(0, "ns/op")
	}
	b.Run("export", func(b *testing.B) {
		r, err := Export(b.Context(), ExportOptions{Source: source, Bodies: recordings, Dir: out})
		if err != nil {
			b.Fatal(err)
		}
		report(b, b.Elapsed())
		b.ReportMetric(float64(r.Bytes)/float64(size), "size/raw")
	})
	b.Run("import", func(b *testing.B) {
		start, phase, imported := time.Now(), "", time.Duration(0)
		_, err := Import(b.Context(), ImportOptions{Target: target, Blocks: there, Dir: out, Name: "bench", Report: func(p Progress) {
			if p.Phase == "check" && phase != "check" {
				imported = time.Since(start)
			}
			phase = p.Phase
		}})
		if err != nil {
			b.Fatal(err)
		}
		report(b, imported)
		b.ReportMetric(float64(n)/(b.Elapsed()-imported).Seconds(), "checked/s")
	})
}

// fill stores n generations and n/10 blocks, and returns the total size of their contents and bodies in bytes.
func fill(b *testing.B, s store.Writer, blocks *dir.Store, n int) (size int64) {
	random := rand.NewChaCha8([32]byte{2})
	words := strings.Fields("the playhead marks a moment of what was seen and said while a model worked and its user waited for an answer to come")
	pick := rand.New(random)
	prose := func(length int) []byte {
		var t strings.Builder
		t.WriteByte('"')
		for t.Len() < length {
			fmt.Fprintf(&t, "%s%d ", words[pick.IntN(len(words))], pick.IntN(50))
		}
		t.WriteByte('"')
		return []byte(t.String())
	}
	for first := 0; first < n; first += 5000 {
		batch := &store.Batch{}
		var bodies [][]byte
		for i := first; i < min(first+5000, n); i++ {
			at := int64(1_760_000_000_000 + 1000*i)
			e := model.Event{
				UUID: uuid.New(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at, StartMS: at - 900, LatencyMS: 900,
				DistinctID: fmt.Sprint("user-", i%997), SessionID: fmt.Sprint("session-", i/10), TraceID: fmt.Sprint("trace-", i/3), Model: "gpt-5-mini",
				Provider: "openai", Tokens: model.Tokens{Input: 800, Output: 150},
			}
			c := model.Content{UUID: e.UUID, TimeMS: at, Input: prose(1500), Output: prose(600), Properties: []byte(`{"$lib":"posthog-node"}`), InputPreview: string(prose(100)), OutputPreview: string(prose(100))}
			size += int64(len(c.Input) + len(c.Output) + len(c.Properties))
			batch.Events, batch.Contents = append(batch.Events, e), append(batch.Contents, c)
			if i%10 == 0 {
				body := make([]byte, 20_000)
				random.Read(body)
				bodies, size = append(bodies, body), size+int64(len(body))
				batch.Blocks = append(batch.Blocks, model.Block{UUID: uuid.New(), SessionID: e.SessionID, WindowID: "w", ReceivedMS: at, FirstMS: at, LastMS: at + 5000, RawBytes: 100_000})
			}
		}
		locations, err := blocks.Write(b.Context(), "default", bodies)
		if err != nil {
			b.Fatal(err)
		}
		for i := range batch.Blocks {
			batch.Blocks[i].Location = locations[i]
		}
		if _, err := s.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
	}
	return size
}
