package query

import (
	"context"
	"iter"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/replay"
)

// SnapshotsRequest asks for the rrweb events of one window.
type SnapshotsRequest struct {
	SessionID string
	// WindowID is the tab; "" is the one shown at AtMS.
	WindowID string
	// AtMS is the instant to show: events begin at the last full snapshot at or before it. Zero is the beginning.
	AtMS int64
	// UntilMS ends the events, exclusively; zero is the end of what is recorded.
	UntilMS int64
}

// Snapshots yields rrweb events of one window as JSON, each as the browser's recorder produced it with its compression
// undone, in order of their own times. The error returned is about the request; one yielded ends the events early.
// What is yielded is valid until the next step.
func (s *Service) Snapshots(ctx context.Context, scope access.Scope, r SnapshotsRequest) (iter.Seq2[[]byte, error], error) {
	if r.UntilMS != 0 && r.UntilMS <= r.AtMS {
		return nil, badInput("until", "until (%d) must be later than t (%d).", r.UntilMS, r.AtMS)
	}
	recs, err := s.store.Recordings(ctx, scope.Project, []string{r.SessionID})
	if err != nil {
		return nil, wrap(err, "read recording of session "+r.SessionID)
	}
	if len(recs) == 0 {
		return nil, notFound("There is no recording of a session with the id %q. It may not have arrived yet.", r.SessionID)
	}
	w := link.WindowAt(recs[0], r.WindowID, r.AtMS)
	switch {
	case w == nil && r.WindowID != "":
		return nil, notFound("The session %q has no recorded window with the id %q.", r.SessionID, r.WindowID)
	case w == nil, w.FirstSnapshotMS == 0:
		return nil, notFound("The recording of session %q has no full snapshot of the page, so it cannot be shown.", r.SessionID)
	}
	rows, err := s.store.Blocks(ctx, scope.Project, r.SessionID, w.ID)
	if err != nil {
		return nil, wrap(err, "read blocks of session "+r.SessionID)
	}
	last := r.UntilMS
	if last > 1 {
		last-- // From plays its last millisecond, too; 0 would be everything
	}
	return func(yield func([]byte, error) bool) {
		src := blocks.NewSource(ctx, blocks.SourceOptions{
			Blocks: s.blocks, Project: scope.Project, Rows: rows, UntilMS: last, AtOnce: s.atOnce,
			Index: func(ctx context.Context) ([]model.Block, error) {
				return s.store.Blocks(ctx, scope.Project, r.SessionID, w.ID)
			},
		})
		defer src.Close()
		for line, err := range replay.From(ctx, src, rows, max(r.AtMS, w.FirstSnapshotMS), last) {
			if err != nil {
				yield(nil, wrap(err, "read recording of session "+r.SessionID))
				return
			}
			if !yield(line, nil) {
				return
			}
		}
	}, nil
}
