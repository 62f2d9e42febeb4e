//go:build cgo

package duckdb

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// eventsNow runs a query that selects event_columns.
func (s *Store) eventsNow(ctx context.Context, name string, v values) (all []model.Event, err error) {
	return rowsRead(ctx, s.read, name, table.Events, name, v)
}

// keyValues are the parameters that find rows by their keys within the row groups of their times.
func keyValues(keys []model.Key) values {
	projects, ids := make([]string, len(keys)), make([]string, len(keys))
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i, k := range keys {
		projects[i], ids[i] = k.Project, k.UUID.String()
		first, last = min(first, k.TimeMS), max(last, k.TimeMS)
	}
	return values{"projects": projects, "uuids": ids, "first_ms": first, "last_ms": last}
}

// Event implements store.Events.
func (s *Store) Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error) {
	if known, _ := s.recent.events(project, []model.Subject{{UUID: id}}); len(known) > 0 {
		return known[0], nil
	}
	found, err := s.eventsNow(ctx, "event", values{"project": project, "uuid": id.String()})
	if err != nil {
		return model.Event{}, err
	}
	if len(found) == 0 {
		return model.Event{}, fmt.Errorf("event %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}
