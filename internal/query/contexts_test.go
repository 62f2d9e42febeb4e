package query

import (
	"testing"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/clock"
	"github.com/playheadhq/playhead/internal/model"
)

// A moment is as exact as what it follows from: the recording if it shows when the user asked, otherwise the clocks.
func TestUncertaintyOfTheMoment(t *testing.T) {
	linked := rowContext{link: link.Link{State: link.Linked, SessionID: "s", MomentMS: 1000, Clock: clock.Offset{MS: -3_600_000, UncertaintyMS: 400}}}
	asked := &model.Experience{SessionID: "s", MomentMS: 1300, Seen: model.Seen{AskedMS: 6300, UncertaintyMS: 50}}
	for _, c := range []struct {
		what           string
		in             rowContext
		felt           *model.Experience
		from           string
		momentMS, byMS int64
	}{
		{"the recording shows when the user asked", linked, asked, "asked", 1300, 50},
		{"nothing is derived yet", linked, nil, "call", 1000, 400},
		{"it is not known when the user asked", linked, &model.Experience{SessionID: "s", Seen: model.Seen{UncertaintyMS: 50}}, "call", 1000, 400},
		{"it was derived from another session", linked, &model.Experience{SessionID: "other", MomentMS: 1300, Seen: asked.Seen}, "call", 1000, 400},
		{"nothing is known of the clocks", rowContext{link: link.Link{State: link.Linked, SessionID: "s", MomentMS: 1000}}, nil, "call", 1000, 0},
		{"there is no moment", rowContext{link: link.Link{State: link.Pending, SessionID: "s"}}, asked, "", 0, 0},
	} {
		v := linkView(c.in.with(c.felt).link, "")
		or := func(ms *int64) int64 {
			if ms == nil {
				return 0
			}
			return *ms
		}
		if from := v.MomentFrom; from == nil && c.from != "" || from != nil && *from != c.from || or(v.MomentMS) != c.momentMS || or(v.MomentUncertaintyMS) != c.byMS {
			t.Errorf("%s: %+v, moment %d ± %d", c.what, v, or(v.MomentMS), or(v.MomentUncertaintyMS))
		}
		if known := v.ClockUncertaintyMS != nil; known != (c.from != "" && c.in.link.Clock.Known()) {
			t.Errorf("%s: the clock's own uncertainty is lost or invented", c.what)
		}
	}
}
