package query

import (
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

// A part of a recording whose time cannot be right does not stretch the session: it is left out of the timeline, which says why.
func TestWrongTimes(t *testing.T) {
	const year = 365 * 24 * 3600 * 1000
	for name, c := range map[string]struct {
		// off is by how much the times of a second window are off.
		off     int64
		without bool
		// say is a part of the reason.
		say string
	}{
		"decades later":          {70 * year, true, "November 2096"},
		"two days later":         {2 * 24 * 3600 * 1000, true, "received on"},
		"years earlier":          {-11 * year, true, "2015"},
		"a weekend earlier":      {-3 * 24 * 3600 * 1000, false, ""},
		"as they should be":      {0, false, ""},
		"an hour before receipt": {3600 * 1000, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.record("s", "a", 0, 20_000, true)
			w.record("s", "b", c.off, c.off+9000, true)
			w.event(model.KindOther, "", 1000, in("s", "a"), func(e *model.Event) { e.Name = "checkout" })
			w.commit()
			tl, err := w.Timeline(t.Context(), scope, "s")
			if err != nil {
				t.Fatal(err)
			}
			d, err := w.Session(t.Context(), scope, "s")
			if err != nil {
				t.Fatal(err)
			}
			windows := 2
			if c.without {
				windows = 1
				if tl.StartMS != hourAgo || tl.EndMS != hourAgo+20_000 || d.StartMS != hourAgo || d.EndMS != hourAgo+20_000 || d.DurationS != 20 {
					t.Errorf("the timeline is from %d to %d, the session from %d to %d: %v s", tl.StartMS-hourAgo, tl.EndMS-hourAgo, d.StartMS-hourAgo, d.EndMS-hourAgo, d.DurationS)
				}
				if len(tl.Gaps) != 1 || tl.Gaps[0].Reason != "wrong_time" || tl.Gaps[0].WindowID != "b" || !strings.Contains(tl.Gaps[0].Detail, c.say) {
					t.Errorf("gaps %+v", tl.Gaps)
				}
			} else if len(tl.Gaps) > 0 {
				t.Errorf("gaps %+v", tl.Gaps)
			}
			if len(tl.Windows) != windows || len(d.WindowList) != windows {
				t.Errorf("windows %+v, %+v", tl.Windows, d.WindowList)
			}
		})
	}
}

// One event with an impossible time, in a block that was stored before such times were corrected, leaves the block at the time of its other events.
func TestWrongTimeInABlock(t *testing.T) {
	w := newWorld(t)
	w.record("s", "a", 0, 20_000, true)
	w.batch.Blocks[0].LastMS = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	w.record("s", "a", 30_000, 40_000, false)
	w.commit()
	tl, err := w.Timeline(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Session(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	if tl.StartMS != hourAgo || tl.EndMS != hourAgo+40_000 || len(tl.Gaps) != 1 || tl.Gaps[0].Reason != "wrong_time" || !strings.Contains(tl.Gaps[0].Detail, "1 January 2099") {
		t.Errorf("from %d to %d, gaps %+v", tl.StartMS-hourAgo, tl.EndMS-hourAgo, tl.Gaps)
	}
	if len(d.WindowList) != 1 || d.WindowList[0].EndMS != hourAgo+40_000 || *d.WindowList[0].FirstSnapshotMS != hourAgo {
		t.Errorf("windows %+v", d.WindowList)
	}
	// A clock that was wrong all the time is kept: its times fit together.
	w.record("wrong", "a", -1e11, -1e11+20_000, true)
	w.record("wrong", "a", -1e11+30_000, -1e11+40_000, false)
	w.commit()
	if tl, err = w.Timeline(t.Context(), scope, "wrong"); err != nil || tl.EndMS-tl.StartMS != 40_000 || len(tl.Gaps) != 0 {
		t.Errorf("%+v, error %v", tl, err)
	}
}
