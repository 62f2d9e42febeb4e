package storetest

import (
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func testScattered(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	n := 0
	session := func(name string, lastMS int64, keys ...string) {
		b := &store.Batch{}
		for i, key := range keys {
			n++
			x := block(n, name, "w", lastMS-int64(len(keys)-i)*20_000)
			x.ReceivedMS = lastMS - int64(len(keys)-1-i)*20_000
			x.Location.Key = key
			b.Blocks = append(b.Blocks, x)
		}
		commit(t, s, b)
	}
	session("one", day, "a", "a", "a")
	session("two", day+1000, "a", "b")
	session("many", day, "a", "b", "c", "d")
	session("still going", day+60_000, "a", "b")
	session("long ago", day-1_000_000, "a", "b")
	session("ends behind", day+60_000, "a", "b", "c", "d") // has blocks in the range, and later ones

	all := store.Scattered{FromMS: day - 500_000, ToMS: day + 30_000, PackBytes: 1 << 20, Limit: 10}
	get := func(f store.Scattered) []store.ScatteredSession {
		t.Helper()
		return must[[]store.ScatteredSession](t)(s.Scattered(ctx, f))
	}
	many, two := store.ScatteredSession{Project: project, ID: "many", LastMS: day}, store.ScatteredSession{Project: project, ID: "two", LastMS: day + 1000}
	same(t, "Scattered", get(all), []store.ScatteredSession{many, two})
	limited := all
	limited.Limit = 1
	same(t, "limited", get(limited), []store.ScatteredSession{many})
	later := all
	later.FromMS = day + 1
	same(t, "from", get(later), []store.ScatteredSession{two})
	later.ToMS = day + 1000
	same(t, "to", get(later), nil)
	ever := all
	ever.FromMS = 0
	same(t, "ever", len(get(ever)), 3)
	// Four blocks of 1000 bytes with 3000 to a key: at most 1 + 2*(4000/3000) keys are few enough.
	packed := all
	packed.PackBytes = 3000
	same(t, "packed", get(packed), []store.ScatteredSession{many, two})
	packed.PackBytes = 2000
	same(t, "packed tighter", get(packed), nil)
}

func testRelocate(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	b := everything()
	other := block(50, b.Blocks[0].SessionID, b.Blocks[0].WindowID, b.Blocks[0].FirstMS+1)
	b.Blocks = append(b.Blocks, other)
	commit(t, s, b)
	original := slices.Clone(b.Blocks)
	referenced := func(want ...string) {
		t.Helper()
		got := must[[]string](t)(s.Referenced(ctx, []string{original[0].Location.Key, other.Location.Key, "first", "second", "never", "'; DROP"}))
		slices.Sort(got)
		slices.Sort(want)
		same(t, "Referenced", got, want)
	}
	stored := func(want []model.Block) {
		t.Helper()
		same(t, "Blocks", must[[]model.Block](t)(s.Blocks(ctx, project, other.SessionID, other.WindowID)), want)
	}
	referenced(original[0].Location.Key, other.Location.Key)
	same(t, "Referenced of none", must[[]string](t)(s.Referenced(ctx, nil)), nil)

	// One of the two is moved.
	moved := slices.Clone(original)
	moved[0].Location = model.Location{Key: "first", Offset: 7, Length: 8}
	if err := s.Relocate(ctx, moved[:1]); err != nil {
		t.Fatal(err)
	}
	stored(moved)
	referenced("first", other.Location.Key)

	// Both are moved, one of them for the second time: the later location is kept.
	for i := range moved {
		moved[i].Location = model.Location{Key: "second", Offset: int64(i) * 10, Length: 10}
	}
	for range 2 { // repeating it changes nothing
		if err := s.Relocate(ctx, moved); err != nil {
			t.Fatal(err)
		}
	}
	stored(moved)
	referenced("second")

	// If a client sends its blocks again, in another object, the old rows do not come back.
	again := slices.Clone(original)
	again[0].Location.Key, again[1].Location.Key = "first", "first"
	commit(t, s, &store.Batch{Blocks: again})
	stored(moved)
	referenced("second")
	same(t, "Totals.Blocks", must[model.Totals](t)(s.Totals(ctx, project)).Blocks, 2)
	same(t, "Scattered", must[[]store.ScatteredSession](t)(s.Scattered(ctx, store.Scattered{ToMS: 1 << 60, PackBytes: 1 << 20, Limit: 10})), nil)

	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	stored(moved)
	referenced("second")
	if err := s.Relocate(ctx, nil); err != nil {
		t.Errorf("Relocate of none: %v", err)
	}
}
