package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// testProjects stores rows of two projects that share all ids, uuids included, and differ in everything else. Every answer about one of them must
// equal that of a store without the other.
func testProjects(t *testing.T, f Factory) {
	mine := population(project)
	others := changed(elsewhere(mine, "other"))
	both := opened(t, f)
	// The rows are committed alternately, and within one commit.
	commit(t, both, &store.Batch{Events: slices.Concat(others.Events[:40], mine.Events[:40]), Contents: slices.Concat(others.Contents, mine.Contents)})
	commit(t, both, &store.Batch{Events: mine.Events, Contents: mine.Contents, Blocks: mine.Blocks, Refusals: mine.Refusals})
	commit(t, both, &store.Batch{Events: others.Events, Contents: others.Contents, Identities: others.Identities, Blocks: others.Blocks})
	commit(t, both, &store.Batch{Identities: mine.Identities, Refusals: others.Refusals, Saved: slices.Concat(others.Saved, mine.Saved)})
	putActivity(t, both, slices.Concat(activityOfBlocks(mine), activityOfBlocks(others)))
	for _, b := range []*store.Batch{mine, others} {
		name := b.Events[0].Project
		alone := opened(t, f)
		commit(t, alone, b)
		putActivity(t, alone, activityOfBlocks(b))
		want := answers(t, alone, b)
		for what, got := range answers(t, both, b) {
			if !reflect.DeepEqual(got, want[what]) {
				t.Errorf("%s of %s:\n got %+v\nwant %+v", what, name, got, want[what])
			}
		}
		for what, got := range answers(t, both, elsewhere(b, "nobody's")) {
			if v := reflect.ValueOf(got); v.Kind() == reflect.Slice && v.Len() > 0 || v.Kind() == reflect.Map && v.Len() > 0 {
				t.Errorf("%s of a project that has nothing: %+v", what, got)
			}
		}
	}

	ctx := t.Context()
	all := &store.Batch{}
	join(all, mine)
	join(all, others)
	for _, limit := range []int{7, 1000} {
		dumped := dumpAll(t, both, limit)
		for _, b := range []*store.Batch{mine, others} {
			got := of(dumped, b.Events[0].Project)
			got.Refusals = nil
			want := *b
			want.Refusals = nil
			same(t, "dumped of "+b.Events[0].Project, sorted(got), sorted(&want))
		}
	}
	stored := must[*store.Batch](t)(both.Stored(ctx, &store.Batch{Events: mine.Events, Contents: mine.Contents, Identities: mine.Identities, Blocks: mine.Blocks, Saved: mine.Saved}))
	same(t, "stored", sorted(stored), sorted(&store.Batch{Events: mine.Events, Contents: mine.Contents, Identities: mine.Identities, Blocks: mine.Blocks, Saved: mine.Saved}))
	events, blocks, err := both.Size(ctx)
	same(t, "size", []any{events, blocks, err}, []any{int64(len(all.Events)), int64(len(all.Blocks)), nil})

	scattered := must[[]store.ScatteredSession](t)(both.Scattered(ctx, store.Scattered{ToMS: 1 << 60, PackBytes: 1 << 20, Limit: 1000}))
	if len(scattered)%2 != 0 || !slices.ContainsFunc(scattered, func(x store.ScatteredSession) bool { return x.Project == "other" }) {
		t.Errorf("scattered: %+v, want as many of the one as of the other", scattered)
	}
	moved := slices.Clone(mine.Blocks[:2])
	moved[0].Location, moved[1].Location = model.Location{Key: "moved", Length: 1}, model.Location{Key: "moved", Offset: 1, Length: 1}
	if err := both.Relocate(ctx, moved); err != nil {
		t.Fatal(err)
	}
	stored = must[*store.Batch](t)(both.Stored(ctx, &store.Batch{Blocks: moved}))
	same(t, "relocated", sorted(stored), sorted(&store.Batch{Blocks: moved}))
	stored = must[*store.Batch](t)(both.Stored(ctx, &store.Batch{Blocks: others.Blocks}))
	same(t, "not relocated", sorted(stored), sorted(&store.Batch{Blocks: slices.Clone(others.Blocks)}))
}

