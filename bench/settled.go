package main

import (
	"context"
	"errors"
	"path/filepath"
	"time"
)

// settled waits until a server with the embedded storage has finished its background work after a load: text is packed, and the log is moved into the
// database, which happens a quarter of a minute after the last event. For a million events at the highest rate, links are derived for two more
// minutes.
func (s *server) settled(ctx context.Context) error {
	const patience, moved = 5 * time.Minute, 64 << 10
	for begun := time.Now(); time.Since(begun) < patience && ctx.Err() == nil && !s.dead(); {
		if _, calm := s.calm(ctx); calm && size(filepath.Join(s.data(), "events.duckdb.wal")) < moved {
			return nil
		}
	}
	return errors.Join(ctx.Err(), errors.New("the server does not come to rest"))
}
