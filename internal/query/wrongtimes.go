package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
)

// Limits of how much later or earlier than others of its session a time can be, compared with when it was received. Nothing is received before it
// happened. A computer that was asleep sends afterwards what it had recorded before.
const (
	maxAheadMS  = 24 * 60 * 60 * 1000
	maxBehindMS = 30 * maxAheadMS
)

// wrongTime is a block, or an end of it, whose time cannot be right.
type wrongTime struct {
	window string
	// atMS is the time, receivedMS that of receipt.
	atMS, receivedMS int64
}

// rightTimes are the blocks with times that can be right, and the times that cannot: of a session whose browser's clock was corrected, or that has events
// of nobody's clock. One of them would make the session years long. A clock that was wrong all the time is not noticed, because all times fit together. Times that are impossible
// when they arrive are corrected then (replay.Encoder); this is about blocks that were stored before, and about times of years before.
func rightTimes(blocks []model.Block) (right []model.Block, wrong []wrongTime) {
	// usual is the time from an event to its receipt, for the events whose clock is closest to the server's.
	usual := int64(0)
	for i := range blocks {
		b := &blocks[i]
		for k, at := range []int64{b.FirstMS, b.LastMS} {
			if late := b.ReceivedMS - at; i+k == 0 || abs(late) < abs(usual) {
				usual = late
			}
		}
	}
	for _, b := range blocks {
		isWrong := func(at int64) bool {
			behind := b.ReceivedMS - at - usual
			return behind < -maxAheadMS || behind > maxBehindMS
		}
		first, last := isWrong(b.FirstMS), isWrong(b.LastMS)
		if first {
			wrong = append(wrong, wrongTime{b.WindowID, b.FirstMS, b.ReceivedMS})
		} else if last {
			wrong = append(wrong, wrongTime{b.WindowID, b.LastMS, b.ReceivedMS})
		}
		switch {
		case first && last:
			continue
		case first:
			b.FirstMS = b.LastMS
		case last:
			b.LastMS = max(b.FirstMS, b.LastInputMS)
			if isWrong(b.LastMS) {
				b.LastMS = b.FirstMS
			}
		}
		right = append(right, b)
	}
	return right, wrong
}

func abs(n int64) int64 { return max(n, -n) }

// wrongTimes are the gaps of times that cannot be right, one for each window, at the end of the timeline that is nearer to them.
func (b *timelineOf) wrongTimes(t *Timeline) {
	for i := range b.wrong {
		w := &b.wrong[i]
		if slices.ContainsFunc(b.wrong[:i], func(before wrongTime) bool { return before.window == w.window }) {
			continue
		}
		at := t.StartMS
		if w.atMS > t.EndMS {
			at = t.EndMS
		}
		t.Gaps = append(t.Gaps, Gap{w.window, at, at, "wrong_time", fmt.Sprintf(
			"A part of the recording is not shown: its time, %s, cannot be right, because it was received on %s. The clock that it is from was wrong.", day(w.atMS), day(w.receivedMS))})
	}
}

func day(ms int64) string { return time.UnixMilli(ms).UTC().Format("2 January 2006") }

// windowsOf are the windows of a recording without times that cannot be right, and whether there are such times.
func (s *Service) windowsOf(ctx context.Context, scope access.Scope, rec *model.Recording) (all []model.Window, wrong bool, err error) {
	from, to := rec.Windows[0].FirstMS, int64(0)
	for i := range rec.Windows {
		to = max(to, rec.Windows[i].LastMS)
	}
	if to-from <= maxAheadMS {
		return rec.Windows, false, nil
	}
	blocks, err := s.store.BlocksOf(ctx, scope.Project, []string{rec.SessionID})
	if err != nil {
		return nil, false, wrap(err, "read blocks of session "+rec.SessionID)
	}
	right, times := rightTimes(blocks)
	if len(times) == 0 {
		return rec.Windows, false, nil
	}
	for _, w := range rec.Windows {
		w.FirstMS, w.LastMS, w.FirstSnapshotMS = 0, 0, 0
		for i := range right {
			b := &right[i]
			if b.WindowID != w.ID {
				continue
			}
			if w.FirstMS == 0 || b.FirstMS < w.FirstMS {
				w.FirstMS = b.FirstMS
			}
			w.LastMS = max(w.LastMS, b.LastMS)
			for _, shown := range b.Snapshots {
				if shown.AtMS >= b.FirstMS && shown.AtMS <= b.LastMS && (w.FirstSnapshotMS == 0 || shown.AtMS < w.FirstSnapshotMS) {
					w.FirstSnapshotMS = shown.AtMS
				}
			}
		}
		if w.LastMS != 0 {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b model.Window) int { return cmp.Compare(a.FirstMS, b.FirstMS) })
	return all, true, nil
}
