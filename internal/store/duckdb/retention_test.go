//go:build cgo

package duckdb

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// TestForgetMany drops most rows of several row groups. The remaining ones are found, by trace and by a dump, now and after a restart, and the space
// of the others is freed. A dump that began before returns an error.
func TestForgetMany(t *testing.T) {
	s := open(t, Options{})
	const rows, kept = 300_000, 3
	for from := 0; from < rows; from += 50_000 {
		b := &store.Batch{}
		for i := from; i < from+50_000; i++ {
			at := int64(benchStart + i)
			if i%(rows/kept) == rows/kept-1 { // the last row of each third is kept
				at += rows
			}
			e := model.Event{Project: project, Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: int64(benchStart + i), TraceID: fmt.Sprint("t", i)}
			e.UUID = newTraffic(uint64(i)).id()
			b.Events = append(b.Events, e)
		}
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	_, cursor, err := s.Dump(t.Context(), "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	full := usedBlocks(t, s)
	if n, err := s.Forget(t.Context(), project, time.UnixMilli(benchStart+rows)); err != nil || n != rows-kept {
		t.Fatalf("Forget: %d, %v, want %d", n, err, rows-kept)
	}
	if n, err := s.Forget(t.Context(), project, time.UnixMilli(benchStart+rows)); err != nil || n != 0 {
		t.Errorf("Forget again: %d, %v", n, err)
	}
	if _, _, err := s.Dump(t.Context(), cursor, 1000); !errors.Is(err, errRenumbered) || errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Dump from where rows had other numbers: %v", err)
	}
	check := func(when string) {
		t.Helper()
		var dumped []string
		for after, first := "", true; first || after != ""; first = false {
			b, next, err := s.Dump(t.Context(), after, 100_000)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range b.Events {
				dumped = append(dumped, e.TraceID)
			}
			after = next
		}
		slices.Sort(dumped)
		if want := []string{"t199999", "t299999", "t99999"}; !slices.Equal(dumped, want) {
			t.Errorf("%s: dumped %v, want %v", when, dumped, want)
		}
		for _, trace := range dumped {
			if found, err := s.TraceEvents(t.Context(), project, []string{trace}, 10); err != nil || len(found) != 1 {
				t.Errorf("%s: %d events of %s, %v", when, len(found), trace, err)
			}
		}
	}
	check("at once")
	if now := usedBlocks(t, s); now > full/2 {
		t.Errorf("%d blocks of the file are in use, %d before", now, full)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: s.options.Dir})
	s.index.load.Wait()
	check("after a restart")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// usedBlocks is how much of the file is in use: DuckDB reuses the rest before the file grows.
func usedBlocks(t *testing.T, s *Store) (used int64) {
	t.Helper()
	if err := s.checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	err := s.use(t.Context(), func(e *engine) error {
		return e.readers.QueryRowContext(t.Context(), "SELECT used_blocks FROM pragma_database_size()").Scan(&used)
	})
	if err != nil {
		t.Fatal(err)
	}
	return used
}

// TestForgetText: dropped events leave no text behind, in whatever block it is, and the others keep their texts.
func TestForgetText(t *testing.T) {
	s, traffic := open(t, Options{}), newTraffic(1)
	var batches []*store.Batch
	for range 4 {
		b := traffic.batch(100)
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		batches = append(batches, b)
	}
	before := batches[1].Events[50].TimeMS // in the middle of a block
	if n, err := s.Forget(t.Context(), project, time.UnixMilli(before)); err != nil || n != 150 {
		t.Fatalf("Forget: %d, %v, want 150", n, err)
	}
	check := func(when string) {
		t.Helper()
		for _, b := range batches {
			contents, err := s.Contents(t.Context(), keysOf(b.Events))
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, e := range b.Events {
				if e.TimeMS >= before {
					want++
				}
			}
			if len(contents) != want {
				t.Errorf("%s: %d events have text, want %d", when, len(contents), want)
			}
		}
	}
	check("at once")
	dir := s.options.Dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: dir})
	check("after a restart")
}
