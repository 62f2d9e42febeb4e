package s3

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// The benchmarks use versitygw on the same machine. They measure the client, the protocol and a disk, without a network.
//
//	PLAYHEAD_TEST_BLOCKS=s3 go test ./internal/blocks/s3 -run ^$ -bench .

func BenchmarkWrite(b *testing.B) {
	s := open(b, serve(b, b.TempDir()).URL("", ""), Options{})
	for _, size := range []int{32 << 10, 1 << 20, 8 << 20} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			bodies := make([][]byte, 8)
			for i := range bodies {
				bodies[i] = bytes.Repeat([]byte{byte(i)}, size/len(bodies))
			}
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.Write(b.Context(), "default", bodies); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// network adds a latency to every read.
type network struct {
	blocks.Reader
	latency time.Duration
}

func (n network) Read(ctx context.Context, at model.Location) ([]byte, error) {
	select {
	case <-time.After(n.latency):
		return n.Reader.Read(ctx, at)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// BenchmarkMoment reads what a moment five minutes after the last full snapshot needs: 60 blocks of 20 kB. Either each block is in its own object, as
// it was received, or all are in one object, as after compaction. They are read one by one, or ahead. Amazon's S3 answers a small request in 20 to 50
// ms within a region; the benchmark uses 30 ms.
func BenchmarkMoment(b *testing.B) {
	s := open(b, serve(b, b.TempDir()).URL("", ""), Options{})
	body := bytes.Repeat([]byte("0123456789"), 2000)
	var bodies [][]byte
	var scattered []model.Location
	for range 60 {
		bodies = append(bodies, body)
		at, err := s.Write(b.Context(), "default", [][]byte{body, bytes.Repeat(body, 40)}) // with others' blocks
		if err != nil {
			b.Fatal(err)
		}
		scattered = append(scattered, at[0])
	}
	together, err := s.Write(b.Context(), "default", bodies)
	if err != nil {
		b.Fatal(err)
	}
	for _, latency := range []time.Duration{0, 30 * time.Millisecond} {
		src := network{s, latency}
		for name, locations := range map[string][]model.Location{"scattered": scattered, "one object": together} {
			for _, atOnce := range []int{0, 8} {
				b.Run(fmt.Sprintf("%v/%s/ahead %d", latency, name, atOnce), func(b *testing.B) {
					b.SetBytes(int64(len(locations) * len(body)))
					var first time.Duration
					for b.Loop() {
						start := time.Now()
						var from blocks.Reader = src
						if atOnce > 0 {
							ahead := blocks.NewAhead(b.Context(), src, locations, atOnce)
							defer ahead.Close()
							from = ahead
						}
						for i, at := range locations {
							if _, err := from.Read(b.Context(), at); err != nil {
								b.Fatal(err)
							}
							if i == 0 {
								first += time.Since(start)
							}
						}
					}
					b.ReportMetric(first.Seconds()*1000/float64(b.N), "ms/first")
				})
			}
		}
	}
}
