//go:build cgo

package duckdb

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// idleAfter is how long nothing must have happened for rest.
const idleAfter = 15 * time.Second

// active puts the rest off.
func (s *Store) active() { s.idle.Reset(idleAfter) }

// unnoticed has another rest follow what is read now, and does not put off one that is to come.
func (s *Store) unnoticed() {
	if s.rested.CompareAndSwap(true, false) {
		s.active()
	}
}

// restMemory bounds a checkpoint. Now and then it merges row groups, up to 120,000 rows at a time, and fills all memory that it may
// have. Measured with 59,000 events of 2.2 kB: 270 MB resident with the limit of queries, 184 MB with 128 MB, 143 MB with this, in the same
// processor time; and afterwards more can be given back: 63 MB stay instead of 104.
const restMemory = 64 << 20

// idled rests, and returns to the system what the process has freed: it would keep 100 MB of DuckDB's and Go's that it used under load.
func (s *Store) idled() {
	s.rest()
	returnMemory()
	s.quiet.Store(true)
	s.packSoon()
}

func returnMemory() {
	trim()
	debug.FreeOSMemory()
}

// rest does what is better done while nobody waits. It moves the log into the database file, so that opening it after a
// crash has nothing to replay, and gives memory back.
func (s *Store) rest() {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.rested.Store(true)
	if len(s.dearTurns) > 0 { // it would find no memory
		s.active()
		return
	}
	ctx := context.Background()
	err := s.use(ctx, func(e *engine) error {
		if !s.restFailed {
			// Refused while queries hold more, which is as well.
			_ = e.limitMemory(ctx, min(s.options.MemoryBytes, restMemory))
		}
		e.texts.Rest()
		if err := e.checkpoint(ctx); err != nil {
			s.options.Logger.Warn("checkpoint while idle failed", "error", err)
			s.restFailed = true // perhaps for want of memory: the next one gets all there is
			// A checkpoint that failed half-way leaves an instance that takes no writes. Opening it again is safe.
			return err
		}
		return e.limitMemory(ctx, s.options.MemoryBytes)
	})
	if err != nil {
		s.mu.RLock()
		e := s.engine
		s.mu.RUnlock()
		s.broken(e, err)
		return
	}
	s.giveBack(ctx)
}

// giveBack empties DuckDB, which keeps what it has read or written up to its limit, by lowering the limit for a moment: 317 MB
// resident after a load of 150,000 events, 78 MB then. A query that ran meanwhile would find no memory, so nothing is done while one does.
func (s *Store) giveBack(ctx context.Context) {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.closed || s.failed != nil {
		return
	}
	_ = s.engine.limitMemory(ctx, min(s.options.MemoryBytes, 40<<20)) // what cannot be kept is refused, which is as well
	if err := s.engine.limitMemory(ctx, s.options.MemoryBytes); err != nil {
		s.failed = err // with the low one queries would fail
	}
}

// limitMemory bounds DuckDB's buffers.
func (e *engine) limitMemory(ctx context.Context, bytes int64) error {
	return e.exec(ctx, fmt.Sprintf("SET memory_limit = '%dB'", bytes)) // a number of our own: settings cannot be bound
}
