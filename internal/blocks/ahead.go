package blocks

import (
	"context"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
)

// Ahead reads locations ahead for one reader that needs them in roughly a known order. It is for a store in which each request takes long, however
// small it is: neighbouring locations are read with one request, and the next ones before they are needed. Only one goroutine may use it.
type Ahead struct {
	src       Reader
	locations []model.Location
	runs      []run
	runOf     map[model.Location]int
	atOnce    int

	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	held    map[int]*fetched
}

// fetched is a run that is being read or has been read.
type fetched struct {
	done  chan struct{}
	parts map[model.Location][]byte
	err   error
}

// NewAhead returns a reader that makes up to atOnce requests at a time and holds as many runs of up to 1 MiB, or of one larger
// block. Close ends it. The returned bytes must not be changed.
func NewAhead(ctx context.Context, src Reader, locations []model.Location, atOnce int) *Ahead {
	a := &Ahead{src: src, locations: locations, runs: runsOf(locations), runOf: map[model.Location]int{}, atOnce: max(atOnce, 1), held: map[int]*fetched{}}
	for n, r := range a.runs {
		for _, i := range r.items {
			a.runOf[locations[i]] = n
		}
	}
	a.ctx, a.cancel = context.WithCancel(ctx)
	return a
}

// Read returns the bytes at a location. A location that NewAhead did not get, or whose run cannot be read, is read separately.
func (a *Ahead) Read(ctx context.Context, at model.Location) ([]byte, error) {
	n, known := a.runOf[at]
	if !known {
		return a.src.Read(ctx, at)
	}
	for i := n; i < min(n+a.atOnce, len(a.runs)); i++ {
		a.fetch(i)
	}
	for i := range a.held {
		if i < n-1 || i >= n+a.atOnce { // the previous one may be needed once more
			delete(a.held, i)
		}
	}
	f := a.held[n]
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if f.err == nil {
		return f.parts[at], nil
	}
	delete(a.held, n)
	return a.src.Read(ctx, at)
}

func (a *Ahead) fetch(n int) {
	if a.held[n] != nil {
		return
	}
	f := &fetched{done: make(chan struct{})}
	a.held[n] = f
	a.running.Go(func() {
		defer close(f.done)
		f.parts, f.err = a.runs[n].read(a.ctx, a.src, a.locations)
	})
}

// Close cancels open reads.
func (a *Ahead) Close() {
	a.cancel()
	a.running.Wait()
}
