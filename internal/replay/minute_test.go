package replay

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/playheadhq/playhead/internal/testfile"
)

// minuteSnapshots returns the $snapshot_data of a recorded minute of a busy page, and the size of the requests that contained them.
func minuteSnapshots(tb testing.TB) (all []json.RawMessage, wire int) {
	tb.Helper()
	names, err := filepath.Glob("../../bench/data/minute/*.gz")
	if err != nil || len(names) == 0 {
		tb.Fatalf("no recorded minute: %v", err)
	}
	for _, name := range names {
		packed, err := os.ReadFile(name)
		if err != nil {
			tb.Fatal(err)
		}
		wire += len(packed)
		all = append(all, snapshotsOf(tb, testfile.Gunzip(tb, packed))...)
	}
	return all, wire
}

// BenchmarkMinute encodes and decodes a minute of a busy page. MB are those of the lines; each has 0.13 MB on the wire.
func BenchmarkMinute(b *testing.B) {
	data, wire := minuteSnapshots(b)
	var bodies [][]byte
	raw, stored := int64(0), 0
	for _, d := range data {
		e, err := NewEncoder(nil, nil).Encode(d)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, e.Body)
		raw, stored = raw+e.Block.RawBytes, stored+len(e.Body)
	}
	b.Run("encode", func(b *testing.B) {
		b.SetBytes(raw)
		b.ReportAllocs()
		for b.Loop() {
			for _, d := range data {
				if _, err := NewEncoder(nil, nil).Encode(d); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(stored)/float64(wire), "stored/wire")
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(raw)
		b.ReportAllocs()
		for b.Loop() {
			for _, body := range bodies {
				if _, err := Decode(body); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
