package posthog

import (
	"context"
	"errors"
	"net/http"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/remote"
)

// work is what one request may use: memory, which it leases as it needs it, and a processor, when it is its turn. It ends
// with the request: whoever has left, or is left by a server that stops, has nothing done for him any more. Its errors are
// *failure.
type work struct {
	ctx   context.Context
	from  remote.Address
	lease *fair.Lease
	turn  *fair.Turn // nil until begin
	// large are the buffers of the body that do not lie in the heap.
	large buffers
}

// newWork begins to count a request. What it brought so far, its head, is there already. close ends it.
func (h *Handler) newWork(r *http.Request) *work {
	from := remote.From(r)
	w := &work{ctx: r.Context(), from: from, lease: h.budget.Lease(from)}
	w.lease.Count(headBytes(r))
	return w
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

func (w *work) close() {
	w.turn.End()
	w.large.close()
	w.lease.Close()
}

// begin waits until the request, which has arrived, may use a processor.
func (w *work) begin(turns *fair.Turns) (err error) {
	w.lease.Arrived()
	if w.turn, err = turns.Begin(w.ctx, w.from); errors.Is(err, fair.ErrCrowded) {
		return refused(err)
	} else if err != nil {
		return gone(err)
	}
	return nil
}

// pause lets others have the processor first. It fails when the request is not waited for any more.
func (w *work) pause() error {
	if err := w.turn.Pause(w.ctx); err != nil {
		return gone(err)
	}
	return nil
}

// reserve takes n more bytes, or fails and changes nothing.
func (w *work) reserve(n int64) error {
	if err := w.lease.Reserve(n); err != nil {
		return refused(err)
	}
	return nil
}

// charge counts the request for its token from here on.
func (w *work) charge(token string) error {
	if err := w.lease.Charge(token); err != nil {
		return refused(err)
	}
	return nil
}

// buffer makes one of n bytes, which are leased until drop or close.
func (w *work) buffer(n int64) ([]byte, error) {
	if err := w.reserve(n); err != nil {
		return nil, err
	}
	return w.large.make(int(n)), nil
}

// drop gives a buffer back, which nobody may use any more.
func (w *work) drop(b []byte) {
	w.lease.Release(int64(cap(b)))
	w.large.drop(b)
}

func gone(err error) *failure {
	return &failure{status: http.StatusServiceUnavailable, outcome: "client_gone", public: "the request was cancelled: send it again", err: err}
}
