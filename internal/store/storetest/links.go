package storetest

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func byLink(a, b model.Link) int {
	return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.UUID.String(), b.UUID.String()))
}

func bySubject(a, b model.Subject) int {
	return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.UUID.String(), b.UUID.String()))
}

// testLinks: a link has exactly the values that were stored last under its key and project.
func testLinks(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	link := func(project, trace string, own uuid.UUID, state string, receivedMS, derivedMS int64) model.Link {
		var l model.Link
		fill(&l)
		l.Project, l.TraceID, l.UUID, l.Rules, l.State, l.ReceivedMS, l.DerivedMS = project, trace, own, model.LinkRules, state, receivedMS, derivedMS
		return l
	}
	// Events are stored so that an engine can narrow the search by their times of receipt.
	b := &store.Batch{Events: []model.Event{call(1, "t", day), call(2, "t", day+50), call(3, "", day+60), call(4, "other", day+70)}}
	commit(t, s, b)
	commit(t, s, elsewhere(b, "q"))
	of := []model.Subject{{Project: project, TraceID: "t"}, {Project: project, UUID: id(3)}, {Project: project, TraceID: "never"}}
	get := func(what, project string, of []model.Subject, want ...model.Link) {
		t.Helper()
		got := must[[]model.Link](t)(s.Links(ctx, project, of))
		slices.SortFunc(got, byLink)
		slices.SortFunc(want, byLink)
		same(t, what, got, want)
	}
	put := func(links ...model.Link) {
		t.Helper()
		if err := s.StoreLinks(ctx, links); err != nil {
			t.Fatal(err)
		}
	}
	get("nothing yet", project, of)
	same(t, "LinksReceived of none", must[int64](t)(s.LinksReceived(ctx)), 0)
	put()
	whole, first := link(project, "t", uuid.Nil, "none", day+5, day+10), link(project, "t", id(1), "pending", day+5, day+10)
	alone, other := link(project, "", id(3), "linked", day+65, day+70), link(project, "other", id(4), "linked", day+75, day+80)
	theirs := link("q", "t", id(1), "linked", day+5, day+10)
	put(whole, first, alone, other, theirs)
	get("as stored", project, of, whole, first, alone)
	get("of another project", "q", of, theirs)
	get("of none", project, nil)
	same(t, "LinksReceived", must[int64](t)(s.LinksReceived(ctx)), day+75)

	// A link that is derived later replaces the one with the same key, and nothing else.
	whole, first = link(project, "t", uuid.Nil, "linked", day+55, day+100), link(project, "t", id(1), "none", day+5, day+100)
	second := link(project, "t", id(2), "linked", day+55, day+100)
	for range 2 {
		put(whole, first, second)
		get("stored again", project, of, whole, first, second, alone)
	}
	get("of another project", "q", of, theirs)
	get("of another trace", project, []model.Subject{{TraceID: "other"}}, other)

	// Links of other rules have their own rows.
	elder := first
	elder.Rules = model.LinkRules + 1
	put(elder)
	get("by these rules", project, of, whole, first, second, alone)
	same(t, "LinksReceived", must[int64](t)(s.LinksReceived(ctx)), day+75)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	get("opened again", project, of, whole, first, second, alone)
	// A link by earlier rules only is derived again, however old it is.
	outdated := link(project, "t", id(9), "none", day, day+10)
	outdated.Rules = model.LinkRules - 1
	put(outdated)
	same(t, "LinksReceived with one by earlier rules", must[int64](t)(s.LinksReceived(ctx)), 0)
	outdated.Rules = model.LinkRules
	put(outdated)
	same(t, "LinksReceived when it was derived again", must[int64](t)(s.LinksReceived(ctx)), day+75)
}

