package ingest

import (
	"errors"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// The server determines when an event happened, when its call began, and its trace if it names none.
func TestWhatIsAddedToARow(t *testing.T) {
	const minute = 60_000
	for name, test := range map[string]struct {
		change func(a *model.Arrival)
		check  func(e model.Event) bool
	}{
		"the client's time":                {func(a *model.Arrival) { a.Event.TimeMS = received - minute }, func(e model.Event) bool { return e.TimeMS == received-minute && !e.Untimed }},
		"its age":                          {func(a *model.Arrival) { a.AgeMS = 2500 }, func(e model.Event) bool { return e.TimeMS == received-2500 && e.Untimed }},
		"an age beyond belief":             {func(a *model.Arrival) { a.AgeMS = 1 << 50 }, func(e model.Event) bool { return e.TimeMS == received && e.Untimed }},
		"neither":                          {func(*model.Arrival) {}, func(e model.Event) bool { return e.TimeMS == received && e.Untimed }},
		"a clock ahead by less than a day": {func(a *model.Arrival) { a.Event.TimeMS = received + dayMS }, func(e model.Event) bool { return e.TimeMS == received+dayMS && !e.Untimed }},
		"a clock ahead by more":            {func(a *model.Arrival) { a.Event.TimeMS = received + dayMS + 1 }, func(e model.Event) bool { return e.TimeMS == received && e.Untimed }},
		"a clock never set":                {func(a *model.Arrival) { a.Event.TimeMS = earliestMS - 1 }, func(e model.Event) bool { return e.TimeMS == received && e.Untimed }},
		"a call that is stamped when it ended": {func(a *model.Arrival) {
			a.Event.TimeMS, a.Event.LatencyMS, a.AtEnd = received, 1500.4, true
		}, func(e model.Event) bool { return e.StartMS == received-1500 && e.TimeMS == received }},
		"a call that is stamped when it began": {func(a *model.Arrival) { a.Event.TimeMS, a.Event.LatencyMS = received, 1500 }, func(e model.Event) bool { return e.StartMS == received }},
		"a call of unknown length":             {func(a *model.Arrival) { a.Event.TimeMS, a.AtEnd = received, true }, func(e model.Event) bool { return e.StartMS == received }},
		"a call of no trace":                   {func(a *model.Arrival) { a.Event.Kind = model.KindSpan }, func(e model.Event) bool { return e.TraceID == e.UUID.String() }},
		"an event of no trace":                 {func(*model.Arrival) {}, func(e model.Event) bool { return e.TraceID == "" }},
	} {
		m, _ := ingest(t, Limits{}, arrival(test.change))
		if e, _ := m.One(t); !test.check(e) || e.ReceivedMS != received {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// What the adapter refused is counted and answered, also if there is nothing else. An arrival that cannot be read fails its request.
func TestWhatTheAdapterSays(t *testing.T) {
	m, outcomes := ingest(t, Limits{}, nameless(), event(1))
	if r := outcomes[0].Refused; r == nil || r.Reason != model.ReasonNoName || r.Bytes != 20 || outcomes[1].Refused != nil || len(m.Refusals) != 1 {
		t.Errorf("%+v, stored %+v", outcomes, m.Refusals)
	}
	m = newMemory()
	d := &model.Delivery{ReceivedMS: received, Refused: []model.Refusal{{Reason: model.ReasonNotObject, AtMS: received, Count: 3}}}
	if outcomes, err := open(t, m, Limits{}).Ingest(t.Context(), d); err != nil || len(outcomes) != 0 || len(m.Refusals) != 1 || m.Refusals[0].Count != 3 {
		t.Errorf("%v, %+v", err, m.Refusals)
	}
	m = newMemory()
	d = delivery(event(1), event(2))
	d.Arrivals = unreadable{d.Arrivals.(given)}
	if _, err := open(t, m, Limits{}).Ingest(t.Context(), d); !errors.Is(err, errGone) || len(m.Events) != 0 {
		t.Errorf("%v, %d events", err, len(m.Events))
	}
}

// unreadable are arrivals of which the last cannot be read.
type unreadable struct{ given }

func (u unreadable) Read(i int, a *model.Arrival) error {
	if i == len(u.given)-1 {
		return errGone
	}
	return u.given.Read(i, a)
}

// Content that is part of the properties is stored once; the same text elsewhere in them stays.
func TestContentIsStoredOnce(t *testing.T) {
	call := generation(`"caf\u00e9"`)
	call.Properties = append(call.Properties[:len(call.Properties)-1:len(call.Properties)-1], `,"other":"caf\u00e9"}`...)
	call.Input = call.Properties[len(`{"input":`):len(`{"input":"caf\u00e9"`)]
	call.More = []model.Member{{Name: "more", Value: []byte(`{"a":1}`)}}
	m, _ := ingest(t, Limits{}, call)
	if _, c := m.One(t); string(c.Input) != `"café"` || string(c.Properties) != `{"other":"caf\u00e9","more":{"a":1}}` {
		t.Errorf("input %s, properties %s", c.Input, c.Properties)
	}
	m, _ = ingest(t, Limits{EventBytes: 200}, generation(`"`+strings.Repeat("x", 5000)+`"`))
	if e, c := m.One(t); !e.Truncated || len(c.Input) > 300 || len(m.Refusals) != 1 || m.Refusals[0].Reason != model.ReasonTruncated {
		t.Errorf("%d bytes kept, refusals %+v", len(c.Input), m.Refusals)
	}
}
