package server

import (
	"context"
	"fmt"
	"net/http"
	"sync"
)

// drain counts the requests that use the data, and when the server stops, lets no more of them begin.
type drain struct {
	mu       sync.Mutex
	running  int
	draining bool
	idle     chan struct{} // closed when draining and none runs
}

func newDrain() *drain { return &drain{idle: make(chan struct{})} }

func (d *drain) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.draining {
		return false
	}
	d.running++
	return true
}

func (d *drain) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.running--
	if d.draining && d.running == 0 {
		close(d.idle)
	}
}

// wait lets no more requests begin and returns when those under way have ended.
func (d *drain) wait(ctx context.Context) error {
	d.mu.Lock()
	if !d.draining {
		d.draining = true
		if d.running == 0 {
			close(d.idle)
		}
	}
	d.mu.Unlock()
	select {
	case <-d.idle:
		return nil
	case <-ctx.Done():
		d.mu.Lock()
		defer d.mu.Unlock()
		return fmt.Errorf("%d requests did not end in time: %w", d.running, ctx.Err())
	}
}

func (d *drain) isDraining() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.draining
}

// guard serves next while the server runs and refuse when it stops.
func (d *drain) guard(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.enter() {
			refuse.ServeHTTP(w, r)
			return
		}
		defer d.leave()
		next.ServeHTTP(w, r)
	})
}
