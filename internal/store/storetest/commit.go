package storetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func testEmpty(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	same(t, "Traces", Traces(t, s, project, filter.Everything, 10), nil)
	same(t, "Generations", Generations(t, s, project, filter.Everything, 10), nil)
	same(t, "Sessions", Sessions(t, s, project, filter.Everything, 10), nil)
	same(t, "Sessions of one person", Sessions(t, s, project, With(filter.Sessions, "person", "x"), 10), nil)
	same(t, "TraceEvents", must[[]model.Event](t)(s.TraceEvents(ctx, project, []string{"x"}, 10)), nil)
	same(t, "TraceEvents of none", must[[]model.Event](t)(s.TraceEvents(ctx, project, nil, 10)), nil)
	same(t, "Contents", must[[]model.Content](t)(s.Contents(ctx, []model.Key{{Project: project, UUID: id(1), TimeMS: day}})), nil)
	same(t, "Contents of none", must[[]model.Content](t)(s.Contents(ctx, nil)), nil)
	same(t, "SessionEvents", must[[]model.Event](t)(s.SessionEvents(ctx, project, "x", 10)), nil)
	same(t, "Recordings", must[[]model.Recording](t)(s.Recordings(ctx, project, []string{"x"})), nil)
	same(t, "Recordings of none", must[[]model.Recording](t)(s.Recordings(ctx, project, nil)), nil)
	same(t, "Blocks", must[[]model.Block](t)(s.Blocks(ctx, project, "x", "y")), nil)
	same(t, "RecordingStatuses", must[map[string]string](t)(s.RecordingStatuses(ctx, project, []string{"x"})), map[string]string{})
	same(t, "Identities", must[[]model.Identity](t)(s.Identities(ctx, project, []string{"x"})), nil)
	same(t, "FindPeople", must[[]string](t)(s.FindPeople(ctx, project, "x", 10)), nil)
	same(t, "Totals", must[model.Totals](t)(s.Totals(ctx, project)), model.Totals{})
	same(t, "Refusals", must[[]model.RefusalCount](t)(s.Refusals(ctx, project, 10)), nil)
	if _, err := s.Event(ctx, project, id(1)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Event: %v, want ErrNotFound", err)
	}
	if err := s.Ping(ctx); err != nil {
		t.Errorf("Ping: %v", err)
	}
	same(t, "empty commit", commit(t, s, &store.Batch{}), store.Committed{})
}

// everything has one row of each kind with every field set.
func everything() *store.Batch {
	b := &store.Batch{
		Events: make([]model.Event, 1), Contents: make([]model.Content, 1), Identities: make([]model.Identity, 1), Blocks: make([]model.Block, 1),
	}
	fill(&b.Events[0])
	fill(&b.Contents[0])
	fill(&b.Identities[0])
	fill(&b.Blocks[0])
	b.Events[0].UUID, b.Blocks[0].UUID, b.Identities[0].UUID = id(1), id(2), id(3)
	b.Contents[0].UUID, b.Contents[0].TimeMS = id(1), b.Events[0].TimeMS
	b.Events[0].Project, b.Contents[0].Project, b.Identities[0].Project, b.Blocks[0].Project = project, project, project, project
	return b
}

// holds checks that the store returns everything in b.
func holds(t *testing.T, s store.Store, b *store.Batch) {
	t.Helper()
	ctx := t.Context()
	for _, e := range b.Events {
		same(t, "Event", must[model.Event](t)(s.Event(ctx, project, e.UUID)), e)
		if e.TraceID != "" {
			same(t, "TraceEvents", must[[]model.Event](t)(s.TraceEvents(ctx, project, []string{e.TraceID}, 10)), []model.Event{e})
		}
	}
	for _, c := range b.Contents {
		same(t, "Contents", must[[]model.Content](t)(s.Contents(ctx, []model.Key{{Project: project, UUID: c.UUID, TimeMS: c.TimeMS}})), []model.Content{c})
		previews := []model.Preview{{UUID: c.UUID, Input: c.InputPreview, Output: c.OutputPreview}}
		if c.InputPreview == "" && c.OutputPreview == "" {
			previews = nil
		}
		same(t, "Previews", must[[]model.Preview](t)(s.Previews(ctx, []model.Key{{Project: project, UUID: c.UUID, TimeMS: c.TimeMS}})), previews)
	}
	for _, i := range b.Identities {
		same(t, "Identities", must[[]model.Identity](t)(s.Identities(ctx, project, []string{i.ID})), []model.Identity{i})
	}
	for _, x := range b.Blocks {
		same(t, "Blocks", must[[]model.Block](t)(s.Blocks(ctx, project, x.SessionID, x.WindowID)), []model.Block{x})
	}
}

func testRoundTrip(t *testing.T, f Factory) {
	s, b := opened(t, f), everything()
	same(t, "Committed", commit(t, s, b), store.Committed{Events: 1, Blocks: 1})
	holds(t, s, b)
}

