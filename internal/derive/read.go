package derive

import (
	"context"
	"fmt"
	"slices"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// Reader reads what links are made of.
type Reader interface {
	TraceEvents(ctx context.Context, project string, traceIDs []string, limit int) ([]model.Event, error)
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error)
}

// Evidence is what is recorded of a set of sessions.
type Evidence struct {
	recordings map[string]model.Recording
	statuses   map[string]string
	nowMS      int64
	leadMS     int64
}

// EvidenceOf reads what is recorded of the sessions named, in two calls however many there are.
func EvidenceOf(ctx context.Context, r Reader, project string, sessions []string, nowMS, leadMS int64) (Evidence, error) {
	ev := Evidence{nowMS: nowMS, leadMS: leadMS}
	sessions = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(sessions))), func(id string) bool { return id == "" })
	if len(sessions) == 0 {
		return ev, nil
	}
	recs, err := r.Recordings(ctx, project, sessions)
	if err != nil {
		return ev, fmt.Errorf("read recordings: %w", err)
	}
	ev.recordings = make(map[string]model.Recording, len(recs))
	for _, r := range recs {
		ev.recordings[r.SessionID] = r
	}
	var unrecorded []string
	for _, id := range sessions {
		if _, ok := ev.recordings[id]; !ok {
			unrecorded = append(unrecorded, id)
		}
	}
	if len(unrecorded) > 0 {
		if ev.statuses, err = r.RecordingStatuses(ctx, project, unrecorded); err != nil {
			return ev, fmt.Errorf("read recording statuses: %w", err)
		}
	}
	return ev, nil
}

// Recording is what is recorded of one of the sessions, nil for nothing.
func (ev Evidence) Recording(session string) *model.Recording {
	if r, ok := ev.recordings[session]; ok {
		return &r
	}
	return nil
}

// Of is what the rules want to know of one of the sessions.
func (ev Evidence) Of(session string) link.Evidence {
	return link.Evidence{Recording: ev.Recording(session), Status: ev.statuses[session], NowMS: ev.nowMS, LeadMS: ev.leadMS}
}

// Resolve is link.Resolve with what is recorded.
func (ev Evidence) Resolve(c link.Choice) link.Link { return link.Resolve(c, ev.Of(c.SessionID)) }
