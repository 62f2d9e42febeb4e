//go:build cgo && unix

package duckdb

import (
	"errors"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/disk/disktest"
	"github.com/playheadhq/playhead/internal/store"
)

// TestDiskFull fills the disk repeatedly while DuckDB writes its log and its checkpoints and readers read. Afterwards every batch is there exactly
// once, whatever the answer to its sender was.
func TestDiskFull(t *testing.T) {
	for name, checkpoint := range map[string]int64{"in the log": 1 << 30, "in a checkpoint": 512 << 10} {
		t.Run(name, func(t *testing.T) {
			disktest.Full(t, 5<<20, func(t *testing.T, dir string, free func()) {
				fillDisk(t, open(t, Options{Dir: dir, MinFreeBytes: -1, CheckpointBytes: checkpoint}), free)
			})
		})
	}
}

func fillDisk(t *testing.T, s *Store, free func()) {
	traffic := newTraffic(1)
	const size = 100
	var batches []*store.Batch
	acknowledged, failures := 0, 0
	for failures < 4 {
		if len(batches) > 1000 {
			t.Fatal("the disk is never full")
		}
		b := traffic.batch(size)
		batches = append(batches, b)
		_, err := s.Commit(t.Context(), b)
		switch {
		case err == nil:
			acknowledged++
		case errors.Is(err, store.ErrFull), errors.Is(err, store.ErrUnavailable):
			failures++
		default:
			t.Fatalf("Commit: %v, want ErrFull or ErrUnavailable", err)
		}
		if failures == 0 {
			continue
		}
		// Reads may be refused while there is no space for reopening, but they never return less than was acknowledged.
		if got, err := s.Totals(t.Context(), project); err == nil && (got.Events < int64(acknowledged*size) || got.Events%size != 0) {
			t.Fatalf("%d events are there, %d were acknowledged in batches of %d", got.Events, acknowledged*size, size)
		}
	}
	if acknowledged == 0 {
		t.Error("not one batch fitted")
	}

	free()
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for range 5 {
				if got, err := s.Totals(t.Context(), project); err != nil || got.Events%size != 0 {
					t.Errorf("reading while there is room again: %d events, %v", got.Events, err)
				}
			}
		})
	}
	stored := 0
	for _, b := range batches { // every sender retries
		done, err := s.Commit(t.Context(), b)
		if err != nil {
			t.Fatalf("Commit with room: %v", err)
		}
		if done.Events != 0 && done.Events != size {
			t.Errorf("%d of %d events of a batch were new: half of it was there", done.Events, size)
		}
		stored += done.Events
	}
	readers.Wait()
	if most := (len(batches) - acknowledged) * size; stored > most {
		t.Errorf("%d events were new, at most %d were not acknowledged", stored, most)
	}
	if got, err := s.Totals(t.Context(), project); err != nil || got.Events != int64(len(batches)*size) {
		t.Errorf("%d events, %v; want %d", got.Events, err, len(batches)*size)
	}
	for n, b := range batches {
		if contents, err := s.Contents(t.Context(), keysOf(b.Events)); err != nil || len(contents) != size {
			t.Fatalf("batch %d: %d events have text, %v; want %d", n, len(contents), err, size)
		}
	}
}
