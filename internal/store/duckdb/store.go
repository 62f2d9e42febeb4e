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
)

// Store implements store.Store. Its methods are safe for concurrent use.
type Store struct {
	options Options
	lock    io.Closer
	// firstStep is how many rows walk looks at first, few how many events are summed up here. Tests make them small.
	firstStep, few int64
	// maxHits bounds what searches keep. Tests make it small.
	maxHits int

	nodes   nodes
	writing sync.Mutex // held by the one commit
	// packing is held, before writing, by what changes blocks of text. texted has a token when some may be packed.
	packing sync.Mutex
	texted  chan struct{}
	// refusing is raised while the last commit failed.
	refusing disk.Alarm

	// mu guards the engine: held for reading by every query and commit, for writing while it is exchanged.
	mu     sync.RWMutex
	engine *engine
	failed error // why the engine must be exchanged before its next use
	closed bool

	idle *time.Timer // runs idled
	// rested says that nothing was read or written since a rest.
	rested atomic.Bool
	// quiet says that packing is to take less text than makes a block, because no more comes.
	quiet atomic.Bool
	// restFailed is whether a rest did, guarded by writing.
	restFailed bool
	// logged is how long the log was when steady looked last.
	logged int64
	// stopForgetting ends what drops old rows and what watches the log, and forgets waits for both.
	stopForgetting context.CancelFunc
	forgets        sync.WaitGroup
	index          index
	// dearTurns has room for those who look at everything.
	dearTurns chan struct{}
	newest    newestRows
	recent    recent
	forgot    map[string]forgot // by project, guarded by writing
}

var _ store.Store = (*Store)(nil)

var errClosed = fmt.Errorf("%w: closed", store.ErrUnavailable)

// Open opens or makes the database in o.Dir. Errors wrap store.ErrInUse, store.ErrNewer, store.ErrOlder, store.ErrFull
// or store.ErrUnavailable where one of them is the reason; a *damage.Error says what is lost of what was acknowledged.
func Open(ctx context.Context, o Options) (*Store, error) {
	o = o.withDefaults()
	// DuckDB takes its settings behind a "?" and the driver reads the whole as a URL.
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
	s.options.AcceptLoss = nil // it was for the start alone
	s.idle = time.AfterFunc(idleAfter, s.idled)
	s.loadIndex()
	forgetting, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopForgetting = stop
	s.forgets.Go(func() { s.watchLog(forgetting.Done()) })
	s.texted <- struct{}{} // an earlier process may have left some
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

// broken marks an engine as one that must be exchanged before its next use.
func (s *Store) broken(e *engine, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recent.clear() // nobody knows what is stored
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
		return nil // another one was quicker
	}
	if s.engine != nil {
		// What it says is the failure that is known already.
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

// snapshot is read with a transaction, for several queries that must not see different states.
func (s *Store) snapshot(ctx context.Context, query string, do func(querier) error) error {
	return s.read(ctx, query, func(db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		// There is nothing to lose; an invalid instance that cannot roll back has said so before.
		defer func() { _ = tx.Rollback() }()
		return do(tx)
	})
}

// read runs a query with a reader. When the instance turns out to be invalid it is exchanged, and the query run again.
func (s *Store) read(ctx context.Context, query string, do func(*sql.DB) error) error {
	s.active()
	return s.readUnnoticed(ctx, query, do)
}

// readUnnoticed is read for what is asked every few seconds: it does not put the rest off.
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
