package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// testRetention: old rows are dropped with everything that belongs to them, and nothing else. Identities are kept.
func testRetention(t *testing.T, backend Backend) {
	s, drop := backend.Retained(t, store.Retention{project: 30, "kept": 0})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	now := time.Now().UnixMilli()
	old, young := &store.Batch{}, &store.Batch{}
	for n := range 60 {
		b, at := young, now-int64(n%29)*86_400_000-1000
		if n%2 == 0 {
			b, at = old, now-int64(31+n)*86_400_000
		}
		e := call(n, "t", at)
		e.SessionID, e.ReceivedMS, e.Untimed = "s", at, n%3 == 0
		x := block(1000+n, "s", "w", at-10_000)
		x.Location.Key = map[*store.Batch]string{young: "young", old: "old"}[b]
		if n == 4 {
			x.Location.Key = "young" // the location is shared with blocks that are kept
		}
		b.Events = append(b.Events, e)
		b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: at, Input: []byte(`"x"`)})
		b.Blocks = append(b.Blocks, x)
		b.Identities = append(b.Identities, model.Identity{Project: project, UUID: e.UUID, TimeMS: at, ID: "ada", OtherID: x.Location.Key})
		b.Saved = append(b.Saved, saved(3000+n, 4000+n, model.SavedView, at))
		b.Refusals = append(b.Refusals, model.Refusal{Project: project, AtMS: at, Reason: model.ReasonTooLarge, Event: x.Location.Key, Count: 1})
	}
	both := &store.Batch{}
	join(both, old)
	join(both, young)
	kept := elsewhere(both, "kept")
	kept.Refusals = nil
	for i := range kept.Blocks {
		kept.Blocks[i].Location.Key = "kept"
	}
	commit(t, s, both)
	commit(t, s, kept)
	rows := activityOfBlocks(both)
	putActivity(t, s, rows)
	for _, x := range both.Blocks {
		putClues(t, s, model.Clue{Project: project, Hash: 1, UUID: x.UUID, Rules: model.ClueRules, SessionID: "s", AtMS: x.FirstMS, EndMS: x.LastMS, TimeMS: x.LastMS, ReceivedMS: x.ReceivedMS, DerivedMS: day})
	}
	var felt []model.Experience
	var ids []uuid.UUID
	for _, e := range both.Events {
		felt = append(felt, model.Experience{Project: project, TraceID: "t", UUID: e.UUID, Rules: model.ExperienceRules, TimeMS: e.TimeMS, ReceivedMS: e.ReceivedMS, DerivedMS: day})
		ids = append(ids, e.UUID)
	}
	putExperiences(t, s, felt...)
	for what := range slices.Values([]string{"once", "sent again"}) {
		drop(t)
		ctx := t.Context()
		left := dumpAll(t, s, 7)
		same(t, what+": what another project keeps", sorted(of(left, "kept")), sorted(kept))
		left = of(left, project)
		same(t, what+": refusals", len(must[[]model.RefusalCount](t)(s.Refusals(ctx, project, 10))), 1)
		left.Refusals = nil
		want := sorted(&store.Batch{Events: young.Events, Contents: young.Contents, Identities: both.Identities, Blocks: young.Blocks, Saved: both.Saved})
		same(t, what+": all that is left", sorted(left), want)
		same(t, what+": activity", len(must[[]model.Activity](t)(s.Activity(ctx, project, everyActivity("s")))), len(young.Blocks))
		clues := must[[]model.Clue](t)(s.Clues(ctx, project, store.ClueQuestion{Hashes: []int64{1}, Recorded: true, ToMS: 1 << 60, Limit: 100}))
		same(t, what+": clues", len(clues), len(young.Blocks))
		same(t, what+": experiences", len(must[[]model.Experience](t)(s.Experiences(ctx, project, []string{"t"}, ids))), len(young.Events))
		same(t, what+": keys that are still used", must[[]string](t)(s.Referenced(ctx, []string{"old", "young"})), []string{"young"})
		same(t, what+": Totals", must[model.Totals](t)(s.Totals(ctx, project)).Events, int64(len(young.Events)))
		traces := Traces(t, s, project, filter.Everything, 10)
		if len(traces) != 1 || traces[0].Generations != int64(len(young.Events)) {
			t.Errorf("%s: traces %+v", what, traces)
		}
		listed := Generations(t, s, project, filter.Everything, 7)
		same(t, what+": generations", len(listed), len(young.Events))
		same(t, what+": events of the session", len(must[[]model.Event](t)(s.SessionEvents(ctx, project, "s", 1000))), len(young.Events))
		// If a client sends old data again after a month, they do not stay for good.
		commit(t, s, &store.Batch{Events: both.Events, Contents: both.Contents, Identities: both.Identities, Blocks: both.Blocks})
	}
}
