package intake

import (
	"context"
	"errors"
	"net/http"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/remote"
)

// Work is what one request may use: memory, which it leases as it needs it, and a processor, when it is its turn. It ends
// with the request: whoever has left, or is left by a server that stops, has nothing done for him any more. Its errors are
// *Failure.
type Work struct {
	ctx   context.Context
	from  remote.Address
	lease *fair.Lease
	turn  *fair.Turn // nil until Begin
	// large are the buffers of the body that do not lie in the heap.
	large buffers
	// slots are those for large bodies, and slot means that this request has one.
	slots *fair.Slots
	slot  bool
}

// Work begins to count a request. What it brought so far, its head, is there already. Close ends it.
func (g *Gate) Work(r *http.Request) *Work {
	from := remote.From(r)
	w := NewWork(r.Context(), g.budget.Lease(from))
	w.from, w.slots = from, &g.largeBodies
	w.lease.Count(headBytes(r))
	return w
}

// NewWork is work with a lease alone, as of a request that has a server to itself.
func NewWork(ctx context.Context, lease *fair.Lease) *Work {
	return &Work{ctx: ctx, lease: lease, slots: new(fair.Slots)}
}

// headBytes is how much the server keeps of a request besides its body.
func headBytes(r *http.Request) int64 {
	n := len(r.RequestURI)
	for name, values := range r.Header {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return int64(n)
}

// Close ends the work and gives back all that it holds.
func (w *Work) Close() {
	if w.slot {
		w.slots.Free(w.from)
	}
	w.turn.End()
	w.large.close()
	w.lease.Close()
}

// Begin waits until the request, which has arrived, may use a processor.
func (w *Work) Begin(turns *fair.Turns) (err error) {
	w.lease.Arrived()
	if w.turn, err = turns.Begin(w.ctx, w.from); errors.Is(err, fair.ErrCrowded) {
		return refused(err)
	} else if err != nil {
		return gone(err)
	}
	return nil
}

// Turn is the current right to use a processor. Begin gives it.
func (w *Work) Turn() model.Turn { return w.turn }

// Count counts n bytes that exist already.
func (w *Work) Count(n int64) { w.lease.Count(n) }

// Pause lets others have the processor first. It fails when the request is not waited for any more.
func (w *Work) Pause() error {
	if err := w.turn.Pause(w.ctx); err != nil {
		return gone(err)
	}
	return nil
}

// Reserve takes n more bytes, or fails and changes nothing.
func (w *Work) Reserve(n int64) error {
	if err := w.lease.Reserve(n); err != nil {
		return refused(err)
	}
	return nil
}

// takeLarge makes the request the only one of its address with a large body, or fails.
func (w *Work) takeLarge() error {
	if w.slot {
		return nil
	}
	if w.slot = w.slots.Take(w.from); !w.slot {
		return &Failure{Status: http.StatusServiceUnavailable, Outcome: "large_body", Public: "another large body from this address is being processed: send this again later, or send smaller batches"}
	}
	return nil
}

// Charge counts the request for its token from here on.
func (w *Work) Charge(token string) error {
	if err := w.lease.Charge(token); err != nil {
		return refused(err)
	}
	return nil
}

// Buffer makes a buffer of n bytes, which are leased until Drop or Close.
func (w *Work) Buffer(n int64) ([]byte, error) {
	if err := w.Reserve(n); err != nil {
		return nil, err
	}
	return w.large.make(int(n)), nil
}

// Grow returns a buffer of n bytes that begins with b, which nobody may use any more. If it fails, b is as it was. A large buffer is not copied: a body of
// 250 MB that was some bytes longer than gzip's last member says took 592 MB while it was.
func (w *Work) Grow(b []byte, n int64) ([]byte, error) {
	more := n - int64(cap(b))
	if err := w.Reserve(more); err != nil {
		return nil, err
	}
	if grown, ok := w.large.grow(b, int(n)); ok {
		return grown, nil
	}
	w.lease.Release(more)
	grown, err := w.Buffer(n)
	if err != nil {
		return nil, err
	}
	grown = append(grown, b...)
	w.Drop(b)
	return grown, nil
}

// Drop gives a buffer back, which nobody may use any more.
func (w *Work) Drop(b []byte) {
	w.lease.Release(int64(cap(b)))
	w.large.drop(b)
}

func gone(err error) *Failure {
	return &Failure{Status: http.StatusServiceUnavailable, Outcome: "client_gone", Public: "the request was cancelled: send it again", Err: err}
}
