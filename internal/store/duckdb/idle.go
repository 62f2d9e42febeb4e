//go:build cgo

package duckdb

import (
	"context"
	"fmt"
	"time"
)

// idleAfter is how long nothing must have happened for rest.
const idleAfter = 15 * time.Second

// active puts the rest off.
func (s *Store) active() { s.idle.Reset(idleAfter) }

// rest does what is better done while nobody waits. It moves the log into the database file, so that opening it after a
// crash has nothing to replay, and gives memory back.
func (s *Store) rest() {
	s.writing.Lock()
	defer s.writing.Unlock()
	ctx := context.Background()
	err := s.use(ctx, func(e *engine) error {
		if err := e.checkpoint(ctx); err != nil {
			s.options.Logger.Warn("checkpoint while idle failed", "error", err)
			// A checkpoint that failed half-way leaves an instance that takes no writes. Opening it again is safe.
			return err
		}
		return nil
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
	// Numbers of our own: settings cannot be bound. A limit that cannot be kept is refused, which is as well.
	_ = s.engine.exec(ctx, fmt.Sprintf("SET memory_limit = '%dB'", min(s.options.MemoryBytes, 40<<20)))
	if err := s.engine.exec(ctx, fmt.Sprintf("SET memory_limit = '%dB'", s.options.MemoryBytes)); err != nil {
		s.failed = err // with the low one queries would fail
	}
}
