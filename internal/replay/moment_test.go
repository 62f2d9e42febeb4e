package replay

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// packed has its blocks in one file, as a directory of blocks does.
type packed struct{ file *os.File }

func (p packed) Read(_ context.Context, at model.Location) ([]byte, error) {
	b := make([]byte, at.Length)
	_, err := p.file.ReadAt(b, at.Offset)
	return b, err
}

// hour writes a recording of one hour: repetitions of the rich page's two flushes, one every 3.6 seconds, with a full snapshot every five minutes, as
// the recorder takes them.
func hour(tb testing.TB) ([]model.Block, packed) {
	tb.Helper()
	file, err := os.Create(filepath.Join(tb.TempDir(), "blocks"))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = file.Close() })
	data := wireSnapshots(tb, rich)
	var index []model.Block
	offset := int64(0)
	for i := range 1000 {
		flush := data[1]
		if i%83 == 0 {
			flush = data[0]
		}
		start := at + int64(i)*3600
		first := int64(math.MaxInt64)
		for item := range rawjson.Items(flush) {
			first = min(first, eventTime(rawjson.Member(item, "timestamp")))
		}
		var moved [][]byte
		for item := range rawjson.Items(flush) {
			old := rawjson.Member(item, "timestamp")
			moved = append(moved, bytes.Replace(item, old, []byte(formatMS(start+eventTime(old)-first)), 1))
		}
		e, err := NewEncoder(nil, nil).Encode(fmt.Appendf(nil, "[%s]", bytes.Join(moved, []byte{','})))
		if err != nil {
			tb.Fatal(err)
		}
		body, b := e.Body, e.Block
		b.UUID = uuid.New()
		b.Location = model.Location{Key: "blocks", Offset: offset, Length: int64(len(body))}
		if _, err := file.Write(body); err != nil {
			tb.Fatal(err)
		}
		offset += b.Location.Length
		index = append(index, b)
	}
	return index, packed{file}
}

func formatMS(ms int64) string {
	b := make([]byte, 13)
	for i := len(b) - 1; i >= 0; i-- {
		b[i], ms = byte('0'+ms%10), ms/10
	}
	return string(b)
}

// BenchmarkMoment plays ten seconds of an hour's recording from a moment 4:40 after its last full snapshot, which is the worst case. first-µs is the
// time to the first line; the time of the benchmark is to the last line.
func BenchmarkMoment(b *testing.B) {
	index, src := hour(b)
	moment := at + 1_800_000 + 280_000
	var size, lines int64
	var first time.Duration
	b.ReportAllocs()
	for b.Loop() {
		size, lines = 0, 0
		start := time.Now()
		for line, err := range From(context.Background(), src, index, moment, moment+10_000) {
			if err != nil {
				b.Fatal(err)
			}
			if lines == 0 {
				first += time.Since(start)
			}
			size += int64(len(line))
			lines++
		}
	}
	b.SetBytes(size)
	b.ReportMetric(float64(lines), "lines")
	b.ReportMetric(float64(first.Microseconds())/float64(b.N), "first-µs")
}
