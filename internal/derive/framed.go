package derive

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// A frame of another site has a session of its own. With posthog-js' recordCrossOriginIframes, its recorder sends nothing to Playhead: it hands
// everything to the page around it, whose session's recording contains it. Nothing in the recording names the frame's session.

// framesBefore is how long before a trace a recording with a frame of another site must have been made for the trace's clues to be stored: then a page
// with such a frame is in use, and the part of its recording that shows the trace may arrive later.
const framesBefore = time.Hour

// inFrames looks for the recordings of traces that name a session without one: recordings with a frame of another site which show the trace's words, or
// a request that carried the trace's id. It notes the session that was sent, and completes the choices of those that it finds. It returns the sessions
// that it chose.
func inFrames(ctx context.Context, r Recognizer, project string, named []*unlinked, ev Evidence, storeClues func([]*unlinked) error) (chosen []string, err error) {
	var of []*unlinked
	fromMS, toMS := int64(math.MaxInt64), int64(math.MinInt64)
	for _, u := range named {
		if ev.Recording(u.choice.SessionID) == nil {
			fromMS, toMS = min(fromMS, u.choice.StartMS-framesBefore.Milliseconds()), max(toMS, u.choice.StartMS+link.SeenAfter)
			of = append(of, u)
		}
	}
	if len(of) == 0 {
		return nil, nil
	}
	framed := func(limit int, ids ...string) ([]model.Clue, error) {
		q := store.ClueQuestion{Recorded: true, FromMS: fromMS, ToMS: toMS, Limit: limit}
		for _, id := range ids {
			q.Hashes = append(q.Hashes, words.ID(words.Framed, id))
		}
		found, err := r.Clues(ctx, project, q)
		if err != nil {
			return nil, fmt.Errorf("look for recordings with frames of other sites: %w", err)
		}
		return found, nil
	}
	// Without frames of other sites, this one small read is all that it costs that recordings are missing.
	if any, err := framed(1, ""); err != nil || len(any) == 0 {
		return nil, err
	}
	for _, u := range of {
		u.named = u.choice.SessionID
		becomes(&u.choice, link.Choice{})
	}
	if err := recognize(ctx, r, project, of, storeClues); err != nil {
		return nil, err
	}
	var found []string
	for _, u := range of {
		if u.choice.SessionID != "" {
			found = append(found, u.choice.SessionID)
		}
	}
	with := map[string]bool{}
	if len(found) > 0 {
		clues, err := framed(mostFound, found...)
		if err != nil {
			return nil, err
		}
		for i := range clues {
			with[clues[i].SessionID] = true
		}
	}
	for _, u := range of {
		switch to := &u.choice; {
		case to.Method == link.Request:
			to.How = fmt.Sprintf("The session that was sent, %s, has no recording, but a request in this recording carried the id of the trace.", u.named)
		case to.SessionID != "" && with[to.SessionID]:
			to.How = fmt.Sprintf("The session that was sent, %s, has no recording of its own. It is that of a frame of another site: its words were in this recording, "+
				"which contains such a frame, and in no other.", u.named)
		default:
			u.named = "" // its choice stays as it was
			continue
		}
		chosen = append(chosen, u.choice.SessionID)
	}
	return chosen, nil
}

// waiting lists the subjects of a project that were received in the last minutes and wait for a recording. Their clues may not be stored: nobody knew of
// a page with a frame of another site when they were derived.
func (d *Deriver) waiting(ctx context.Context, project string) ([]model.Subject, error) {
	nowMS, lately := d.now().UnixMilli(), link.AgainFor.Milliseconds()
	of, err := d.options.Store.Subjects(ctx, store.Which{FromMS: nowMS - lately, ToMS: nowMS + 1, DueMS: nowMS + lately}, model.Subject{}, listedAtOnce)
	if err != nil {
		return nil, fmt.Errorf("list what waits for a recording: %w", err)
	}
	return slices.DeleteFunc(of, func(s model.Subject) bool { return s.Project != project }), nil
}
