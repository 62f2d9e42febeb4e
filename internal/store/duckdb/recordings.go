//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Recordings implements store.Sessions.
func (s *Store) Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error) {
	received := s.blocksReceived(project, sessionIDs...)
	if received.empty() {
		return nil, nil
	}
	var all []model.Recording
	err := s.read(ctx, "recordings", func(db *sql.DB) error {
		all = nil
		return query(ctx, db, "recordings", values{"project": project, "session_ids": sessionIDs}.receivedBlocks(received), func(rows *sql.Rows) error {
			var session, person string
			var w model.Window
			var inputs, sent, received []any
			if err := rows.Scan(&session, &w.ID, &w.FirstMS, &w.LastMS, &w.FirstSnapshotMS, &w.Clicks, &w.Keys, list(&inputs), &person, list(&sent), list(&received)); err != nil {
				return err
			}
			for _, at := range inputs {
				w.InputsMS = append(w.InputsMS, at.(int64))
			}
			if len(all) == 0 || all[len(all)-1].SessionID != session {
				all = append(all, model.Recording{SessionID: session, DistinctID: person})
			}
			r := &all[len(all)-1]
			r.Windows = append(r.Windows, w)
			uploads := make([]model.Upload, len(sent))
			for i := range sent {
				uploads[i] = model.Upload{SentMS: sent[i].(int64), ReceivedMS: received[i].(int64)}
			}
			r.Uploads = store.MergeUploads(r.Uploads, uploads)
			return nil
		})
	})
	return all, err
}

// Blocks implements store.Sessions.
func (s *Store) Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error) {
	return rowsRead(ctx, s.read, "blocks", table.Blocks, "blocks", values{"project": project, "session_id": sessionID, "window_id": windowID}.receivedBlocks(s.blocksReceived(project, sessionID)))
}
