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
)

// events runs a query whose rows are event_columns.
func events(ctx context.Context, db querier, name string, v values) ([]model.Event, error) {
	var all []model.Event
	err := query(ctx, db, name, v, func(rows *sql.Rows) error {
		e, err := scanEvent(rows)
		all = append(all, e)
		return err
	})
	return all, err
}

// eventsNow runs such a query by itself.
func (s *Store) eventsNow(ctx context.Context, name string, v values) (all []model.Event, err error) {
	err = s.read(ctx, name, func(db *sql.DB) error {
		all, err = events(ctx, db, name, v)
		return err
	})
	return all, err
}

// Generations implements store.Events.
func (s *Store) Generations(ctx context.Context, f store.Filter, p store.Page) ([]model.Event, error) {
	v := listValues(&f, &p).received(always)
	switch {
	case f.TraceID != "":
		v.received(s.tracesReceived(f.TraceID))
	case f.SessionID != "":
		v.received(s.sessionsReceived(f.SessionID))
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
				var k model.Key
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
				seen, err := find("generations_newest")
				return len(keys) == p.Limit || (len(keys) > 0 && seen < rows), err
			})
		}
		if err != nil || len(keys) == 0 {
			return err
		}
		page, err = events(ctx, db, "events_of", keyValues(keys))
		return err
	})
	return page, err
}

// keyValues are the parameters that find rows by uuid within the row groups of their times.
func keyValues(keys []model.Key) values {
	ids := make([]string, len(keys))
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i, k := range keys {
		ids[i] = k.UUID.String()
		first, last = min(first, k.TimeMS), max(last, k.TimeMS)
	}
	return values{"uuids": ids, "first_ms": first, "last_ms": last}
}

// Event implements store.Events.
func (s *Store) Event(ctx context.Context, id uuid.UUID) (model.Event, error) {
	found, err := s.eventsNow(ctx, "event", values{"uuid": id.String()})
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
	err := s.read(ctx, "contents", func(db *sql.DB) (err error) {
		all, err = contents(ctx, db, keys)
		return err
	})
	return all, err
}

func scanEvent(rows *sql.Rows) (model.Event, error) {
	var e model.Event
	err := rows.Scan(id(&e.UUID), &e.Name, &e.Kind, &e.TimeMS, &e.ReceivedMS, &e.SentMS, &e.DistinctID, &e.Personless,
		&e.SessionID, &e.WindowID, &e.URL, &e.RecordingStatus, &e.Library, &e.TraceID, &e.SpanID, &e.ParentID, &e.ConversationID,
		&e.Title, &e.Model, &e.Provider, &e.StartMS, &e.LatencyMS, &e.FirstTokenMS, &e.Tokens.Input, &e.Tokens.Output,
		&e.Tokens.Total, &e.Tokens.CacheRead, &e.Tokens.CacheWrite, &e.Tokens.Reasoning, &e.HTTPStatus, &e.IsError, &e.Error,
		&e.StopReason, &e.InputPreview, &e.OutputPreview, &e.MetricName, &e.MetricValue, &e.Truncated, &e.Untimed)
	return e, err
}
