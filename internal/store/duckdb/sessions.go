//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
)

// sessions sums up the sessions named.
func (s *Store) sessions(ctx context.Context, db querier, project string, ids []string) ([]model.SessionSummary, error) {
	byID := map[string]model.SessionSummary{}
	v := values{"project": project, "session_ids": ids}
	s.boundsOf(filter.Sessions, project, ids, v)
	err := query(ctx, db, "sessions_sums", v, func(rows *sql.Rows) error {
		var x model.SessionSummary
		err := rows.Scan(&x.ID, &x.DistinctID, &x.FirstMS, &x.LastMS, &x.Events, &x.Generations, &x.Errors, &x.Clicks, &x.Keys,
			&x.Windows, &x.Blocks, &x.Bytes, &x.URL, &x.RecordingStatus, &x.Tokens.Input, &x.Tokens.Output, &x.Tokens.Total,
			&x.Tokens.CacheRead, &x.Tokens.CacheWrite, &x.Tokens.Reasoning, &x.CostNanos, &x.Unpriced, &x.SlowestMS)
		byID[x.ID] = x
		return err
	})
	return inOrder(ids, byID), err
}

// SessionEvents implements store.Sessions.
func (s *Store) SessionEvents(ctx context.Context, project, sessionID string, limit int) ([]model.Event, error) {
	v := values{"project": project, "session_id": sessionID, "limit": int64(limit)}
	return s.eventsNow(ctx, "session_events", v.received(s.sessionsReceived(project, sessionID)))
}

// RecordingStatuses implements store.Sessions.
func (s *Store) RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error) {
	statuses := map[string]string{}
	received := s.around(&s.index.reported, project, sessionIDs)
	if received.empty() {
		return statuses, nil
	}
	err := s.read(ctx, "recording statuses", func(db *sql.DB) error {
		return query(ctx, db, "recording_statuses", values{"project": project, "session_ids": sessionIDs}.received(received), func(rows *sql.Rows) error {
			var session, status string
			err := rows.Scan(&session, &status)
			statuses[session] = status
			return err
		})
	})
	return statuses, err
}
