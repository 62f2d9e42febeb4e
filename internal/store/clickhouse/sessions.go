package clickhouse

import (
	"cmp"
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// sessionSums combines the sums of events and of recordings of sessions.
func sessionSums(ctx context.Context, conn driver.Conn, project string, ids []string) (map[string]model.SessionSummary, error) {
	v := values{"project": project, "session_ids": ids}
	all, recorded := make(map[string]model.SessionSummary, len(ids)), map[string]model.SessionSummary{}
	err := store.Together(ctx, func(ctx context.Context) error {
		return query(ctx, conn, "sessions_sums_events", v, func(r driver.Rows) error {
			var x model.SessionSummary
			err := r.Scan(&x.ID, &x.FirstMS, &x.LastMS, &x.Events, &x.Generations, &x.Errors, &x.DistinctID, &x.URL, &x.RecordingStatus, &x.Windows,
				&x.Tokens.Input, &x.Tokens.Output, &x.Tokens.Total, &x.Tokens.CacheRead, &x.Tokens.CacheWrite, &x.Tokens.Reasoning, &x.CostNanos, &x.Unpriced, &x.SlowestMS)
			all[x.ID] = x
			return err
		})
	}, func(ctx context.Context) error {
		return query(ctx, conn, "sessions_sums_blocks", v, func(r driver.Rows) error {
			b := model.SessionSummary{Tokens: model.UnknownTokens(), CostNanos: -1, SlowestMS: -1}
			err := r.Scan(&b.ID, &b.FirstMS, &b.LastMS, &b.Blocks, &b.Bytes, &b.Clicks, &b.Keys, &b.DistinctID, &b.URL, &b.Windows)
			recorded[b.ID] = b
			return err
		})
	})
	for id, b := range recorded {
		if e, ok := all[id]; ok {
			b.FirstMS, b.LastMS = min(b.FirstMS, e.FirstMS), max(b.LastMS, e.LastMS)
			b.Events, b.Generations, b.Errors, b.RecordingStatus = e.Events, e.Generations, e.Errors, e.RecordingStatus
			b.Tokens, b.CostNanos, b.Unpriced, b.SlowestMS = e.Tokens, e.CostNanos, e.Unpriced, e.SlowestMS
			// If there is a recording, its windows are counted, and it determines the person.
			b.DistinctID, b.URL = cmp.Or(b.DistinctID, e.DistinctID), cmp.Or(e.URL, b.URL)
		}
		all[id] = b
	}
	return all, err
}

// SessionEvents implements store.Sessions.
func (s *Store) SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error) {
	v := values{"project": project, "session_id": sessionID, "limit": uint64(limit)}
	var all []model.Event
	err := s.read(ctx, "session events", func(ctx context.Context, conn driver.Conn) error {
		copies, err := queryCopies(ctx, conn, table.Events, "session_events_few", v)
		if err != nil {
			return err
		}
		if len(copies) < limit {
			all = once(copies, eventKey)
			slices.SortFunc(all, byTime)
			return nil
		}
		all, err = rowsOf(ctx, conn, table.Events, "session_events", v)
		return err
	})
	return all, err
}

// RecordingStatuses implements store.Sessions.
func (s *Store) RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error) {
	statuses := map[string]string{}
	if len(sessionIDs) == 0 {
		return statuses, nil
	}
	err := s.read(ctx, "recording statuses", func(ctx context.Context, conn driver.Conn) error {
		return query(ctx, conn, "recording_statuses", values{"project": project, "session_ids": sessionIDs}, func(r driver.Rows) error {
			var session, status string
			err := r.Scan(&session, &status)
			statuses[session] = status
			return err
		})
	})
	return statuses, err
}
