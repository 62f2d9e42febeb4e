package derive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// setClock is a time that tests set.
type setClock struct{ ms int64 }

func (c *setClock) now() time.Time { return time.UnixMilli(c.ms) }

// deriver returns a Deriver over an empty storage, which derives only when a test tells it to.
func deriver(t *testing.T, c *setClock) (*Deriver, store.Store) {
	t.Helper()
	s, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(Options{Store: s, Now: c.now, Registerer: prometheus.NewRegistry()}), s
}

// searched runs one complete search.
func searched(t *testing.T, d *Deriver) {
	t.Helper()
	d.missing.next = time.Time{}
	for begun := false; !begun || d.missing.walk != nil; begun = true {
		if err := d.search(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func changesDerived(t *testing.T, d *Deriver) {
	t.Helper()
	if err := d.changes(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// world makes rows, some of which have recordings that can be shown.
func world(seed uint64, project string) *store.Batch {
	r := filtertest.NewRandom(seed)
	w := r.World(1 + r.IntN(150))
	b := &store.Batch{}
	for _, e := range w.Events {
		e.Project = project
		e.Personless = r.IntN(5) == 0
		if e.SessionID != "" && r.IntN(3) == 0 {
			e.RecordingStatus = []string{"disabled", "active", "paused"}[r.IntN(3)]
		}
		b.Events = append(b.Events, e)
	}
	for _, k := range w.Blocks {
		k.Project = project
		if r.IntN(3) > 0 {
			k.Snapshots = []model.Snapshot{{AtMS: k.FirstMS}}
		}
		if r.IntN(2) == 0 {
			k.FirstInputMS, k.LastInputMS = k.FirstMS, k.LastMS
		}
		b.Blocks = append(b.Blocks, k)
	}
	return b
}

// wanted are the links of all events, computed by the rules with everything in memory.
func wanted(t *testing.T, s store.Store, project string, events []model.Event, nowMS int64) []model.Link {
	t.Helper()
	traces := map[string][]model.Event{}
	for _, e := range events {
		if e.TraceID != "" {
			traces[e.TraceID] = append(traces[e.TraceID], e)
		}
	}
	linked := func(l model.Link, c link.Choice, person func(*model.Recording) string) model.Link {
		ev := link.Evidence{NowMS: nowMS, LeadMS: link.DefaultLead.Milliseconds()}
		if c.SessionID != "" {
			recs, err := s.Recordings(t.Context(), project, []string{c.SessionID})
			if err != nil {
				t.Fatal(err)
			}
			if len(recs) == 1 {
				ev.Recording = &recs[0]
			}
			last := int64(0)
			for _, e := range events {
				if e.SessionID == c.SessionID && e.RecordingStatus != "" && e.TimeMS > last {
					ev.Status, last = e.RecordingStatus, e.TimeMS
				}
			}
		}
		r := link.Resolve(c, ev)
		l.Project, l.Rules, l.DerivedMS = project, model.LinkRules, 0
		l.State, l.Method, l.Reason, l.Clamped = string(r.State), string(r.Method), string(r.Reason), string(r.Clamped)
		l.SessionID, l.WindowID, l.StartMS, l.MomentMS = r.SessionID, r.WindowID, r.StartMS, r.MomentMS
		l.Detail, l.Confidence, l.Candidates = r.Detail, r.Confidence, string(r.Candidates)
		l.ClockOffsetMS, l.ClockUncertaintyMS = r.Clock.MS, r.Clock.UncertaintyMS
		l.Person, l.AgainMS = person(ev.Recording), link.ChangesMS(c, r, nowMS)
		return l
	}
	var all []model.Link
	for i := range events {
		e := &events[i]
		if e.Kind != model.KindGeneration && e.Kind != model.KindEmbedding {
			continue
		}
		trace := traces[e.TraceID]
		c := link.ChooseEvent(e, trace)
		all = append(all, linked(model.Link{TraceID: e.TraceID, UUID: e.UUID, ReceivedMS: e.ReceivedMS, TimeMS: e.TimeMS}, c,
			func(rec *model.Recording) string { return link.Unnamed(link.PersonOf(e, c, rec), *e) }))
	}
	for id, events := range traces {
		c := link.ChooseTrace(events)
		l := model.Link{TraceID: id, ReceivedMS: c.ReceivedMS, TimeMS: events[0].TimeMS}
		for _, e := range events {
			l.TimeMS = max(l.TimeMS, e.TimeMS)
		}
		all = append(all, linked(l, c, func(rec *model.Recording) string { return link.Unnamed(link.PersonOfTrace(events, c, rec), events...) }))
	}
	return sortedLinks(all)
}

func sortedLinks(all []model.Link) []model.Link {
	for i := range all {
		all[i].DerivedMS = 0
	}
	slices.SortFunc(all, func(a, b model.Link) int {
		return cmp.Or(cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.UUID.String(), b.UUID.String()))
	})
	return all
}

// stored are the stored links of a project's events.
func stored(t *testing.T, s store.Store, project string, events []model.Event) []model.Link {
	t.Helper()
	of := map[model.Subject]struct{}{}
	for i := range events {
		if one, ok := model.SubjectOf(&events[i]); ok {
			of[one] = struct{}{}
		}
	}
	var subjects []model.Subject
	for one := range of {
		subjects = append(subjects, one)
	}
	links, err := s.Links(t.Context(), project, subjects)
	if err != nil {
		t.Fatal(err)
	}
	return sortedLinks(links)
}

func compare(t *testing.T, what string, got, want []model.Link) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("%s: %d links, want %d; the first that differs:\n%+v\n%+v", what, len(got), len(want), got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))])
		}
	}
}

