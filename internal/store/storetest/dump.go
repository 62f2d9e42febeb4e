package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// several has rows of each kind, more than a few pages of them; some of them differ only in one part of their keys.
func several() *store.Batch {
	b := everything()
	for n := range 23 {
		e := call(100+n, "t", day+int64(n/3)) // some at the same time
		b.Events = append(b.Events, e)
		if n%2 == 0 {
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Output: fmt.Appendf(nil, `"%d"`, n)})
		}
		b.Blocks = append(b.Blocks, model.Block{Project: project, UUID: id(200 + n), SessionID: fmt.Sprint("s", n/4), WindowID: "w", FirstMS: day, LastMS: day + 1})
		b.Identities = append(b.Identities, model.Identity{Project: project, UUID: id(300 + n/3), TimeMS: day, ID: fmt.Sprint("a", n/5), OtherID: fmt.Sprint("b", n)})
		b.Saved = append(b.Saved, saved(400+n, 500+n/3, []string{model.SavedView, model.SavedShare}[n%2], day+int64(n/2)))
		b.Refusals = append(b.Refusals, model.Refusal{
			Project: project, AtMS: day + int64(n), Reason: model.ReasonTooLarge, Event: fmt.Sprint("e", n/2), Library: "l", Detail: fmt.Sprint("d", n), Bytes: int64(n), Count: int64(1 + n%3),
		})
	}
	return b
}

