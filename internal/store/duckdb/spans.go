//go:build cgo

package duckdb

import "sync"

// spans remembers between which times the events of traces lie, from a page of the list until something is stored of
// them: whoever lists traces reads their events next, and finding out costs a scan of 20 ms in a million events.
type spans struct {
	mu sync.Mutex
	// version changes with every commit, so that what a reader found before one is not remembered after it.
	version int
	of      map[string]span
}

type span struct{ first, last int64 }

// spansKept bounds the memory to a few MB.
const spansKept = 1 << 14

func (s *spans) now() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// remember keeps what a reader found that began at version.
func (s *spans) remember(version int, found map[string]span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version != s.version {
		return
	}
	if s.of == nil || len(s.of)+len(found) > spansKept {
		s.of = map[string]span{}
	}
	for id, x := range found {
		s.of[id] = x
	}
}

// forget is called before and after a commit with what it brings.
func (s *spans) forget(ids func(func(string) bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	for id := range ids {
		delete(s.of, id)
	}
}

// around returns the times around all events of the traces, when it knows all of them.
func (s *spans) around(ids []string) (whole span, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, id := range ids {
		x, known := s.of[id]
		if !known {
			return span{}, false
		}
		if i == 0 {
			whole = x
		}
		whole = span{min(whole.first, x.first), max(whole.last, x.last)}
	}
	return whole, len(ids) > 0
}
