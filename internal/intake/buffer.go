package intake

import (
	"runtime/debug"
	"unsafe"
)

// largeBuffer is the size in bytes from which a buffer is allocated outside of the Go heap. In the heap, allocating a buffer of 250 MB took 0.28 s,
// during which no garbage collection could finish. Then the heap was above its limit for several collections, each of which stopped everybody else's
// commits.
const largeBuffer = 4 << 20

// hugeBuffer is the size in bytes from which garbage is given back to the system before a buffer is allocated: what storing one body of 250 MB left behind, up
// to 190 MB, was still there when the next one came. It takes some 50 ms, and such a body seconds.
const hugeBuffer = 64 << 20

// buffers are the large buffers of one request, mapped from the operating system: it allocates pages when they are first written, and gets them back
// when the request no longer needs them.
type buffers struct {
	mapped [][]byte
}

// make returns an empty buffer with a capacity of n bytes.
func (s *buffers) make(n int) []byte {
	if n >= hugeBuffer {
		debug.FreeOSMemory()
	}
	if n >= largeBuffer {
		if b, err := mapMemory(n); err == nil {
			s.mapped = append(s.mapped, b)
			return b[:0]
		}
	}
	return make([]byte, 0, n)
}

// grow makes a large buffer larger, to n bytes, without a copy. It fails if b is not one of them, or the system cannot do it: then b is as it was.
func (s *buffers) grow(b []byte, n int) (grown []byte, ok bool) {
	for i, m := range s.mapped {
		if unsafe.SliceData(m) == unsafe.SliceData(b) {
			larger, err := resizeMemory(m, n)
			if err != nil {
				return nil, false
			}
			s.mapped[i] = larger
			return larger[:len(b)], true
		}
	}
	return nil, false
}

// drop frees a buffer that make returned, given by any slice that begins where it does. Nobody may use it afterwards.
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

// close frees all remaining buffers.
func (s *buffers) close() {
	for _, m := range s.mapped {
		unmapMemory(m)
	}
	s.mapped = nil
}
