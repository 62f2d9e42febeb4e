package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Compaction = (*Store)(nil)

// Scattered implements store.Compaction.
func (s *Store) Scattered(ctx context.Context, f store.Scattered) ([]store.ScatteredSession, error) {
	var all []store.ScatteredSession
	v := values{"from_ms": f.FromMS, "to_ms": f.ToMS, "pack_bytes": max(f.PackBytes, 1), "limit": uint64(f.Limit)}
	err := s.read(ctx, "scattered", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "scattered", v, func(r driver.Rows) error {
			var one store.ScatteredSession
			err := r.Scan(&one.Project, &one.ID, &one.LastMS)
			all = append(all, one)
			return err
		})
	})
	return all, err
}

// Referenced implements store.Compaction.
func (s *Store) Referenced(ctx context.Context, keys []string) ([]string, error) {
	var all []string
	err := s.read(ctx, "referenced", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "referenced", values{"keys": keys}, func(r driver.Rows) error {
			var key string
			err := r.Scan(&key)
			all = append(all, key)
			return err
		})
	})
	return all, err
}

// Relocate implements store.Compaction: newer versions of the rows.
func (s *Store) Relocate(ctx context.Context, blocks []model.Block) error {
	n := inserted[model.Block]{table: table.Blocks}
	for i := range blocks {
		n.rows = append(n.rows, &blocks[i])
	}
	return replace(ctx, s, fmt.Sprintf("relocate %d blocks", len(blocks)), n)
}
