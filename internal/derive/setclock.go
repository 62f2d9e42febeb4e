package derive

import (
	"cmp"
	"maps"
	"slices"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/model"
)

// settings are the periods between the times at which a session's browser had its clock set, in their order; nil if nobody set it.
type settings []setting

// setting is a period in which nobody set the clock: requests with data that were received from fromMS to toMS came from it.
type setting struct{ fromMS, toMS, aheadMS int64 }

const (
	// fewRequests is how many requests show that the clock was set: one may have been sent again late.
	fewRequests = 2
	// setOnMS is by how much a clock must be set forward to count: the order stays the same, and requests may become quicker.
	setOnMS = 15_000
)

// settingsOf reads the periods from the index of all windows of a session. A clock was set only if the times of what was recorded go back, or on, by about as
// much as those of the requests: data that are sent late do not.
func settingsOf(windows map[string][]model.Block) (all settings) {
	var index []*model.Block
	for _, of := range windows {
		for i := range of {
			if of[i].SentMS > 0 {
				index = append(index, &of[i])
			}
		}
	}
	slices.SortFunc(index, func(a, b *model.Block) int { return cmp.Compare(a.ReceivedMS, b.ReceivedMS) })
	var earlier []*model.Block
	endMS := int64(0) // of what was recorded in the last period
	for _, p := range link.BrowserClock(slices.Concat(slices.Collect(maps.Values(windows))...)).Periods() {
		n := 0
		for n < len(index) && index[n].ReceivedMS <= p.ToMS {
			n++
		}
		of := index[:n]
		index = index[n:]
		spanned, lastMS := spanOf(of), int64(0)
		for _, b := range of {
			lastMS = max(lastMS, recordedEnd(b))
		}
		if len(all) > 0 {
			was := &all[len(all)-1]
			byMS := p.MS - was.aheadMS
			back := byMS < -setBackMS && spanned.FromMS < endMS-setBackMS && !fills(spanned, earlier)
			on := byMS > setOnMS && recordedEnd(of[0])-endMS > byMS-setBackMS
			if p.Requests < fewRequests || !back && !on {
				was.toMS, endMS = p.ToMS, max(endMS, lastMS)
				earlier = append(earlier, of...)
				continue
			}
		}
		all, endMS, earlier = append(all, setting{p.FromMS, p.ToMS, p.MS}), lastMS, append(earlier, of...)
	}
	if len(all) < 2 {
		return nil
	}
	return all
}

// recordedEnd is the end of what a block has from after the clock was set back, if it was.
func recordedEnd(b *model.Block) int64 { return min(b.LastMS, b.SentMS+setBackMS) }

func spanOf(of []*model.Block) (t model.TimeSpan) {
	for i, b := range of {
		if i == 0 {
			t.FromMS = b.FirstMS
		}
		t.FromMS, t.ToMS = min(t.FromMS, b.FirstMS), max(t.ToMS, recordedEnd(b))
	}
	return t
}

// fills reports whether a time lies between those of earlier blocks and overlaps none: then it was recorded between them and sent late.
func fills(t model.TimeSpan, earlier []*model.Block) bool {
	before, after := false, false
	for _, b := range earlier {
		if b.LastMS > t.FromMS+setBackMS && b.FirstMS < t.ToMS-setBackMS {
			return false
		}
		before, after = before || b.LastMS <= t.FromMS+setBackMS, after || b.FirstMS >= t.ToMS-setBackMS
	}
	return before && after
}

// at returns the period of a time that the browser recorded and sent, and which was received at receivedMS: the last one in which that was possible.
func (s settings) at(ms, receivedMS int64) setting {
	for i, p := range slices.Backward(s) {
		serverMS := ms - p.aheadMS
		if serverMS <= receivedMS+setBackMS && (i == 0 || serverMS >= s[i-1].toMS-setBackMS) && (i == len(s)-1 || serverMS <= s[i+1].fromMS+setBackMS) {
			return p
		}
	}
	for _, p := range slices.Backward(s) {
		if p.fromMS <= receivedMS {
			return p
		}
	}
	return s[0]
}

// inOrder returns activity that is sorted by its times in the order in which it happened.
func (s settings) inOrder(all []model.Activity) []model.Activity {
	if s == nil {
		return all
	}
	at := func(a *model.Activity) int64 { return a.AtMS - s.at(a.AtMS, a.ReceivedMS).aheadMS }
	return slices.SortedStableFunc(slices.Values(all), func(a, b model.Activity) int { return cmp.Compare(at(&a), at(&b)) })
}

// steady has the times of a session by a clock that was never set: the one that an answer's call had.
type steady struct {
	settings
	aheadMS int64
	// recorded are the times as recorded.
	recorded map[int64]int64
}

func (f *felt) steady(s *session) *steady {
	if s.settings == nil {
		return nil
	}
	return &steady{s.settings, s.settings.at(f.beganMS, f.event.ReceivedMS).aheadMS, map[int64]int64{}}
}

// ms returns a recorded time by that clock.
func (c *steady) ms(recordedMS, receivedMS int64) int64 {
	if c == nil {
		return recordedMS
	}
	ms := recordedMS - c.at(recordedMS, receivedMS).aheadMS + c.aheadMS
	if ms != recordedMS {
		c.recorded[ms] = recordedMS
	}
	return ms
}

// input changes the times of a session in an input of the rules, but none of what was seen of the answer.
func (c *steady) input(in *reaction.Input, s *session) {
	if c == nil {
		return
	}
	in.Activity = slices.Clone(in.Activity)
	for i := range in.Activity {
		a := &in.Activity[i]
		a.AtMS, a.EndMS = c.ms(a.AtMS, a.ReceivedMS), c.ms(a.EndMS, a.ReceivedMS)
	}
	in.WindowsEndMS = map[string]int64{}
	end := func(window string, ms, receivedMS int64) {
		in.WindowsEndMS[window] = max(in.WindowsEndMS[window], c.ms(ms, receivedMS))
	}
	for window, index := range s.index {
		for i := range index {
			end(window, index[i].FirstMS, index[i].ReceivedMS)
			end(window, index[i].LastMS, index[i].ReceivedMS)
		}
	}
	for _, e := range s.sent {
		end(e.window, e.atMS, e.receivedMS)
	}
	in.Feedback = slices.Clone(in.Feedback)
	for i := range in.Feedback {
		if e := &in.Feedback[i]; e.TraceID == "" {
			e.TimeMS = c.ms(e.TimeMS, e.ReceivedMS)
		}
	}
}

// output gives the signals their times as recorded.
func (c *steady) output(r model.Reaction) model.Reaction {
	if c == nil {
		return r
	}
	for i := range r.Signals {
		if ms, ok := c.recorded[r.Signals[i].AtMS]; ok {
			r.Signals[i].AtMS = ms
		}
	}
	return r
}
