package derive

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Experiences copy from events what they are when the experience is derived, and what later reports make of them: also of a call that became a span.
func TestExperiencesCopyCalls(t *testing.T) {
	s := opened(t)
	v := newServer(t, s, bodies{}, &setClock{5000})
	v.commit(report("t", "in", "out", "sdk", false))
	v.commit(report("t2", "other", "", "sdk", true))
	v.derive()
	check := func(what string, want ...model.Kind) {
		t.Helper()
		events, err := s.TraceEvents(t.Context(), "p", []string{"t", "t2"}, 10)
		if err != nil {
			t.Fatal(err)
		}
		byID, ids := map[uuid.UUID]*model.Event{}, []uuid.UUID{}
		for i := range events {
			byID[events[i].UUID], ids = &events[i], append(ids, events[i].UUID)
		}
		rows, err := s.Experiences(t.Context(), "p", []string{"t", "t2"}, ids)
		if err != nil {
			t.Fatal(err)
		}
		var kinds []model.Kind
		for i := range rows {
			if want := model.CopyCall(byID[rows[i].UUID]); rows[i].Of != want {
				t.Errorf("%s: the experience has %+v of its event, want %+v", what, rows[i].Of, want)
			}
			kinds = append(kinds, rows[i].Of.Kind)
		}
		if slices.Sort(kinds); !slices.Equal(kinds, want) {
			t.Errorf("%s: experiences are of %v, want %v", what, kinds, want)
		}
	}
	check("derived", model.KindGeneration, model.KindGeneration)
	events, err := s.TraceEvents(t.Context(), "p", []string{"t"}, 10)
	if err != nil {
		t.Fatal(err)
	}
	events[0].Kind, events[0].Tokens.Output, events[0].StartMS, events[0].Tools = model.KindSpan, -1, 900, "search"
	if err := v.links.options.Store.SetReports(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	check("after other reports", model.KindGeneration, model.KindSpan)
}