// population has enough rows of each kind for lists of several pages.
func population(project string) *store.Batch {
	random := rand.New(rand.NewPCG(3, 3))
	b := &store.Batch{}
	for n := range 80 {
		e := call(n, fmt.Sprint("t", random.IntN(20)), day+int64(random.IntN(50)))
		e.Kind = model.Kind(random.IntN(7))
		e.SessionID, e.WindowID = fmt.Sprint("s", random.IntN(10)), "w"
		e.DistinctID = fmt.Sprint("person-", random.IntN(5))
		e.Title, e.Model, e.RecordingStatus = "title", "gpt-5", "active"
		e.Env, e.Properties = "production", []model.Property{{Name: "tenant", Value: "acme"}}
		b.Events = append(b.Events, e)
		if n%2 == 0 {
			b.Contents = append(b.Contents, model.Content{UUID: e.UUID, TimeMS: e.TimeMS, Input: []byte(`"refund"`), Output: []byte(`"ok"`), InputPreview: "question"})
		}
	}
	for n := range 30 {
		x := block(1000+n, fmt.Sprint("s", random.IntN(12)), fmt.Sprint("w", n%2), day+int64(random.IntN(50)))
		x.Clicks, x.Snapshots, x.Location.Key = 1, []model.Snapshot{{AtMS: x.FirstMS, Line: 2}}, fmt.Sprint("key", n)
		b.Blocks = append(b.Blocks, x)
	}
	for n := range 10 {
		b.Identities = append(b.Identities, model.Identity{UUID: id(n), TimeMS: day, ID: fmt.Sprint("person-", n%5), OtherID: fmt.Sprint("anonymous-", n), Name: "Ada"})
		b.Saved = append(b.Saved, saved(2000+n, 3000+n/2, model.SavedView, day+int64(n)))
		b.Refusals = append(b.Refusals, model.Refusal{AtMS: day + int64(n), Reason: model.ReasonTooLarge, Event: fmt.Sprint("e", n%3), Detail: "d", Count: 1, Bytes: 5})
	}
	return elsewhere(b, project)
}

// elsewhere is a batch changed to another project.
func elsewhere(b *store.Batch, project string) *store.Batch {
	c := &store.Batch{}
	join(c, b)
	for i := range c.Events {
		c.Events[i].Project = project
	}
	for i := range c.Contents {
		c.Contents[i].Project = project
	}
	for i := range c.Identities {
		c.Identities[i].Project = project
	}
	for i := range c.Blocks {
		c.Blocks[i].Project = project
	}
	for i := range c.Saved {
		c.Saved[i].Project = project
	}
	for i := range c.Refusals {
		c.Refusals[i].Project = project
	}
	return c
}

// of keeps the rows of one project.
func of(b *store.Batch, project string) *store.Batch {
	return &store.Batch{
		Events:     keep(b.Events, func(x *model.Event) bool { return x.Project == project }),
		Contents:   keep(b.Contents, func(x *model.Content) bool { return x.Project == project }),
		Identities: keep(b.Identities, func(x *model.Identity) bool { return x.Project == project }),
		Blocks:     keep(b.Blocks, func(x *model.Block) bool { return x.Project == project }),
		Saved:      keep(b.Saved, func(x *model.Saved) bool { return x.Project == project }),
		Refusals:   keep(b.Refusals, func(x *model.Refusal) bool { return x.Project == project }),
	}
}

func keep[T any](all []T, wanted func(*T) bool) (kept []T) {
	for i := range all {
		if wanted(&all[i]) {
			kept = append(kept, all[i])
		}
	}
	return kept
}

// changed changes everything that is not an id, so that a row in the wrong project is noticed. Times become earlier and later.
func changed(b *store.Batch) *store.Batch {
	for i := range b.Events {
		e := &b.Events[i]
		late := int64(i%3-1) * 40
		e.TimeMS, e.StartMS, e.ReceivedMS = e.TimeMS+late, e.StartMS+late, e.ReceivedMS+3*late
		e.Title, e.Model, e.Error, e.URL = "theirs", "theirs-1", "their error", "https://theirs.example/"
		e.IsError, e.LatencyMS, e.Tokens.Input, e.RecordingStatus = i%2 == 0, 5000, 1000, "buffering"
		e.Env, e.Properties = "theirs", []model.Property{{Name: "tenant", Value: "theirs"}}
	}
	at := map[[16]byte]int64{}
	for _, e := range b.Events {
		at[e.UUID] = e.TimeMS
	}
	for i := range b.Contents {
		c := &b.Contents[i]
		c.TimeMS, c.Input, c.Output = at[c.UUID], []byte(`"refund of theirs"`), []byte(`"theirs"`)
		c.InputPreview, c.OutputPreview = "their question", "their answer"
	}
	for i := range b.Saved {
		b.Saved[i].Body = `"theirs"`
	}
	for i := range b.Identities {
		b.Identities[i].TimeMS, b.Identities[i].Name, b.Identities[i].Email = day-1, "Their Ada", "ada@theirs.example"
	}
	for i := range b.Blocks {
		x := &b.Blocks[i]
		x.FirstMS, x.LastMS, x.Clicks, x.Keys, x.URL = x.FirstMS-30, x.LastMS+30, 100, 100, "https://theirs.example/"
		x.Location.Key, x.Snapshots, x.DistinctID = "theirs "+x.Location.Key, []model.Snapshot{{AtMS: x.FirstMS, Line: 9}}, "theirs"
	}
	for i := range b.Refusals {
		r := &b.Refusals[i]
		r.AtMS, r.Detail, r.Count = r.AtMS+100, "their detail", 50
	}
	return b
}

