package blocks

import (
	"bytes"
	"context"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
)

// Recent is a Store that keeps the most recently written bodies in memory. A reader that reads each of them once soon after then needs no requests to
// a remote store: for a bucket that would be one request for each block.
type Recent struct {
	Store
	most int

	mu     sync.Mutex
	bodies map[model.Location][]byte
	order  []model.Location // in the order of writing; some may have been read already
	bytes  int
}

// NewRecent returns a Recent in front of s. most is the limit of the bytes that it keeps in memory.
func NewRecent(s Store, most int) *Recent {
	return &Recent{Store: s, most: most, bodies: map[model.Location][]byte{}}
}

// Write implements Writer.
func (r *Recent) Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error) {
	locations, err := r.Store.Write(ctx, project, bodies)
	if err != nil {
		return locations, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, at := range locations {
		r.bodies[at] = bytes.Clone(bodies[i])
		r.order = append(r.order, at)
		r.bytes += len(bodies[i])
	}
	n := 0
	for ; (r.bytes > r.most || len(r.order)-n > 2*len(r.bodies)+1000) && n < len(r.order); n++ {
		r.drop(r.order[n])
	}
	r.order = append(r.order[:0], r.order[n:]...)
	return locations, nil
}

// Read returns the bytes at a location. A body that is in memory is returned once, and then no longer kept there.
func (r *Recent) Read(ctx context.Context, at model.Location) ([]byte, error) {
	r.mu.Lock()
	body, known := r.bodies[at]
	r.drop(at)
	r.mu.Unlock()
	if known {
		return body, nil
	}
	return r.Store.Read(ctx, at)
}

func (r *Recent) drop(at model.Location) {
	r.bytes -= len(r.bodies[at])
	delete(r.bodies, at)
}
