package fair

import (
	"sync"

	"github.com/playheadhq/playhead/internal/remote"
)

// Slots lets each address do one thing of a kind at a time. The zero value is ready. It is safe for concurrent use.
type Slots struct {
	mu    sync.Mutex
	taken map[remote.Address]bool
}

// Take takes the slot of an address, and reports whether it was free.
func (s *Slots) Take(address remote.Address) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken[address] {
		return false
	}
	if s.taken == nil {
		s.taken = map[remote.Address]bool{}
	}
	s.taken[address] = true
	return true
}

// Free frees the slot of an address.
func (s *Slots) Free(address remote.Address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.taken, address)
}
