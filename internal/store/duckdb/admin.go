//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
)

// Totals implements store.Admin.
func (s *Store) Totals(ctx context.Context, project string) (model.Totals, error) {
	var t model.Totals
	err := s.read(ctx, "totals", func(db *sql.DB) error {
		return query(ctx, db, "totals", values{"project": project}, func(rows *sql.Rows) error {
			return rows.Scan(&t.Events, &t.Generations, &t.Blocks, &t.FirstEventMS, &t.FirstRecordingMS, &t.FirstLLMEventMS, &t.FirstLinkMS)
		})
	})
	return t, err
}

// Refusals implements store.Admin.
func (s *Store) Refusals(ctx context.Context, project string, limit int) ([]model.RefusalCount, error) {
	var all []model.RefusalCount
	err := s.read(ctx, "refusals", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "refusals", values{"project": project, "limit": int64(limit)}, func(rows *sql.Rows) error {
			var r model.RefusalCount
			err := rows.Scan(&r.Reason, &r.Event, &r.Library, &r.Detail, &r.Count, &r.FirstMS, &r.LastMS)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

// Ping implements store.Admin: it also fails if commits would.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.room(); err != nil {
		return err
	}
	err := s.readUnnoticed(ctx, "ping", func(db *sql.DB) error {
		return query(ctx, db, "ping", nil, func(rows *sql.Rows) error { return nil })
	})
	if err != nil {
		return err
	}
	return s.refusing.Check(ctx, func(ctx context.Context) error {
		if err := disk.Probe(ctx, s.options.Dir); err != nil {
			return classify(err)
		}
		return nil
	})
}
