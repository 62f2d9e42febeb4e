package clickhouse

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Generations implements store.Events.
func (s *Store) Generations(ctx context.Context, project string, f store.Filter, p store.Page) ([]model.Event, error) {
	v := listValues(project, &f, &p)
	if p.BeforeMS != 0 {
		before, err := uuid.Parse(p.BeforeID)
		if err != nil {
			return nil, fmt.Errorf("generations before %q: %w", p.BeforeID, err)
		}
		v["before_uuid"] = before
	}
	var page []model.Event
	err := s.read(patient(ctx, &f), "generations", func(ctx context.Context, conn driver.Conn) error {
		return walk(32*p.Limit, func(rows int64) (full bool, err error) {
			e := edge{fromMS: math.MinInt64}
			if rows != everything {
				if e, err = findEdge(ctx, conn, "generations_edge", v, rows); err != nil {
					return false, err
				}
			}
			// The bounds of contents are those of their events.
			v["edge_ms"], v["text_from_ms"] = e.fromMS, e.fromMS
			page, err = rowsOf(ctx, conn, table.Events, "generations_newest", v)
			return len(page) == p.Limit || e.rows < rows, err
		})
	})
	return page, err
}

// edge is a time down to which the newest rows go, and how many they are.
type edge struct{ fromMS, rows int64 }

// findEdge asks for the edge of about the newest rows; where there are fewer it is the beginning of time.
func findEdge(ctx context.Context, conn driver.Conn, name string, v values, rows int64) (edge, error) {
	var e edge
	v["rows"] = uint64(rows)
	err := query(ctx, conn, name, v, func(r driver.Rows) error {
		var n uint64
		err := r.Scan(&e.fromMS, &n)
		e.rows = int64(n)
		return err
	})
	if e.rows < rows {
		e.fromMS = math.MinInt64
	}
	return e, err
}

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
	var found []model.Event
	err := s.read(ctx, "event", func(ctx context.Context, conn driver.Conn) error {
		copies, err := queryCopies(ctx, conn, "event", values{"project": project, "uuid": id})
		found = once(copies)
		return err
	})
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
	var all []model.Content
	err := s.read(ctx, "contents", func(ctx context.Context, conn driver.Conn) (err error) {
		all, err = rowsOf(ctx, conn, table.Contents, "contents_of", keyValues(keys))
		return err
	})
	return all, err
}
