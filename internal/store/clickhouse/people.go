package clickhouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

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
	return rowsRead(ctx, s, "identities", table.Identities, "identities", values{"project": project, "ids": ids})
}

// FindPeople implements store.People.
func (s *Store) FindPeople(ctx context.Context, project, text string, limit int) ([]string, error) {
	return s.ids(ctx, "find_people", values{"project": project, "text": text, "limit": uint64(limit)})
}

// FindNamed implements store.People.
func (s *Store) FindNamed(ctx context.Context, project string, v filter.Value, limit int) ([]string, error) {
	return s.ids(ctx, "find_named", values{"project": project, "pattern": sqlgen.Like(v), "limit": uint64(limit)})
}

// ids runs a statement that selects ids.
func (s *Store) ids(ctx context.Context, name string, v values) (ids []string, err error) {
	err = s.read(ctx, "find people", func(ctx context.Context, conn driver.Conn) error {
		ids = nil
		return query(ctx, conn, name, v, func(r driver.Rows) error {
			var id string
			err := r.Scan(&id)
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
	err := s.read(ctx, "first sessions of distinct ids", func(ctx context.Context, conn driver.Conn) error {
		return query(ctx, conn, "first_sessions", values{"project": project, "ids": ids}, func(r driver.Rows) error {
			var id string
			var one model.FirstSession
			err := r.Scan(&id, &one.SessionID, &one.AtMS)
			first[id] = one
			return err
		})
	})
	return first, err
}

// HasID implements store.People.
func (s *Store) HasID(ctx context.Context, project, id string) (has bool, err error) {
	err = s.read(ctx, "look for a distinct id", func(ctx context.Context, conn driver.Conn) error {
		return query(ctx, conn, "has_id", values{"project": project, "id": id}, func(r driver.Rows) error {
			var found uint8
			err := r.Scan(&found)
			has = found != 0
			return err
		})
	})
	return has, err
}

// JoinedIDs implements store.People.
func (s *Store) JoinedIDs(ctx context.Context, project string, limit int) (all []model.Identity, err error) {
	err = s.read(ctx, "joined ids", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "identities_joined", values{"project": project, "limit": uint64(limit)}, func(r driver.Rows) error {
			one := model.Identity{Project: project}
			err := r.Scan(&one.ID, &one.OtherID, &one.Name, &one.Email)
			all = append(all, one)
			return err
		})
	})
	return all, err
}
