package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/playheadhq/playhead/internal/heavy"
)

// maxWire is how many bytes a body may have as sent, with room to spare: limits.max_body is 64 MiB.
const maxWire = 60 << 20

// heavyBody is a request of one LLM event that is dear to read, compressed once.
type heavyBody struct {
	name, property string
	decoded        int // bytes
	// repeats says that only the few first bytes, with the event's ids, are made anew for each request and compressed apart: so it
	// costs the sender next to nothing, and the server a new event.
	repeats bool
	zipped  []byte // the whole, or what does not change
}

// newHeavyBody makes one of about so many bytes decoded, or as many as fit into maxWire.
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

// around is what stands before and after the value in the nth event's body.
func (b *heavyBody) around(n int) (head, end string) {
	const hole = "null"
	head, end, _ = strings.Cut(string(heavy.Batch(token, heavy.Event(n, b.property, []byte(hole)))), `":`+hole)
	return head + `":`, end
}

// request is the nth body. A head and the rest are two gzip streams, one after the other, which are one.
func (b *heavyBody) request(n int) request {
	r := request{path: "/batch/", contentType: "application/json", encoding: "gzip"}
	if b.repeats {
		head, _ := b.around(n)
		r.parts = append(r.parts, zipped([]byte(head)))
	}
	r.parts = append(r.parts, b.zipped)
	return r
}

// request is a POST whose body is made of parts, which are not copied.
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
		_, _ = z.Write(p) // a buffer takes everything
	}
	_ = z.Close()
	return out.Bytes()
}
