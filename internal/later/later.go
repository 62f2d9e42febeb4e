// Package later opens what cannot be reached yet. A node that starts before its storage, as happens when a whole cluster is
// started at once, goes on trying in the background and says meanwhile why it has none.
package later

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"
)

// ErrClosed: it was closed before it was there.
var ErrClosed = errors.New("closed")

// Options of Open. Try and Again are needed.
type Options[T io.Closer] struct {
	// What it is, for the log: "clickhouse://host/database".
	What string
	Try  func(ctx context.Context) (T, error)
	// Again says whether trying again may help; other errors are about the settings or the data, and end the waiting.
	Again func(error) bool
	// Least and Most are how long to wait between tries, doubling from one to the other; 0 is 1 s and 15 s.
	Least, Most time.Duration
	Logger      *slog.Logger
	// Failed is told of an error that ends the waiting after Open has returned. May be nil.
	Failed func(error)
}

// Thing is there or will be.
type Thing[T io.Closer] struct {
	options Options[T]
	cancel  context.CancelFunc
	ended   chan struct{}

	mu     sync.RWMutex
	opened T
	there  bool
	why    error // while it is not there
	closed bool
}

// Open tries once, and when that fails in a way that may pass, goes on trying in the background until Close. The error is
// one that trying again would not change.
func Open[T io.Closer](ctx context.Context, o Options[T]) (*Thing[T], error) {
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
	t := &Thing[T]{options: o, ended: make(chan struct{})}
	opened, err := o.Try(ctx)
	if err != nil && !o.Again(err) {
		return nil, err
	}
	trying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t.cancel = cancel
	if err == nil {
		t.opened, t.there = opened, true
		cancel()
		close(t.ended)
		return t, nil
	}
	t.why = err
	o.Logger.Warn("storage cannot be reached yet: nothing is taken until it can", "storage", o.What, "error", err)
	go t.run(trying)
	return t, nil
}

func (t *Thing[T]) run(ctx context.Context) {
	defer close(t.ended)
	for pause := t.options.Least; ; pause = min(2*pause, t.options.Most) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		opened, err := t.options.Try(ctx)
		if err == nil {
			t.found(opened)
			return
		}
		if ctx.Err() != nil {
			return
		}
		t.mu.Lock()
		t.why = err
		t.mu.Unlock()
		if !t.options.Again(err) {
			t.options.Failed(err)
			return
		}
		t.options.Logger.Warn("storage cannot be reached yet", "storage", t.options.What, "error", err)
	}
}

func (t *Thing[T]) found(opened T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		_ = opened.Close() // nothing was asked of it
		return
	}
	t.opened, t.there, t.why = opened, true, nil
	t.options.Logger.Info("storage is there", "storage", t.options.What)
}

// Get returns it, or why it is not there.
func (t *Thing[T]) Get() (T, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.there {
		return t.opened, nil
	}
	var none T
	if t.closed {
		return none, ErrClosed
	}
	return none, t.why
}

// Close stops trying, and closes it when it is there.
func (t *Thing[T]) Close() error {
	t.mu.Lock()
	first := !t.closed
	t.closed = true
	t.mu.Unlock()
	if first {
		t.cancel()
		<-t.ended
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.there {
		return nil
	}
	return t.opened.Close()
}
