package server

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// drain knows the requests that use the data, and lets a server stop in two steps: first it says that it will, and serves as ever;
// then no more requests begin.
type drain struct {
	mu       sync.Mutex
	running  map[*http.Request]time.Time // since when
	told     chan struct{}               // closed when the server is about to stop
	draining bool
	idle     chan struct{} // closed when draining and none runs
}

func newDrain() *drain {
	return &drain{running: map[*http.Request]time.Time{}, told: make(chan struct{}), idle: make(chan struct{})}
}

// tell says that the server is about to stop.
func (d *drain) tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.isTold() {
		close(d.told)
	}
}

func (d *drain) isTold() bool {
	select {
	case <-d.told:
		return true
	default:
		return false
	}
}

func (d *drain) enter(r *http.Request) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.draining {
		return false
	}
	d.running[r] = time.Now()
	return true
}

func (d *drain) leave(r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.running, r)
	if d.draining && len(d.running) == 0 {
		close(d.idle)
	}
}

// wait lets no more requests begin and says whether those under way ended: in time, and before ctx.
func (d *drain) wait(ctx context.Context, atMost time.Duration) bool {
	ctx, stop := context.WithTimeout(ctx, atMost)
	defer stop()
	d.mu.Lock()
	if !d.draining {
		d.draining = true
		if len(d.running) == 0 {
			close(d.idle)
		}
	}
	d.mu.Unlock()
	select {
	case <-d.idle:
		return true
	case <-ctx.Done():
		d.mu.Lock()
		defer d.mu.Unlock()
		return len(d.running) == 0
	}
}

// named is how many requests run, and the oldest of them for people.
func (d *drain) named() (n int, oldest string) {
	const shown = 5
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*http.Request, 0, len(d.running))
	for r := range d.running {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *http.Request) int { return d.running[a].Compare(d.running[b]) })
	var names []string
	for _, r := range all[:min(len(all), shown)] {
		// Without the query, in which there may be secrets.
		names = append(names, fmt.Sprintf("%s %s for %v", r.Method, r.URL.Path, time.Since(d.running[r]).Round(time.Millisecond)))
	}
	return len(all), strings.Join(names, ", ")
}

// guard serves next while the server runs and refuse when it stops.
func (d *drain) guard(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.enter(r) {
			refuse.ServeHTTP(w, r)
			return
		}
		defer d.leave(r)
		next.ServeHTTP(w, r)
	})
}

// farewell ends the connections of those who still come once the server is about to stop, with their answers: their next request
// goes where it is taken.
func (d *drain) farewell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.isTold() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
