package derive

import (
	"math"

	"github.com/playheadhq/playhead/internal/model"
)

// firstCall describes the call that has the first words of an answer. events are those of its trace.
func (d *deriving) firstCall(f *felt, events []model.Event) model.FirstCall {
	ms := func(x float64) int64 { return int64(max(math.Round(x), -1)) }
	c := model.UnknownFirstCall
	c.BeforeMS, c.TokenMS, c.LatencyMS = f.x.BeforeRequestMS, ms(f.event.FirstTokenMS), ms(f.event.LatencyMS)
	asked, words := f.x.Seen.AskedMS, f.x.Seen.FirstWordsMS
	s := d.linked(f)
	if s == nil || c.BeforeMS < 0 {
		return c
	}
	request, _, ok := s.enclosing(f)
	if !ok || request.AtMS < asked-f.x.Seen.UncertaintyMS || request.AtMS > words {
		return c
	}
	c.SentMS = max(0, request.AtMS-asked) // a page can send its request before it empties the field, which is when its user is known to have asked
	if began := firstStep(events, request.AtMS-f.clock.MS-f.clock.UncertaintyMS); began < f.event.StartMS {
		c.QueueMS = f.event.StartMS - began
	}
	if at := f.arrived(request); at > 0 && at <= words {
		c.ArrivedMS = at - asked
	}
	return c
}

// firstStep is when the backend did the first of a trace's steps that it did for a request, by the backend's clock. A trace may have steps of earlier
// requests.
func firstStep(events []model.Event, sentMS int64) int64 {
	first := int64(math.MaxInt64)
	for i := range events {
		if e := &events[i]; e.Kind.IsNode() && e.StartMS >= sentMS {
			first = min(first, e.StartMS)
		}
	}
	return first
}

// arrived is when the first byte with words of the answer came with a request, 0 if that is not known. Many backends send the head of their answer before
// they call the model: of such a request only the end says something, and only if nothing was streamed.
func (f *felt) arrived(request *model.Activity) int64 {
	model := f.event.LatencyMS
	if f.event.FirstTokenMS >= 0 {
		model = f.event.FirstTokenMS
	}
	unsure := f.clock.UncertaintyMS
	if model < 0 || int64(model) < 2*unsure {
		return 0 // the head may have come just as well
	}
	if ready := f.event.StartMS + f.clock.MS + int64(model); request.FirstByteMS >= ready-unsure {
		return request.FirstByteMS
	}
	if f.event.FirstTokenMS < 0 {
		return request.EndMS
	}
	return 0
}
