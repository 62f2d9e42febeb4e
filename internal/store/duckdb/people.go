//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/model"
)

// Identities implements store.People.
func (s *Store) Identities(ctx context.Context, ids []string) ([]model.Identity, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []model.Identity
	err := s.read(ctx, "identities", func(db *sql.DB) (err error) {
		if len(ids) == 1 {
			all, err = identities(ctx, db, "identities_one", values{"id": ids[0]})
			return err
		}
		all, err = identities(ctx, db, "identities", values{"ids": ids})
		return err
	})
	return all, err
}

// FindPeople implements store.People.
func (s *Store) FindPeople(ctx context.Context, text string, limit int) ([]string, error) {
	var ids []string
	err := s.read(ctx, "find people", func(db *sql.DB) error {
		ids = nil
		return query(ctx, db, "find_people", values{"text": text, "limit": int64(limit)}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}
