package clickhouse

import (
	"bytes"
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Recordings implements store.Sessions.
func (s *Store) Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error) {
	if len(sessionIDs) == 0 {
		return nil, nil
	}
	var all []model.Recording
	err := s.read(ctx, "recordings", func(ctx context.Context, conn driver.Conn) error {
		all = nil
		// The time of the recording's latest block that names a person.
		var latestMS int64
		var latest uuid.UUID
		return query(ctx, conn, "recordings", values{"project": project, "session_ids": sessionIDs}, func(r driver.Rows) error {
			var session, person string
			var w model.Window
			var saidMS int64
			var said uuid.UUID
			var sent, received []int64
			if err := r.Scan(&session, &w.ID, &w.FirstMS, &w.LastMS, &w.FirstSnapshotMS, &w.Clicks, &w.Keys, &w.InputsMS, &person, &saidMS, &said, &sent, &received); err != nil {
				return err
			}
			if len(w.InputsMS) == 0 {
				w.InputsMS = nil
			}
			if len(all) == 0 || all[len(all)-1].SessionID != session {
				all = append(all, model.Recording{SessionID: session})
			}
			recording := &all[len(all)-1]
			recording.Windows = append(recording.Windows, w)
			uploads := make([]model.Upload, len(sent))
			for i := range sent {
				uploads[i] = model.Upload{SentMS: sent[i], ReceivedMS: received[i]}
			}
			recording.Uploads = store.MergeUploads(recording.Uploads, uploads)
			if person != "" && (recording.DistinctID == "" || saidMS > latestMS || saidMS == latestMS && bytes.Compare(said[:], latest[:]) > 0) {
				recording.DistinctID, latestMS, latest = person, saidMS, said
			}
			return nil
		})
	})
	return all, err
}

// Blocks implements store.Sessions.
func (s *Store) Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error) {
	return rowsRead(ctx, s, "blocks", table.Blocks, "blocks", values{"project": project, "session_id": sessionID, "window_id": windowID})
}
