package ingest

import (
	"fmt"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// Events of a recording with an impossible time are kept at the time of those before them, and counted for whoever can correct the clock.
func TestRecordingWithImpossibleTimes(t *testing.T) {
	const years = 73 * 365 * 24 * 60 * 60 * 1000
	for name, c := range map[string]struct {
		times [2]int64
		// sent is the browser's clock when it sent the recording.
		sent        int64
		first, last int64
		counted     int64
	}{
		"possible":               {[2]int64{received - 9000, received - 1000}, 0, received - 9000, received - 1000, 0},
		"the year 2099":          {[2]int64{received - 9000, 4_070_908_800_000}, 0, received - 9000, received - 9000, 1},
		"the year 2200":          {[2]int64{7_258_118_400_000, 7_258_118_400_000}, 0, received, received, 2},
		"a browser in 2099":      {[2]int64{received + years, received + years + 1000}, received + years + 1100, received - 600_000, received - 599_000, 2},
		"and one without a time": {[2]int64{0, received + years + 1000}, received + years + 1100, received - 599_000, received - 599_000, 2},
	} {
		t.Run(name, func(t *testing.T) {
			a := recording(1)
			a.Recording = fmt.Appendf(nil, `[{"type":5,"data":{},"timestamp":%d},{"type":5,"data":{},"timestamp":%d}]`, c.times[0], c.times[1])
			m := newMemory()
			d := delivery(a)
			d.SentMS = c.sent
			if _, err := open(t, m, Limits{}).Ingest(t.Context(), d); err != nil {
				t.Fatal(err)
			}
			b, ok := m.Blocks[a.Event.UUID]
			if c.sent != 0 && (b.SentMS < received-600_000 || b.SentMS > received) {
				t.Errorf("sent at %d, received at %d", b.SentMS, received)
			}
			if !ok || b.Events != 2 || b.FirstMS != c.first || b.LastMS != c.last {
				t.Errorf("block %+v", b)
			}
			many := int64(0)
			for _, r := range m.Refusals {
				if r.Reason != model.ReasonBadTime {
					t.Errorf("refused %+v", r)
				}
				many += r.Count
			}
			if many != c.counted {
				t.Errorf("%d counted, want %d", many, c.counted)
			}
		})
	}
}
