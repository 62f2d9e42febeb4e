package clickhouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Identities implements store.People.
func (s *Store) Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var all []model.Identity
	err := s.read(ctx, "identities", func(ctx context.Context, conn driver.Conn) (err error) {
		all, err = rowsOf(ctx, conn, table.Identities, "identities", values{"project": project, "ids": ids})
		return err
	})
	return all, err
}

// FindPeople implements store.People.
func (s *Store) FindPeople(ctx context.Context, project, text string, limit int) ([]string, error) {
	var ids []string
	err := s.read(ctx, "find people", func(ctx context.Context, conn driver.Conn) error {
		ids = nil
		return query(ctx, conn, "find_people", values{"project": project, "text": text, "limit": uint64(limit)}, func(r driver.Rows) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}

// JoinedIDs implements store.People.
func (s *Store) JoinedIDs(ctx context.Context, project string, limit int) (all []model.Identity, err error) {
	err = s.read(ctx, "joined ids", func(ctx context.Context, conn driver.Conn) (err error) {
		all, err = rowsOf(ctx, conn, table.Identities, "identities_joined", values{"project": project, "limit": uint64(limit)})
		return err
	})
	return all, err
}
