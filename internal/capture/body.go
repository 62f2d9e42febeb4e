package capture

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A body is read in two steps. First it arrives as it is on the wire, compressed as a rule, into a buffer that grows
// with what has really come: a slow client holds no more than it sent, and that for Limits.BodyTimeout at most. Then it
// is decoded in one go into a slice of its final size (gzip says it in its last bytes), in which the events stay until
// they are stored: they are never copied again. Splitting events out of a stream would hold the same bytes, since a
// batch is handed on whole, and a reader's buffer besides.

// wires keeps buffers for small bodies on the wire. What is decoded is never pooled: it belongs to the sink.
var wires = sync.Pool{New: func() any { return new([wireRoom]byte) }}

// wireRoom is the size of a pooled buffer. What browsers send is smaller as a rule, and it is what a client that sends
// nothing can hold.
const wireRoom = 32 << 10

// body is a request's body while it is decoded, layer by layer. All its memory is accounted for in the lease.
type body struct {
	limits Limits
	lease  *lease
	// data is what it is at present. While it lies in a pooled buffer that is pooled, otherwise nil.
	data   []byte
	pooled *[wireRoom]byte
}

// replace drops the present layer for the one made from it.
func (b *body) replace(data []byte) {
	b.drop()
	b.data = data
}

func (b *body) drop() {
	b.lease.release(int64(cap(b.data)))
	if b.pooled != nil {
		wires.Put(b.pooled)
	}
	b.data, b.pooled = nil, nil
}

// read receives and decodes a request's body: JSON text in valid UTF-8, not yet looked at. wire is its length as sent.
// Errors: *problem, or what reading from the connection brought.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, l *lease) (text []byte, wire int64, err error) {
	b := &body{limits: h.limits, lease: l}
	if err := b.receive(w, r); err != nil {
		wire = int64(len(b.data))
		b.drop()
		return nil, wire, err
	}
	wire = int64(len(b.data))
	if err := b.decode(r.Header); err != nil {
		b.drop()
		return nil, wire, err
	}
	return b.data, wire, nil
}

// receive reads the body as it is on the wire.
func (b *body) receive(w http.ResponseWriter, r *http.Request) error {
	control := http.NewResponseController(w)
	// Not every ResponseWriter has deadlines; real connections do.
	timed := control.SetReadDeadline(time.Now().Add(b.limits.BodyTimeout)) == nil
	if err := b.arrive(r); err != nil {
		// The deadline stays: the server would wait for the rest of the body otherwise.
		w.Header().Set("Connection", "close")
		return arrival(err)
	}
	if timed {
		// Lifted, or a connection would count as gone when it passes while the sink works.
		return control.SetReadDeadline(time.Time{})
	}
	return nil
}

func (b *body) arrive(r *http.Request) error {
	limit := b.limits.Body
	err := errLimit
	if r.ContentLength <= limit {
		if r.ContentLength < wireRoom { // or not known
			if err := b.lease.reserve(wireRoom); err != nil {
				return err
			}
			b.pooled = wires.Get().(*[wireRoom]byte)
			b.data = b.pooled[:0]
		}
		b.data, err = fill(r.Body, b.data, max(0, r.ContentLength), limit, b.lease)
	}
	if b.pooled != nil && cap(b.data) != wireRoom { // outgrown
		wires.Put(b.pooled)
		b.pooled = nil
	}
	if errors.Is(err, errLimit) {
		// Read what still comes, to nowhere and within bounds: a client that is busy sending sees a reset connection
		// instead of the answer, and posthog-node halves its batch only on seeing a 413.
		_, _ = io.CopyN(io.Discard, r.Body, limit)
		return tooLarge("the body is larger than " + mib(limit) + ": send smaller batches, or raise limits.max_body")
	}
	return err
}

// arrival sorts errors of a body that did not arrive whole.
func arrival(err error) error {
	var p *problem
	var timeout net.Error
	switch {
	case err == nil, errors.As(err, &p):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return &problem{status: http.StatusRequestTimeout, outcome: "slow_client", public: "the body did not arrive in time", err: err}
	}
	return &problem{status: http.StatusBadRequest, outcome: "client_gone", public: "the connection ended before the body did", err: err}
}

// decode peels the body: what its header says, gzip that no header speaks of, a form with base64 in it. The query is not
// looked at: posthog-js says ?compression= in some versions, and nothing in others.
func (b *body) decode(header http.Header) error {
	if err := b.inflateAs(header); err != nil {
		return err
	}
	// A proxy may have compressed what was compressed.
	for range 2 {
		if err := b.gunzip(); err != nil {
			return err
		}
	}
	if err := b.unform(header); err != nil {
		return err
	}
	if err := b.gunzip(); err != nil { // compression=gzip-js inside a form
		return err
	}
	if text, found := bytes.CutPrefix(b.data, []byte("\xef\xbb\xbf")); found {
		b.data = b.data[:copy(b.data, text)]
	}
	if text := repairUTF8(b.data); len(text) > 0 && &text[0] != &b.data[0] {
		if err := b.lease.reserve(int64(cap(text))); err != nil {
			return err
		}
		b.replace(text)
	}
	if b.pooled != nil {
		// A plain body still lies in the pooled buffer, which is to go back.
		if err := b.lease.reserve(int64(len(b.data))); err != nil {
			return err
		}
		b.replace(append(make([]byte, 0, len(b.data)), b.data...))
	}
	return nil
}

// errLimit says that fill was given more than its limit.
var errLimit = errors.New("limit exceeded")

// firstRoom is how much is allocated on the mere word of a client.
const firstRoom = 256 << 10

// fill reads r to its end into data, whose capacity the lease already holds. hint is the likely length, 0 when unknown:
// a length that is only claimed is believed by degrees, as far as eight times what has come. It returns what was read
// also with an error: errLimit past limit bytes, errBusy, or the reader's.
func fill(r io.Reader, data []byte, hint, limit int64, l *lease) ([]byte, error) {
	for {
		if len(data) == cap(data) {
			n := int64(cap(data))
			room := max(2*n, 4<<10)
			if hint > n {
				// One more byte than expected lets the end be seen without growing again.
				room = min(hint+1, max(8*n, firstRoom))
			}
			room = min(room, limit+1)
			if err := l.reserve(room); err != nil {
				return data, err
			}
			grown := make([]byte, len(data), room)
			copy(grown, data)
			data = grown
			l.release(n)
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if int64(len(data)) > limit {
			return data, errLimit
		}
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return data, err
		}
	}
}