// testZeroValues: an event with nothing but a uuid is stored, and absent JSON is different from empty JSON.
func testZeroValues(t *testing.T, f Factory) {
	s := opened(t, f)
	b := &store.Batch{
		Events:   []model.Event{{Project: project, UUID: id(1)}, {Project: project, UUID: uuid.UUID{}}, {Project: project, UUID: uuid.Max, TimeMS: 1}},
		Contents: []model.Content{{Project: project, UUID: id(1)}, {Project: project, UUID: uuid.Max, TimeMS: 1, Input: []byte(`""`), Properties: []byte(`{}`)}},
		Blocks:   []model.Block{{Project: project, UUID: id(2)}},
	}
	same(t, "Committed", commit(t, s, b), store.Committed{Events: 3, Blocks: 1})
	holds(t, s, b)
}

// testOnce: a uuid is stored once, with everything that belongs to it, within a batch, over several batches and over restarts. The first row is kept.
func testOnce(t *testing.T, backend Backend) {
	open := backend.Factory(t)
	s := open(t)
	b := everything()
	twice := *b
	changed := b.Events[0]
	changed.Title = "changed"
	twice.Events = []model.Event{b.Events[0], changed}
	content := b.Contents[0]
	content.Input = []byte(`"changed"`)
	twice.Contents = []model.Content{b.Contents[0], content}
	twice.Blocks = append(slices.Clone(b.Blocks), b.Blocks...)
	twice.Identities = append(slices.Clone(b.Identities), b.Identities...)

	backend.committed(t, "first", commit(t, s, &twice), store.Committed{Events: 1, Blocks: 1, Duplicates: 2})
	holds(t, s, b)
	backend.committed(t, "second", commit(t, s, &twice), store.Committed{Duplicates: 4})
	holds(t, s, b)

	// Stored and new rows are in one batch.
	mixed := *b
	other := call(10, "other", day)
	mixed.Events = []model.Event{b.Events[0], other, b.Events[0]}
	mixed.Contents = append(slices.Clone(b.Contents), model.Content{Project: project, UUID: other.UUID, TimeMS: other.TimeMS, Input: []byte(`"other"`)})
	backend.committed(t, "mixed", commit(t, s, &mixed), store.Committed{Events: 1, Duplicates: 3})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t)
	defer s.Close()
	backend.committed(t, "after a restart", commit(t, s, &mixed), store.Committed{Duplicates: 4})
	holds(t, s, b)
	holds(t, s, &store.Batch{Events: []model.Event{other}, Contents: mixed.Contents[1:]})
	same(t, "Totals.Events", must[model.Totals](t)(s.Totals(t.Context(), project)).Events, 2)

	// Several facts of one event are stored separately; a block and an event may have the same uuid.
	facts := []model.Identity{{Project: project, UUID: id(20), TimeMS: 1, ID: "a", OtherID: "b"}, {Project: project, UUID: id(20), TimeMS: 1, ID: "a", OtherID: "c"}}
	commit(t, s, &store.Batch{Identities: facts})
	commit(t, s, &store.Batch{Identities: facts})
	same(t, "Identities", must[[]model.Identity](t)(s.Identities(t.Context(), project, []string{"a"})), facts)
}

// testOnceByTwo: two connections commit the same events at the same time.
func testOnceByTwo(t *testing.T, backend Backend) {
	s := opened(t, backend.Factory)
	const batches, size = 20, 25
	var stored, duplicates [2]int
	var wg sync.WaitGroup
	for who := range 2 {
		wg.Go(func() {
			for n := range batches {
				b := &store.Batch{}
				for i := range size {
					b.Events = append(b.Events, call(n*size+i, "t", day+int64(i)))
				}
				done, err := s.Commit(t.Context(), b)
				if err != nil {
					t.Errorf("Commit: %v", err)
					return
				}
				stored[who] += done.Events
				duplicates[who] += done.Duplicates
			}
		})
	}
	wg.Wait()
	backend.committed(t, "by two", store.Committed{Events: stored[0] + stored[1], Duplicates: duplicates[0] + duplicates[1]},
		store.Committed{Events: batches * size, Duplicates: batches * size})
	same(t, "Totals.Events", must[model.Totals](t)(s.Totals(t.Context(), project)).Events, batches*size)
}

