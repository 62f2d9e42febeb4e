package compact

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// meeting delays reads until the expected number of sessions is being rewritten at the same time. A session counts from its first read to its write.
type meeting struct {
	*objects
	expected int
	met      chan struct{}

	mu   sync.Mutex
	at   map[string]bool
	most int
}

// session returns the id of the session that a block belongs to, see world.record.
func session(body []byte) string {
	_, of, _ := strings.Cut(string(body), " of ")
	id, _, _ := strings.Cut(of, "/")
	return id
}

func (m *meeting) Read(ctx context.Context, at model.Location) ([]byte, error) {
	body, err := m.objects.Read(ctx, at)
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	m.at[session(body)] = true
	m.most = max(m.most, len(m.at))
	if len(m.at) == m.expected && m.met != nil {
		close(m.met)
		m.met = nil
	}
	met := m.met
	m.mu.Unlock()
	if met != nil {
		select {
		case <-met:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return body, nil
}

func (m *meeting) Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error) {
	m.mu.Lock()
	delete(m.at, session(bodies[0]))
	m.mu.Unlock()
	return m.objects.Write(ctx, project, bodies)
}

// Short sessions are rewritten several at a time, long ones each alone.
func TestSeveralSessionsAtOnce(t *testing.T) {
	for name, test := range map[string]struct{ blocks, expected int }{"short": {4, sessionsAtOnce}, "long": {20, 1}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			const sessions = sessionsAtOnce + 3
			for range test.blocks {
				var all []string
				for i := range sessions {
					all = append(all, fmt.Sprintf("s%d/1", i))
				}
				w.record(all...)
			}
			w.now = w.now.Add(time.Hour)
			m := &meeting{objects: w.objects, expected: test.expected, met: make(chan struct{}), at: map[string]bool{}}
			c := w.compactor()
			c.options.Objects = m
			limited, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if n, err := c.Compact(limited); err != nil || n != sessions {
				t.Errorf("%d sessions, %v; want %d", n, err, sessions)
			}
			if m.most != test.expected {
				t.Errorf("%d sessions at once, want %d", m.most, test.expected)
			}
			for i := range sessions {
				w.holds(fmt.Sprint("s", i))
			}
		})
	}
}
