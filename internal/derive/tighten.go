package derive

import (
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// tighten compares the clocks of the browser and of the sender of each call by what happened on both sides of the trace: a click came before the call,
// words came after the first token, and a request enclosed its call.
func (d *deriving) tighten(generations []*felt) {
	bounds := map[*session][]clock.Bound{}
	for _, f := range generations {
		if s := d.linked(f); s != nil {
			bounds[s] = append(bounds[s], f.bounds(s)...)
		}
	}
	for _, f := range generations {
		s := d.linked(f)
		if s == nil {
			continue
		}
		was := clockOf(f.link)
		if f.clock = was.Within(bounds[s]...); f.clock == was && f.link.ClockUncertaintyMS == 0 {
			f.clock = clock.Offset{} // still nobody compared them
		}
	}
}

// bounds are what a generation's recording says of the clocks.
func (f *felt) bounds(s *session) (all []clock.Bound) {
	offset := clockOf(f.link).MS
	if f.is && f.watched.context.Pressed {
		all = append(all, clock.Bound{LowMS: f.watched.seen.AskedMS - (f.beganMS - offset), HighMS: -clock.Unbounded})
	}
	if first := f.watched.seen.FirstWordsMS; f.is && first > 0 {
		all = append(all, clock.Bound{LowMS: clock.Unbounded, HighMS: first - f.event.StartMS - int64(max(f.event.FirstTokenMS, 0))})
	}
	if _, b, ok := s.enclosing(f); ok {
		all = append(all, b)
	}
	return all
}

// enclosing is the one request of a script that can have been going on during the whole call, as far as the clocks are known, and what it says of them.
func (s *session) enclosing(f *felt) (request *model.Activity, only clock.Bound, ok bool) {
	was := clockOf(f.link)
	for i := range s.activity {
		a := &s.activity[i]
		if a.Kind != model.ActivityRequest || a.WindowID != f.link.WindowID || a.FirstByteMS < 0 || a.Status < 200 || a.Status > 299 {
			continue
		}
		b := clock.Bound{LowMS: a.AtMS - f.event.StartMS, HighMS: a.EndMS - f.event.EndMS()}
		if b.LowMS > min(b.HighMS, was.MS+was.UncertaintyMS) || b.HighMS < was.MS-was.UncertaintyMS {
			continue
		}
		if ok {
			return nil, only, false
		}
		request, only, ok = a, b, true
	}
	return request, only, ok
}
