package query

import (
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// A backend's clock may be wrong. Clips and timelines have its calls at their times in the recording.
func TestCallsAreAtTheirTimesInTheRecording(t *testing.T) {
	for _, ahead := range []int64{-60_000, 0, 300_000} { // of the backend's clock
		t.Run(fmt.Sprint(ahead), func(t *testing.T) {
			w := newWorld(t)
			for from := int64(0); from < 60_000; from += 10_000 {
				w.record("s", "a", from, from+9000, from == 0)
				b := &w.batch.Blocks[len(w.batch.Blocks)-1]
				b.SentMS, b.ReceivedMS = b.LastMS+100, b.LastMS+120
			}
			const real = 20_000
			id := w.event(model.KindGeneration, "t", real+ahead, in("s", "a"), func(e *model.Event) {
				e.SentMS, e.ReceivedMS, e.FirstTokenMS = e.TimeMS+100, e.TimeMS-ahead+120, 400
			})
			w.content(id, `"Where is it?"`, `"Here."`)
			w.commit()
			near := func(what string, got, want int64) {
				t.Helper()
				if got < want-500 || got > want+500 {
					t.Errorf("%s: %d ms after the recording began, want %d", what, got-hourAgo, want-hourAgo)
				}
			}
			clip, err := w.Clip(t.Context(), scope, ClipRequest{SessionID: "s", WindowID: "a", FromMS: hourAgo + 15_000, ToMS: hourAgo + 25_000})
			if err != nil || len(clip.Calls) != 1 {
				t.Fatalf("%d calls in the clip, error %v", len(clip.Calls), err)
			}
			near("the call in the clip", clip.Calls[0].StartMS, hourAgo+real)
			near("its end", clip.Calls[0].EndMS, hourAgo+real+1000)
			near("its first token", *clip.Calls[0].FirstTokenMS, hourAgo+real+400)
			if clip, err = w.Clip(t.Context(), scope, ClipRequest{SessionID: "s", WindowID: "a", FromMS: hourAgo + 30_000, ToMS: hourAgo + 50_000}); err != nil || len(clip.Calls) != 0 {
				t.Errorf("%d calls in a clip of a later time, error %v", len(clip.Calls), err)
			}
			timeline, err := w.Timeline(t.Context(), scope, "s")
			if err != nil || len(timeline.Calls) != 1 {
				t.Fatalf("%d calls on the timeline, error %v", len(timeline.Calls), err)
			}
			near("the call on the timeline", timeline.Calls[0].StartMS, hourAgo+real)
			if timeline.StartMS != hourAgo || timeline.EndMS != hourAgo+59_000 || len(timeline.Gaps) > 0 {
				t.Errorf("the timeline is from %d to %d ms, with gaps %+v", timeline.StartMS-hourAgo, timeline.EndMS-hourAgo, timeline.Gaps)
			}
		})
	}
}
