//go:build cgo

package duckdb

import "sync"

// newestOf is a kind of list of one project.
type newestOf struct{ kind, project string }

// newestRows remembers since when there are as many rows as walk looks at first, so that the next walk need not look further back.
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

// reach is told only of projects that have rows, so there are as many entries as projects.
func (n *newestRows) reach(of newestOf, ms int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ms == nil {
		n.ms = map[newestOf]int64{}
	}
	n.ms[of] = ms
}
