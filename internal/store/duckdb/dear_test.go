//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// However many sums over everything are requested, lists and traces can be read: the sums wait for each other.
func TestDearWaitsAlone(t *testing.T) {
	s := open(t, Options{Dir: t.TempDir()})
	for range dearAtOnce {
		s.dearTurns <- struct{}{}
	}
	q := store.Question{Project: "default", Of: filter.Generations, Where: filter.Everything}
	count := filter.Sum{Measures: []filter.Measure{{Name: "count"}}}
	gone, leave := context.WithCancel(t.Context())
	waits := make(chan error)
	go func() {
		_, err := s.Sum(gone, q, count, filter.Span{})
		waits <- err
	}()
	if _, err := s.Find(t.Context(), store.Question{Project: "default", Of: filter.Traces, Where: filter.Everything}, store.Part{Sort: filter.Sort{Descending: true}, Limit: 10}); err != nil {
		t.Error(err)
	}
	if _, err := s.EventsNamed(t.Context(), []model.Key{{Project: "default"}}); err != nil {
		t.Error(err)
	}
	leave()
	if err := <-waits; !errors.Is(err, context.Canceled) {
		t.Errorf("a sum that found no turn: error %v", err)
	}
	<-s.dearTurns
	if table, err := s.Sum(t.Context(), q, count, filter.Span{}); err != nil || table.Rows[0][0] != int64(0) {
		t.Errorf("a sum that found its turn: %v, error %v", table, err)
	}
}
