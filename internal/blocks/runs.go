package blocks

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/playheadhq/playhead/internal/model"
)

// Reader is the reading part of a Store.
type Reader interface {
	Read(ctx context.Context, at model.Location) ([]byte, error)
}

const (
	// runBytes limits the bytes read at once, and so the memory of several runs.
	runBytes = 1 << 20
	// gapBytes is the largest gap between two locations that are read with one request: at 100 MB/s it takes less than a tenth of
	// the time of another request.
	gapBytes = 128 << 10
)

// run is a group of locations that are read with one request. items are their indexes.
type run struct {
	all   model.Location
	items []int
}

// runsOf joins neighbouring locations of one key into runs. Locations are read in about the given order, so a location that is not a neighbour of the
// one before begins a new run.
func runsOf(locations []model.Location) []run {
	var runs []run
	for i, at := range locations {
		if len(runs) > 0 {
			last := &runs[len(runs)-1]
			gap := at.Offset - (last.all.Offset + last.all.Length)
			if at.Key == last.all.Key && gap >= 0 && gap <= gapBytes && at.Length <= runBytes && last.all.Length+gap+at.Length <= runBytes {
				last.all.Length += gap + at.Length
				last.items = append(last.items, i)
				continue
			}
		}
		runs = append(runs, run{at, []int{i}})
	}
	return runs
}

// read reads a run and returns the bytes of each of its locations.
func (r run) read(ctx context.Context, src Reader, locations []model.Location) (map[model.Location][]byte, error) {
	body, err := src.Read(ctx, r.all)
	if err != nil {
		return nil, err
	}
	if int64(len(body)) != r.all.Length {
		return nil, fmt.Errorf("%d bytes at %+v", len(body), r.all)
	}
	parts := make(map[model.Location][]byte, len(r.items))
	for _, i := range r.items {
		at := locations[i]
		from := at.Offset - r.all.Offset
		parts[at] = body[from : from+at.Length : from+at.Length]
	}
	return parts, nil
}

// ReadAll reads many locations and returns their bytes in order. It reads neighbours with one request, and makes up to atOnce requests at a time. The
// first error ends it.
func ReadAll(ctx context.Context, src Reader, locations []model.Location, atOnce int) ([][]byte, error) {
	ordered := slices.Clone(locations)
	slices.SortFunc(ordered, func(a, b model.Location) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Offset, b.Offset))
	})
	ordered = slices.Compact(ordered)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	all := make(map[model.Location][]byte, len(ordered))
	var mu sync.Mutex
	var wg sync.WaitGroup
	turns := make(chan struct{}, max(atOnce, 1))
	for _, r := range runsOf(ordered) {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-turns }()
			parts, err := r.read(ctx, src, ordered)
			if err != nil {
				cancel(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for at, body := range parts {
				all[at] = body
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	bodies := make([][]byte, len(locations))
	for i, at := range locations {
		bodies[i] = all[at]
	}
	return bodies, nil
}
