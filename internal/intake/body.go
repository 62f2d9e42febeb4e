package intake

import (
	"errors"
	"io"
)

// A body is read in two steps. First it arrives as it was sent, usually compressed, in a buffer that grows with the received bytes: a slow client
// uses at most eight times the memory of what it sent, for at most Limits.BodyTimeout. Then it is decoded at once into a slice of its final size
// (gzip states the size in its last bytes), which contains the events until they are stored. Decoding events from a stream would need the same
// memory, because a batch is passed on as a whole, and in addition the reader's buffer.

// Body is a request's body while it is decoded, layer by layer. All of its memory is counted in the work's lease.
type Body struct {
	limits Limits
	work   *Work
	Data   []byte // the current layer
	// layers is the number of compressions so far, followed by the first one's input and the decompressed length of all.
	layers         int
	sent, inflated int64
}

// NewBody is a body whose data have arrived and are already counted.
func NewBody(limits Limits, work *Work, data []byte) *Body {
	return &Body{limits: limits, work: work, Data: data}
}

// Replace drops the current layer and uses the one made from it.
func (b *Body) Replace(data []byte) {
	b.Drop()
	b.Data = data
}

// Drop releases the body's memory. Nobody may use it afterwards.
func (b *Body) Drop() {
	b.work.Drop(b.Data)
	b.Data = nil
}

// errLimit means that fill read more than its limit.
var errLimit = errors.New("limit exceeded")

const (
	// firstByte is the buffer of a body of which nothing has arrived. A connection that sends only a head holds no more.
	firstByte = 512
	// firstRoom is the first allocation for larger decoded data.
	firstRoom = 256 << 10
	// Breath is how much is decoded between two pauses: a few milliseconds of work.
	Breath = 1 << 20
)

// fill reads r to its end into a slice that begins with first bytes. hint is the likely length, 0 if unknown. A hint is only a claim, so the slice
// never grows to more than eight times what has arrived. The slice's capacity is leased, also when there is an error: errLimit if there are more than
// limit bytes, a *Failure, or the reader's error.
func fill(r io.Reader, first, hint, limit int64, w *Work) (data []byte, err error) {
	for pause := Breath; ; {
		if len(data) == cap(data) {
			n := int64(cap(data))
			room := max(4*n, first)
			if hint > n {
				// One more byte than expected, so that the end is seen without growing again.
				room = min(hint+1, max(8*n, first))
			}
			room = min(room, limit+1)
			grown, err := w.Grow(data, room)
			if err != nil {
				return data, err
			}
			data = grown
		}
		if len(data) >= pause {
			pause = len(data) + Breath
			if err := w.Pause(); err != nil {
				return data, err
			}
		}
		// At most as much as may be decoded between two pauses.
		n, err := r.Read(data[len(data):min(cap(data), len(data)+Breath)])
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
