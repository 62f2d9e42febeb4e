package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/playheadhq/playhead/internal/heavy"
)

// maxWire is the maximum size of a body as sent, with a margin: limits.max_body is 64 MiB.
const maxWire = 60 << 20

// heavyBody is a request with one LLM event that is expensive to read, compressed once.
type heavyBody struct {
	name, property string
	decoded        int // bytes
	// repeats means that only the first bytes, with the event's ids, are made and compressed for each request: this costs the sender almost nothing,
	// and gives the server a new event.
	repeats bool
	zipped  []byte // the whole body, or the part that does not change
}

// newHeavyBody makes a body of about a given decoded size, or as much as fits into maxWire.
func newHeavyBody(s heavy.Shape, property string, decoded int, repeats bool) *heavyBody {
	b := &heavyBody{name: s.Name, property: property, repeats: repeats}
	head, end := b.around(0)
	if repeats {
		head = ""
	}
	for {
		value := s.Value(decoded)
		b.decoded, b.zipped = len(value), zipped([]byte(head), value, []byte(end))
		if len(b.zipped) <= maxWire {
			return b
		}
		decoded = int(float64(decoded) * 0.95 * maxWire / float64(len(b.zipped)))
	}
}

// around are the parts before and after the value in the nth event's body.
func (b *heavyBody) around(n int) (head, end string) {
	const hole = "null"
	head, end, _ = strings.Cut(string(heavy.Batch(token, heavy.Event(n, b.property, []byte(hole)))), `":`+hole)
	return head + `":`, end
}

// request is the nth body. Its head and the rest are two gzip streams, which together are one body.
func (b *heavyBody) request(n int) request {
	r := request{path: "/batch/", contentType: "application/json", encoding: "gzip"}
	if b.repeats {
		head, _ := b.around(n)
		r.parts = append(r.parts, zipped([]byte(head)))
	}
	r.parts = append(r.parts, b.zipped)
	return r
}

// request is a POST whose body consists of parts, which are not copied.
type request struct {
	path, contentType, encoding string
	parts                       [][]byte
}

func (r request) size() (n int64) {
	for _, p := range r.parts {
		n += int64(len(p))
	}
	return n
}

func (r request) body() io.Reader {
	var all []io.Reader
	for _, p := range r.parts {
		all = append(all, bytes.NewReader(p))
	}
	return io.MultiReader(all...)
}

func zipped(parts ...[]byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	for _, p := range parts {
		_, _ = z.Write(p) // a buffer accepts everything
	}
	_ = z.Close()
	return out.Bytes()
}
