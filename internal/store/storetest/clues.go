package storetest

import (
	"cmp"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func byClue(a, b model.Clue) int {
	return cmp.Or(cmp.Compare(a.Hash, b.Hash), slices.Compare(a.UUID[:], b.UUID[:]))
}

func putClues(t *testing.T, s store.Store, clues ...model.Clue) {
	t.Helper()
	if err := s.StoreClues(t.Context(), clues); err != nil {
		t.Fatal(err)
	}
}

// testClues: clues are found by hash and time, those of recordings separately from those of traces, and none of another project or of other rules.
func testClues(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	clue := func(n int, hash int64, session string, fromMS, toMS int64) model.Clue {
		var c model.Clue
		fill(&c)
		c.Project, c.Rules, c.UUID, c.Hash, c.SessionID = project, model.ClueRules, id(n), hash, session
		c.AtMS, c.EndMS, c.TimeMS, c.ReceivedMS, c.DerivedMS = day+fromMS, day+toMS, day+toMS, day+toMS, day
		return c
	}
	get := func(what string, q store.ClueQuestion, want ...model.Clue) {
		t.Helper()
		got := must[[]model.Clue](t)(s.Clues(ctx, project, q))
		slices.SortFunc(got, byClue)
		slices.SortFunc(want, byClue)
		same(t, what, got, want)
	}
	all := func(recorded bool, hashes ...int64) store.ClueQuestion {
		return store.ClueQuestion{Hashes: hashes, Recorded: recorded, FromMS: 0, ToMS: 2 * day, Limit: 100}
	}
	get("nothing yet", all(true, 1, 2))
	putClues(t, s)
	early, late := clue(1, 1, "s", 0, 100), clue(2, 1, "other", 500, 600)
	second, trace := clue(1, -2, "s", 0, 100), clue(3, 1, "", 50, 60)
	theirs, elder := clue(1, 1, "s", 0, 100), clue(4, 1, "s", 0, 100)
	theirs.Project = "q"
	elder.Rules++
	putClues(t, s, early, late, second, trace, theirs, elder)
	get("of recordings", all(true, 1, 2), early, late)
	get("a negative hash", all(true, -2), second)
	get("of traces", all(false, 1, -2), trace)
	get("of none", all(true))
	same(t, "limited", len(must[[]model.Clue](t)(s.Clues(ctx, project, store.ClueQuestion{Hashes: []int64{1}, Recorded: true, ToMS: 2 * day, Limit: 1}))), 1)
	within := func(fromMS, toMS int64) store.ClueQuestion {
		return store.ClueQuestion{Hashes: []int64{1}, Recorded: true, FromMS: day + fromMS, ToMS: day + toMS, Limit: 100}
	}
	get("of a time", within(100, 500), early)
	get("of a later time", within(101, 501), late)

	// Clues that are derived later replace earlier ones.
	early.EndMS, early.DerivedMS, second.DerivedMS = day+90, day+1, day+1
	for range 2 {
		putClues(t, s, early, second)
		get("stored again", all(true, 1, -2), early, late, second)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	get("opened again", all(true, 1, -2), early, late, second)
	same(t, "of another project", must[[]model.Clue](t)(s.Clues(ctx, "q", all(true, 1))), []model.Clue{theirs})
}

// testRecognized: links that follow from clues are found by their session, and so are the subjects that must be derived again when the session gets
// another block.
func testRecognized(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	b := &store.Batch{Events: []model.Event{call(1, "t", day), call(2, "t", day+50), call(3, "", day+60), call(4, "u", day+70)}, Blocks: []model.Block{block(9, "s", "w", day)}}
	commit(t, s, b)
	link := func(trace string, own uuid.UUID, method, session string, startMS int64) model.Link {
		return model.Link{
			Project: project, TraceID: trace, UUID: own, Rules: model.LinkRules, State: "linked", Method: method, SessionID: session, StartMS: startMS,
			Confidence: 0.75, ClockOffsetMS: -3_600_000, ClockUncertaintyMS: 40, Candidates: "[]", Detail: "found", TimeMS: day, ReceivedMS: day + 5000, DerivedMS: day,
		}
	}
	whole, second, first := link("t", uuid.Nil, "screen", "s", day), link("t", id(2), "screen", "s", day+50), link("t", id(1), "screen", "s", day)
	alone, exact, other := link("", id(3), "person", "s", day+60), link("u", id(4), "exact", "s", day+70), link("u", uuid.Nil, "screen", "x", day+70)
	if err := s.StoreLinks(ctx, []model.Link{whole, second, first, alone, exact, other}); err != nil {
		t.Fatal(err)
	}
	same(t, "LinkedTo", must[[]model.Link](t)(s.LinkedTo(ctx, project, "s", 100)), []model.Link{first, second, alone})
	same(t, "LinkedTo, limited", must[[]model.Link](t)(s.LinkedTo(ctx, project, "s", 1)), []model.Link{first})
	same(t, "LinkedTo of none", must[[]model.Link](t)(s.LinkedTo(ctx, project, "never", 100)), nil)
	same(t, "LinkedTo in another project", must[[]model.Link](t)(s.LinkedTo(ctx, "q", "s", 100)), nil)

	of := must[[]model.Subject](t)(s.SubjectsOf(ctx, project, []string{"s"}, 100))
	slices.SortFunc(of, bySubject)
	for i := range of {
		of[i].Project = project
	}
	same(t, "SubjectsOf", of, []model.Subject{{Project: project, UUID: id(3)}, {Project: project, TraceID: "t"}})

	named := func(keys ...model.LinkKey) []model.Link {
		t.Helper()
		wanted := map[model.LinkKey]bool{}
		for _, k := range keys {
			wanted[k] = true
		}
		var got []model.Link
		for _, l := range must[[]model.Link](t)(s.LinksNamed(ctx, project, keys)) {
			if wanted[model.LinkKey{TraceID: l.TraceID, UUID: l.UUID}] {
				got = append(got, l)
			}
		}
		slices.SortFunc(got, byLink)
		return got
	}
	same(t, "LinksNamed of a trace", named(model.LinkKey{TraceID: "t"}), []model.Link{whole})
	same(t, "LinksNamed of calls", named(model.LinkKey{TraceID: "t", UUID: id(2)}, model.LinkKey{UUID: id(3)}, model.LinkKey{TraceID: "never"}), []model.Link{alone, second})
	same(t, "LinksNamed of none", named(), nil)
}
