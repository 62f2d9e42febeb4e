package posthog

import (
	"bytes"
	"errors"
	"io"
	"net/http"
)

// A body is read in two steps. First it arrives as it is on the wire, compressed as a rule, into a buffer that grows
// with what has really come: a slow client holds no more than eight times what it sent, and that for Limits.BodyTimeout at
// most. Then it is decoded in one go into a slice of its final size (gzip says it in its last bytes), in which the events stay
// until they are stored. Splitting events out of a stream would hold the same bytes, since a batch is handed on whole, and a
// reader's buffer besides.

// body is a request's body while it is decoded, layer by layer. All its memory is accounted for in the work's lease.
type body struct {
	limits Limits
	work   *work
	data   []byte // what it is at present
	// layers of compression so far, what came in the first of them, and what all have inflated to.
	layers         int
	sent, inflated int64
}

// replace drops the present layer for the one made from it.
func (b *body) replace(data []byte) {
	b.drop()
	b.data = data
}

func (b *body) drop() {
	b.work.drop(b.data)
	b.data = nil
}

// read receives and decodes a request's body: JSON text in valid UTF-8, not yet looked at. wire is its length as sent.
// From there on the work has a turn. Errors: *failure, or what reading from the connection brought.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, work *work) (text []byte, wire int64, err error) {
	b := &body{limits: h.limits, work: work}
	err = b.receive(w, r)
	wire = int64(len(b.data))
	if err == nil {
		err = work.begin(h.turns)
	}
	if err == nil {
		err = b.decode(r.Header)
	}
	if err != nil {
		b.drop()
		return nil, wire, err
	}
	return b.data, wire, nil
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
	return b.repair()
}

// errLimit says that fill was given more than its limit.
var errLimit = errors.New("limit exceeded")

const (
	// firstByte is what a body gets of which nothing has arrived: all that a connection can hold which sends a head alone.
	firstByte = 512
	// firstRoom is what is allocated for what is being made here, when it will be larger.
	firstRoom = 256 << 10
	// breath is how much is made between two pauses: some milliseconds of inflating.
	breath = 1 << 20
)

// fill reads r to its end into a slice that begins with first bytes. hint is the likely length, 0 when unknown: a length that
// is only claimed is believed by degrees, as far as eight times what has come. The slice's capacity is leased, and remains so
// with an error: errLimit past limit bytes, a *failure, or the reader's.
func fill(r io.Reader, first, hint, limit int64, w *work) (data []byte, err error) {
	for pause := breath; ; {
		if len(data) == cap(data) {
			n := int64(cap(data))
			room := max(4*n, first)
			if hint > n {
				// One more byte than expected lets the end be seen without growing again.
				room = min(hint+1, max(8*n, first))
			}
			room = min(room, limit+1)
			grown, err := w.buffer(room)
			if err != nil {
				return data, err
			}
			grown = append(grown, data...)
			w.drop(data)
			data = grown
		}
		if len(data) >= pause {
			pause = len(data) + breath
			if err := w.pause(); err != nil {
				return data, err
			}
		}
		// Not more at a time than may pass between two pauses.
		n, err := r.Read(data[len(data):min(cap(data), len(data)+breath)])
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
