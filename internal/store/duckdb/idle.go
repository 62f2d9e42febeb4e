//go:build cgo

package duckdb

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// idleAfter is how long the store must be unused before it rests.
const idleAfter = 15 * time.Second

// active delays the rest.
func (s *Store) active() { s.idle.Reset(idleAfter) }

// unnoticed allows another rest after the current read, and does not delay one that is due.
func (s *Store) unnoticed() {
	if s.rested.CompareAndSwap(true, false) {
		s.active()
	}
}

// restMemory limits the memory of a checkpoint while no data arrive. Sometimes a checkpoint merges row groups, up to 120,000 rows at a time, and uses
// all memory that it may have. Measured with 59,000 events of 2.2 kB: 270 MB resident with the limit of queries, 184 MB with 128 MB, 143 MB with this
// limit, in the same processor time. Afterwards more can be released: 63 MB remain instead of 104.
const restMemory = 64 << 20

// idled rests with little memory, and returns freed memory to the system: the process would otherwise keep 100 MB of DuckDB's and Go's memory that it
// used under load.
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

// rest rests with little memory, because no data arrive.
func (s *Store) rest() { s.restWith(min(s.options.MemoryBytes, restMemory)) }

// restWith does work for which nobody should have to wait: it moves the log into the database file, so that opening after a crash has nothing to
// replay, and releases memory. memory is the limit for DuckDB in bytes.
func (s *Store) restWith(memory int64) {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.rested.Store(true)
	if len(s.dearTurns) > 0 { // there would not be enough memory
		s.active()
		return
	}
	ctx := context.Background()
	err := s.use(ctx, func(e *engine) error {
		if !s.restFailed {
			// This is refused while queries hold more memory, which is fine.
			_ = e.limitMemory(ctx, memory)
		}
		e.texts.Rest()
		if err := e.checkpoint(ctx); err != nil {
			s.options.Logger.Warn("checkpoint while idle failed", "error", err)
			s.restFailed = true // perhaps for lack of memory: the next rest gets the normal limit
			// A checkpoint that failed midway leaves an instance that accepts no writes. Opening it again is safe.
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

// giveBack empties DuckDB's cache, which grows up to its limit with everything that was read or written, by lowering the limit for a moment: after a
// load of 150,000 events 317 MB were resident before and 78 MB afterwards. A query at that moment would not get memory, so giveBack does nothing
// while one runs.
func (s *Store) giveBack(ctx context.Context) {
	if !s.mu.TryLock() {
		return
	}
	defer s.mu.Unlock()
	if s.closed || s.failed != nil {
		return
	}
	_ = s.engine.limitMemory(ctx, min(s.options.MemoryBytes, 40<<20)) // if the limit is refused because memory is in use, that is fine
	if err := s.engine.limitMemory(ctx, s.options.MemoryBytes); err != nil {
		s.failed = err // queries would fail with the low limit
	}
}

// limitMemory sets the limit of DuckDB's buffers.
func (e *engine) limitMemory(ctx context.Context, bytes int64) error {
	return e.exec(ctx, fmt.Sprintf("SET memory_limit = '%dB'", bytes)) // the number is ours; settings cannot be bound
}
