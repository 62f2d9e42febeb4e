package blocks

import (
	"context"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
)

// Ahead reads for one reader who will want locations in about a known order, where each request takes long, however little
// it asks for: neighbours are read at once, and what comes next is asked for before it is wanted. It is for one goroutine.
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

// fetched is a run that is being read or was.
type fetched struct {
	done  chan struct{}
	parts map[model.Location][]byte
	err   error
}

// NewAhead returns a reader that makes up to atOnce requests at a time and holds up to so many runs of 1 MiB, or of one
// block where that is larger. Close ends it. What it gives out is to be read, not changed.
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

// Read returns the bytes at a location. One that was not announced is read by itself, as is one whose run cannot be read.
func (a *Ahead) Read(ctx context.Context, at model.Location) ([]byte, error) {
	n, known := a.runOf[at]
	if !known {
		return a.src.Read(ctx, at)
	}
	for i := n; i < min(n+a.atOnce, len(a.runs)); i++ {
		a.fetch(i)
	}
	for i := range a.held {
		if i < n-1 || i >= n+a.atOnce { // the one before may be looked at once more
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

// Close ends what is still being read.
func (a *Ahead) Close() {
	a.cancel()
	a.running.Wait()
}
