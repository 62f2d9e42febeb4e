package intake

import (
	"runtime/debug"
	"slices"
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

// find returns the index of a large buffer, given by any slice that begins where it does; -1 for another slice.
func (s *buffers) find(b []byte) int {
	return slices.IndexFunc(s.mapped, func(m []byte) bool { return unsafe.SliceData(m) == unsafe.SliceData(b) })
}

// grow makes a large buffer larger, to n bytes, without a copy. It fails if b is not one of them, or the system cannot do it: then b is as it was.
func (s *buffers) grow(b []byte, n int) (grown []byte, ok bool) {
	i := s.find(b)
	if i < 0 {
		return nil, false
	}
	larger, err := resizeMemory(s.mapped[i], n)
	if err != nil {
		return nil, false
	}
	s.mapped[i] = larger
	return larger[:len(b)], true
}

// drop frees a buffer that make or grow returned, given by any slice that begins where it does. Nobody may use it afterwards.
func (s *buffers) drop(b []byte) {
	if i := s.find(b); i >= 0 {
		unmapMemory(s.mapped[i])
		s.mapped = slices.Delete(s.mapped, i, i+1)
	}
}

// close frees all remaining buffers.
func (s *buffers) close() {
	for _, m := range s.mapped {
		unmapMemory(m)
	}
	s.mapped = nil
}
