//go:build cgo

package duckdb

import (
	"fmt"
	"sync"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// TestPlaces: the time range of an id covers all of its rows, and excludes row groups that are far from them.
func TestPlaces(t *testing.T) {
	var p places
	const rows = 3*chunkRows + 100
	id := func(row int) uint32 { return uint32(row/4) * 2654435761 } // four rows for each id, with fingerprints far apart
	for row := range rows {
		p.add(int64(row), id(row))
	}
	if len(p.chunks) != 3 || p.rows != 100 {
		t.Fatalf("%d chunks and %d rows, want 3 and 100", len(p.chunks), p.rows)
	}
	for row := range rows {
		got := p.around(id(row))
		if got.first > int64(row) || got.last < int64(row) || got.last-got.first >= chunkRows {
			t.Fatalf("row %d: %v", row, got)
		}
	}
	p.add(5*chunkRows, id(0)) // the id occurs again
	if got := p.around(id(0)); got != (span{0, 5 * chunkRows}) {
		t.Errorf("an id in the first and the last chunk: %v", got)
	}
	if got := p.around(id(rows + 4)); !got.empty() {
		t.Errorf("an id that does not occur: %v", got)
	}
}

// TestIndexFindsAll commits while the index reads what an earlier process stored, and finds every event and block.
func TestIndexFindsAll(t *testing.T) {
	before := open(t, Options{})
	batch := func(from, to int) *store.Batch {
		b := &store.Batch{}
		for i := from; i < to; i++ {
			at := int64(benchStart + i*1000)
			e := model.Event{Project: project, Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: at, ReceivedMS: at + 7, StartMS: at}
			e.UUID, e.TraceID, e.SessionID = newTraffic(uint64(i)).id(), fmt.Sprint("t", i%97), fmt.Sprint("s", i%53)
			e.ConversationID = fmt.Sprint("c", i/40)
			if i == 500 || i == 1500 { // before and after the restart
				e.RecordingStatus = "active"
			}
			b.Events = append(b.Events, e)
			block := model.Block{Project: project, SessionID: e.SessionID, WindowID: "w", ReceivedMS: at + 9, FirstMS: at, LastMS: at + 1}
			block.UUID = newTraffic(uint64(1_000_000 + i)).id()
			b.Blocks = append(b.Blocks, block)
		}
		return b
	}
	if _, err := before.Commit(t.Context(), batch(0, 1000)); err != nil {
		t.Fatal(err)
	}
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}

	s := open(t, Options{Dir: before.options.Dir})
	var committing sync.WaitGroup
	for part := range 4 {
		committing.Go(func() {
			for i := range 5 {
				from := 1000 + 250*part + 50*i
				if _, err := s.Commit(t.Context(), batch(from, from+50)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	committing.Wait()
	s.index.load.Wait()
	if !s.index.complete {
		t.Fatal("the index has not read what is stored")
	}
	if s.tracesReceived("t1") == always || s.conversationsReceived(project, "c1") == always {
		t.Error("the index tells of all times")
	}
	statuses, err := s.RecordingStatuses(t.Context(), project, []string{fmt.Sprint("s", 500%53), fmt.Sprint("s", 1500%53), "s1"})
	if err != nil || len(statuses) != 2 {
		t.Errorf("RecordingStatuses: %v, %v; want two", statuses, err)
	}
	all := batch(0, 2000)
	for n := range 97 {
		trace := fmt.Sprint("t", n)
		want := 0
		for i := range all.Events {
			if all.Events[i].TraceID == trace {
				want++
			}
		}
		if got, err := s.TraceEvents(t.Context(), project, []string{trace}, 1000); err != nil || len(got) != want {
			t.Errorf("%s: %d events, %v; want %d", trace, len(got), err, want)
		}
	}
	for n := range 50 {
		where, err := filter.Parse(filter.Generations, fmt.Sprint("conversation:c", n))
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Count(t.Context(), store.Question{Project: project, Of: filter.Generations, Where: where})
		if err != nil || got.Rows != 40 {
			t.Errorf("conversation %d: %d generations, %v; want 40", n, got.Rows, err)
		}
	}
	for n := range 53 {
		session := fmt.Sprint("s", n)
		want := 0
		for i := range all.Events {
			if all.Events[i].SessionID == session {
				want++
			}
		}
		if got, err := s.SessionEvents(t.Context(), project, session, 1000); err != nil || len(got) != want {
			t.Errorf("%s: %d events, %v; want %d", session, len(got), err, want)
		}
		if got, err := s.Blocks(t.Context(), project, session, "w"); err != nil || len(got) != want {
			t.Errorf("%s: %d blocks, %v; want %d", session, len(got), err, want)
		}
	}
}
