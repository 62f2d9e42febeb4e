// Package waiting stands for a store that cannot be reached yet. A node that starts before its storage, as happens
// when a whole cluster is started at once, serves with it: everything is answered with store.ErrUnavailable until the storage is
// there, and from then on by the storage.
package waiting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// Options of Open. Only Try is needed.
type Options struct {
	// Try opens the storage, or says why it cannot: an error that wraps store.ErrUnavailable or store.ErrFull is tried again,
	// any other one is about the settings or the data and ends the waiting.
	Try func(ctx context.Context) (store.Store, error)
	// Least and Most are how long to wait between tries, doubling from one to the other; 0 is 1 s and 15 s.
	Least, Most time.Duration
	Logger      *slog.Logger
	// Failed is told of an error that ends the waiting after Open has returned. May be nil.
	Failed func(error)
}

// Store implements store.Store.
type Store struct {
	options Options
	cancel  context.CancelFunc
	ended   chan struct{}

	mu     sync.RWMutex
	opened store.Store
	why    error // while there is none
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open tries once, and when the storage is not there, goes on trying in the background. The error is one that trying again would
// not change.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Least <= 0 {
		o.Least = time.Second
	}
	if o.Most <= 0 {
		o.Most = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	s := &Store{options: o, ended: make(chan struct{})}
	opened, err := o.Try(ctx)
	if err != nil && !again(err) {
		return nil, err
	}
	trying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.opened, s.why, s.cancel = opened, err, cancel
	if err == nil {
		cancel()
		close(s.ended)
		return s, nil
	}
	o.Logger.Warn("storage cannot be reached yet: nothing is taken until it can", "error", err)
	go s.run(trying)
	return s, nil
}

func again(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull)
}

func (s *Store) run(ctx context.Context) {
	defer close(s.ended)
	for pause := s.options.Least; ; pause = min(2*pause, s.options.Most) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		opened, err := s.options.Try(ctx)
		if err == nil {
			s.found(opened)
			return
		}
		if ctx.Err() != nil {
			return
		}
		s.mu.Lock()
		s.why = err
		s.mu.Unlock()
		if !again(err) {
			s.options.Failed(err)
			return
		}
		s.options.Logger.Warn("storage cannot be reached yet", "error", err)
	}
}

func (s *Store) found(opened store.Store) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		_ = opened.Close() // nothing was asked of it
		return
	}
	s.opened, s.why = opened, nil
	s.options.Logger.Info("storage is there")
}

// get returns the storage, or why there is none.
func (s *Store) get() (store.Store, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch {
	case s.opened != nil:
		return s.opened, nil
	case s.closed:
		return nil, fmt.Errorf("%w: closed", store.ErrUnavailable)
	case again(s.why):
		return nil, s.why
	}
	return nil, fmt.Errorf("%w: %w", store.ErrUnavailable, s.why)
}

// Close stops waiting, or closes the storage.
func (s *Store) Close() error {
	s.mu.Lock()
	first, opened := !s.closed, s.opened
	s.closed = true
	s.mu.Unlock()
	if first {
		s.cancel()
		<-s.ended
	}
	if opened == nil {
		return nil
	}
	return opened.Close()
}
