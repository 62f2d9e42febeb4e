package derive

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// report is a call of a trace as a library reports it.
func report(trace, id, parent, library string, messages bool) *store.Batch {
	e := model.Event{
		Project: "p", UUID: uuid.NewSHA1(uuid.Nil, []byte(trace+id)), Kind: model.KindGeneration, Name: "span", TimeMS: 1000, ReceivedMS: 2000, StartMS: 1000, LatencyMS: 100, FirstTokenMS: -1,
		TraceID: trace, SpanID: id, ParentID: parent, Library: library, Model: "gpt-4o", Tokens: model.UnknownTokens(), Cost: model.Cost{State: model.CostPriced, Nanos: 5},
	}
	e.Tokens.Input, e.Tokens.Output = 100, 20
	c := model.Content{Project: "p", UUID: e.UUID, TimeMS: e.TimeMS}
	if messages {
		c.Input, c.InputPreview = []byte(`[{"role":"user","content":"hi"}]`), "hi"
	}
	return &store.Batch{Events: []model.Event{e}, Contents: []model.Content{c}}
}

// Reports of a call that arrive in different requests count once, whichever comes first, and calls that became spans have no links.
func TestReportsThatArriveApart(t *testing.T) {
	for name, c := range map[string]struct {
		first, second *store.Batch
		deriveBetween bool
		want          map[string]string
	}{
		"before a link is stored":                   {first: report("t", "in", "out", "sdk", false), second: report("t", "out", "", "framework", true), want: map[string]string{"in": "span", "out": "call 100"}},
		"the other order":                           {first: report("t", "out", "", "framework", true), second: report("t", "in", "out", "sdk", false), want: map[string]string{"in": "span", "out": "call 100"}},
		"after the link of the first":               {first: report("t", "out", "", "framework", true), second: report("t", "in", "out", "sdk", false), deriveBetween: true, want: map[string]string{"in": "span", "out": "call 100"}},
		"after it, and the second is the inner one": {first: report("t", "out", "", "framework", true), second: report("t", "in", "out", "sdk", true), deriveBetween: true, want: map[string]string{"in": "span", "out": "call 100"}},
		"after it, and the second has messages":     {first: report("t", "in", "out", "sdk", false), second: report("t", "out", "", "framework", true), deriveBetween: true, want: map[string]string{"in": "call 100", "out": "call -1"}},
	} {
		t.Run(name, func(t *testing.T) {
			clock := &setClock{5000}
			d, s := deriver(t, clock)
			w := d.Writer(s)
			for i, b := range []*store.Batch{c.first, c.second} {
				if _, err := w.Commit(t.Context(), b); err != nil {
					t.Fatal(err)
				}
				if i == 0 && c.deriveBetween {
					changesDerived(t, d)
				}
			}
			changesDerived(t, d)
			if d.changed.len() != 1 {
				t.Errorf("%d changes wait, want the trace that was changed", d.changed.len())
			}
			for range 2 {
				changesDerived(t, d)
			}
			if d.changed.len() != 0 {
				t.Error("the trace is derived again and again")
			}
			events, err := s.TraceEvents(t.Context(), "p", []string{"t"}, 10)
			if err != nil || len(events) != 2 {
				t.Fatal(len(events), err)
			}
			stored, err := s.Links(t.Context(), "p", []model.Subject{{Project: "p", TraceID: "t"}})
			if err != nil {
				t.Fatal(err)
			}
			linked := map[uuid.UUID]bool{}
			for _, l := range stored {
				linked[l.UUID] = true
			}
			for _, e := range events {
				got := "span"
				if e.Kind.IsCall() {
					got = "call " + map[int64]string{100: "100", -1: "-1"}[e.Tokens.Input]
				}
				if got != c.want[e.SpanID] || linked[e.UUID] != e.Kind.IsCall() {
					t.Errorf("%s is a %s, want a %s; its link is stored: %t", e.SpanID, got, c.want[e.SpanID], linked[e.UUID])
				}
			}
		})
	}
}

// unable fails to store reports.
type unable struct{ Store }

func (unable) SetReports(context.Context, []model.Event) error { return errors.New("full") }

// If the storage fails, no link is stored, and the changes are derived again later.
func TestReportsWhenTheStorageFails(t *testing.T) {
	d, s := deriver(t, &setClock{5000})
	w := d.Writer(s)
	for _, b := range []*store.Batch{report("t", "in", "out", "sdk", false), report("t", "out", "", "framework", true)} {
		if _, err := w.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	d.options.Store = unable{s}
	if err := d.changes(t.Context()); err == nil {
		t.Fatal("nothing failed")
	}
	if stored, err := s.Links(t.Context(), "p", []model.Subject{{Project: "p", TraceID: "t"}}); err != nil || len(stored) > 0 {
		t.Errorf("%d links are stored; %v", len(stored), err)
	}
	d.options.Store = s
	changesDerived(t, d)
	if e, err := s.Event(t.Context(), "p", uuid.NewSHA1(uuid.Nil, []byte("tin"))); err != nil || e.Kind != model.KindSpan {
		t.Errorf("%+v %v", e.Kind, err)
	}
}
