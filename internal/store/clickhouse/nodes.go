package clickhouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
)

// Beat implements store.Nodes. The storage's clock is read between two readings of the node's own clock, which limits the error.
func (s *Store) Beat(ctx context.Context, n model.Node, within time.Duration) ([]model.Node, error) {
	var alive []model.Node
	err := s.read(ctx, "beat", func(ctx context.Context, conn driver.Conn) error {
		alive = nil
		if err := s.readClock(ctx, conn, &n); err != nil {
			return err
		}
		names := slices.Sorted(maps.Keys(n.Settings))
		prints := make([]string, len(names))
		for i, name := range names {
			prints[i] = n.Settings[name]
		}
		err := exec(ctx, conn, "nodes_beat", values{
			"id": n.ID, "name": n.Name, "release": n.Version, "started_ms": n.StartedMS, "clock_ms": n.ClockMS,
			"clock_error_ms": n.ClockErrorMS, "settings": names, "prints": prints,
		})
		if err != nil {
			return err
		}
		return query(ctx, conn, "nodes_alive", values{"id": n.ID, "within_ms": within.Milliseconds()}, func(r driver.Rows) error {
			var other model.Node
			var names, prints []string
			err := r.Scan(&other.ID, &other.Name, &other.Version, &other.StartedMS, &other.SeenMS, &other.ClockMS, &other.ClockErrorMS, &names, &prints)
			other.Settings = make(map[string]string, len(names))
			for i, name := range names {
				other.Settings[name] = prints[i]
			}
			alive = append(alive, other)
			return err
		})
	})
	return alive, err
}

func (s *Store) readClock(ctx context.Context, conn driver.Conn, n *model.Node) error {
	var storageMS int64
	before := s.options.Now()
	err := query(ctx, conn, "nodes_clock", nil, func(r driver.Rows) error { return r.Scan(&storageMS) })
	took := s.options.Now().Sub(before)
	n.ClockMS = before.Add(took/2).UnixMilli() - storageMS
	n.ClockErrorMS = took.Milliseconds()/2 + 1
	if err != nil {
		return fmt.Errorf("read clock: %w", err)
	}
	return nil
}
