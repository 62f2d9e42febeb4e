package blocks_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// far is a store whose requests take 20 ms each. It records them.
type far struct {
	mu       sync.Mutex
	requests []model.Location
	missing  string
}

func content(at model.Location) []byte {
	body := make([]byte, at.Length)
	for i := range body {
		body[i] = byte(int(at.Offset) + i)
	}
	return body
}

func (f *far) Read(ctx context.Context, at model.Location) ([]byte, error) {
	f.mu.Lock()
	f.requests = append(f.requests, at)
	f.mu.Unlock()
	select {
	case <-time.After(20 * time.Millisecond):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if at.Key == f.missing {
		return nil, blocks.ErrNotFound
	}
	return content(at), nil
}

func neighbours(key string, n int, length, gap int64) (locations []model.Location) {
	for i := range int64(n) {
		locations = append(locations, model.Location{Key: key, Offset: i * (length + gap), Length: length})
	}
	return locations
}

func TestAhead(t *testing.T) {
	var apart []model.Location
	for i := range 100 {
		apart = append(apart, model.Location{Key: fmt.Sprint("k", i), Offset: 5, Length: 1000})
	}
	for name, c := range map[string]struct {
		locations []model.Location
		read      int // of the locations, from the first
		requests  int
		took      time.Duration
	}{
		"one object":          {neighbours("k", 60, 10_000, 0), 60, 1, 20 * time.Millisecond},
		"with small gaps":     {neighbours("k", 10, 10_000, 5000), 10, 1, 20 * time.Millisecond},
		"with large gaps":     {neighbours("k", 4, 10_000, 1<<20), 4, 4, 20 * time.Millisecond},
		"more than a run":     {neighbours("k", 30, 100_000, 0), 30, 3, 20 * time.Millisecond},
		"blocks above a run":  {neighbours("k", 3, 2<<20, 0), 3, 3, 20 * time.Millisecond},
		"an object for each":  {apart, 100, 100, 20 * 20 * time.Millisecond},
		"only the first ones": {apart, 2, 9, 20 * time.Millisecond},
		"backwards":           {[]model.Location{{Key: "k", Offset: 9, Length: 9}, {Key: "k", Offset: 0, Length: 9}}, 2, 2, 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &far{}
				a := blocks.NewAhead(t.Context(), f, c.locations, 8)
				defer a.Close()
				start := time.Now()
				for _, at := range c.locations[:c.read] {
					if got, err := a.Read(t.Context(), at); err != nil || !bytes.Equal(got, content(at)) {
						t.Fatalf("Read(%+v): %d bytes, %v", at, len(got), err)
					}
				}
				took := time.Since(start)
				synctest.Wait()
				if took > c.took || len(f.requests) != c.requests {
					t.Errorf("%d requests in %v, want %d in %v", len(f.requests), took, c.requests, c.took)
				}
			})
		})
	}
}

// TestAheadErrors: a missing location does not affect others, a location that NewAhead did not get is read too, and a cancelled read does not wait.
func TestAheadErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &far{missing: "gone"}
		locations := slices.Concat(neighbours("a", 2, 10, 0), neighbours("gone", 2, 10, 0), neighbours("b", 2, 10, 0))
		a := blocks.NewAhead(t.Context(), f, locations, 4)
		for _, at := range append(locations, model.Location{Key: "other", Length: 3}) {
			got, err := a.Read(t.Context(), at)
			if at.Key == "gone" {
				if !errors.Is(err, blocks.ErrNotFound) {
					t.Errorf("%+v: %v", at, err)
				}
			} else if err != nil || !bytes.Equal(got, content(at)) {
				t.Errorf("%+v: %d bytes, %v", at, len(got), err)
			}
		}
		a.Close()
		ctx, cancel := context.WithCancel(t.Context())
		a = blocks.NewAhead(t.Context(), f, locations, 4)
		cancel()
		if _, err := a.Read(ctx, locations[0]); !errors.Is(err, context.Canceled) {
			t.Errorf("a reader that is gone: %v", err)
		}
		a.Close() // waits for its goroutines; otherwise the synctest bubble would not end
	})
}

func TestReadAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &far{missing: "gone"}
		locations := slices.Concat(neighbours("b", 5, 10, 0), neighbours("a", 5, 10, 3), neighbours("b", 2, 10, 0))
		slices.Reverse(locations)
		bodies, err := blocks.ReadAll(t.Context(), f, locations, 4)
		if err != nil || len(f.requests) != 2 {
			t.Errorf("%d requests, %v", len(f.requests), err)
		}
		for i, at := range locations {
			if !bytes.Equal(bodies[i], content(at)) {
				t.Errorf("%+v: %d bytes", at, len(bodies[i]))
			}
		}
		if _, err := blocks.ReadAll(t.Context(), f, append(locations, model.Location{Key: "gone", Length: 1}), 1); !errors.Is(err, blocks.ErrNotFound) {
			t.Errorf("with one that is gone: %v", err)
		}
	})
}
