package query

import (
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// A call belongs to the request that was open just as long; what else was open does not matter.
func TestMatchCalls(t *testing.T) {
	row := func(at, end, first int64) activityRow {
		return activityRow{Activity: model.Activity{Kind: model.ActivityRequest, AtMS: at, EndMS: end, FirstByteMS: first}}
	}
	call := func(id string, start, end int64) TimelineCall {
		return TimelineCall{ID: id, TraceID: "trace of " + id, StartMS: start, EndMS: end}
	}
	rows := []activityRow{
		row(0, 600_000, 0),          // a poll that is always open
		row(10_000, 60_000, -1),     // an image
		row(10_000, 14_000, 10_400), // a chat's request
		row(10_100, 10_300, 10_200), // a request beside it
		row(20_000, 40_000, 0),      // an agent's request, of another origin
		row(30_000, 30_500, 30_400),
		row(50_000, 52_000, 50_100), // nothing was asked
	}
	matchCalls(rows, []TimelineCall{
		call("chat", 9_500, 14_900), // by a clock that is a little off
		call("step 1", 21_000, 25_000), call("step 2", 26_000, 39_000),
		call("long after", 700_000, 701_000),
	})
	var got []string
	for _, r := range rows {
		got = append(got, r.generation+"|"+r.trace)
	}
	if want := []string{"|", "|", "chat|trace of chat", "|", "step 1|trace of step 1", "|", "|"}; !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