// answers are the results of every method that reads one project, for a batch's project and ids.
func answers(t *testing.T, s store.Store, b *store.Batch) map[string]any {
	t.Helper()
	ctx, project := t.Context(), b.Events[0].Project
	said := map[string]any{}
	traces, sessions, people, keys := []string{}, []string{}, []string{}, []model.Key{}
	for _, e := range b.Events {
		traces, sessions, people = append(traces, e.TraceID), append(sessions, e.SessionID), append(people, e.DistinctID)
		keys = append(keys, model.Key{Project: project, UUID: e.UUID, TimeMS: e.TimeMS})
		if found, err := s.Event(ctx, project, e.UUID); err == nil {
			said["Event "+e.UUID.String()] = []model.Event{found}
		}
	}
	for _, c := range []struct {
		field  string
		values []string
	}{{}, {"trace", []string{"t1"}}, {"session", []string{"s1"}}, {"person", []string{"person-1", "theirs"}}, {"env", []string{"theirs"}}} {
		where := func(of filter.Of) filter.Expr {
			if c.field == "" {
				return filter.Everything
			}
			return With(of, c.field, c.values...)
		}
		const limit = 16 // two pages of most lists
		what := fmt.Sprintf("by %s %s", c.field, c.values)
		found := Traces(t, s, project, where(filter.Traces), limit)
		said["Traces "+what] = found
		said["Sessions "+what] = Sessions(t, s, project, where(filter.Sessions), limit)
		said["Generations "+what] = Generations(t, s, project, where(filter.Generations), limit)
		ids := []string{}
		for _, x := range found {
			ids = append(ids, x.ID)
		}
		_, events, err := s.TracesNamed(ctx, project, ids, 2)
		if err != nil {
			t.Fatal(err)
		}
		said["first events of traces "+what] = events
	}
	said["TraceEvents"] = must[[]model.Event](t)(s.TraceEvents(ctx, project, traces, 100))
	said["TraceEvents of one"] = must[[]model.Event](t)(s.TraceEvents(ctx, project, traces[:1], 100))
	for n := range 2 {
		few := must[[]model.Content](t)(s.Contents(ctx, keys[:2+n*(len(keys)-2)]))
		said[fmt.Sprint("Contents ", n)] = sorted(&store.Batch{Contents: few}).Contents
	}
	previews := must[[]model.Preview](t)(s.Previews(ctx, keys))
	slices.SortFunc(previews, func(x, y model.Preview) int { return slices.Compare(x.UUID[:], y.UUID[:]) })
	said["Previews"] = previews
	said["RecordingStatuses"] = must[map[string]string](t)(s.RecordingStatuses(ctx, project, sessions))
	recordings := must[[]model.Recording](t)(s.Recordings(ctx, project, sessions))
	slices.SortFunc(recordings, func(x, y model.Recording) int { return newestFirst(row{0, x.SessionID}, row{0, y.SessionID}) })
	said["Recordings"] = recordings
	for _, id := range sessions[:5] {
		said["SessionEvents "+id] = must[[]model.Event](t)(s.SessionEvents(ctx, project, id, 100))
		said["Blocks "+id] = must[[]model.Block](t)(s.Blocks(ctx, project, id, "w1"))
	}
	said["BlocksOf"] = must[[]model.Block](t)(s.BlocksOf(ctx, project, sessions))
	for _, a := range activityOfBlocks(b) {
		said["Activity "+a.SessionID] = undated(must[[]model.Activity](t)(s.Activity(ctx, project, everyActivity(a.SessionID))))
		said["ActivityCounts "+a.SessionID] = must[[]store.ActivityCount](t)(s.ActivityCounts(ctx, project, a.SessionID, 0, 1<<60, 10))
		said["BlockActivity "+a.SessionID] = undated(must[[]model.Activity](t)(s.BlockActivity(ctx, project, a.SessionID, 100)))
	}
	said["Saved"] = must[[]model.Saved](t)(s.Saved(ctx, project, model.SavedView, uuid.Nil))
	said["Saved of one"] = must[[]model.Saved](t)(s.Saved(ctx, project, model.SavedView, id(3001)))
	said["Identities"] = must[[]model.Identity](t)(s.Identities(ctx, project, people))
	said["Identities of one"] = must[[]model.Identity](t)(s.Identities(ctx, project, people[:1]))
	for _, text := range []string{"person", "ada", "theirs"} {
		said["FindPeople "+text] = must[[]string](t)(s.FindPeople(ctx, project, text, 100))
	}
	said["Refusals"] = must[[]model.RefusalCount](t)(s.Refusals(ctx, project, 100))
	if totals := must[model.Totals](t)(s.Totals(ctx, project)); totals != (model.Totals{}) {
		said["Totals"] = []model.Totals{totals}
	}
	return said
}
