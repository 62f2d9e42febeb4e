package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/hours"
)

// Store implements store.Store. Its methods are safe for concurrent use, Commit too.
type Store struct {
	options Options
	conn    driver.Conn // for commits
	reads   driver.Conn
	closed  atomic.Bool
	// dearTurns limits how many expensive queries run at the same time.
	dearTurns chan struct{}
	hours     hours.Cache
	stamps    *stamps
	room      disk.Alarm
}

var _ store.Store = (*Store)(nil)

// Open connects, creates the database if it is missing, and brings the schema up to date. Errors wrap store.ErrNewer, store.ErrOlder, store.ErrFull
// or store.ErrUnavailable if one of them is the cause.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	options, at, err := o.parse()
	if err != nil {
		return nil, err
	}
	k, err := migrate(ctx, options, at, &o)
	if err != nil {
		return nil, err
	}
	if k.replicated && k.replicas > 1 {
		replicas.addTo(options)
	}
	conn, err := ch.Open(options)
	if err != nil {
		return nil, fmt.Errorf("connect to clickhouse: %w", classify(err))
	}
	reads, err := ch.Open(reading(options))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect to clickhouse: %w", classify(err)), conn.Close())
	}
	s := &Store{options: o, conn: conn, reads: reads, dearTurns: make(chan struct{}, max(o.Connections/2, 1)), stamps: newStamps()}
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close closes the connections. Committed data need no closing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	if err := errors.Join(s.conn.Close(), s.reads.Close()); err != nil {
		return fmt.Errorf("close clickhouse: %w", err)
	}
	return nil
}

var errClosed = fmt.Errorf("%w: closed", store.ErrUnavailable)

// read runs queries, and repeats them once if the connection turns out to be dead, because that is how a restart of the server shows.
func (s *Store) read(ctx context.Context, what string, do func(context.Context, driver.Conn) error) error {
	if s.closed.Load() {
		return fmt.Errorf("%s: %w", what, errClosed)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.QueryTimeout)
	defer cancel()
	if store.IsBackground(ctx) {
		limited = ch.Context(limited, ch.WithSettings(background))
	}
	err := do(limited, s.reads)
	if err != nil && limited.Err() == nil && dead(err) {
		err = do(limited, s.reads)
	}
	switch {
	case err == nil:
		return nil
	case over(ctx) != nil:
		return fmt.Errorf("%s: %w", what, over(ctx))
	}
	return fmt.Errorf("%s: %w", what, classify(err))
}

// over is the reason why the caller no longer waits, nil while it waits. A connection's deadline is that of the context, but may be noticed before
// the context's own end.
func over(ctx context.Context) error {
	if at, ok := ctx.Deadline(); ok && !time.Now().Before(at) {
		return context.DeadlineExceeded
	}
	return ctx.Err()
}
