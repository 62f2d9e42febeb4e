//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"fmt"
)

// Check reads every column of every row, and returns how many rows there are. DuckDB compares each block that it reads with the
// block's checksum, so that the error says what is damaged.
func (s *Store) Check(ctx context.Context) (rows int64, err error) {
	for _, table := range []string{"check_events", "check_contents", "check_identities", "check_blocks", "check_refusals"} {
		err := s.read(ctx, table, func(db *sql.DB) error {
			return query(ctx, db, table, nil, func(r *sql.Rows) error {
				var n int64
				var hash any
				err := r.Scan(&n, &hash)
				rows += n
				return err
			})
		})
		if err != nil {
			return rows, fmt.Errorf("read all of the database: %w", err)
		}
	}
	return rows, nil
}
