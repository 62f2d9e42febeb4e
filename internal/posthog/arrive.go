package posthog

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// grace is how long a body may take before its rate counts: names are looked up and connections are made on bad lines meanwhile.
const grace = 10 * time.Second

// paced reads a body as long as it arrives fast enough. Who is slower loses his place: what has arrived of his body is memory
// that others need.
type paced struct {
	io.Reader
	control *http.ResponseController
	end     time.Time // when all of it must be there
	rated   time.Time // when the rate begins to count
	rate    int64     // bytes a second, none when it is not positive
	arrived int64
	set     time.Time // the deadline that was set last
}

func (l Limits) pace(w http.ResponseWriter, body io.Reader) *paced {
	now := time.Now()
	return &paced{Reader: body, control: http.NewResponseController(w), end: now.Add(l.BodyTimeout), rated: now.Add(grace), rate: l.MinRate}
}

func (p *paced) Read(b []byte) (int, error) {
	due := p.end
	if p.rate > 0 {
		// When the next byte must be there. In whole seconds, so that a fast body sets few deadlines.
		if next := p.rated.Add(time.Duration(p.arrived/p.rate) * time.Second); next.Before(due) {
			due = next
		}
	}
	if due != p.set {
		p.set = due
		_ = p.control.SetReadDeadline(due) // not every ResponseWriter has deadlines; real connections do
	}
	n, err := p.Reader.Read(b)
	p.arrived += int64(n)
	return n, err
}

// lift ends the deadline, or the connection would count as gone when it passes while the sink works.
func (p *paced) lift() { _ = p.control.SetReadDeadline(time.Time{}) }

// receive reads the body as it is on the wire. No turn is needed: it is the client who takes time here.
func (b *body) receive(w http.ResponseWriter, r *http.Request) error {
	arriving := b.limits.pace(w, r.Body)
	err := errLimit
	if r.ContentLength <= b.limits.Body {
		b.data, err = fill(arriving, firstByte, max(0, r.ContentLength), b.limits.Body, b.work)
	}
	switch {
	case err == nil:
		arriving.lift()
		return nil
	case errors.Is(err, errLimit):
		b.drop()
		// Read what still comes, to nowhere and within bounds: a client that is busy sending sees a reset connection
		// instead of the answer, and posthog-node halves its batch only on seeing a 413.
		_, _ = io.CopyN(io.Discard, arriving, b.limits.Body)
		err = tooLarge("the body is larger than " + mib(b.limits.Body) + ": send smaller batches, or raise limits.max_body")
	}
	// The deadline stays: the server would wait for the rest of the body otherwise.
	w.Header().Set("Connection", "close")
	return arrival(err)
}

// arrival sorts errors of a body that did not arrive whole.
func arrival(err error) error {
	var p *failure
	var timeout net.Error
	switch {
	case errors.As(err, &p):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return &failure{status: http.StatusRequestTimeout, outcome: "slow_client", public: "the body did not arrive in time", err: err}
	}
	return &failure{status: http.StatusBadRequest, outcome: "client_gone", public: "the connection ended before the whole body had arrived", err: err}
}
