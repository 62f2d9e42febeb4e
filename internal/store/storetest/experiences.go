package storetest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func putExperiences(t *testing.T, s store.Store, rows ...model.Experience) {
	t.Helper()
	if err := s.StoreExperiences(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

func byExperience(a, b model.Experience) int {
	return cmp.Or(cmp.Compare(a.Project, b.Project), cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.UUID.String(), b.UUID.String()))
}

// testExperiences: an experience has exactly the values that were stored last under its key and project; links are found by their session.
func testExperiences(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	felt := func(project, trace string, own uuid.UUID, state string, derivedMS int64) model.Experience {
		var x model.Experience
		fill(&x)
		x.Project, x.TraceID, x.UUID, x.Rules, x.Seen.State, x.ReceivedMS, x.DerivedMS = project, trace, own, model.ExperienceRules, state, day+100, derivedMS
		return x
	}
	b := &store.Batch{Events: []model.Event{call(1, "t", day), call(2, "t", day+50), call(3, "", day+60), call(4, "other", day+70)}}
	commit(t, s, b)
	commit(t, s, elsewhere(b, "q"))
	get := func(what, project string, traces []string, ids []uuid.UUID, want ...model.Experience) {
		t.Helper()
		got := must[[]model.Experience](t)(s.Experiences(ctx, project, traces, ids))
		slices.SortFunc(got, byExperience)
		slices.SortFunc(want, byExperience)
		same(t, what, got, want)
	}
	all := []uuid.UUID{uuid.Nil, id(1), id(2), id(3)}
	get("nothing yet", project, []string{"t", ""}, all)
	putExperiences(t, s)
	whole, first := felt(project, "t", uuid.Nil, "unknown", day+10), felt(project, "t", id(1), "unknown", day+10)
	alone, other, theirs := felt(project, "", id(3), "seen", day+70), felt(project, "other", uuid.Nil, "partly", day+80), felt("q", "t", id(1), "seen", day+10)
	first.Seen.Stalls, first.Reaction.Signals = nil, nil
	alone.Reaction.Signals = []model.Signal{{Kind: "copied", AtMS: 5, Detail: "copied \"退款\",\nand more"}, {Kind: "left", AtMS: -1}, {Kind: "copied"}}
	putExperiences(t, s, whole, first, alone, other, theirs)
	get("as stored", project, []string{"t", ""}, all, whole, first, alone)
	get("of a trace as a whole", project, []string{"t"}, all[:1], whole)
	get("of two traces", project, []string{"t", "other"}, all[:2], whole, first, other)
	get("of another project", "q", []string{"t", ""}, all, theirs)
	get("of no trace", project, nil, all)
	get("of no id", project, []string{"t"}, nil)
	get("of one that is not there", project, []string{"never"}, all)

	// An experience that is derived later replaces the one with the same key, and nothing else.
	whole, first = felt(project, "t", uuid.Nil, "seen", day+100), felt(project, "t", id(1), "stopped", day+100)
	alone.Seen.State, alone.Reaction.Signals, alone.DerivedMS, alone.ReceivedMS = "partly", alone.Reaction.Signals[:1], day+100, day+500
	second := felt(project, "t", id(2), "seen", day+100)
	for range 2 {
		putExperiences(t, s, whole, first, second, alone)
		get("stored again", project, []string{"t", ""}, all, whole, first, second, alone)
	}
	get("of another project", "q", []string{"t", ""}, all, theirs)
	elder := first
	elder.Rules++
	putExperiences(t, s, elder)
	get("by these rules", project, []string{"t", ""}, all, whole, first, second, alone)

	link := func(project, trace string, own uuid.UUID, state, session string) model.Link {
		return model.Link{
			Project: project, TraceID: trace, UUID: own, Rules: model.LinkRules, State: state, SessionID: session, ReceivedMS: day + 100, DerivedMS: day + 100, TimeMS: day,
		}
	}
	links := []model.Link{
		link(project, "t", uuid.Nil, "linked", "s"), link(project, "t", id(1), "linked", "s"), link(project, "t", id(2), "pending", "s"), link(project, "", id(3), "linked", "u"),
		link(project, "other", uuid.Nil, "linked", "v"), link("q", "t", uuid.Nil, "linked", "s"),
	}
	earlier := links[0]
	earlier.Rules, earlier.TraceID = model.LinkRules+1, "u"
	if err := s.StoreLinks(ctx, append(links, earlier)); err != nil {
		t.Fatal(err)
	}
	commit(t, s, &store.Batch{Blocks: []model.Block{block(20, "s", "w", day), block(21, "u", "w", day)}})
	to := must[[]model.Link](t)(s.LinksOf(ctx, project, []string{"s", "u", "never"}))
	slices.SortFunc(to, byLink)
	want := []model.Link{links[3], links[0], links[1]}
	slices.SortFunc(want, byLink)
	same(t, "LinksOf", to, want)
	same(t, "LinksOf none", must[[]model.Link](t)(s.LinksOf(ctx, project, nil)), nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	get("opened again", project, []string{"t", ""}, all, whole, first, second, alone)
}

// testUnexperienced: subjects whose experiences must be derived are found, and those with current ones are not.
func testUnexperienced(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	sub := func(trace string) model.Subject { return model.Subject{Project: project, TraceID: trace} }
	alone, theirs := model.Subject{Project: project, UUID: id(4)}, model.Subject{Project: "q", TraceID: "t"}
	get := func(what string, which store.Which, want ...model.Subject) {
		t.Helper()
		samePages(t, what, s.Unexperienced, which, want)
	}
	all := store.Which{ToMS: day * 2, DueMS: 1}
	get("nothing is there", all)
	commit(t, s, &store.Batch{Events: []model.Event{call(2, "t", day+1000), call(4, "", day+3000)}})
	link := func(o model.Subject, receivedMS, derivedMS int64) model.Link {
		return model.Link{
			Project: o.Project, TraceID: o.TraceID, UUID: o.UUID, Rules: model.LinkRules, State: "linked", SessionID: "s", ReceivedMS: receivedMS, DerivedMS: derivedMS, TimeMS: receivedMS,
		}
	}
	own := link(sub("t"), day+1005, day+2000)
	own.UUID = id(2)
	if err := s.StoreLinks(ctx, []model.Link{link(sub("t"), day+1005, day+2000), own, link(alone, day+3005, day+4000), link(theirs, day+1005, day+2000)}); err != nil {
		t.Fatal(err)
	}
	get("links alone", all, sub("t"), alone, theirs)
	get("links of a time", store.Which{FromMS: day + 2000, ToMS: day * 2, DueMS: 1}, alone)
	felt := func(o model.Subject, session string, receivedMS, derivedMS, againMS int64) model.Experience {
		return model.Experience{
			Project: o.Project, TraceID: o.TraceID, UUID: o.UUID, Rules: model.ExperienceRules, SessionID: session, ReceivedMS: receivedMS, DerivedMS: derivedMS,
			AgainMS: againMS, TimeMS: day + 1000,
		}
	}
	putExperiences(t, s, felt(sub("t"), "s", day+1005, day+1999, 0), felt(alone, "s", day+3005, day+4001, day+9000), felt(theirs, "s", day+1005, day+2001, 0))
	get("the link is newer", all, sub("t"))
	putExperiences(t, s, felt(sub("t"), "s", day+1005, day+2001, 0))
	get("all are derived", all)
	get("one changes with time", store.Which{ToMS: day * 2, DueMS: day + 9000}, alone)

	// Data of the session around the answer count if they were received after the data on which the experience is based.
	put := func(b *store.Batch) { t.Helper(); commit(t, s, b) }
	recorded := func(n int, session string, atMS, receivedMS int64) model.Block {
		k := block(n, session, "w", atMS)
		k.FirstMS, k.LastMS, k.ReceivedMS = atMS, atMS+100, receivedMS
		return k
	}
	put(&store.Batch{Blocks: []model.Block{
		recorded(30, "s", day+1000, day+1001), recorded(31, "u", day+1000, day+5000), recorded(32, "s", day+2000+store.AroundAfterMS, day+5000),
		recorded(33, "s", day-store.AroundBeforeMS, day+5000),
	}})
	get("nothing that belongs to them", all)
	put(&store.Batch{Blocks: []model.Block{recorded(34, "s", day+1000+store.AroundAfterMS, day+3000)}})
	get("a block came later than one of them", all, sub("t"))
	get("received before the time", store.Which{FromMS: day + 3001, ToMS: day * 2, DueMS: 1})
	putExperiences(t, s, felt(sub("t"), "s", day+3000, day+2001, 0))
	get("all are derived again", all)
	opinion := call(40, "", day+1500)
	opinion.Kind, opinion.SessionID, opinion.ReceivedMS = model.KindFeedback, "s", day+3001
	put(&store.Batch{Events: []model.Event{opinion}})
	get("somebody said something in the session", all, sub("t"))
}
