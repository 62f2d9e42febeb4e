package edge

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Drain knows the requests that use the data, and lets a server stop in two steps: first it says that it will, and serves as ever;
// then no more requests begin.
type Drain struct {
	mu       sync.Mutex
	running  map[*http.Request]time.Time // since when
	told     chan struct{}               // closed when the server is about to stop
	draining bool
	idle     chan struct{} // closed when draining and none runs
}

// NewDrain returns one of which no request runs.
func NewDrain() *Drain {
	return &Drain{running: map[*http.Request]time.Time{}, told: make(chan struct{}), idle: make(chan struct{})}
}

// Tell says that the server is about to stop.
func (d *Drain) Tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.IsTold() {
		close(d.told)
	}
}

// Told is closed when the server is about to stop.
func (d *Drain) Told() <-chan struct{} { return d.told }

// IsTold says whether the server is about to stop.
func (d *Drain) IsTold() bool {
	select {
	case <-d.told:
		return true
	default:
		return false
	}
}

// Enter begins a request, unless no more begin. Leave ends it.
func (d *Drain) Enter(r *http.Request) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.draining {
		return false
	}
	d.running[r] = time.Now()
	return true
}

// Leave ends a request that began with Enter.
func (d *Drain) Leave(r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.running, r)
	if d.draining && len(d.running) == 0 {
		close(d.idle)
	}
}

// Wait lets no more requests begin and says whether those under way ended: in time, and before ctx.
func (d *Drain) Wait(ctx context.Context, atMost time.Duration) bool {
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

// Named is how many requests run, and the oldest of them for people.
func (d *Drain) Named() (n int, oldest string) {
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

// Guard serves next while the server runs and refuse when it stops.
func (d *Drain) Guard(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.Enter(r) {
			refuse.ServeHTTP(w, r)
			return
		}
		defer d.Leave(r)
		next.ServeHTTP(w, r)
	})
}

// Farewell ends the connections of those who still come once the server is about to stop, with their answers: their next request
// goes where it is taken.
func (d *Drain) Farewell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.IsTold() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
