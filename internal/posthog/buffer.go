package posthog

import "unsafe"

// largeBuffer is the size in bytes from which a buffer lies outside of the Go heap. In the heap, one buffer of 250 MB took 0.28 s to
// make, in which no garbage collection could end, and then the heap was above its limit for several collections in a row:
// each stopped the commits of everybody else.
const largeBuffer = 4 << 20

// buffers are the large buffers of one request. They belong to the operating system's memory: it gives their pages when they
// are first written, and takes them back at once when the request is done with them.
type buffers struct {
	mapped [][]byte
}

// make returns an empty buffer with room for n bytes.
func (s *buffers) make(n int) []byte {
	if n >= largeBuffer {
		if b, err := mapMemory(n); err == nil {
			s.mapped = append(s.mapped, b)
			return b[:0]
		}
	}
	return make([]byte, 0, n)
}

// drop takes a buffer that make returned, or a slice that begins where it does. Nobody may read it afterwards.
func (s *buffers) drop(b []byte) {
	for i, m := range s.mapped {
		if unsafe.SliceData(m) == unsafe.SliceData(b) {
			s.mapped[i] = s.mapped[len(s.mapped)-1]
			s.mapped = s.mapped[:len(s.mapped)-1]
			unmapMemory(m)
			return
		}
	}
}

// close drops all that is left.
func (s *buffers) close() {
	for _, m := range s.mapped {
		unmapMemory(m)
	}
	s.mapped = nil
}
