//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// loadIndex has the index read what is stored, beside what else happens, unless it has. A million events take 0.4 s.
func (s *Store) loadIndex() {
	x := &s.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.complete || x.loading || x.closed {
		return
	}
	x.loading = true
	x.load.Go(func() {
		err := s.readIndex()
		x.mu.Lock()
		defer x.mu.Unlock()
		x.loading, x.complete = false, err == nil
		if err != nil {
			x.traces, x.sessions, x.recorded, x.entering = places{}, places{}, places{}, false
			if !errors.Is(err, errClosed) {
				s.options.Logger.Warn("reading where traces and sessions lie failed; reads take longer until it succeeds", "error", err)
			}
		}
	})
}

// waitIndex waits until nothing is read any more, when the store is closed.
func (s *Store) waitIndex() {
	s.index.mu.Lock()
	s.index.closed = true
	s.index.mu.Unlock()
	s.index.load.Wait()
}

func (s *Store) readIndex() error {
	ctx := context.Background()
	ends, err := s.beginIndex(ctx)
	if err != nil {
		return err
	}
	for from := int64(0); from < ends[0]; from += chunkRows {
		var traces, sessions places
		err := s.readIndexRows(ctx, "index_events", from, min(from+chunkRows, ends[0]), func(at int64, trace, session string) {
			s.index.event(&traces, &sessions, at, trace, session)
		})
		if err != nil {
			return err
		}
		s.index.merge(&traces, &sessions, nil)
	}
	for from := int64(0); from < ends[1]; from += chunkRows {
		var recorded places
		err := s.readIndexRows(ctx, "index_blocks", from, min(from+chunkRows, ends[1]), func(at int64, _, session string) {
			recorded.add(at, s.index.print(session))
		})
		if err != nil {
			return err
		}
		s.index.merge(nil, nil, &recorded)
	}
	return nil
}

// beginIndex has commits enter what they bring, and returns how many events and blocks there are before those.
func (s *Store) beginIndex(ctx context.Context) (ends [2]int64, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	err = s.use(ctx, func(e *engine) error {
		return query(ctx, e.readers, "seen_rows", nil, func(rows *sql.Rows) error {
			var identities int64
			return rows.Scan(&ends[0], &ends[1], &identities)
		})
	})
	s.index.mu.Lock()
	defer s.index.mu.Unlock()
	s.index.entering = err == nil
	return ends, err
}

func (s *Store) readIndexRows(ctx context.Context, name string, from, to int64, enter func(int64, string, string)) error {
	args := []driver.NamedValue{{Name: "from_row", Ordinal: 1, Value: from}, {Name: "to_row", Ordinal: 2, Value: to}}
	return s.use(ctx, func(e *engine) error {
		conn, err := e.readers.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		return conn.Raw(func(raw any) error {
			return each(ctx, raw.(*duckdb.Conn), name, args, func(row []driver.Value) {
				enter(row[0].(int64), row[1].(string), row[2].(string))
			})
		})
	})
}
