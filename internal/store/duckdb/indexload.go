//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"

	duckdb "github.com/duckdb/duckdb-go/v2"
)

// loadIndex makes the index read the stored rows in the background, unless it has already done so. A million events take 0.4 s.
func (s *Store) loadIndex() {
	x := &s.index
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.complete || x.loading || x.closed {
		return
	}
	x.loading = true
	x.load.Go(func() {
		if s.indexRead(s.readIndex()) {
			s.writing.Lock()
			s.giveBack(context.Background()) // the data that were read are not needed again
			s.writing.Unlock()
			returnMemory()
		}
	})
}

// indexRead ends the reading, and reports whether there was anything to read.
func (s *Store) indexRead(err error) (some bool) {
	x := &s.index
	x.mu.Lock()
	defer x.mu.Unlock()
	x.loading, x.complete = false, err == nil
	if err == nil {
		return len(x.sessions.chunks)+len(x.traces.chunks)+len(x.recorded.chunks) > 0
	}
	x.eventPlaces, x.recorded, x.entering = eventPlaces{}, places{}, false
	if !errors.Is(err, errClosed) {
		s.options.Logger.Warn("reading where traces and sessions lie failed; reads take longer until it succeeds", "error", err)
	}
	return false
}

// closeIndex ends the reading, when the store is closed.
func (s *Store) closeIndex() {
	s.index.mu.Lock()
	s.index.closed = true
	s.index.mu.Unlock()
	s.index.load.Wait()
}

// readIndex reads by row numbers in one transaction, because later transactions may have other row numbers, after old rows were dropped.
func (s *Store) readIndex() error {
	ctx := context.Background()
	s.writing.Lock()
	begun := sync.OnceFunc(s.writing.Unlock)
	defer begun()
	return s.use(ctx, func(e *engine) error {
		conn, err := e.readers.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close()
		return conn.Raw(func(raw any) error { return s.readIndexWith(ctx, raw.(*duckdb.Conn), begun) })
	})
}

func (s *Store) readIndexWith(ctx context.Context, conn *duckdb.Conn, begun func()) error {
	tx, ends, err := s.beginIndex(ctx, conn)
	if err != nil {
		return err
	}
	begun()
	// There is nothing to roll back; an invalid instance that cannot roll back has returned an error before.
	defer func() { _ = tx.Rollback() }()
	for from := int64(0); from < ends[0]; from += chunkRows {
		var events eventPlaces
		err := s.readIndexRows(ctx, conn, "index_events", from, min(from+chunkRows, ends[0]), func(at int64, project, session string, row []driver.Value) {
			s.index.event(&events, at, project, row[0].(string), session, row[2].(string), row[1].(bool))
		})
		if err != nil {
			return err
		}
		s.index.merge(&events, nil)
	}
	for from := int64(0); from < ends[1]; from += chunkRows {
		var recorded places
		err := s.readIndexRows(ctx, conn, "index_blocks", from, min(from+chunkRows, ends[1]), func(at int64, project, session string, _ []driver.Value) {
			recorded.add(at, s.index.print(project, session))
		})
		if err != nil {
			return err
		}
		s.index.merge(nil, &recorded)
	}
	return nil
}

// beginIndex makes commits enter their rows from now on, and returns the number of events and blocks before that, with a transaction that sees them.
// No commit may be running.
func (s *Store) beginIndex(ctx context.Context, conn *duckdb.Conn) (tx driver.Tx, ends [2]int64, err error) {
	if tx, err = conn.BeginTx(ctx, driver.TxOptions{}); err != nil {
		return nil, ends, err
	}
	err = each(ctx, conn, "seen_rows", nil, func(row []driver.Value) {
		for i := range ends {
			ends[i], _ = row[i].(int64)
		}
	})
	if err != nil {
		return nil, ends, errors.Join(err, tx.Rollback())
	}
	s.index.mu.Lock()
	defer s.index.mu.Unlock()
	s.index.entering = true
	return tx, ends, nil
}

func (s *Store) readIndexRows(ctx context.Context, conn *duckdb.Conn, name string, from, to int64, enter func(at int64, project, session string, rest []driver.Value)) error {
	s.index.mu.RLock()
	closed := s.index.closed
	s.index.mu.RUnlock()
	if closed {
		return errClosed
	}
	args := []driver.NamedValue{{Name: "from_row", Ordinal: 1, Value: from}, {Name: "to_row", Ordinal: 2, Value: to}}
	return each(ctx, conn, name, args, func(row []driver.Value) {
		enter(row[1].(int64), row[0].(string), row[2].(string), row[3:])
	})
}