// In whatever order data arrive, and whichever commits a server misses, the stored links in the end are those that the rules give for all data.
func TestStoredIsWhatTheRulesSay(t *testing.T) {
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		c := &setClock{ms: filtertest.Start + 80*3_600_000}
		d, s := deriver(t, c)
		b, other := world(seed, "p"), world(seed+1000, "q")
		noticed, unnoticed := d.Writer(s), store.Writer(s)
		var rows []store.Batch
		for _, of := range []*store.Batch{b, other} {
			for _, e := range of.Events {
				rows = append(rows, store.Batch{Events: []model.Event{e}})
			}
			for _, k := range of.Blocks {
				rows = append(rows, store.Batch{Blocks: []model.Block{k}})
			}
		}
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		lost := false // whether some commits are missed, like those of a server that ends
		for part := range slices.Chunk(rows, 1+r.IntN(60)) {
			whole := &store.Batch{}
			for _, one := range part {
				whole.Events, whole.Blocks = append(whole.Events, one.Events...), append(whole.Blocks, one.Blocks...)
			}
			w := noticed
			if seed%2 == 1 && r.IntN(2) == 0 {
				w, lost = unnoticed, true
			}
			if _, err := w.Commit(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			if r.IntN(2) == 0 {
				changesDerived(t, d)
			}
		}
		changesDerived(t, d)
		if lost {
			// A search does not visit linked subjects again; Again does.
			if err := d.Again(t.Context(), time.UnixMilli(0), func(int, int) {}); err != nil {
				t.Fatal(err)
			}
		}
		what := fmt.Sprint("seed ", seed)
		compare(t, what, stored(t, s, "p", b.Events), wanted(t, s, "p", b.Events, c.ms))
		compare(t, what+", the other project", stored(t, s, "q", other.Events), wanted(t, s, "q", other.Events, c.ms))

		// A day later, recordings that have not arrived yet will not arrive any more.
		c.ms += 30 * 3_600_000
		searched(t, d)
		compare(t, what+", a day later", stored(t, s, "p", b.Events), wanted(t, s, "p", b.Events, c.ms))
	}
}

// A search finds what another server did not derive: events without links, and recordings of events that have no link yet.
func TestWhatNobodyDerivedIsFound(t *testing.T) {
	c := &setClock{ms: filtertest.Start + 3_600_000}
	d, s := deriver(t, c)
	at := filtertest.Start + int64(3_500_000)
	call := model.Event{
		Project: "p", UUID: [16]byte{1}, Kind: model.KindGeneration, TraceID: "t", SessionID: "s", TimeMS: at, StartMS: at, ReceivedMS: at, LatencyMS: -1, FirstTokenMS: -1,
	}
	state := func(want string) {
		t.Helper()
		for _, l := range stored(t, s, "p", []model.Event{call}) {
			if l.State != want {
				t.Fatalf("%s, want %s", l.State, want)
			}
		}
		if n := len(stored(t, s, "p", []model.Event{call})); n != 2 {
			t.Fatalf("%d links", n)
		}
	}
	if _, err := s.Commit(t.Context(), &store.Batch{Events: []model.Event{call}}); err != nil {
		t.Fatal(err)
	}
	searched(t, d)
	state("pending")
	c.ms += 300_000
	block := model.Block{Project: "p", UUID: [16]byte{2}, SessionID: "s", WindowID: "w", ReceivedMS: c.ms - 100_000, FirstMS: at - 1000, LastMS: at + 1000, Snapshots: []model.Snapshot{{AtMS: at - 1000}}}
	if _, err := s.Commit(t.Context(), &store.Batch{Blocks: []model.Block{block}}); err != nil {
		t.Fatal(err)
	}
	searched(t, d)
	state("linked")
}

