//go:build cgo

package duckdb

import (
	"sync"

	"github.com/playheadhq/playhead/internal/filter"
)

// newestOf is a number of the newest rows of a project's list.
type newestOf struct {
	of      filter.Of
	project string
	rows    int64
}

// newestRows remembers since when there are as many rows, so that the next one who asks for them need not look further back.
type newestRows struct {
	mu sync.Mutex
	ms map[newestOf]int64
}

func (n *newestRows) since(of newestOf) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if ms, ok := n.ms[of]; ok {
		return ms
	}
	return longAgo
}

// reach is told only of projects that have rows, so there are a few entries for each: a page needs one of a few numbers of rows.
func (n *newestRows) reach(of newestOf, ms int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ms == nil {
		n.ms = map[newestOf]int64{}
	}
	n.ms[of] = ms
}
