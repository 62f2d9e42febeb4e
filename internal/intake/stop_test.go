package intake

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/remote"
)

// alone is the work of a request on a server without other requests.
func alone(ctx context.Context) *Work {
	return NewWork(ctx, fair.NewBudget(1<<30, 1, 1).Lease(remote.Address{}))
}

// leaving ends its context after a number of bytes were read.
type leaving struct {
	io.Reader
	left  int
	leave func()
}

func (r *leaving) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.left -= n; r.left <= 0 {
		r.leave()
	}
	return n, err
}

// Bodies are decompressed piece by piece: of a decompression bomb only one more piece is made after its client disconnected.
func TestInflatingStopsInTheMiddle(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	w := alone(ctx)
	made, err := fill(&leaving{bytes.NewReader(make([]byte, 64<<20)), 8 << 20, leave}, firstRoom, 64<<20, 64<<20, w)
	if err == nil || len(made) > 8<<20+2*Breath {
		t.Errorf("%d bytes were made: %v", len(made), err)
	}
}
