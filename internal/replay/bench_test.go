package replay

import (
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/rawjson"
)

const rich = "web_s_rich_full_snapshot_network_console_gzip.req"

// BenchmarkEncode reports the bytes of the decoded body. The request that contained it has 55 kB.
func BenchmarkEncode(b *testing.B) {
	data := wireSnapshots(b, rich)
	total := int64(0)
	for _, d := range data {
		total += int64(len(d))
	}
	b.SetBytes(total)
	b.ReportAllocs()
	raw, stored := 0, 0
	for b.Loop() {
		raw, stored = 0, 0
		for _, d := range data {
			e, err := NewEncoder(nil, nil).Encode(d)
			if err != nil {
				b.Fatal(err)
			}
			raw, stored = raw+int(e.Block.RawBytes), stored+len(e.Body)
		}
	}
	b.ReportMetric(float64(raw), "raw-B")
	b.ReportMetric(float64(stored), "stored-B")
}

func BenchmarkDecode(b *testing.B) {
	e, _ := NewEncoder(nil, nil).Encode(wireSnapshots(b, rich)[0])
	b.SetBytes(e.Block.RawBytes)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(e.Body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	e, _ := NewEncoder(nil, nil).Encode(wireSnapshots(b, rich)[0])
	l, _ := Decode(e.Body)
	b.SetBytes(int64(len(l.JSON)))
	for b.Loop() {
		for _, line := range l.All() {
			if err := rawjson.Check(line, maxDepth); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkBinary(b *testing.B) {
	var field []byte
	for item := range rawjson.Items(wireSnapshots(b, rich)[0]) {
		if d := rawjson.Member(item, "data"); rawjson.KindOf(d) == rawjson.String {
			field = d[1 : len(d)-1]
		}
	}
	b.SetBytes(int64(len(field)))
	var dst []byte
	for b.Loop() {
		dst, _ = appendBinary(dst[:0], field)
	}
}

// BenchmarkLevels shows why this compression level was chosen.
func BenchmarkLevels(b *testing.B) {
	e, _ := NewEncoder(nil, nil).Encode(wireSnapshots(b, rich)[0])
	l, _ := Decode(e.Body)
	for _, level := range []zstd.EncoderLevel{zstd.SpeedFastest, zstd.SpeedDefault, zstd.SpeedBetterCompression} {
		b.Run(level.String(), func(b *testing.B) {
			enc, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
			b.SetBytes(int64(len(l.JSON)))
			var out []byte
			for b.Loop() {
				out = enc.EncodeAll(l.JSON, out[:0])
			}
			b.ReportMetric(float64(len(out)), "B")
		})
	}
}
