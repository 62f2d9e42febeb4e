//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
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
	return s.ids(ctx, "find_people", values{"project": project, "text": text, "limit": int64(limit)})
}

// FindNamed implements store.People.
func (s *Store) FindNamed(ctx context.Context, project string, v filter.Value, limit int) ([]string, error) {
	return s.ids(ctx, "find_named", values{"project": project, "pattern": sqlgen.Regexp(v), "limit": int64(limit)})
}

// ids runs a statement that selects ids.
func (s *Store) ids(ctx context.Context, name string, v values) (ids []string, err error) {
	err = s.read(ctx, "find people", func(db *sql.DB) error {
		ids = nil
		return query(ctx, db, name, v, func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// FirstSessions implements store.People.
func (s *Store) FirstSessions(ctx context.Context, project string, ids []string) (map[string]model.FirstSession, error) {
	first := map[string]model.FirstSession{}
	if len(ids) == 0 {
		return first, nil
	}
	err := s.read(ctx, "first sessions of distinct ids", func(db *sql.DB) error {
		return query(ctx, db, "first_sessions", values{"project": project, "ids": ids}, func(rows *sql.Rows) error {
			var id string
			var one model.FirstSession
			err := rows.Scan(&id, &one.SessionID, &one.AtMS)
			first[id] = one
			return err
		})
	})
	return first, err
}

// HasID implements store.People.
func (s *Store) HasID(ctx context.Context, project, id string) (has bool, err error) {
	err = s.read(ctx, "look for a distinct id", func(db *sql.DB) error {
		return query(ctx, db, "has_id", values{"project": project, "id": id}, func(rows *sql.Rows) error { return rows.Scan(&has) })
	})
	return has, err
}

// JoinedIDs implements store.People.
func (s *Store) JoinedIDs(ctx context.Context, project string, limit int) (all []model.Identity, err error) {
	err = s.read(ctx, "joined ids", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "identities_joined", values{"project": project, "limit": int64(limit)}, func(rows *sql.Rows) error {
			one := model.Identity{Project: project}
			err := rows.Scan(&one.ID, &one.OtherID, &one.Name, &one.Email)
			all = append(all, one)
			return err
		})
	})
	return all, err
}
