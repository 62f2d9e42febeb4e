//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Identities implements store.People.
func (s *Store) Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []model.Identity
	err := s.read(ctx, "identities", func(db *sql.DB) (err error) {
		if len(ids) == 1 {
			all, err = rowsOf(ctx, db, table.Identities, "identities_one", values{"project": project, "id": ids[0]})
			return err
		}
		all, err = rowsOf(ctx, db, table.Identities, "identities", values{"project": project, "ids": ids})
		return err
	})
	return all, err
}

// FindPeople implements store.People.
func (s *Store) FindPeople(ctx context.Context, project, text string, limit int) ([]string, error) {
	var ids []string
	err := s.read(ctx, "find people", func(db *sql.DB) error {
		ids = nil
		return query(ctx, db, "find_people", values{"project": project, "text": text, "limit": int64(limit)}, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// JoinedIDs implements store.People.
func (s *Store) JoinedIDs(ctx context.Context, project string, limit int) (all []model.Identity, err error) {
	err = s.read(ctx, "joined ids", func(db *sql.DB) (err error) {
		all, err = rowsOf(ctx, db, table.Identities, "identities_joined", values{"project": project, "limit": int64(limit)})
		return err
	})
	return all, err
}
