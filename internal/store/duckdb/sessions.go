//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Sessions implements store.Sessions.
func (s *Store) Sessions(ctx context.Context, f store.Filter, p store.Page) ([]model.SessionSummary, error) {
	var page []model.SessionSummary
	err := s.snapshot(ctx, "sessions", func(db querier) error {
		ids, found, err := s.pageOfIDs(ctx, db, "sessions", &f, &p)
		if err != nil || len(ids) == 0 {
			return err
		}
		byID := map[string]model.SessionSummary{}
		err = query(ctx, db, "sessions_sums", boundsOf(found).with("session_ids", ids), func(rows *sql.Rows) error {
			var x model.SessionSummary
			err := rows.Scan(&x.ID, &x.DistinctID, &x.FirstMS, &x.LastMS, &x.Events, &x.Generations, &x.Errors, &x.Clicks, &x.Keys,
				&x.Windows, &x.Blocks, &x.Bytes, &x.URL, &x.RecordingStatus)
			byID[x.ID] = x
			return err
		})
		page = inOrder(ids, byID)
		return err
	})
	return page, err
}

// SessionEvents implements store.Sessions.
func (s *Store) SessionEvents(ctx context.Context, sessionID string, limit int) ([]model.Event, error) {
	return s.eventsNow(ctx, "session_events", values{"session_id": sessionID, "limit": int64(limit)})
}

// RecordingStatuses implements store.Sessions.
func (s *Store) RecordingStatuses(ctx context.Context, sessionIDs []string) (map[string]string, error) {
	statuses := map[string]string{}
	if len(sessionIDs) == 0 {
		return statuses, nil
	}
	err := s.read(ctx, "recording statuses", func(db *sql.DB) error {
		return query(ctx, db, "recording_statuses", values{"session_ids": sessionIDs}, func(rows *sql.Rows) error {
			var session, status string
			err := rows.Scan(&session, &status)
			statuses[session] = status
			return err
		})
	})
	return statuses, err
}
