//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/hours"
)

// Store implements store.Store. Its methods are safe for concurrent use.
type Store struct {
	options Options
	lock    io.Closer
	// firstStep is how many rows walk reads first, few how many events are summed up in this process. Tests make them small.
	firstStep, few int64
	// maxHits limits how many hits searches keep. Tests make it small.
	maxHits int

	nodes   nodes
	writing sync.Mutex // held by the running commit
	// packing is held (and locked before writing) by whatever changes blocks of text. texted has a token if some may be packed.
	packing sync.Mutex
	texted  chan struct{}
	// refusing is raised while the last commit failed.
	refusing disk.Alarm

	// mu guards the engine: held for reading by every query and commit, for writing while it is replaced.
	mu     sync.RWMutex
	engine *engine
	failed error // why the engine must be replaced before its next use
	closed bool

	idle *time.Timer // runs idled
	// rested means that nothing was read or written since the last rest.
	rested atomic.Bool
	// quiet means that less text than fills a block is also packed, because no more arrives.
	quiet atomic.Bool
	// restFailed is whether the last rest failed; guarded by writing.
	restFailed bool
	// logged is the length of the log at the last check of steady.
	logged int64
	// stopForgetting stops the goroutines that drop old rows and that watch the log; forgets waits for both.
	stopForgetting context.CancelFunc
	forgets        sync.WaitGroup
	index          index
	// dearTurns limits how many expensive queries run at the same time.
	dearTurns chan struct{}
	newest    newestRows
	recent    recent
	hours     hours.Cache
	forgot    map[string]forgot // by project, guarded by writing
}

var _ store.Store = (*Store)(nil)

var errClosed = fmt.Errorf("%w: closed", store.ErrUnavailable)

// Open opens or creates the database in o.Dir. Errors wrap store.ErrInUse, store.ErrNewer, store.ErrOlder, store.ErrFull or store.ErrUnavailable if
// one of them is the cause; a *damage.Error describes lost data that had been acknowledged.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	// The driver reads the path as a URL, in which settings follow a "?".
	if o.Dir == "" || strings.ContainsAny(o.Dir, "?#%") {
		return nil, fmt.Errorf("data directory %q: a path without ?, # and %% is needed", o.Dir)
	}
	var err error
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory: %w", err)
	}
	l, err := lock(o.Dir)
	if err != nil {
		return nil, err
	}
	s := &Store{
		options: o, lock: l, firstStep: defaultFirstStep, few: defaultFew, maxHits: defaultMaxHits, texted: make(chan struct{}, 1), dearTurns: make(chan struct{}, dearAtOnce), forgot: map[string]forgot{},
	}
	s.index.seed = maphash.MakeSeed()
	if s.engine, err = openEngine(ctx, &s.options); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s.options.AcceptLoss = nil // it applies only to the start
	s.idle = time.AfterFunc(idleAfter, s.idled)
	s.loadIndex()
	forgetting, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopForgetting = stop
	s.forgets.Go(func() { s.watchLog(forgetting.Done()) })
	s.texted <- struct{}{} // an earlier process may have left some to pack
	s.forgets.Go(func() { s.packTexts(forgetting) })
	if len(o.Retention.Projects()) > 0 {
		s.forgets.Add(1)
		go s.forgetting(forgetting)
	}
	return s, nil
}

// Close moves the log into the database file, so that the next Open has nothing to replay, and releases the directory.
// It waits for running queries.
func (s *Store) Close() error {
	s.stopForgetting()
	s.forgets.Wait()
	s.closeIndex()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.idle.Stop()
	var err error
	if s.engine != nil {
		if s.failed == nil {
			err = s.engine.checkpoint(context.Background())
		}
		err = errors.Join(err, s.engine.close())
	}
	if err = errors.Join(err, s.lock.Close()); err != nil {
		return fmt.Errorf("close %s: %w", s.options.Dir, err)
	}
	return nil
}

// broken marks an engine as one that must be replaced before its next use.
func (s *Store) broken(e *engine, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent.clear() // it is not known what is stored
	s.hours.Clear("")
	if e != nil && s.engine == e && s.failed == nil {
		s.failed = why
	}
}

// use runs do with a working engine, which stays open until do returns.
func (s *Store) use(ctx context.Context, do func(*engine) error) error {
	s.mu.RLock()
	for s.failed != nil || s.closed {
		s.mu.RUnlock()
		if err := s.reopen(ctx); err != nil {
			return err
		}
		s.mu.RLock()
	}
	defer s.mu.RUnlock()
	return do(s.engine)
}

func (s *Store) reopen(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errClosed
	case s.failed == nil:
		return nil // another goroutine has replaced it
	}
	if s.engine != nil {
		// Its error is the failure that is already known.
		_ = s.engine.close()
		s.engine = nil
	}
	e, err := openEngine(context.WithoutCancel(ctx), &s.options)
	if err != nil {
		return fmt.Errorf("reopen after %q: %w", s.failed.Error(), err)
	}
	s.options.Logger.Warn("database reopened after a failed write", "reason", s.failed)
	s.engine, s.failed = e, nil
	return nil
}

// snapshot is read with a transaction, for several queries that must see the same state.
func (s *Store) snapshot(ctx context.Context, query string, do func(querier) error) error {
	return s.read(ctx, query, func(db *sql.DB) error { return inSnapshot(ctx, db, do) })
}

// inSnapshot runs queries in one transaction.
func inSnapshot(ctx context.Context, db *sql.DB, do func(querier) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// There is nothing to roll back; an invalid instance that cannot roll back has returned an error before.
	defer func() { _ = tx.Rollback() }()
	return do(tx)
}

// read runs a query on a reading connection. If the instance turns out to be invalid, it is replaced, and the query runs again.
func (s *Store) read(ctx context.Context, query string, do func(*sql.DB) error) error {
	s.active()
	return s.readUnnoticed(ctx, query, do)
}

// readUnnoticed is read for queries that run every few seconds: it does not delay the rest.
func (s *Store) readUnnoticed(ctx context.Context, query string, do func(*sql.DB) error) error {
	s.unnoticed()
	var used *engine
	run := func(e *engine) error { used = e; return do(e.readers) }
	err := s.use(ctx, run)
	if err != nil && strings.Contains(err.Error(), "database has been invalidated") {
		s.broken(used, err)
		err = s.use(ctx, run)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", query, ctx.Err())
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrUnavailable), errors.Is(err, store.ErrFull), errors.Is(err, errRenumbered):
		return fmt.Errorf("%s: %w", query, err)
	}
	return fmt.Errorf("%s: %w", query, classify(err))
}
