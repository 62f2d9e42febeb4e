//go:build cgo

package duckdb

import (
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
)

// A log that grows slowly is moved into the database while commits and queries continue; one that grows fast is left to DuckDB.
func TestASlowLogIsMoved(t *testing.T) {
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.stopForgetting() // otherwise the log may be checked meanwhile on a slow machine
	n, traffic := 0, newTraffic(1)
	grow := func(bytes int64) {
		t.Helper()
		for until := s.logSize() + bytes; s.logSize() < until; n += 100 {
			if _, err := s.Commit(t.Context(), traffic.batch(100)); err != nil {
				t.Fatal(err)
			}
		}
	}
	grow(steadyLog / 2)
	if s.steady(); s.logSize() == 0 {
		t.Error("a log was moved that is hardly worth it")
	}
	grow(steadyLog)
	if s.steady(); s.logSize() != 0 {
		t.Errorf("there is a log of %d bytes", s.logSize())
	}
	s.options.CheckpointBytes = steadyLog // as if it grew that fast
	grow(steadyLog)
	if s.steady(); s.logSize() == 0 {
		t.Error("a log that grows fast was moved")
	}
	if s.steady(); s.logSize() != 0 {
		t.Error("it grows no longer and was not moved")
	}
	totals, err := s.Totals(t.Context(), project)
	if err != nil || totals.Events != int64(n) {
		t.Errorf("%d events, %v; there were %d", totals.Events, err, n)
	}
}

// Memory is not taken from a running query.
func TestGivingBackWaitsForNobody(t *testing.T) {
	s, err := Open(t.Context(), Options{Dir: t.TempDir(), MinFreeBytes: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	err = s.use(t.Context(), func(*engine) error { s.giveBack(t.Context()); return nil })
	if err != nil {
		t.Fatal(err)
	}
	s.rest()
	var limit string
	if err := s.engine.readers.QueryRowContext(t.Context(), "SELECT current_setting('memory_limit')").Scan(&limit); err != nil || !strings.HasPrefix(limit, "384") {
		t.Errorf("the limit is %s, %v", limit, err)
	}
}

// When no data arrive, text is packed without waiting for more.
func TestAnIdleStorePacks(t *testing.T) {
	s, traffic := open(t, Options{}), newTraffic(1)
	if _, err := s.Commit(t.Context(), traffic.batch(texts.QuietEvents)); err != nil {
		t.Fatal(err)
	}
	s.idled()
	patience := time.After(time.Minute)
	for packed := 0; packed == 0; {
		select {
		case <-patience:
			t.Fatal("nothing is packed")
		case <-time.After(time.Millisecond):
		}
		if err := s.engine.readers.QueryRowContext(t.Context(), "SELECT count(*) FROM texts WHERE packed").Scan(&packed); err != nil {
			t.Fatal(err)
		}
	}
}
