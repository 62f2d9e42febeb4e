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

// relocated is where the versions of relocated rows begin: above all that commits have had since 1985, which count down
// from the greatest number by the nanoseconds since 1970 (1.67e19 now). A later relocation has a greater one.
const relocated = 18_000_000_000_000_000_000

// Relocate implements store.Compaction: newer versions of the rows, by one insert. A row's sorting key is the same, so
// they meet on the same shard and in the same partition.
func (s *Store) Relocate(ctx context.Context, blocks []model.Block) error {
	if err := ctx.Err(); err != nil || len(blocks) == 0 {
		return err
	}
	if s.closed.Load() {
		return fmt.Errorf("relocate: %w", errClosed)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.CommitTimeout)
	defer cancel()
	rows := make([]*model.Block, len(blocks))
	for i := range blocks {
		rows[i] = &blocks[i]
	}
	version := relocated + uint64(s.options.Now().UnixMicro())
	moved := inserted[model.Block]{table.Blocks, rows, nil, version}
	err := moved.insert(limited, s.conn)
	if err != nil && limited.Err() == nil && dead(err) {
		err = moved.insert(limited, s.conn)
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("relocate: %w", ctx.Err())
	}
	return fmt.Errorf("relocate %d blocks: %w", len(blocks), classify(err))
}
