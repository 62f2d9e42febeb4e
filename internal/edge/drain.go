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

// Drain counts the requests that use the data, and lets a server stop in two steps: first it announces the stop and serves as usual;
// then it accepts no more requests.
type Drain struct {
	mu       sync.Mutex
	running  map[*http.Request]time.Time // since when
	told     chan struct{}               // closed when the server is about to stop
	draining bool
	idle     chan struct{} // closed when draining and none runs
}

// NewDrain returns a Drain without requests.
func NewDrain() *Drain {
	return &Drain{running: map[*http.Request]time.Time{}, told: make(chan struct{}), idle: make(chan struct{})}
}

// Tell announces that the server is about to stop.
func (d *Drain) Tell() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.IsTold() {
		close(d.told)
	}
}

// Told is closed when the server is about to stop.
func (d *Drain) Told() <-chan struct{} { return d.told }

// IsTold reports whether the server is about to stop.
func (d *Drain) IsTold() bool {
	select {
	case <-d.told:
		return true
	default:
		return false
	}
}

// Enter begins a request, unless the server accepts no more. Leave ends it.
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

// Wait accepts no more requests and reports whether the open ones ended in time and before ctx.
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

// Named returns the number of open requests, and a description of the oldest ones.
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
		// Without the query, which may contain secrets.
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

// Farewell closes each connection after its answer once the server is about to stop, so that the client's next request goes to another
// server.
func (d *Drain) Farewell(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.IsTold() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}
