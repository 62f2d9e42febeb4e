//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/damage"
)

// Segments returns by key how long each file of recordings must be to contain everything in the index.
func (s *Store) Segments(ctx context.Context) (map[string]int64, error) {
	var all map[string]int64
	err := s.read(ctx, "segments", func(db *sql.DB) error {
		all = map[string]int64{}
		return query(ctx, db, "segments", nil, func(rows *sql.Rows) error {
			var key string
			var length int64
			err := rows.Scan(&key, &length)
			all[key] = length
			return err
		})
	})
	return all, err
}

// LostBlocks adds to a loss the blocks that end after the lengths of their files, and not after until, both by key.
func (s *Store) LostBlocks(ctx context.Context, lengths, until map[string]int64, l *damage.Loss) error {
	keys, from, to := []string{}, []int64{}, []int64{}
	for key, length := range lengths {
		keys, from, to = append(keys, key), append(from, length), append(to, until[key])
	}
	return s.read(ctx, "lost blocks", func(db *sql.DB) error {
		return query(ctx, db, "segments_lost", values{"keys": keys, "lengths": from, "until": to}, func(rows *sql.Rows) error {
			return rows.Scan(&l.Blocks, &l.Sessions, &l.FromMS, &l.ToMS)
		})
	})
}
