//go:build cgo

package duckdb

import (
	"sync"

	"github.com/playheadhq/playhead/internal/filter"
)

// newestOf identifies a number of the newest rows of a project's list.
type newestOf struct {
	of      filter.Of
	project string
	rows    int64
}

// newestRows remembers how far back a number of newest rows reaches, so that the next request need not look further back.
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

// reach is called only for projects with rows, so there are few entries for each project: pages use a few different numbers of rows.
func (n *newestRows) reach(of newestOf, ms int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ms == nil {
		n.ms = map[newestOf]int64{}
	}
	n.ms[of] = ms
}