// After an upgrade everything is derived by the new rules, however old it is, even if the server ends before it is done.
func TestOtherRulesDeriveAll(t *testing.T) {
	c := &setClock{ms: filtertest.Start + 30*24*3_600_000}
	d, s := deriver(t, c)
	call := func(n byte, at int64) model.Event {
		return model.Event{Project: "p", UUID: [16]byte{n}, Kind: model.KindGeneration, TraceID: fmt.Sprint("t", n), TimeMS: at, StartMS: at, ReceivedMS: at, LatencyMS: -1, FirstTokenMS: -1}
	}
	old, recent := call(1, filtertest.Start), call(2, c.ms)
	if _, err := s.Commit(t.Context(), &store.Batch{Events: []model.Event{old}}); err != nil {
		t.Fatal(err)
	}
	before := wanted(t, s, "p", []model.Event{old}, c.ms)
	for i := range before {
		before[i].Rules = model.LinkRules - 1
	}
	if err := s.StoreLinks(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	// The first data after the upgrade are derived before the search begins.
	if _, err := d.Writer(s).Commit(t.Context(), &store.Batch{Events: []model.Event{recent}}); err != nil {
		t.Fatal(err)
	}
	changesDerived(t, d)
	searched(t, d)
	all := []model.Event{old, recent}
	compare(t, "all", stored(t, s, "p", all), wanted(t, s, "p", all, c.ms))
}

// failing is a storage that refuses writes for a while.
type failing struct {
	store.Store
	down bool
}

func (f *failing) StoreLinks(ctx context.Context, links []model.Link) error {
	if f.down {
		return store.ErrUnavailable
	}
	return f.Store.StoreLinks(ctx, links)
}

// Links that cannot be stored are kept in memory and stored later. Their delay counts from the commit of the event.
func TestAnOutageLosesNothing(t *testing.T) {
	c := &setClock{ms: filtertest.Start + 80*3_600_000}
	d, s := deriver(t, c)
	f := &failing{Store: s, down: true}
	d.options.Store = f
	b := world(3, "p")
	if _, err := d.Writer(s).Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	waiting := d.changed.len()
	if err := d.changes(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("got %v", err)
	}
	if n := d.changed.len(); n != waiting || n == 0 {
		t.Fatalf("%d wait, want %d", n, waiting)
	}
	f.down = false
	changesDerived(t, d)
	compare(t, "after the outage", stored(t, s, "p", b.Events), wanted(t, s, "p", b.Events, c.ms))
}

// If everything is derived again, links that are already stored are not written.
func TestNothingIsStoredTwice(t *testing.T) {
	c := &setClock{ms: filtertest.Start + 80*3_600_000}
	d, s := deriver(t, c)
	if _, err := d.Writer(s).Commit(t.Context(), world(5, "p")); err != nil {
		t.Fatal(err)
	}
	changesDerived(t, d)
	looked, changed := 0, 0
	if err := d.Again(t.Context(), time.UnixMilli(0), func(l, n int) { looked, changed = l, n }); err != nil {
		t.Fatal(err)
	}
	if looked == 0 || changed != 0 {
		t.Errorf("looked at %d, %d changed", looked, changed)
	}
}

// A trace that is too large to be read together with others is derived by the same rules.
func TestLargeTrace(t *testing.T) {
	c := &setClock{ms: filtertest.Start + 80*3_600_000}
	d, s := deriver(t, c)
	var events []model.Event
	for n := range 3 * firstEvents {
		e := model.Event{
			Project: "p", UUID: [16]byte{1, byte(n), byte(n >> 8)}, Kind: model.KindGeneration, TraceID: "large",
			TimeMS: filtertest.Start + int64(n), StartMS: filtertest.Start + int64(n), ReceivedMS: filtertest.Start + int64(n), LatencyMS: -1, FirstTokenMS: -1,
		}
		if n == 3*firstEvents-1 {
			e.Kind, e.SessionID = model.KindFeedback, "s"
		}
		events = append(events, e)
	}
	if _, err := d.Writer(s).Commit(t.Context(), &store.Batch{Events: events}); err != nil {
		t.Fatal(err)
	}
	changesDerived(t, d)
	compare(t, "large", stored(t, s, "p", events), wanted(t, s, "p", events, c.ms))
}

// The number of waiting changes is limited. A search finds those beyond the limit.
func TestWhatWaitsIsBounded(t *testing.T) {
	c := newChanged()
	b := &store.Batch{}
	for n := range mostChanged + 10 {
		b.Events = append(b.Events, model.Event{Project: "p", TraceID: fmt.Sprint(n)})
	}
	c.notice(b, time.Now())
	if n := c.len(); n != mostChanged {
		t.Errorf("%d wait", n)
	}
}
