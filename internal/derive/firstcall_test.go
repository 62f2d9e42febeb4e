package derive

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// The request in the recording and the steps of the trace say where a wait was spent. What they do not say is not known.
func TestWhereAWaitWasSpent(t *testing.T) {
	const request = `{"name":"https://h/chat","initiatorType":"fetch","responseStatus":200,"timestamp":%d,"duration":%d,"startTime":1000,"responseStart":%d}`
	for name, tt := range map[string]struct {
		byteAfter        int64 // the request, 0 for no request
		early            int64 // how much before asking it was sent
		step, unstreamed bool
		sent, queue      int64
		arrived          [2]int64 // at least and at most
	}{
		"no request":                            {sent: -1, queue: -1, arrived: [2]int64{-1, -1}},
		"the head came with the first token":    {byteAfter: 1940, sent: 20, queue: -1, arrived: [2]int64{1960, 1960}},
		"sent just before the field was empty":  {byteAfter: 1980, early: 30, sent: 0, queue: -1, arrived: [2]int64{1950, 1950}},
		"a request from before":                 {byteAfter: 1980, early: 400, sent: -1, queue: -1, arrived: [2]int64{-1, -1}},
		"the head came before the model":        {byteAfter: 60, sent: 20, queue: -1, arrived: [2]int64{-1, -1}},
		"a step before the call":                {byteAfter: 1940, step: true, sent: 20, queue: 10, arrived: [2]int64{1960, 1960}},
		"the words came before all was there":   {byteAfter: 60, unstreamed: true, sent: 20, queue: -1, arrived: [2]int64{-1, -1}},
		"the first byte came with all the rest": {byteAfter: 3310, unstreamed: true, sent: 20, queue: -1, arrived: [2]int64{3330, 3330}},
	} {
		b := bodies{}
		c := newChat(b, "w")
		asked := loadedMS + 10_000
		c.cut(t)
		c.ask(asked, firstQuestion)
		first := asked + 2000
		if tt.unstreamed && tt.byteAfter > 3000 {
			first = asked + 3335
		}
		if tt.byteAfter > 0 {
			sent := asked + 20
			if tt.early > 0 {
				sent = asked - tt.early
			}
			c.events = append(c.events, fmt.Sprintf(`{"type":6,"data":{"plugin":"rrweb/network@1","payload":{"requests":[`+request+`]}},"timestamp":%d}`, sent, 3320+tt.early, 1000+tt.byteAfter, asked+4000))
		}
		_, last := c.stream(first, firstAnswer)
		c.custom(last+10_000, "window hidden")
		c.cut(t)
		e, text := answered(1, "t1", firstQuestion, firstAnswer, asked+50, asked+3310)
		if e.SentMS = 0; !tt.unstreamed {
			e.FirstTokenMS = 1900
		}
		batch := &store.Batch{Blocks: c.blocks, Events: []model.Event{e}, Contents: []model.Content{text}}
		if tt.step {
			step, _ := answered(2, "t1", "", "", asked+40, asked+45)
			step.Kind = model.KindSpan
			batch.Events = append(batch.Events, step)
		}
		s := opened(t)
		v := newServer(t, s, b, &setClock{loadedMS + 3_600_000})
		v.commit(batch)
		v.derive()
		x := experiencesOf(t, s, []string{"t1"}, batch.Events)["t1 "+uuid.Nil.String()].First
		if x.SentMS != tt.sent || x.QueueMS != tt.queue || x.ArrivedMS < tt.arrived[0] || x.ArrivedMS > tt.arrived[1] {
			t.Errorf("%s: sent after %d ms, queue %d ms, arrived after %d ms, want %d, %d, %v", name, x.SentMS, x.QueueMS, x.ArrivedMS, tt.sent, tt.queue, tt.arrived)
		}
	}
}
