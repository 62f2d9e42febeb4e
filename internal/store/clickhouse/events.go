package clickhouse

import (
	"context"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// TraceEvents implements store.Events.
func (s *Store) TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error) {
	if len(traceIDs) == 0 {
		return nil, nil
	}
	var all []model.Event
	err := s.read(ctx, "trace events", func(ctx context.Context, conn driver.Conn) (err error) {
		var many []string
		if all, many, err = fewEvents(ctx, conn, project, traceIDs, limit); err != nil || len(many) == 0 {
			return err
		}
		first, err := rowsOf(ctx, conn, table.Events, "trace_events", values{"project": project, "trace_ids": many, "limit": uint64(limit)})
		all = append(all, first...)
		return err
	})
	slices.SortFunc(all, byStart)
	return all, err
}

// Event implements store.Events.
func (s *Store) Event(ctx context.Context, project string, id uuid.UUID) (model.Event, error) {
	found, err := onceRead(ctx, s, "event", table.Events, "event", values{"project": project, "uuid": id}, eventKey)
	if err != nil {
		return model.Event{}, err
	}
	if len(found) == 0 {
		return model.Event{}, fmt.Errorf("event %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}

// Contents implements store.Events.
func (s *Store) Contents(ctx context.Context, keys []model.Key) ([]model.Content, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	return rowsRead(ctx, s, "contents", table.Contents, "contents_of", keyValues(keys))
}

// Previews implements store.Events.
func (s *Store) Previews(ctx context.Context, keys []model.Key) (all []model.Preview, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	err = s.read(ctx, "previews", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "previews_of", keyValues(keys), func(rows driver.Rows) error {
			var p model.Preview
			err := rows.Scan(&p.UUID, &p.Input, &p.Output)
			all = append(all, p)
			return err
		})
	})
	return all, err
}
