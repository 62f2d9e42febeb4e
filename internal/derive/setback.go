package derive

import (
	"cmp"
	"slices"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
)

// setBackMS is by how much a clock must be set back to count. Smaller changes cannot be told from slow requests.
const setBackMS = 2000

// unsureMS is how close to such times the call of an answer may be: its question comes before it.
const unsureMS = 5000

// afterSetBack returns the times of what a window's recording contains from after the browser's clock was set back, as far as they lie before the end of
// what was recorded earlier. The recording is read by its times, so there it has changes of two moments in one, or changes of a page that it shows only
// later, and nothing that it shows at these times is certain.
func afterSetBack(index []model.Block) (all []model.TimeSpan) {
	byArrival := make([]*model.Block, len(index))
	for i := range index {
		byArrival[i] = &index[i]
	}
	slices.SortStableFunc(byArrival, func(a, b *model.Block) int { return cmp.Compare(a.ReceivedMS, b.ReceivedMS) })
	if slices.IsSortedFunc(byArrival, func(a, b *model.Block) int { return cmp.Compare(a.FirstMS, b.FirstMS) }) {
		return nil
	}
	var (
		ahead    = link.BrowserAhead(index)
		beforeMS int64 // the end of what was recorded before the clock was last set back
		// What was recorded since then, the latest block of it, and how far ahead the clock was at most.
		now    model.TimeSpan
		last   *model.Block
		mostMS int64
	)
	add := func() {
		if toMS := min(now.ToMS, beforeMS); beforeMS > 0 && now.FromMS <= toMS {
			all = append(all, model.TimeSpan{FromMS: now.FromMS, ToMS: toMS})
		}
	}
	for _, b := range byArrival {
		aheadMS := ahead(b)
		if last != nil && b.FirstMS < last.LastMS-setBackMS && aheadMS < mostMS-setBackMS {
			add()
			beforeMS, now, last = max(beforeMS, now.ToMS), model.TimeSpan{FromMS: b.FirstMS, ToMS: b.FirstMS}, nil
		}
		if beforeMS > 0 && b.SentMS > 0 && b.LastMS > b.SentMS+setBackMS { // it was sent after the clock was set back, and is from before, at least in part
			beforeMS = max(beforeMS, b.LastMS)
			if b.FirstMS <= b.SentMS {
				now.FromMS = min(now.FromMS, b.FirstMS)
			}
			continue
		}
		if last == nil {
			last, mostMS = b, aheadMS
		}
		if mostMS = max(mostMS, aheadMS); b.LastMS >= last.LastMS {
			last = b
		}
		if now.ToMS == 0 {
			now.FromMS = b.FirstMS
		}
		now = model.TimeSpan{FromMS: min(now.FromMS, b.FirstMS), ToMS: max(now.ToMS, b.LastMS)}
	}
	add()
	return all
}

// clockSetBack says that an answer was expected in a window at times that are not certain, because its clock was set back.
func (s *session) clockSetBack(f *felt) bool {
	window := cmp.Or(f.watched.window, f.link.WindowID)
	unsure, known := s.unsure[window]
	if !known {
		if s.unsure == nil {
			s.unsure = map[string][]model.TimeSpan{}
		}
		unsure = afterSetBack(s.index[window])
		s.unsure[window] = unsure
	}
	return slices.ContainsFunc(unsure, func(t model.TimeSpan) bool {
		return t.FromMS <= max(f.endMS, f.watched.seen.LastWordsMS)+unsureMS && t.ToMS >= f.beganMS-unsureMS
	})
}
