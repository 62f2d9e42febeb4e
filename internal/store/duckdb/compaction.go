//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
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

// Relocate implements store.Compaction, in one transaction. Like Commit, it cannot be cancelled once it has begun.
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
	return s.change(ctx, fmt.Sprintf("relocate %d blocks", len(blocks)), "relocate", given)
}
