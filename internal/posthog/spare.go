package posthog

import (
	"slices"
	"sync"
	"unsafe"
	"weak"
)

// spares are large buffers that were used, to be used again. The garbage collector does not notice a buffer that is let go of
// before the next one is made, so that of a sender of 250 MB bodies there were always two: 700 MB at the peak instead of 430. They are
// held weakly: a collection takes those that nobody uses.
type spares struct {
	mu   sync.Mutex
	list []spare // at most maxSpares
}

type spare struct {
	first weak.Pointer[byte]
	size  int
}

const (
	// spareBytes is the least that is worth it: smaller buffers are made as fast as they are found.
	spareBytes = 1 << 20
	maxSpares  = 8
)

// make returns an empty buffer with room for n bytes, and perhaps for somewhat more.
func (s *spares) make(n int) []byte {
	if s == nil || n < spareBytes {
		return make([]byte, 0, n)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, x := range s.list {
		if x.size < n || x.size > n+n/4 {
			continue
		}
		s.list = slices.Delete(s.list, i, i+1)
		if first := x.first.Value(); first != nil {
			return unsafe.Slice(first, x.size)[:0]
		}
		break
	}
	return make([]byte, 0, n)
}

// give takes a buffer that nobody uses any more.
func (s *spares) give(b []byte) {
	if s == nil || cap(b) < spareBytes {
		return
	}
	b = b[:cap(b)]
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == maxSpares {
		s.list = slices.Delete(s.list, 0, 1)
	}
	s.list = append(s.list, spare{weak.Make(&b[0]), len(b)})
}
