package ingest

import (
	"slices"

	"github.com/playheadhq/playhead/internal/model"
)

// joinStreams makes one call of a streamed call that was sent as two, its request and its answer, if both are in this delivery: the answer, which has the
// usage, begins when the request began, and the request becomes a span. A request that arrived earlier stays a call without usage, because its row is stored. A
// request whose answer never comes stays a call, too: that is how a stream arrives whose caller left.
func (b *builder) joinStreams() {
	if len(b.answers) == 0 {
		return
	}
	events := b.rows.batch.Events
	open := map[spanKey][]*model.Event{} // the requests without an answer, by their parents
	answers := b.answers
	for i := range events {
		e := &events[i]
		if !e.Kind.IsCall() {
			continue
		}
		parent := spanKey{e.Project, e.TraceID, e.ParentID}
		if len(answers) == 0 || answers[0] != i {
			if e.Tokens.Input < 0 && e.Tokens.Output < 0 && !e.IsError && !e.Stopped {
				beside := append(open[parent], e)
				open[parent] = slices.Delete(beside, 0, max(0, len(beside)-maxSiblings))
			}
			continue
		}
		answers = answers[1:]
		at := -1
		for j, request := range open[parent] { // an answer begins when its request ends
			if request.Library == e.Library && sameModel(request.Model, e.Model) && request.StartMS <= e.StartMS && (at < 0 || gap(request, e) < gap(open[parent][at], e)) {
				at = j
			}
		}
		if at < 0 {
			continue
		}
		request := open[parent][at]
		open[parent] = slices.Delete(open[parent], at, at+1)
		end := e.EndMS()
		e.StartMS, e.LatencyMS = request.StartMS, float64(end-request.StartMS)
		asSpan(request)
	}
}

// gap is the time between the end of a request and the begin of an answer.
func gap(request, answer *model.Event) int64 { return apart(request.EndMS(), answer.StartMS) }
