//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Compaction = (*Store)(nil)

// Scattered implements store.Compaction.
func (s *Store) Scattered(ctx context.Context, f store.Scattered) ([]store.ScatteredSession, error) {
	var all []store.ScatteredSession
	v := values{"from_ms": f.FromMS, "to_ms": f.ToMS, "pack_bytes": max(f.PackBytes, 1), "limit": int64(f.Limit)}
	err := s.read(ctx, "scattered", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "scattered", v, func(rows *sql.Rows) error {
			var one store.ScatteredSession
			err := rows.Scan(&one.Project, &one.ID, &one.LastMS)
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// Referenced implements store.Compaction.
func (s *Store) Referenced(ctx context.Context, keys []string) ([]string, error) {
	var all []string
	err := s.read(ctx, "referenced", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "referenced", values{"keys": keys}, func(rows *sql.Rows) error {
			var key string
			err := rows.Scan(&key)
			all = append(all, key)
			return err
		})
	})
	return all, err
}

// Relocate implements store.Compaction, in one transaction. Like Commit it is not cancelled once it has begun.
func (s *Store) Relocate(ctx context.Context, blocks []model.Block) error {
	if err := ctx.Err(); err != nil || len(blocks) == 0 {
		return err
	}
	var projects, uuids, keys []string
	var offsets, lengths []int64
	for i := range blocks {
		b := &blocks[i]
		projects, uuids = append(projects, table.Clean(b.Project)), append(uuids, b.UUID.String())
		keys = append(keys, table.Clean(b.Location.Key))
		offsets, lengths = append(offsets, b.Location.Offset), append(lengths, b.Location.Length)
	}
	given := map[string]any{"projects": projects, "uuids": uuids, "keys": keys, "offsets": offsets, "lengths": lengths}
	var args []driver.NamedValue
	for i, name := range parameters["relocate"] {
		args = append(args, driver.NamedValue{Name: name, Ordinal: i + 1, Value: given[name]})
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.room(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	var used *engine
	err := s.use(ctx, func(e *engine) error {
		used = e
		if _, err := e.writer.ExecContext(ctx, queries["relocate"], args); err != nil {
			return err
		}
		return e.journal.Record(journal.Changed, 0, 0)
	})
	if err != nil {
		s.broken(used, err) // as after a commit, nobody knows whether it is stored
		return fmt.Errorf("relocate %d blocks: %w", len(blocks), classify(err))
	}
	return nil
}
