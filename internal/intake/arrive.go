package intake

import (
	"errors"
	"io"
	"math"
	"net"
	"net/http"
	"time"
)

// grace is how long a body may take before its rate is checked. Slow networks need this time for names and connections.
const grace = 10 * time.Second

// largeBody defines a large body: larger than Limits.InFlight divided by this number, as sent. One address can send one such body at a time. If it
// sent several, most would be refused after they have arrived, because decoding takes more memory than is left, and receiving them alone takes more
// processor time than a server has. Eight connections that each repeated 56 MB made the requests of others take eleven times as long. SDKs send less
// than 7 MB.
const largeBody = 16

// paced reads a body as long as it arrives fast enough. A slower client is disconnected, because the received part of its body uses memory that
// others need.
type paced struct {
	io.Reader
	control *http.ResponseController
	end     time.Time // when the whole body must have arrived
	rated   time.Time // when the rate starts to count
	rate    int64     // bytes a second; not positive means no minimum
	arrived int64
	set     time.Time // the deadline that was set last
	work    *Work
	large   int64 // size in bytes from which the body is a large one
}

func (l Limits) pace(w http.ResponseWriter, body io.Reader, work *Work) *paced {
	now := time.Now()
	large := l.InFlight / largeBody
	if l.AddressShare >= 1 { // one address may take everything
		large = math.MaxInt64
	}
	return &paced{
		Reader: body, control: http.NewResponseController(w), end: now.Add(l.BodyTimeout), rated: now.Add(grace), rate: l.MinRate,
		work: work, large: large,
	}
}

func (p *paced) Read(b []byte) (int, error) {
	due := p.end
	if p.rate > 0 {
		// The time by which the next byte must arrive is rounded to whole seconds, so that a fast body sets few deadlines.
		if next := p.rated.Add(time.Duration(p.arrived/p.rate) * time.Second); next.Before(due) {
			due = next
		}
	}
	if due != p.set {
		p.set = due
		_ = p.control.SetReadDeadline(due) // real connections have deadlines, other ResponseWriters may not
	}
	n, err := p.Reader.Read(b)
	if p.arrived += int64(n); p.arrived > p.large {
		if err := p.work.takeLarge(); err != nil {
			return n, err
		}
	}
	return n, err
}

// lift removes the deadline. Otherwise the connection would count as closed if the deadline passes while the sink works.
func (p *paced) lift() { _ = p.control.SetReadDeadline(time.Time{}) }

// Receive reads the body as it was sent. This needs no turn, because it only waits for the client.
func (b *Body) Receive(w http.ResponseWriter, r *http.Request) error {
	arriving := b.limits.pace(w, r.Body, b.work)
	err := errLimit
	if r.ContentLength <= b.limits.Body {
		err = nil
		if r.ContentLength > arriving.large {
			err = b.work.takeLarge()
		}
	}
	if err == nil {
		b.Data, err = fill(arriving, firstByte, max(0, r.ContentLength), b.limits.Body, b.work)
	}
	switch {
	case err == nil:
		arriving.lift()
		return nil
	case errors.Is(err, errLimit):
		b.Drop()
		// Read and discard the rest of the body, up to a limit: a client that is still sending sees a reset connection instead of the answer, and
		// posthog-node halves its batch only if it sees a 413.
		_, _ = io.CopyN(io.Discard, arriving, b.limits.Body)
		err = TooLarge("the body is larger than " + MiB(b.limits.Body) + ": send smaller batches, or raise limits.max_body")
	}
	// The deadline stays. Otherwise the server would wait for the rest of the body.
	w.Header().Set("Connection", "close")
	return arrival(err)
}

// arrival converts the error of an incomplete body.
func arrival(err error) error {
	var p *Failure
	var timeout net.Error
	switch {
	case errors.As(err, &p):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Failure{Status: http.StatusRequestTimeout, Outcome: "slow_client", Public: "the body did not arrive in time", Err: err}
	}
	return &Failure{Status: http.StatusBadRequest, Outcome: "client_gone", Public: "the connection ended before the whole body had arrived", Err: err}
}
