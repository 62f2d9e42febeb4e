package derive

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// Reader reads the inputs of links.
type Reader interface {
	Recorded
	Recognizer
}

// Recorded reads what is known about the recordings of sessions.
type Recorded interface {
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	RecordingStatuses(ctx context.Context, project string, sessionIDs []string) (map[string]string, error)
}

// Evidence is what is known about the recordings of a set of sessions.
type Evidence struct {
	recordings map[string]model.Recording
	statuses   map[string]string
	nowMS      int64
	leadMS     int64
}

// EvidenceOf reads what is known about the recordings of sessions, always in two calls.
func EvidenceOf(ctx context.Context, r Recorded, project string, sessions []string, nowMS, leadMS int64) (Evidence, error) {
	ev := Evidence{nowMS: nowMS, leadMS: leadMS, recordings: map[string]model.Recording{}, statuses: map[string]string{}}
	err := ev.read(ctx, r, project, sessions)
	return ev, err
}

// read adds what is known about more sessions.
func (ev *Evidence) read(ctx context.Context, r Recorded, project string, sessions []string) error {
	sessions = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(sessions))), func(id string) bool { return id == "" })
	if len(sessions) == 0 {
		return nil
	}
	recs, err := r.Recordings(ctx, project, sessions)
	if err != nil {
		return fmt.Errorf("read recordings: %w", err)
	}
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
		statuses, err := r.RecordingStatuses(ctx, project, unrecorded)
		if err != nil {
			return fmt.Errorf("read recording statuses: %w", err)
		}
		maps.Copy(ev.statuses, statuses)
	}
	return nil
}

// Recording is the recording of one of the sessions, nil if there is none.
func (ev Evidence) Recording(session string) *model.Recording {
	if r, ok := ev.recordings[session]; ok {
		return &r
	}
	return nil
}

// Of returns what the rules need to know about one of the sessions.
func (ev Evidence) Of(session string) link.Evidence {
	return link.Evidence{Recording: ev.Recording(session), Status: ev.statuses[session], NowMS: ev.nowMS, LeadMS: ev.leadMS}
}

// Resolve is link.Resolve with this evidence.
func (ev Evidence) Resolve(c link.Choice) link.Link { return link.Resolve(c, ev.Of(c.SessionID)) }
