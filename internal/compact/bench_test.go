package compact

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/blocks/blockstest"
	"github.com/playheadhq/playhead/internal/blocks/s3"
	"github.com/playheadhq/playhead/internal/blocks/s3/s3test"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// BenchmarkCompact rewrites a session of ten minutes over an S3 server on the same machine: 300 blocks of 20 kB, each in its own object together with
// a block of others.
//
//	PLAYHEAD_TEST_BLOCKS=s3 go test ./internal/compact -run ^$ -bench .
func BenchmarkCompact(b *testing.B) {
	if !blockstest.Asked("s3") {
		b.Skipf("%s does not ask for s3", blockstest.Env)
	}
	server, err := s3test.Start(b.Context(), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	objects, err := s3.Open(b.Context(), server.URL("", ""), s3.Options{Credentials: s3test.Credentials()})
	if err != nil {
		b.Fatal(err)
	}
	defer objects.Close()
	index, err := duckdb.Open(b.Context(), duckdb.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer index.Close()
	body := bytes.Repeat([]byte("0123456789"), 2000)
	c := New(Options{Index: index, Objects: objects})
	ended := time.Now().Add(-time.Hour).UnixMilli()
	sessions := 0
	b.SetBytes(300 * int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		sessions++
		id := fmt.Sprint("session ", sessions)
		batch := &store.Batch{}
		for i := range int64(300) {
			locations, err := objects.Write(b.Context(), "default", [][]byte{bytes.Repeat(body, 3), body})
			if err != nil {
				b.Fatal(err)
			}
			at := ended - (300-i)*2000
			batch.Blocks = append(batch.Blocks, model.Block{Project: "default", UUID: uuid.New(), SessionID: id, WindowID: "w", ReceivedMS: at, FirstMS: at - 2000, LastMS: at, Events: 1, Location: locations[1]})
		}
		if _, err := index.Commit(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if done, err := c.rewrite(b.Context(), key{"default", id}); err != nil || !done {
			b.Fatal(done, err)
		}
	}
}
