package query

import (
	"context"
	"iter"
	"strconv"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// SnapshotsRequest asks for the rrweb events of one window.
type SnapshotsRequest struct {
	SessionID string
	// WindowID is the tab; "" means the one that is shown at AtMS.
	WindowID string
	// AtMS is the instant to show: events begin with the last full snapshot at or before it, or, if that snapshot is more than 15 s of activity
	// older, with a checkpoint of the page. Zero means the beginning.
	AtMS int64
	// UntilMS ends the events, exclusively; zero means the end of the recording.
	UntilMS int64
}

// Snapshots yields the rrweb events of one window as JSON, each as the browser's recorder made it but decompressed, in order of their own times.
// Events of a checkpoint have a member "checkpoint":true. The returned error is about the request; a yielded error ends the events early. A yielded
// event is valid until the next step.
func (s *Service) Snapshots(ctx context.Context, scope access.Scope, r SnapshotsRequest) (iter.Seq2[[]byte, error], error) {
	if r.UntilMS != 0 && r.UntilMS <= r.AtMS {
		return nil, badInput("until", "until (%d) must be later than t (%d).", r.UntilMS, r.AtMS)
	}
	rec, err := s.recorded(ctx, scope, r.SessionID, r.WindowID, r.AtMS)
	if err != nil {
		return nil, err
	}
	last := r.UntilMS
	if last > 1 {
		last-- // From includes its last millisecond; 0 would mean everything
	}
	return func(yield func([]byte, error) bool) {
		src := rec.source(ctx, last)
		defer src.Close()
		for line, err := range s.checkpoints.From(ctx, src, rec.key(), rec.rows, max(r.AtMS, rec.window.FirstSnapshotMS), last) {
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

// recorded is a window with a recording, and the index of its blocks.
type recorded struct {
	s       *Service
	scope   access.Scope
	session string
	window  *model.Window
	rows    []model.Block
}

// recorded finds the window with an id, or, if the id is "", the window that is shown at an instant.
func (s *Service) recorded(ctx context.Context, scope access.Scope, session, window string, atMS int64) (*recorded, error) {
	recs, err := s.store.Recordings(ctx, scope.Project, []string{session})
	if err != nil {
		return nil, wrap(err, "read recording of session "+session)
	}
	if len(recs) == 0 {
		return nil, notFound("There is no recording of a session with the id %q. It may not have arrived yet.", session)
	}
	w := link.WindowAt(recs[0], window, atMS)
	switch {
	case w == nil && window != "":
		return nil, notFound("The session %q has no recorded window with the id %q.", session, window)
	case w == nil, w.FirstSnapshotMS == 0:
		return nil, notFound("The recording of session %q has no full snapshot of the page, so it cannot be shown.", session)
	}
	rows, err := s.store.Blocks(ctx, scope.Project, session, w.ID)
	if err != nil {
		return nil, wrap(err, "read blocks of session "+session)
	}
	return &recorded{s, scope, session, w, rows}, nil
}

// source reads the window's blocks up to an instant; 0 means all. Close ends it.
func (w *recorded) source(ctx context.Context, untilMS int64) *blocks.Source {
	return blocks.NewSource(ctx, blocks.SourceOptions{
		Blocks: w.s.blocks, Project: w.scope.Project, Rows: w.rows, UntilMS: untilMS, AtOnce: w.s.atOnce,
		Index: func(ctx context.Context) ([]model.Block, error) {
			return w.s.store.Blocks(ctx, w.scope.Project, w.session, w.window.ID)
		},
	})
}

// key identifies the window among those of all projects.
func (w *recorded) key() string {
	return strconv.Quote(w.scope.Project) + strconv.Quote(w.session) + strconv.Quote(w.window.ID)
}
