//go:build cgo

package duckdb

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// nodes are the nodes that share the data. There is only one process, so they are kept in memory.
type nodes struct {
	mu  sync.Mutex
	all map[string]model.Node
}

// Beat implements store.Nodes. The process's clock is the storage's.
func (s *Store) Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error) {
	if err := s.Ping(ctx); err != nil {
		return nil, err
	}
	n.SeenMS, n.ClockMS, n.ClockErrorMS = time.Now().UnixMilli(), 0, 0
	s.nodes.mu.Lock()
	defer s.nodes.mu.Unlock()
	if s.nodes.all == nil {
		s.nodes.all = map[string]model.Node{}
	}
	s.nodes.all[n.ID] = n
	var alive []model.Node
	for id, other := range s.nodes.all {
		if id != n.ID && other.SeenMS <= n.SeenMS-within.Milliseconds() {
			delete(s.nodes.all, id)
			continue
		}
		alive = append(alive, other)
	}
	slices.SortFunc(alive, func(a, b model.Node) int { return cmp.Compare(a.ID, b.ID) })
	return alive, nil
}
