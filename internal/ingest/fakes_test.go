package ingest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/ingest/ingesttest"
	"github.com/playheadhq/playhead/internal/model"
)

type memory = ingesttest.Memory

var newMemory = ingesttest.NewMemory

// received is the time at which every test's deliveries arrive: 2026-11-23T08:00:00Z.
const received = int64(1_795_420_800_000)

// given are arrivals that are already decoded. An arrival with a recording is a piece of a recording.
type given []model.Arrival

func (g given) Len() int { return len(g) }

func (g given) Size(i int) (content int, recording bool) {
	return len(g[i].Properties) + 64, g[i].Recording != nil
}

func (g given) Read(i int, a *model.Arrival) error {
	*a = g[i]
	return nil
}

func open(t testing.TB, m *memory, l Limits) *Pipeline {
	t.Helper()
	p := New(Options{Store: m, Blocks: m, Limits: l})
	t.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return p
}

// arrival returns an event as an adapter may hand it over.
func arrival(change func(a *model.Arrival)) model.Arrival {
	a := model.NewArrival()
	a.Event.UUID, a.Event.Name, a.Event.DistinctID, a.Properties = uuid.New(), "e", "u", []byte("{}")
	change(&a)
	return a
}

// event and recording return the n-th event and the n-th piece of a recording of a test.
func event(n int) model.Arrival {
	return arrival(func(a *model.Arrival) {
		a.Event.UUID, a.Event.Name = uuid.MustParse(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)), fmt.Sprintf("e%d", n)
	})
}

func recording(n int) model.Arrival {
	return arrival(func(a *model.Arrival) {
		a.Event.UUID, a.Event.SessionID, a.Event.WindowID = uuid.MustParse(fmt.Sprintf("00000000-0000-4000-9000-%012d", n)), "s", "w"
		a.Recording = fmt.Appendf(nil, `[{"type":5,"timestamp":1795418943000,"n":%d}]`, n)
	})
}

// generation returns an LLM event whose input is part of its properties.
func generation(input string) model.Arrival {
	return arrival(func(a *model.Arrival) {
		a.Event.Kind = model.KindGeneration
		a.Properties = []byte(`{"input":` + input + `}`)
		a.Input = a.Properties[len(`{"input":`) : len(a.Properties)-1]
	})
}

// nameless returns an event without a name, which the adapter has refused.
func nameless() model.Arrival {
	return arrival(func(a *model.Arrival) {
		a.Event.Name, a.Refused, a.Detail, a.Bytes = "", model.ReasonNoName, "it has no name", 20
	})
}

func delivery(arrivals ...model.Arrival) *model.Delivery {
	return &model.Delivery{Source: "/batch/", ReceivedMS: received, Arrivals: given(arrivals)}
}

// ingest sends arrivals through a new pipeline and returns what was stored.
func ingest(t *testing.T, l Limits, arrivals ...model.Arrival) (*memory, []model.Outcome) {
	t.Helper()
	m := newMemory()
	outcomes, err := open(t, m, l).Ingest(t.Context(), delivery(arrivals...))
	if err != nil {
		t.Fatal(err)
	}
	if len(outcomes) != len(arrivals) {
		t.Fatalf("%d outcomes of %d events", len(outcomes), len(arrivals))
	}
	return m, outcomes
}