// dumpAll reads everything page by page.
func dumpAll(t *testing.T, s store.Store, limit int) *store.Batch {
	t.Helper()
	all := &store.Batch{}
	for after, pages := "", 0; ; pages++ {
		if pages > 1000 {
			t.Fatalf("the dump does not end: %s", after)
		}
		b, next, err := s.Dump(t.Context(), after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(b.Events) + len(b.Identities) + len(b.Blocks) + len(b.Saved) + len(b.Refusals); n > max(limit, 2) {
			t.Errorf("a page of %d has %d rows", limit, n)
		}
		join(all, b)
		if after = next; next == "" {
			return all
		}
	}
}

func join(to, b *store.Batch) {
	to.Events = append(to.Events, b.Events...)
	to.Contents = append(to.Contents, b.Contents...)
	to.Identities = append(to.Identities, b.Identities...)
	to.Blocks = append(to.Blocks, b.Blocks...)
	to.Saved = append(to.Saved, b.Saved...)
	to.Refusals = append(to.Refusals, b.Refusals...)
}

// sorted sorts rows by their keys.
func sorted(b *store.Batch) *store.Batch {
	slices.SortFunc(b.Events, func(x, y model.Event) int { return bytes.Compare(x.UUID[:], y.UUID[:]) })
	slices.SortFunc(b.Contents, func(x, y model.Content) int { return bytes.Compare(x.UUID[:], y.UUID[:]) })
	slices.SortFunc(b.Blocks, func(x, y model.Block) int { return bytes.Compare(x.UUID[:], y.UUID[:]) })
	slices.SortFunc(b.Saved, func(x, y model.Saved) int { return bytes.Compare(x.UUID[:], y.UUID[:]) })
	slices.SortFunc(b.Identities, func(x, y model.Identity) int {
		return cmp.Or(bytes.Compare(x.UUID[:], y.UUID[:]), cmp.Compare(x.ID, y.ID), cmp.Compare(x.OtherID, y.OtherID))
	})
	slices.SortFunc(b.Refusals, func(x, y model.Refusal) int {
		return cmp.Or(cmp.Compare(x.Event, y.Event), cmp.Compare(x.AtMS, y.AtMS))
	})
	return b
}

// testDump: a dump contains every row once, in pages of any size, and can be stored elsewhere unchanged.
func testDump(t *testing.T, f Factory) {
	s := opened(t, f)
	same(t, "of nothing", dumpAll(t, s, 10), &store.Batch{})
	b := several()
	commit(t, s, b)
	commit(t, s, &store.Batch{Events: b.Events[:5], Contents: b.Contents[:2], Blocks: b.Blocks[3:7], Identities: b.Identities, Saved: b.Saved[2:9]})
	want := sorted(&store.Batch{Events: b.Events, Contents: b.Contents, Identities: b.Identities, Blocks: b.Blocks, Saved: b.Saved})
	var refusals []model.Refusal
	for _, limit := range []int{1, 2, 7, 24, 1000} {
		got := sorted(dumpAll(t, s, limit))
		same(t, "events", got.Events, want.Events)
		same(t, "contents", got.Contents, want.Contents)
		same(t, "identities", got.Identities, want.Identities)
		same(t, "blocks", got.Blocks, want.Blocks)
		same(t, "saved", got.Saved, want.Saved)
		if refusals == nil {
			refusals = got.Refusals
		}
		same(t, "refusals", got.Refusals, refusals)
	}
	other := opened(t, f)
	moved := dumpAll(t, s, 7)
	commit(t, other, moved)
	again := sorted(dumpAll(t, other, 9))
	same(t, "moved", again, sorted(moved))
	same(t, "refusals, moved", must[[]model.RefusalCount](t)(other.Refusals(t.Context(), project, 100)), must[[]model.RefusalCount](t)(s.Refusals(t.Context(), project, 100)))
	if _, _, err := s.Dump(t.Context(), "nonsense", 10); err == nil {
		t.Error("a cursor that is none is accepted")
	}
}

// testStored: rows are found by their keys, and no others.
func testStored(t *testing.T, f Factory) {
	s := opened(t, f)
	b := several()
	commit(t, s, b)
	got := sorted(must[*store.Batch](t)(s.Stored(t.Context(), b)))
	same(t, "all", got, sorted(dumpAll(t, s, 100)))
	some := &store.Batch{
		Events:     []model.Event{b.Events[3], call(900, "t", day)},
		Contents:   []model.Content{b.Contents[1], {Project: project, UUID: id(900), TimeMS: day}},
		Identities: []model.Identity{b.Identities[4], {Project: project, UUID: b.Identities[4].UUID, ID: b.Identities[4].ID, OtherID: "other"}},
		Blocks:     []model.Block{b.Blocks[5], {Project: project, UUID: id(901), SessionID: b.Blocks[5].SessionID}},
		Saved:      []model.Saved{b.Saved[6], saved(902, 500, model.SavedView, day)},
		Refusals:   []model.Refusal{{Project: project, Reason: model.ReasonTooDeep, Event: b.Refusals[0].Event, Library: "l"}},
	}
	same(t, "some", must[*store.Batch](t)(s.Stored(t.Context(), some)), &store.Batch{
		Events: some.Events[:1], Contents: some.Contents[:1], Identities: some.Identities[:1], Blocks: some.Blocks[:1], Saved: some.Saved[:1],
	})
	same(t, "none", must[*store.Batch](t)(s.Stored(t.Context(), &store.Batch{})), &store.Batch{})
}

// testNodes: every node that sent a heartbeat is known to all, once, with its latest values.
func testNodes(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	beat := func(n model.Node, within time.Duration) []model.Node {
		return must[[]model.Node](t)(s.Beat(ctx, n, within))
	}
	b := model.Node{ID: "b", Name: "hostb", Version: "1", StartedMS: day, Settings: map[string]string{"token": "x", "password": ""}}
	got := beat(b, time.Hour)
	if len(got) != 1 || got[0].SeenMS == 0 || got[0].ClockMS > 60_000 || got[0].ClockMS < -60_000 {
		t.Fatalf("the first: %+v", got)
	}
	b.SeenMS, b.ClockMS, b.ClockErrorMS = got[0].SeenMS, got[0].ClockMS, got[0].ClockErrorMS
	same(t, "the first", got, []model.Node{b})
	b.Version = "2"
	beat(b, time.Hour)
	got = beat(model.Node{ID: "a", Settings: map[string]string{}}, time.Hour)
	if len(got) != 2 || got[0].ID != "a" || got[1].ID != "b" || got[1].Version != "2" {
		t.Errorf("both: %+v", got)
	}
	if got = beat(model.Node{ID: "c", Settings: map[string]string{}}, 0); len(got) != 1 || got[0].ID != "c" {
		t.Errorf("nobody else for no time: %+v", got)
	}
}
