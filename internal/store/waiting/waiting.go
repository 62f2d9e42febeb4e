// Package waiting is a store that may not be reachable yet. A server that starts before its storage, for example when a whole cluster starts at the
// same time, retries in the background. Until the store is available, every call returns store.ErrUnavailable or store.ErrFull with the reason.
package waiting

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// mayPass reports whether trying again may help. Other errors are about the settings or the data.
func mayPass(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull)
}

// errClosed means that it was closed before the store was available.
var errClosed = errors.New("closed")

// Options of Open. Try is required.
type Options struct {
	// Name of the store for the log: "clickhouse://host/database".
	What string
	// Try opens the store. An error other than store.ErrUnavailable and store.ErrFull ends the attempts.
	Try func(ctx context.Context) (store.Store, error)
	// Patience is how long Open waits for the first attempt, which continues after that; 0 means 10 s.
	Patience time.Duration
	// Least and Most are the shortest and the longest wait between attempts, which doubles each time; 0 means 1 s and 15 s.
	Least, Most time.Duration
	Logger      *slog.Logger
	// Failed is called with an error that ends the attempts after Open has returned. May be nil.
	Failed func(error)
}

// Store implements store.Store.
type Store struct {
	options Options
	cancel  context.CancelFunc
	ended   chan struct{}

	mu     sync.RWMutex
	opened store.Store // nil until it is available
	why    error       // the reason while it is not available
	closed bool
}

var _ store.Store = (*Store)(nil)

// errSilent is the reason during the first attempt.
var errSilent = errors.New("it does not answer")

// Open tries once. If that fails in a way that may pass, or takes long, it continues in the background until Close. It returns only errors that
// another attempt would not change.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.Patience = cmp.Or(o.Patience, 10*time.Second)
	o.Least = cmp.Or(o.Least, time.Second)
	o.Most = cmp.Or(o.Most, 15*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	s := &Store{options: o, ended: make(chan struct{}), why: errSilent}
	trying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	first, alone := make(chan error), make(chan struct{})
	go s.run(trying, first, alone)
	patience := time.NewTimer(o.Patience)
	defer patience.Stop()
	select {
	case err := <-first:
		if err != nil && !mayPass(err) {
			cancel()
			return nil, err
		}
		if err != nil {
			o.Logger.Warn("storage cannot be reached yet: nothing is taken until it can", "storage", o.What, "error", err)
		}
	case <-patience.C:
		close(alone)
		o.Logger.Warn("storage does not answer yet: nothing is taken until it does", "storage", o.What)
	case <-ctx.Done():
		close(alone)
		return nil, errors.Join(context.Cause(ctx), s.Close())
	}
	return s, nil
}

// run tries until the store is available, until another attempt is useless, or until ctx ends. It sends the result of the first attempt to
// first, unless Open has returned and so closed alone.
func (s *Store) run(ctx context.Context, first chan<- error, alone <-chan struct{}) {
	defer close(s.ended)
	err := s.try(ctx)
	select {
	case first <- err:
		if err == nil || !mayPass(err) {
			return
		}
	case <-alone:
		if s.over(ctx, err) {
			return
		}
	}
	for pause := s.options.Least; ; pause = min(2*pause, s.options.Most) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		if s.over(ctx, s.try(ctx)) {
			return
		}
	}
}

// try makes one attempt and keeps the store, or the reason why there is none.
func (s *Store) try(ctx context.Context) error {
	opened, err := s.options.Try(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		s.why = err
	case s.closed:
		_ = opened.Close() // nobody has used it
	default:
		s.opened, s.why = opened, nil
	}
	return err
}

// over records the result of an attempt in the background, and reports whether it was the last one.
func (s *Store) over(ctx context.Context, err error) bool {
	switch {
	case err == nil:
		s.options.Logger.Info("storage is there", "storage", s.options.What)
		return true
	case ctx.Err() != nil:
		return true
	case !mayPass(err):
		s.options.Failed(err)
		return true
	}
	s.options.Logger.Warn("storage cannot be reached yet", "storage", s.options.What, "error", err)
	return false
}

// get returns the store, or the reason why there is none: always a store.ErrUnavailable or store.ErrFull.
func (s *Store) get() (store.Store, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	why := s.why
	switch {
	case s.opened != nil:
		return s.opened, nil
	case s.closed:
		why = errClosed
	}
	if !mayPass(why) {
		why = fmt.Errorf("%w: %w", store.ErrUnavailable, why)
	}
	return nil, why
}

// Close stops the attempts, and closes the store if there is one.
func (s *Store) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		s.cancel()
		<-s.ended
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.opened == nil {
		return nil
	}
	return s.opened.Close()
}
