package clickhouse

import (
	"context"
	"math"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Totals implements store.Admin.
func (s *Store) Totals(ctx context.Context, project string) (model.Totals, error) {
	var t model.Totals
	err := s.read(ctx, "totals", func(ctx context.Context, conn driver.Conn) error {
		t = model.Totals{}
		err := store.Together(ctx, func(ctx context.Context) error {
			return query(ctx, conn, "totals_events", values{"project": project}, func(r driver.Rows) error {
				return r.Scan(&t.Events, &t.Generations, &t.FirstEventMS, &t.FirstLLMEventMS)
			})
		}, func(ctx context.Context) error {
			return query(ctx, conn, "totals_blocks", values{"project": project}, func(r driver.Rows) error { return r.Scan(&t.Blocks, &t.FirstRecordingMS) })
		})
		if err != nil || t.FirstLLMEventMS == 0 || t.FirstRecordingMS == 0 {
			return err
		}
		// An operator who installs Playhead creates a link soon after both the first event and the first recording exist.
		const soon = int64(24 * time.Hour / time.Millisecond)
		for _, until := range []int64{max(t.FirstLLMEventMS, t.FirstRecordingMS) + soon, math.MaxInt64} {
			err := query(ctx, conn, "first_link", values{"project": project, "until_ms": until}, func(r driver.Rows) error { return r.Scan(&t.FirstLinkMS) })
			if err != nil || t.FirstLinkMS != 0 {
				return err
			}
		}
		return nil
	})
	return t, err
}

// Refusals implements store.Admin.
func (s *Store) Refusals(ctx context.Context, project string, limit int) ([]model.RefusalCount, error) {
	var all []model.RefusalCount
	err := s.read(ctx, "refusals", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "refusals", values{"project": project, "limit": uint64(limit)}, func(rows driver.Rows) error {
			var r model.RefusalCount
			err := rows.Scan((*string)(&r.Reason), &r.Event, &r.Library, &r.Detail, &r.Count, &r.FirstMS, &r.LastMS)
			all = append(all, r)
			return err
		})
	})
	return all, err
}

// Ping implements store.Admin: every shard must answer, because commits and queries need all of them, and must have space, as far as is known.
func (s *Store) Ping(ctx context.Context) error {
	err := s.read(ctx, "ping", func(ctx context.Context, conn driver.Conn) error {
		return query(ctx, conn, "ping", nil, func(driver.Rows) error { return nil })
	})
	if err != nil {
		return err
	}
	return s.room.Check(ctx, func(ctx context.Context) error {
		return s.read(ctx, "look for room", func(ctx context.Context, conn driver.Conn) error { return exec(ctx, conn, "room", nil) })
	})
}
