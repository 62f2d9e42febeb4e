//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"math"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

var _ store.Activity = (*Store)(nil)

// StoreActivity implements store.Activity, in one transaction. Like Commit, it cannot be cancelled once it has begun.
func (s *Store) StoreActivity(ctx context.Context, rows []model.Activity) error {
	return replaceRows(ctx, s, "rows of activity", rows, rowsToReplace[model.Activity]{
		table: table.Activity, statement: "activity_replaced",
		forgotten: func(a *model.Activity) bool { return s.forgotten(a.Project, a.TimeMS, a.DerivedMS) },
		replaced:  replacedActivity,
	})
}

// replacedActivity are the keys of rows that may be stored already, as arguments of the statement that deletes them.
func replacedActivity(rows []model.Activity) []driver.NamedValue {
	projects, uuids, positions, rules := make([]string, len(rows)), make([]string, len(rows)), make([]int64, len(rows)), make([]int32, len(rows))
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range rows {
		a := &rows[i]
		projects[i], uuids[i], positions[i], rules[i] = table.Clean(a.Project), a.UUID.String(), a.Position, a.Rules
		from, to = min(from, a.ReceivedMS), max(to, a.ReceivedMS)
	}
	return arguments("activity_replaced", map[string]any{"projects": projects, "uuids": uuids, "positions": positions, "rules": rules, "from_ms": from, "to_ms": to})
}

// ofSession are the parameters that find the activity of a session; false if no data of the session were received.
func (s *Store) ofSession(project, sessionID string) (values, bool) {
	received := s.blocksReceived(project, sessionID)
	v := values{"project": project, "session_id": sessionID, "rules": int64(model.ActivityRules)}.receivedBlocks(received)
	return v, !received.empty()
}

// Activity implements store.Activity.
func (s *Store) Activity(ctx context.Context, project string, q store.ActivityQuestion) (all []model.Activity, err error) {
	v, known := s.ofSession(project, q.SessionID)
	if !known {
		return nil, nil
	}
	v.with("window_id", q.WindowID).with("from_ms", q.FromMS).with("to_ms", q.ToMS).with("kinds", q.Kinds).with("text", q.Text).with("problems", q.Problems).
		with("after_ms", q.After.AtMS).with("after_uuid", q.After.UUID.String()).with("after_position", q.After.Position).with("limit", int64(q.Limit))
	return rowsRead(ctx, s.read, "activity", table.Activity, "activity_of", v)
}

// ActivityCounts implements store.Activity.
func (s *Store) ActivityCounts(ctx context.Context, project, sessionID string, fromMS, toMS, stepMS int64) (all []store.ActivityCount, err error) {
	v, known := s.ofSession(project, sessionID)
	if !known {
		return nil, nil
	}
	v.with("from_ms", fromMS).with("to_ms", toMS).with("step_ms", stepMS)
	err = s.read(ctx, "counts of activity", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "activity_counts", v, func(rows *sql.Rows) error {
			var c store.ActivityCount
			err := rows.Scan(&c.Kind, &c.Bucket, &c.Count)
			all = append(all, c)
			return err
		})
	})
	return all, err
}

// BlockActivity implements store.Activity.
func (s *Store) BlockActivity(ctx context.Context, project, sessionID string, limit int) (all []model.Activity, err error) {
	v, known := s.ofSession(project, sessionID)
	if !known {
		return nil, nil
	}
	return rowsRead(ctx, s.read, "activity of blocks", table.Activity, "activity_blocks", v.with("limit", int64(limit)))
}

// BlocksOf implements store.Activity.
func (s *Store) BlocksOf(ctx context.Context, project string, sessionIDs []string) (all []model.Block, err error) {
	received := s.blocksReceived(project, sessionIDs...)
	if received.empty() {
		return nil, nil
	}
	v := values{"project": project, "session_ids": sessionIDs}.receivedBlocks(received)
	return rowsRead(ctx, s.readUnnoticed, "blocks of sessions", table.Blocks, "blocks_of_sessions", v)
}

// Underived implements store.Activity.
func (s *Store) Underived(ctx context.Context, fromMS, toMS int64, limit int) (all []model.Block, err error) {
	v := values{"from_ms": fromMS, "to_ms": toMS, "rules": int64(model.ActivityRules), "limit": int64(limit)}
	return rowsRead(ctx, s.readUnnoticed, "blocks without activity", table.Blocks, "blocks_underived", v)
}

// SessionOutlines implements store.Activity.
func (s *Store) SessionOutlines(ctx context.Context, project string, of []store.SessionSpan, buckets int) (all map[string]*store.Outline, err error) {
	ids, froms, steps := make([]string, len(of)), make([]int64, len(of)), make([]int64, len(of))
	for i, x := range of {
		ids[i], froms[i], steps[i] = x.SessionID, x.FromMS, x.BucketMS
	}
	if len(of) == 0 {
		return map[string]*store.Outline{}, nil
	}
	v := values{"project": project, "session_ids": ids, "froms": froms, "steps": steps, "rules": int64(model.ActivityRules)}.
		receivedBlocks(s.blocksReceived(project, ids...)).received(s.sessionsReceived(project, ids...))
	err = s.read(ctx, "outlines of sessions", func(db *sql.DB) error {
		all = map[string]*store.Outline{}
		return query(ctx, db, "session_outlines", v, func(rows *sql.Rows) error {
			var session, lane string
			var bucket, n int64
			err := rows.Scan(&session, &lane, &bucket, &n)
			store.AddOutline(all, session, lane, bucket, n, buckets)
			return err
		})
	})
	return all, err
}

// ActivityWith implements store.Activity.
func (s *Store) ActivityWith(ctx context.Context, project string, sessionIDs []string, text string, limit int) (all []model.Activity, err error) {
	received := s.blocksReceived(project, sessionIDs...)
	if len(sessionIDs) == 0 || received.empty() {
		return nil, nil
	}
	v := values{"project": project, "session_ids": sessionIDs, "text": text, "limit": int64(limit), "rules": int64(model.ActivityRules)}.receivedBlocks(received)
	return rowsRead(ctx, s.read, "activity with a text", table.Activity, "activity_with", v)
}
