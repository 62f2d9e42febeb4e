package clickhouse

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Activity = (*Store)(nil)

// StoreActivity implements store.Activity. As for links, the version is the time at which reading began.
func (s *Store) StoreActivity(ctx context.Context, rows []model.Activity) error {
	return storeDerived(ctx, s, table.Activity, "activity", rows, func(a *model.Activity) int64 { return a.DerivedMS })
}

// storeDerived inserts rows into a table in which the rows derived last are kept: derivedMS returns when the input of a row was read.
func storeDerived[T any](ctx context.Context, s *Store, t *table.Table[T], what string, rows []T, derivedMS func(*T) int64) error {
	if err := ctx.Err(); err != nil || len(rows) == 0 {
		return err
	}
	byVersion := map[int64][]*T{}
	for i := range rows {
		version := derivedMS(&rows[i])
		byVersion[version] = append(byVersion[version], &rows[i])
	}
	if s.closed.Load() {
		return fmt.Errorf("store %s: %w", what, errClosed)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.CommitTimeout)
	defer cancel()
	for version, rows := range byVersion {
		n := inserted[T]{t, rows, nil, uint64(max(version, 1))}
		err := n.insert(limited, s.conn)
		if err != nil && limited.Err() == nil && dead(err) {
			err = n.insert(limited, s.conn)
		}
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return fmt.Errorf("store %s: %w", what, ctx.Err())
		default:
			return fmt.Errorf("store %d rows of %s: %w", len(rows), what, classify(err))
		}
	}
	return nil
}

// Activity implements store.Activity.
func (s *Store) Activity(ctx context.Context, project string, q store.ActivityQuestion) (all []model.Activity, err error) {
	v := values{
		"project": project, "session_id": q.SessionID, "rules": int32(model.ActivityRules), "window_id": q.WindowID, "from_ms": q.FromMS, "to_ms": q.ToMS,
		"kinds": q.Kinds, "text": q.Text, "problems": q.Problems, "after_ms": q.After.AtMS, "after_uuid": q.After.UUID, "after_position": q.After.Position,
		"limit": uint64(q.Limit),
	}
	return rowsRead(ctx, s, "activity", table.Activity, "activity_of", v)
}

// ActivityCounts implements store.Activity.
func (s *Store) ActivityCounts(ctx context.Context, project, sessionID string, fromMS, toMS, stepMS int64) (all []store.ActivityCount, err error) {
	v := values{"project": project, "session_id": sessionID, "rules": int32(model.ActivityRules), "from_ms": fromMS, "to_ms": toMS, "step_ms": stepMS}
	err = s.read(ctx, "counts of activity", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		return query(ctx, conn, "activity_counts", v, func(r driver.Rows) error {
			var c store.ActivityCount
			err := r.Scan(&c.Kind, &c.Bucket, &c.Count)
			all = append(all, c)
			return err
		})
	})
	return all, err
}

// BlockActivity implements store.Activity.
func (s *Store) BlockActivity(ctx context.Context, project, sessionID string, limit int) (all []model.Activity, err error) {
	v := values{"project": project, "session_id": sessionID, "rules": int32(model.ActivityRules), "limit": uint64(limit)}
	return rowsRead(ctx, s, "activity of blocks", table.Activity, "activity_blocks", v)
}

// BlocksOf implements store.Activity.
func (s *Store) BlocksOf(ctx context.Context, project string, sessionIDs []string) (all []model.Block, err error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	return rowsRead(ctx, s, "blocks of sessions", table.Blocks, "blocks_of_sessions", values{"project": project, "session_ids": sessionIDs})
}

// Underived implements store.Activity.
func (s *Store) Underived(ctx context.Context, fromMS, toMS int64, limit int) (all []model.Block, err error) {
	v := values{"from_ms": fromMS, "to_ms": toMS, "rules": int32(model.ActivityRules), "limit": uint64(limit)}
	return rowsRead(ctx, s, "blocks without activity", table.Blocks, "blocks_underived", v)
}

// SessionOutlines implements store.Activity.
func (s *Store) SessionOutlines(ctx context.Context, project string, of []store.SessionSpan, buckets int) (all map[string]*store.Outline, err error) {
	if len(of) == 0 {
		return map[string]*store.Outline{}, nil
	}
	ids, froms, steps := make([]string, len(of)), make([]int64, len(of)), make([]int64, len(of))
	for i, x := range of {
		ids[i], froms[i], steps[i] = x.SessionID, x.FromMS, x.BucketMS
	}
	v := values{"project": project, "session_ids": ids, "froms": froms, "steps": steps, "rules": int32(model.ActivityRules)}
	err = s.read(ctx, "outlines of sessions", func(ctx context.Context, conn driver.Conn) error {
		all = map[string]*store.Outline{}
		return query(ctx, conn, "session_outlines", v, func(r driver.Rows) error {
			var session, lane string
			var bucket, n int64
			err := r.Scan(&session, &lane, &bucket, &n)
			store.AddOutline(all, session, lane, bucket, n, buckets)
			return err
		})
	})
	return all, err
}

// ActivityWith implements store.Activity.
func (s *Store) ActivityWith(ctx context.Context, project string, sessionIDs []string, text string, limit int) (all []model.Activity, err error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	v := values{"project": project, "session_ids": sessionIDs, "text": text, "limit": uint64(limit), "rules": int32(model.ActivityRules)}
	return rowsRead(ctx, s, "activity with a text", table.Activity, "activity_with", v)
}
