//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// eventsNow runs a query whose rows are event_columns.
func (s *Store) eventsNow(ctx context.Context, name string, v values) (all []model.Event, err error) {
	err = s.read(ctx, name, func(db *sql.DB) error {
		all, err = rowsOf(ctx, db, table.Events, name, v)
		return err
	})
	return all, err
}

// Generations implements store.Events.
func (s *Store) Generations(ctx context.Context, project string, f store.Filter, p store.Page) ([]model.Event, error) {
	v := listValues(project, &f, &p).received(always)
	switch {
	case f.TraceID != "":
		v.received(s.tracesReceived(project, f.TraceID))
	case f.SessionID != "":
		v.received(s.sessionsReceived(project, f.SessionID))
	}
	if p.BeforeMS != 0 {
		if _, err := uuid.Parse(p.BeforeID); err != nil {
			return nil, fmt.Errorf("generations before %q: %w", p.BeforeID, err)
		}
	} else {
		v["before_id"] = uuid.Nil.String()
	}
	var page []model.Event
	err := s.snapshot(ctx, "generations", func(db querier) error {
		var keys []model.Key
		find := func(name string) (seen int64, err error) {
			keys = nil
			err = query(ctx, db, name, v, func(rows *sql.Rows) error {
				k := model.Key{Project: project}
				err := rows.Scan(id(&k.UUID), &k.TimeMS, &seen)
				keys = append(keys, k)
				return err
			})
			return seen, err
		}
		var err error
		if f.Text == "" {
			v["rows"] = int64(p.Limit)
			_, err = find("generations_page")
		} else {
			err = walk(s.firstRows("generations", p.Limit), &f, func(rows int64) (bool, error) {
				v["rows"] = rows
				if err := textFrom(ctx, db, "generations", v); err != nil {
					return false, err
				}
				if err := s.textHits(ctx, project, &f, v); err != nil {
					return false, err
				}
				seen, err := find("generations_newest")
				return len(keys) == p.Limit || (len(keys) > 0 && seen < rows), err
			})
		}
		if err != nil || len(keys) == 0 {
			return err
		}
		page, err = rowsOf(ctx, db, table.Events, "events_of", keyValues(keys))
		return err
	})
	return page, err
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
	found, err := s.eventsNow(ctx, "event", values{"project": project, "uuid": id.String()})
	if err != nil {
		return model.Event{}, err
	}
	if len(found) == 0 {
		return model.Event{}, fmt.Errorf("event %s: %w", id, store.ErrNotFound)
	}
	return found[0], nil
}