func testReopen(t *testing.T, f Factory) {
	open := f(t)
	b := everything()
	refusal := model.Refusal{Project: project, AtMS: day, Reason: model.ReasonTooLarge, Event: "$snapshot", Detail: "d", Library: "l", Bytes: 1, Count: 3}
	b.Refusals = []model.Refusal{refusal}
	s := open(t)
	commit(t, s, b)
	totals := must[model.Totals](t)(s.Totals(t.Context(), project))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s = open(t)
		holds(t, s, b)
		same(t, "Totals", must[model.Totals](t)(s.Totals(t.Context(), project)), totals)
		same(t, "Refusals", must[[]model.RefusalCount](t)(s.Refusals(t.Context(), project, 10)), []model.RefusalCount{{
			Reason: refusal.Reason, Event: refusal.Event, Library: refusal.Library, Detail: refusal.Detail, Count: 3, FirstMS: day, LastMS: day,
		}})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Commit(t.Context(), b); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Commit after Close: %v, want ErrUnavailable", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("Ping after Close: %v, want ErrUnavailable", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
}

// testCancelled: calls whose context has ended fail, and nothing of them is stored partly.
func testCancelled(t *testing.T, f Factory) {
	s := opened(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Commit(ctx, everything()); !errors.Is(err, context.Canceled) {
		t.Errorf("Commit: %v, want context.Canceled", err)
	}
	if _, err := s.Find(ctx, store.Question{Project: project, Of: filter.Traces, Where: filter.Everything}, store.Part{Sort: filter.Sort{Descending: true}, Limit: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("Find: %v, want context.Canceled", err)
	}
	same(t, "Totals", must[model.Totals](t)(s.Totals(t.Context(), project)), model.Totals{})
	same(t, "Commit afterwards", commit(t, s, everything()), store.Committed{Events: 1, Blocks: 1})
}

// testReadersSeeWhole: readers see everything that was acknowledged before they began, completely and permanently. A batch that is not acknowledged
// yet is seen completely or not at all, unless the backend declares otherwise.
func testReadersSeeWhole(t *testing.T, backend Backend) {
	s := opened(t, backend.Factory)
	const batches, size = 30, 20
	var acknowledged atomic.Int64 // batches
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			before := int64(0)
			for last := false; !last; {
				select {
				case <-done:
					last = true // one more read of everything
				default:
				}
				least := acknowledged.Load()
				q := store.Question{Project: project, Of: filter.Traces, Where: filter.Everything}
				found, err := s.Find(t.Context(), q, store.Part{Sort: filter.Sort{Descending: true}, Limit: 100})
				var sums []model.TraceSummary
				if err == nil {
					sums, err = traces(t.Context(), s, project, found.Rows)
				}
				if err != nil {
					t.Errorf("list traces: %v", err)
					return
				}
				var sum, whole int64
				for _, x := range sums {
					switch {
					case x.Generations == size:
						whole++
					case x.Generations > size || !backend.SeenInParts:
						t.Errorf("trace %s has %d of %d generations", x.ID, x.Generations, size)
						return
					}
					sum += x.Generations
				}
				if whole < least {
					t.Errorf("%d whole batches, %d were acknowledged", whole, least)
					return
				}
				if sum < before {
					t.Errorf("%d generations, %d before", sum, before)
					return
				}
				before = sum
			}
			if before != batches*size {
				t.Errorf("%d generations at the end, want %d", before, batches*size)
			}
		})
	}
	for n := range batches {
		b := &store.Batch{}
		for i := range size {
			e := call(n*size+i, id(n).String(), day+int64(n*1000+i))
			b.Events = append(b.Events, e)
			b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`"x"`)})
		}
		if _, err := s.Commit(t.Context(), b); err != nil {
			t.Errorf("Commit: %v", err)
			break
		}
		acknowledged.Add(1)
	}
	close(done)
	wg.Wait()
}

// testMany: a commit may have any size.
func testMany(t *testing.T, f Factory) {
	s := opened(t, f)
	const n = 5000
	b := &store.Batch{}
	for i := range n {
		e := call(i, "t", day+int64(i))
		b.Events = append(b.Events, e)
		b.Contents = append(b.Contents, model.Content{Project: project, UUID: e.UUID, TimeMS: e.TimeMS, Output: []byte(`[]`)})
	}
	same(t, "Committed", commit(t, s, b), store.Committed{Events: n})
	same(t, "Totals.Generations", must[model.Totals](t)(s.Totals(t.Context(), project)).Generations, n)
	got := must[[]model.Event](t)(s.TraceEvents(t.Context(), project, []string{"t"}, n+1))
	if len(got) != n {
		t.Fatalf("TraceEvents: %d events, want %d", len(got), n)
	}
	same(t, "the last event", got[n-1], b.Events[n-1])
}

// testContentWithoutEvent: content is stored with its event or not at all.
func testContentWithoutEvent(t *testing.T, f Factory) {
	s := opened(t, f)
	stray := model.Content{Project: project, UUID: id(1), TimeMS: day, Input: []byte(`"x"`)}
	commit(t, s, &store.Batch{Events: []model.Event{call(2, "t", day)}, Contents: []model.Content{stray}})
	same(t, "Contents", must[[]model.Content](t)(s.Contents(t.Context(), []model.Key{{Project: project, UUID: id(1), TimeMS: day}})), nil)
}
