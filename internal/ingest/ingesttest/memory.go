// Package ingesttest is for tests of ingest and of the packages that use it: a storage that keeps everything in memory and fails when it is told to.
package ingesttest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Memory is a store and a blocks store that keeps everything, by uuid.
type Memory struct {
	mu         sync.Mutex
	Events     map[uuid.UUID]model.Event
	Contents   map[uuid.UUID]model.Content
	Blocks     map[uuid.UUID]model.Block
	Bodies     [][]byte
	Identities []model.Identity
	Refusals   []model.Refusal
	Commits    []int // rows of each commit that succeeded

	// Gate, when set, holds commits until it is closed.
	Gate chan struct{}
	// OnCommit and OnWrite, when set, run before each commit or write. Their error makes it fail.
	OnCommit func(*store.Batch) error
	OnWrite  func([][]byte) error
}

func NewMemory() *Memory {
	return &Memory{Events: map[uuid.UUID]model.Event{}, Contents: map[uuid.UUID]model.Content{}, Blocks: map[uuid.UUID]model.Block{}}
}

// Commit stores the events and blocks that are not stored yet, and all identities and refusals.
func (m *Memory) Commit(ctx context.Context, b *store.Batch) (done store.Committed, err error) {
	if m.Gate != nil {
		<-m.Gate
	}
	if m.OnCommit != nil {
		if err := m.OnCommit(b); err != nil {
			return done, err
		}
	}
	if err := ctx.Err(); err != nil {
		return done, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, e := range b.Events {
		if _, ok := m.Events[e.UUID]; ok {
			done.Duplicates++
			continue
		}
		m.Events[e.UUID] = e
		if b.Contents[i].UUID != e.UUID || b.Contents[i].TimeMS != e.TimeMS {
			return done, fmt.Errorf("content %d is not that of its event", i)
		}
		c := b.Contents[i]
		c.Input, c.Output, c.Tools, c.Properties = bytes.Clone(c.Input), bytes.Clone(c.Output), bytes.Clone(c.Tools), bytes.Clone(c.Properties)
		m.Contents[e.UUID] = c
		done.Events++
	}
	for _, k := range b.Blocks {
		if _, ok := m.Blocks[k.UUID]; ok {
			done.Duplicates++
			continue
		}
		m.Blocks[k.UUID] = k
		done.Blocks++
	}
	m.Identities = append(m.Identities, b.Identities...)
	m.Refusals = append(m.Refusals, b.Refusals...)
	m.Commits = append(m.Commits, len(b.Events)+len(b.Blocks))
	return done, nil
}

// Write keeps bodies and returns their locations.
func (m *Memory) Write(ctx context.Context, _ string, bodies [][]byte) ([]model.Location, error) {
	if m.OnWrite != nil {
		if err := m.OnWrite(bodies); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var locations []model.Location
	for _, b := range bodies {
		locations = append(locations, model.Location{Key: "k", Offset: int64(len(m.Bodies)), Length: int64(len(b))})
		m.Bodies = append(m.Bodies, b)
	}
	return locations, nil
}

// One returns the only event stored, and its content.
func (m *Memory) One(t testing.TB) (model.Event, model.Content) {
	t.Helper()
	if len(m.Events) != 1 {
		t.Fatalf("%d events stored, refused: %+v", len(m.Events), m.Refusals)
	}
	for id, e := range m.Events {
		return e, m.Contents[id]
	}
	panic("unreachable")
}