// samePages compares a list of subjects, read in pages of several lengths.
func samePages(t *testing.T, what string, list func(context.Context, store.Which, model.Subject, int) ([]model.Subject, error), which store.Which, want []model.Subject) {
	t.Helper()
	slices.SortFunc(want, bySubject)
	for _, limit := range []int{1, 2, 100} {
		var got []model.Subject
		after := model.Subject{}
		for {
			part := must[[]model.Subject](t)(list(t.Context(), which, after, limit))
			got = append(got, part...)
			if len(part) < limit {
				break
			}
			after = part[len(part)-1]
		}
		slices.SortFunc(got, bySubject)
		same(t, what, got, want)
	}
}

// testSubjects: subjects whose links must be derived are found, and those with current links are not.
func testSubjects(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	in := func(e model.Event, session string) model.Event { e.SessionID = session; return e }
	note := page(9, "s", day+40) // outside of any trace, and no generation
	b := &store.Batch{
		Events: []model.Event{
			call(1, "old", day), in(call(2, "t", day+1000), "s"), call(3, "t", day+2000), call(4, "", day+3000), in(call(5, "u", day+4000), "recorded"), note,
		},
		Blocks: []model.Block{block(20, "recorded", "w", day+100_000)},
	}
	commit(t, s, b)
	commit(t, s, b) // sent again: the same
	commit(t, s, elsewhere(&store.Batch{Events: b.Events[1:2]}, "q"))
	sub := func(trace string) model.Subject { return model.Subject{Project: project, TraceID: trace} }
	alone, theirs := model.Subject{Project: project, UUID: id(4)}, model.Subject{Project: "q", TraceID: "t"}
	get := func(what string, which store.Which, want ...model.Subject) {
		t.Helper()
		samePages(t, what, s.Subjects, which, want)
	}
	all, recent := store.Which{ToMS: day * 2}, store.Which{FromMS: day + 500, ToMS: day + 50_000}
	get("all", all, sub("old"), sub("t"), alone, sub("u"), theirs)
	get("received lately", recent, sub("t"), alone, sub("u"), theirs)
	get("whose recording was received", store.Which{FromMS: day + 50_000, ToMS: day * 2}, sub("u"))
	due := func(w store.Which, ms int64) store.Which { w.DueMS = ms; return w }
	get("none has links", due(recent, day+60_000), sub("t"), alone, sub("u"), theirs)

	link := func(o model.Subject, state, session string, receivedMS, againMS int64) model.Link {
		return model.Link{
			Project: o.Project, TraceID: o.TraceID, UUID: o.UUID, Rules: model.LinkRules, State: state, SessionID: session, ReceivedMS: receivedMS,
			AgainMS: againMS, DerivedMS: day + receivedMS%1000, TimeMS: receivedMS,
		}
	}
	put := func(links ...model.Link) {
		t.Helper()
		if err := s.StoreLinks(ctx, links); err != nil {
			t.Fatal(err)
		}
	}
	put(link(sub("t"), "linked", "s", day+1005, 0), link(alone, "none", "", day+3005, 0), link(sub("u"), "pending", "recorded", day+4005, day+70_000), link(theirs, "none", "", day+1005, 0))
	get("the second event of a trace came later than its link", due(recent, day+60_000), sub("t"))
	again := link(sub("t"), "linked", "s", day+2005, 0)
	again.DerivedMS = day * 2
	put(again)
	get("all are derived", due(recent, day+60_000))
	get("one changes with time", due(recent, day+70_000), sub("u"))
	get("its recording came", due(store.Which{FromMS: day + 50_000, ToMS: day * 2}, day+60_000), sub("u"))
	get("all, whatever they have", recent, sub("t"), alone, sub("u"), theirs)

	of := must[[]model.Subject](t)(s.SubjectsOf(ctx, project, []string{"s", "recorded", "never"}, 100))
	slices.SortFunc(of, bySubject)
	same(t, "SubjectsOf", of, []model.Subject{sub("t"), sub("u")})
	same(t, "SubjectsOf, limited", len(must[[]model.Subject](t)(s.SubjectsOf(ctx, project, []string{"s", "recorded"}, 1))), 1)
	same(t, "SubjectsOf none", must[[]model.Subject](t)(s.SubjectsOf(ctx, project, nil, 100)), nil)
}
