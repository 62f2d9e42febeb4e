package derive

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

const (
	// lookBehind is how many traces before an answer are searched for the previous answer: some traces have only calls that nobody waits for.
	lookBehind = 3
	// comparedMS is the largest uncertainty, in milliseconds, between the sender's and the browser's clock at which a time by one clock is still
	// compared with a time by the other.
	comparedMS = 500
)

// beforeRequest is the time from the user's question to the start of the generation, -1 if it is not known.
func (f *felt) beforeRequest(asked int64) int64 {
	if asked == 0 || !f.clock.Known() || f.clock.UncertaintyMS > comparedMS {
		return -1
	}
	return max(0, f.event.StartMS+f.clock.MS-asked)
}

// wantNext also derives the answers that follow the derived ones of a session, because their rows say how the previous answer was received.
func (d *deriving) wantNext(s *session) {
	for i := len(s.turns) - 2; i >= 0; i-- {
		if d.wanted[s.turns[i]] {
			d.wanted[s.turns[i+1]] = true
		}
	}
}

// previous sets the previous answer in the session of each row.
func (d *deriving) previous(ctx context.Context, rows []model.Experience) error {
	subjectOf := func(x *model.Experience) model.Subject {
		s := model.Subject{Project: d.project, TraceID: x.TraceID}
		if x.TraceID == "" {
			s.UUID = x.UUID
		}
		return s
	}
	known := map[model.Subject]*model.Experience{}
	for i := range rows {
		if x := &rows[i]; x.UUID == uuid.Nil || x.TraceID == "" {
			known[subjectOf(x)] = x
		}
	}
	behind := map[model.Subject][]model.Subject{} // the nearest one first
	var traces []string
	var ids []uuid.UUID
	for _, s := range d.sessions {
		for i, subject := range s.turns {
			if known[subject] == nil {
				continue
			}
			behind[subject] = slices.Clone(s.turns[max(0, i-lookBehind):i])
			slices.Reverse(behind[subject])
			for _, b := range behind[subject] {
				if known[b] == nil {
					traces, ids = append(traces, b.TraceID), append(ids, b.UUID)
				}
			}
		}
	}
	stored, err := d.x.stored(ctx, d.project, traces, ids)
	if err != nil {
		return err
	}
	for i := range stored {
		if x := &stored[i]; (x.UUID == uuid.Nil || x.TraceID == "") && known[subjectOf(x)] == nil {
			known[subjectOf(x)] = x
		}
	}
	for i := range rows {
		x := &rows[i]
		for _, b := range behind[subjectOf(x)] {
			if was := known[b]; was != nil && was.Seen.WaitMS >= 0 {
				x.PreviousWaitMS, x.PreviousKinds = was.Seen.WaitMS, was.Reaction.Bits()
				break
			}
		}
	}
	return nil
}
