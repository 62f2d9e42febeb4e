// Package later opens what cannot be reached yet. A node that starts before its storage, as happens when a whole cluster is
// started at once, goes on trying in the background and says meanwhile why it has none.
package later

import (
	"cmp"
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
	// Patience is how long Open waits for the first try, which goes on after that; 0 is 10 s.
	Patience time.Duration
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

// errSilent is why it is not there during the first try.
var errSilent = errors.New("it does not answer")

// Open tries once, and when that fails in a way that may pass, or takes long, goes on trying in the background until Close.
// The error is one that trying again would not change.
func Open[T io.Closer](ctx context.Context, o Options[T]) (*Thing[T], error) {
	o.Patience = cmp.Or(o.Patience, 10*time.Second)
	o.Least = cmp.Or(o.Least, time.Second)
	o.Most = cmp.Or(o.Most, 15*time.Second)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	t := &Thing[T]{options: o, ended: make(chan struct{}), why: errSilent}
	trying, cancel := context.WithCancel(context.WithoutCancel(ctx))
	t.cancel = cancel
	first, alone := make(chan error), make(chan struct{})
	go t.run(trying, first, alone)
	patience := time.NewTimer(o.Patience)
	defer patience.Stop()
	select {
	case err := <-first:
		if err != nil && !o.Again(err) {
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
		return nil, errors.Join(context.Cause(ctx), t.Close())
	}
	return t, nil
}

// run tries until it is there, until there is no use, or until ctx ends. It tells first of the first try, unless Open has
// returned, which closes alone.
func (t *Thing[T]) run(ctx context.Context, first chan<- error, alone <-chan struct{}) {
	defer close(t.ended)
	opened, err := t.options.Try(ctx)
	if err == nil {
		t.found(opened)
	} else {
		t.missed(err)
	}
	select {
	case first <- err:
		if err == nil || !t.options.Again(err) {
			return
		}
	case <-alone:
		if t.over(ctx, err) {
			return
		}
	}
	for pause := t.options.Least; ; pause = min(2*pause, t.options.Most) {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
		opened, err := t.options.Try(ctx)
		if err == nil {
			t.found(opened)
		} else {
			t.missed(err)
		}
		if t.over(ctx, err) {
			return
		}
	}
}

// missed keeps why a try failed.
func (t *Thing[T]) missed(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.why = err
}

// over says of a try in the background what became of it, and whether it was the last.
func (t *Thing[T]) over(ctx context.Context, err error) bool {
	switch {
	case err == nil:
		t.options.Logger.Info("storage is there", "storage", t.options.What)
		return true
	case ctx.Err() != nil:
		return true
	case !t.options.Again(err):
		t.options.Failed(err)
		return true
	}
	t.options.Logger.Warn("storage cannot be reached yet", "storage", t.options.What, "error", err)
	return false
}

func (t *Thing[T]) found(opened T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		_ = opened.Close() // nothing was asked of it
		return
	}
	t.opened, t.there, t.why = opened, true, nil
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
