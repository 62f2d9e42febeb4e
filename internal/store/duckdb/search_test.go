//go:build cgo

package duckdb

import (
	"fmt"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// searched is a store with a number of generations, of which every third contains "refund". Each is a millisecond later than the previous one, in its
// own trace.
func searched(t *testing.T, events int) *Store {
	s := open(t, Options{})
	tr := newTraffic(9)
	for from := 0; from < events; from += 50 {
		b := &store.Batch{}
		for n := from; n < from+50; n++ {
			e := model.Event{
				Project: project, UUID: tr.id(), Name: "$ai_generation", Kind: model.KindGeneration, TimeMS: benchStart + int64(n), StartMS: benchStart + int64(n),
				ReceivedMS: benchStart + int64(n), TraceID: fmt.Sprint("t", n), LatencyMS: float64(n % 7), FirstTokenMS: -1, Tokens: model.UnknownTokens(),
			}
			text := "hello"
			if n%3 == 0 {
				text = "refund"
			}
			b.Events = append(b.Events, e)
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`"` + text + `"`)})
		}
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func refunds(of filter.Of) store.Question {
	return store.Question{Project: project, Of: of, Where: filter.Search{Words: []string{"refund"}}}
}

// TestSearchIsContinued: a search without patience says how far back it searched, newest first, and continues from there until everything was found
// once.
func TestSearchIsContinued(t *testing.T) {
	s := searched(t, 300)
	s.firstStep = 8
	newest, err := filter.ParseSort(filter.Generations, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []filter.Of{filter.Generations, filter.Traces} {
		p := store.Part{Sort: newest, Limit: 1000, Patience: 1}
		var found []store.Found
		answers, to, share := 0, int64(0), 0.0
		for ; ; answers++ {
			list, err := s.Find(t.Context(), refunds(of), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list.Rows {
				if len(found) > 0 && f.AtMS >= found[len(found)-1].AtMS {
					t.Fatalf("%s: a row of %d after one of %d", of, f.AtMS, found[len(found)-1].AtMS)
				}
				found = append(found, f)
			}
			if list.Searched == nil {
				break
			}
			if x := list.Searched; answers > 0 && x.ToMS >= to || x.Share <= share || x.Share > 1 {
				t.Fatalf("%s: searched to %d, %.2f after %d, %.2f", of, x.ToMS, x.Share, to, share)
			}
			to, share, p.After = list.Searched.ToMS, list.Searched.Share, list.Searched.Next
		}
		if len(found) != 100 || answers < 3 {
			t.Errorf("%s: %d found in %d answers, want 100 in several", of, len(found), answers)
		}
	}
}

// TestMoreHitsThanAreKept: an answer that needs all hits covers the newest of them and says so, and lists find all of them page by page.
func TestMoreHitsThanAreKept(t *testing.T) {
	s := searched(t, 300)
	s.firstStep, s.maxHits = 8, 20
	q := refunds(filter.Generations)
	counted, err := s.Count(t.Context(), q)
	if err != nil || counted.Searched == nil || counted.Rows < 20 || counted.Rows >= 100 {
		t.Fatalf("%+v, error %v", counted, err)
	}
	if from := counted.Searched.ToMS - benchStart; 100-(from+2)/3 != counted.Rows {
		t.Errorf("%d from event %d on, want every third", counted.Rows, from)
	}
	newest, err := filter.ParseSort(filter.Generations, "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Find(t.Context(), q, store.Part{Sort: newest, Limit: 1000})
	if err != nil || len(list.Rows) != 100 || list.Searched != nil {
		t.Errorf("%d rows, %+v, error %v", len(list.Rows), list.Searched, err)
	}
}

// TestSearchOfMuchBeginsWithFewRows: if one event of three matches, a page is found among a few of the newest rows, and hits that are already known
// are not searched again.
func TestSearchOfMuchBeginsWithFewRows(t *testing.T) {
	s := searched(t, 1200)
	s.firstStep = 800
	newest, err := filter.ParseSort(filter.Traces, "")
	if err != nil {
		t.Fatal(err)
	}
	q, p := refunds(filter.Traces), store.Part{Sort: newest, Limit: 10}
	_, known, ok, err := s.findFew(t.Context(), q, p, time.Time{})
	if err != nil || ok || len(known) != 1 {
		t.Fatalf("%v, %t, %d searches, error %v", known, ok, len(known), err)
	}
	rows := s.firstSearched(q, p, known)
	if all := s.firstRows(q.Of, p.Limit); rows >= all/2 {
		t.Errorf("%d rows of %d are looked at first", rows, all)
	}
	list, err := s.Find(t.Context(), q, p)
	if err != nil || len(list.Rows) != p.Limit || list.Rows[0].ID != "t1197" || list.Rows[9].ID != "t1170" {
		t.Errorf("%+v, error %v", list, err)
	}
	// All known hits are after everything else, so nothing is read, and the known hits are the result.
	for name, h := range known {
		h.keys, h.end = h.keys[:3], true
		known[name] = h
	}
	near, _, err := s.searchNear(t.Context(), s.engine.readers, q, p, 100, known)
	if err != nil || len(near.Rows) != 3 {
		t.Errorf("%d rows of 3 known hits, error %v", len(near.Rows), err)
	}
}
