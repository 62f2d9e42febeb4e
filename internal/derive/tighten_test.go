package derive

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// The clocks of browser and sender are compared more closely by what happened on both sides: the click before the call and the words after the first
// token, or else the request that carried it.
func TestClocksAreComparedByWhatHappened(t *testing.T) {
	for name, tt := range map[string]struct {
		clicked  bool
		unknown  bool
		requests string
		// least and most are the uncertainty, in milliseconds.
		least, most int64
	}{
		"a click and words":              {clicked: true, least: 40, most: 60},
		"a request":                      {requests: `{"name":"https://h/chat","initiatorType":"fetch","responseStatus":200,"timestamp":%[1]d,"duration":3320}`, least: 25, most: 35},
		"a picture that was loaded":      {requests: `{"name":"https://h/p.png","initiatorType":"img","responseStatus":200,"timestamp":%[1]d,"duration":3320}`, unknown: true},
		"nothing that is on both sides":  {unknown: true},
		"two requests that may be those": {requests: `{"name":"https://h/a","initiatorType":"fetch","responseStatus":200,"timestamp":%[1]d,"duration":3320},{"name":"https://h/b","initiatorType":"fetch","responseStatus":200,"timestamp":%[1]d,"duration":3900}`, unknown: true},
	} {
		for _, ahead := range []int64{-350, 0, 350} {
			b := bodies{}
			c := newChat(b, "w")
			asked := loadedMS + 10_000
			c.cut(t)
			if tt.clicked {
				c.ask(asked, firstQuestion)
			}
			first := asked + 2000
			if tt.requests != "" {
				c.events = append(c.events, fmt.Sprintf(`{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[`+tt.requests+`]}},"timestamp":%[2]d}`, asked+20, asked+4000))
			}
			var last int64
			if tt.clicked {
				_, last = c.stream(first, firstAnswer)
			} else {
				last = first + 1310
			}
			c.custom(last+10_000, "window hidden")
			c.cut(t)
			// The call began 50 ms after the click, its first token came 50 ms before the first words. The sender's clock is ahead of the browser's.
			e, text := answered(1, "t1", firstQuestion, firstAnswer, asked+50-ahead, last-ahead)
			e.FirstTokenMS, e.SentMS = 1900, 0
			batch := &store.Batch{Blocks: c.blocks, Events: []model.Event{e}, Contents: []model.Content{text}}
			s := opened(t)
			v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
			v.commit(batch)
			v.derive()
			x := experiencesOf(t, s, []string{"t1"}, batch.Events)["t1 "+uuid.Nil.String()]
			if tt.unknown {
				if x.ClockUncertaintyMS != 0 || x.ClockOffsetMS != 0 {
					t.Errorf("%s: nothing says how far the clock is ahead, found %d ± %d", name, x.ClockOffsetMS, x.ClockUncertaintyMS)
				}
				continue
			}
			if off := max(x.ClockOffsetMS-ahead, ahead-x.ClockOffsetMS); off > x.ClockUncertaintyMS {
				t.Errorf("%s: the clock is %d ms ahead, found %d ± %d", name, ahead, x.ClockOffsetMS, x.ClockUncertaintyMS)
			}
			if x.ClockUncertaintyMS < tt.least || x.ClockUncertaintyMS > tt.most {
				t.Errorf("%s, %d ms ahead: uncertainty %d, want %d to %d", name, ahead, x.ClockUncertaintyMS, tt.least, tt.most)
			}
			if want := int64(50); tt.clicked && max(x.BeforeRequestMS-want, want-x.BeforeRequestMS) > x.ClockUncertaintyMS {
				t.Errorf("%s, %d ms ahead: %d ms before the request, want %d ± %d", name, ahead, x.BeforeRequestMS, want, x.ClockUncertaintyMS)
			}
		}
	}
}
