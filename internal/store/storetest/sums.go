package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

func testTraceSums(t *testing.T, f Factory) {
	s := opened(t, f)
	first, second, third := call(1, "t", day+2000), call(2, "t", day+5000), call(3, "t", day+6000)
	first.Title, first.Model = "first", "gpt-b"
	first.Tokens = model.Tokens{Input: 10, Output: 5, Total: 15, CacheRead: -1, CacheWrite: -1, Reasoning: 0}
	first.ConversationID, first.ParentID = "chat", "t"
	second.Model, second.LatencyMS = "gpt-a", 2500
	second.StartMS = day + 2500
	second.Tokens = model.Tokens{Input: 1, Output: -1, Total: -1, CacheRead: 7, CacheWrite: -1, Reasoning: -1}
	second.IsError, second.Error, second.Truncated = true, "timed out", true
	third.Kind, third.Model, third.LatencyMS = model.KindEmbedding, "gpt-b", -1
	span := call(4, "t", day+7000)
	span.Kind, span.Title, span.IsError, span.Error = model.KindSpan, "tool", true, "second error"
	root := call(5, "t", day+6500)
	root.Kind, root.Title, root.StartMS, root.LatencyMS = model.KindTrace, "the trace's own name", day+900, 5600
	feedback := call(6, "t", day+90_000)
	feedback.Kind, feedback.MetricValue, feedback.StartMS, feedback.LatencyMS = model.KindFeedback, "good", 0, -1
	// A parent that repeats the costs of its children does not count.
	first.Cost, second.Cost = model.Cost{State: model.CostPriced, Nanos: 1500}, model.Cost{State: model.CostGiven, Nanos: 20}
	third.Cost, span.Cost, root.Cost = model.Cost{State: model.CostUnpriced}, first.Cost, first.Cost
	// What the provider does not charge for is no unknown cost.
	refused := third
	refused.UUID, refused.StartMS, refused.Cost = id(80), day+3000, model.Cost{State: model.CostUncharged}
	refused.Tokens = model.UnknownTokens()
	commit(t, s, &store.Batch{Events: []model.Event{feedback, third, second, refused}})
	commit(t, s, &store.Batch{Events: []model.Event{first, span, root, call(7, "other", day+100_000)}})

	want := model.TraceSummary{
		ID: "t", Title: "the trace's own name", ConversationID: "chat", FirstMS: day + 900, EndMS: day + 7000, LastMS: day + 90_000,
		Generations: 4, Spans: 1, Errors: 2, Feedbacks: 1, SummedLatencyMS: 3500,
		Tokens: model.Tokens{Input: 11, Output: 5, Total: 15, CacheRead: 7, CacheWrite: -1, Reasoning: 0}, CostNanos: 1520, Unpriced: 1,
		Models: []string{"gpt-a", "gpt-b"}, Error: "timed out", FirstGeneration: model.Key{Project: project, UUID: first.UUID, TimeMS: first.TimeMS},
		LastGeneration: model.Key{Project: project, UUID: second.UUID, TimeMS: second.TimeMS}, Truncated: true,
	}
	// The whole trace is summed up, even if only one of its events matches.
	got := Traces(t, s, project, With(filter.Traces, "model", "gpt-b"), 10)
	same(t, "Traces", got, []model.TraceSummary{want})

	// An explicit trace that failed together with its call is no second error, but counts if it is the only one.
	failed, failedRoot, onlyRoot := second, root, root
	failed.UUID, failed.TraceID = id(11), "failed"
	failedRoot.UUID, failedRoot.TraceID, failedRoot.IsError = id(12), "failed", true
	onlyRoot.UUID, onlyRoot.TraceID, onlyRoot.IsError = id(13), "only its root", true
	commit(t, s, &store.Batch{Events: []model.Event{failed, failedRoot, onlyRoot}})

	// Without a generation, the previews of embeddings are shown, otherwise those of the explicit trace, or of spans.
	embedded, stepped := third, span
	embedded.UUID, embedded.TraceID = id(14), "embedded"
	stepped.UUID, stepped.TraceID = id(15), "embedded"
	steps, stepsRoot := span, root
	steps.UUID, steps.TraceID = id(16), "steps"
	stepsRoot.UUID, stepsRoot.TraceID, stepsRoot.StartMS = id(17), "steps", span.StartMS+5
	lone, later := span, span
	lone.UUID, lone.TraceID = id(18), "spans"
	later.UUID, later.TraceID, later.StartMS = id(19), "spans", span.StartMS+5
	commit(t, s, &store.Batch{Events: []model.Event{embedded, stepped, steps, stepsRoot, lone, later}})
	for of, ends := range map[string][2]model.Event{"embedded": {embedded, embedded}, "steps": {stepsRoot, stepsRoot}, "spans": {lone, later}} {
		for _, x := range Traces(t, s, project, filter.Everything, 20) {
			if x.ID == of && (x.FirstGeneration.UUID != ends[0].UUID || x.LastGeneration.UUID != ends[1].UUID) {
				t.Errorf("%s shows %v and %v", of, x.FirstGeneration, x.LastGeneration)
			}
		}
	}

	// Without an explicit trace the name comes from the root. A trace that consists only of feedback has no more than its time.
	alone := feedback
	alone.UUID, alone.TraceID = id(8), "alone"
	unnamed := first
	unnamed.UUID, unnamed.TraceID, unnamed.ParentID = id(9), "rooted", ""
	child := span
	child.UUID, child.TraceID, child.ParentID, child.StartMS = id(10), "rooted", "x", day
	commit(t, s, &store.Batch{Events: []model.Event{alone, unnamed, child}})
	byID := map[string]model.TraceSummary{}
	for _, x := range Traces(t, s, project, filter.Everything, 20) {
		byID[x.ID] = x
	}
	same(t, "errors of a call that failed with its trace", byID["failed"].Errors, int64(1))
	same(t, "errors of a trace that failed alone", byID["only its root"].Errors, int64(1))
	same(t, "title of a trace with a root", byID["rooted"].Title, "first")
	same(t, "times of feedback alone", [2]int64{byID["alone"].FirstMS, byID["alone"].EndMS}, [2]int64{day + 90_000, day + 90_000})
	same(t, "tokens of feedback alone", byID["alone"].Tokens, notReported)
}

func testTraceEvents(t *testing.T, f Factory) {
	s := opened(t, f)
	var a, b []model.Event
	for n := range 5 {
		a = append(a, call(n, "a", day+int64(10*n)))
		b = append(b, call(10+n, "b", day+int64(10*n+5)))
	}
	tied := call(20, "b", day+5) // starts with the first of b
	b = append(b, tied)
	commit(t, s, &store.Batch{Events: slices.Concat(b, a)})
	byStart := func(x, y model.Event) int {
		return -newestFirst(row{x.StartMS, x.UUID.String()}, row{y.StartMS, y.UUID.String()})
	}
	slices.SortFunc(b, byStart)
	both := slices.Concat(a, b)
	slices.SortFunc(both, byStart)
	same(t, "both", must[[]model.Event](t)(s.TraceEvents(t.Context(), project, []string{"a", "b", "none", "a"}, 100)), both)
	same(t, "at most two of b", must[[]model.Event](t)(s.TraceEvents(t.Context(), project, []string{"b"}, 2)), b[:2])
	three := slices.Concat(a[:3], b[:3])
	slices.SortFunc(three, byStart)
	same(t, "at most three of each", must[[]model.Event](t)(s.TraceEvents(t.Context(), project, []string{"b", "a"}, 3)), three)
}

func testSessionSums(t *testing.T, f Factory) {
	s := opened(t, f)
	view, click, ask, failed := page(1, "s", day+1000), page(2, "s", day+2000), call(3, "t", day+5000), call(4, "t", day+6000)
	view.URL, view.RecordingStatus = "https://shop.example/", "buffering"
	click.URL, click.RecordingStatus, click.WindowID = "https://shop.example/cart", "active", "w2"
	ask.SessionID, ask.DistinctID, failed.SessionID, failed.IsError = "s", "backend-id", "s", true
	early, late := block(5, "s", "w1", day+500), block(6, "s", "w2", day+3000)
	early.Clicks, early.Keys, early.URL, late.Clicks, late.Keys = 2, 3, "https://shop.example/?start", 5, 7
	late.DistinctID = "ada-identified"
	failedRoot, failedSpan := call(9, "t", day+6000), call(10, "t", day+6000)
	failedRoot.Kind, failedRoot.SessionID, failedRoot.IsError = model.KindTrace, "s", true
	failedSpan.Kind, failedSpan.SessionID, failedSpan.IsError = model.KindSpan, "s", true
	ask.Cost, ask.Tokens.Input, ask.Tokens.CacheRead, failed.Tokens.Input, failed.Tokens.Output = model.Cost{State: model.CostPriced, Nanos: 7}, 100, 40, 20, 3
	refused := failed // the provider charges nothing for it
	refused.UUID, refused.Cost, refused.Tokens = id(81), model.Cost{State: model.CostUncharged}, model.UnknownTokens()
	ask.LatencyMS, failedSpan.LatencyMS, failedSpan.Tokens.Input = 1500.5, 9000, 5 // spans repeat the usage of the calls below them
	commit(t, s, &store.Batch{Events: []model.Event{failed, refused, failedRoot, failedSpan, click, view, ask}, Blocks: []model.Block{late, early}})
	commit(t, s, &store.Batch{Events: []model.Event{page(7, "unrecorded", day)}, Blocks: []model.Block{block(8, "silent", "w", day+100)}})

	want := []model.SessionSummary{
		{ID: "s", DistinctID: "ada-identified", FirstMS: day + 500, LastMS: day + 13_000, Events: 7, Generations: 3, Errors: 2, Clicks: 7, Keys: 10,
			Windows: 2, Blocks: 2, Bytes: 2000, URL: "https://shop.example/", RecordingStatus: "active",
			Tokens: model.Tokens{Input: 120, Output: 3, Total: -1, CacheRead: 40, CacheWrite: -1, Reasoning: -1}, CostNanos: 7, Unpriced: 1, SlowestMS: 1500.5},
		{ID: "silent", DistinctID: "ada", FirstMS: day + 100, LastMS: day + 10_100, Windows: 1, Blocks: 1, Bytes: 1000, Tokens: notReported, CostNanos: -1, SlowestMS: -1},
		{ID: "unrecorded", DistinctID: "ada", FirstMS: day, LastMS: day, Events: 1, Windows: 1, Tokens: notReported, CostNanos: -1, SlowestMS: -1},
	}
	same(t, "Sessions", Sessions(t, s, project, filter.Everything, 10), want)
}

func testSessionEvents(t *testing.T, f Factory) {
	s := opened(t, f)
	var want []model.Event
	for n := range 6 {
		want = append(want, page(n, "s", day+int64(n/2))) // pairs tie
	}
	commit(t, s, &store.Batch{Events: append([]model.Event{page(10, "other", day)}, want...)})
	slices.SortFunc(want, func(a, b model.Event) int {
		return -newestFirst(row{a.TimeMS, a.UUID.String()}, row{b.TimeMS, b.UUID.String()})
	})
	same(t, "all", must[[]model.Event](t)(s.SessionEvents(t.Context(), project, "s", 100)), want)
	same(t, "at most three", must[[]model.Event](t)(s.SessionEvents(t.Context(), project, "s", 3)), want[:3])
}

func testRecordings(t *testing.T, f Factory) {
	s := opened(t, f)
	a, b, c, d := block(1, "s", "w2", day+20_000), block(2, "s", "w1", day), block(3, "s", "w1", day+10_000), block(4, "other", "w", day)
	a.DistinctID = "latest"
	b.FirstInputMS, b.LastInputMS, b.Clicks, b.Keys = day+500, day+9000, 1, 2
	c.FirstInputMS, c.LastInputMS, c.Clicks = day+11_000, day+11_000, 3 // the only input is both the first and the last
	c.Snapshots = []model.Snapshot{{AtMS: day + 10_100, Line: 1}, {AtMS: day + 15_000, Line: 40}}
	commit(t, s, &store.Batch{Blocks: []model.Block{a, c, b, d}})

	got := must[[]model.Recording](t)(s.Recordings(t.Context(), project, []string{"s", "other", "none", "s"}))
	slices.SortFunc(got, func(x, y model.Recording) int { return -newestFirst(row{0, x.SessionID}, row{0, y.SessionID}) })
	same(t, "Recordings", got, []model.Recording{
		{SessionID: "other", DistinctID: "ada", Windows: []model.Window{{ID: "w", FirstMS: day, LastMS: day + 10_000}}},
		{SessionID: "s", DistinctID: "latest", Windows: []model.Window{
			{ID: "w1", FirstMS: day, LastMS: day + 20_000, FirstSnapshotMS: day + 10_100, Clicks: 4, Keys: 2, InputsMS: []int64{day + 500, day + 9000, day + 11_000}},
			{ID: "w2", FirstMS: day + 20_000, LastMS: day + 30_000},
		}},
	})
	same(t, "Blocks", must[[]model.Block](t)(s.Blocks(t.Context(), project, "s", "w1")), []model.Block{b, c})
	same(t, "Blocks of another window", must[[]model.Block](t)(s.Blocks(t.Context(), project, "s", "w9")), nil)
}

func testRecordingStatuses(t *testing.T, f Factory) {
	s := opened(t, f)
	a, b, c, d := page(1, "s", day+2), page(2, "s", day+1), page(3, "s", day+3), page(4, "none sent", day)
	a.RecordingStatus, b.RecordingStatus = "active", "buffering"
	commit(t, s, &store.Batch{Events: []model.Event{a, b, c, d}})
	got := must[map[string]string](t)(s.RecordingStatuses(t.Context(), project, []string{"s", "none sent", "unknown"}))
	same(t, "RecordingStatuses", got, map[string]string{"s": "active"})
}

func testPeople(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	facts := []model.Identity{
		{Project: project, UUID: id(1), TimeMS: day + 2, ID: "anonymous-1", OtherID: "ada"},
		{Project: project, UUID: id(2), TimeMS: day + 3, ID: "ada", Name: "Ada Lovelace", Email: "ada@example.com"},
		{Project: project, UUID: id(3), TimeMS: day + 1, ID: "ada", OtherID: "ada-old"},
		{Project: project, UUID: id(4), TimeMS: day, ID: "grace", Name: "Grace 100%"},
	}
	seen := page(5, "s", day)
	seen.DistinctID = "never-identified"
	commit(t, s, &store.Batch{Identities: facts, Events: []model.Event{seen}})
	same(t, "of ada", must[[]model.Identity](t)(s.Identities(ctx, project, []string{"ada"})), []model.Identity{facts[2], facts[0], facts[1]})
	same(t, "of two", must[[]model.Identity](t)(s.Identities(ctx, project, []string{"ada-old", "grace", "x"})), []model.Identity{facts[3], facts[2]})
	same(t, "of nobody", must[[]model.Identity](t)(s.Identities(ctx, project, []string{""})), nil)
	for text, want := range map[string][]string{
		"ADA": {"ada", "ada-old"}, "lovelace": {"ada"}, "@example": {"ada"}, "anonymous": {"anonymous-1"}, "0%": {"grace"}, "identified": {"never-identified"}, "_": nil,
	} {
		got := must[[]string](t)(s.FindPeople(ctx, project, text, 10))
		slices.Sort(got)
		same(t, "FindPeople "+text, got, want)
	}
	same(t, "at most one", len(must[[]string](t)(s.FindPeople(ctx, project, "ada", 1))), 1)

	commit(t, s, &store.Batch{Identities: []model.Identity{ // the same rows again, and a name for a joined id
		{Project: project, UUID: id(6), TimeMS: day + 7, ID: "anonymous-1", OtherID: "ada"}, {Project: project, UUID: id(7), TimeMS: day + 8, ID: "ada-old", Name: "Ada"},
	}})
	joined := must[[]model.Identity](t)(s.JoinedIDs(ctx, project, 10))
	slices.SortFunc(joined, func(a, b model.Identity) int { return strings.Compare(a.ID+" "+a.OtherID, b.ID+" "+b.OtherID) })
	same(t, "JoinedIDs", joined, []model.Identity{
		{Project: project, ID: "ada", Name: "Ada Lovelace", Email: "ada@example.com"}, {Project: project, ID: "ada", OtherID: "ada-old"},
		{Project: project, ID: "ada-old", Name: "Ada"}, {Project: project, ID: "anonymous-1", OtherID: "ada"},
	})
	same(t, "at most two pairs", len(must[[]model.Identity](t)(s.JoinedIDs(ctx, project, 2))), 2)
	for id, want := range map[string]bool{"never-identified": true, "never": false, "grace": false, "": false} {
		same(t, "HasID "+id, must[bool](t)(s.HasID(ctx, project, id)), want)
	}
	earlier, recorded := page(8, "s0", day-1000), block(9, "s-recorded", "w", day+5000)
	earlier.DistinctID, recorded.DistinctID = "never-identified", "only-recorded"
	commit(t, s, &store.Batch{Events: []model.Event{earlier}, Blocks: []model.Block{recorded}})
	same(t, "FirstSessions", must[map[string]model.FirstSession](t)(s.FirstSessions(ctx, project, []string{"never-identified", "only-recorded", "ada", ""})), map[string]model.FirstSession{
		"never-identified": {SessionID: "s0", AtMS: day - 1000}, "only-recorded": {SessionID: "s-recorded", AtMS: recorded.FirstMS},
	})
	same(t, "FirstSessions of nobody", len(must[map[string]model.FirstSession](t)(s.FirstSessions(ctx, project, nil))), 0)
	for text, want := range map[string][]string{"ada": {"ada"}, "Ada Lovelace": {"ada"}, "ADA": nil, "Grace 100%": {"grace"}, "%": nil, "never-identified": nil} {
		same(t, "FindNamed "+text, must[[]string](t)(s.FindNamed(ctx, project, filter.Value{Text: text}, 10)), want)
	}
	for pattern, want := range map[string][]string{"ada*": {"ada", "ada-old"}, "*@example.com": {"ada"}, "*ly*": nil, "*0%": {"grace"}} {
		same(t, "FindNamed "+pattern, must[[]string](t)(s.FindNamed(ctx, project, filter.Value{Text: pattern, Pattern: true}, 10)), want)
	}
}

func testRefusals(t *testing.T, f Factory) {
	s := opened(t, f)
	r := func(at int64, reason model.Reason, event string, count int64, detail string) model.Refusal {
		return model.Refusal{Project: project, AtMS: at, Reason: reason, Event: event, Detail: detail, Library: "posthog-go/1", Bytes: 10, Count: count}
	}
	commit(t, s, &store.Batch{Refusals: []model.Refusal{r(day, "too_large", "$snapshot", 2, "old"), r(day+1, "no_event_name", "", 0, "no name"), r(day+5, "too_large", "$snapshot", 1, "newer")}})
	commit(t, s, &store.Batch{Refusals: []model.Refusal{r(day+9, "too_large", "$snapshot", 4, "newest"), r(day+2, "too_large", "other", 1, "x")}})
	want := []model.RefusalCount{
		{Reason: "too_large", Event: "$snapshot", Library: "posthog-go/1", Detail: "newest", Count: 7, FirstMS: day, LastMS: day + 9},
		{Reason: "too_large", Event: "other", Library: "posthog-go/1", Detail: "x", Count: 1, FirstMS: day + 2, LastMS: day + 2},
		{Reason: "no_event_name", Library: "posthog-go/1", Detail: "no name", Count: 1, FirstMS: day + 1, LastMS: day + 1},
	}
	same(t, "Refusals", must[[]model.RefusalCount](t)(s.Refusals(t.Context(), project, 10)), want)
	same(t, "the latest", must[[]model.RefusalCount](t)(s.Refusals(t.Context(), project, 1)), want[:1])
	for range 5 { // equal ones are counted separately
		commit(t, s, &store.Batch{Refusals: []model.Refusal{r(day+20, "too_deep", "same", 1, "same")}})
	}
	same(t, "the same again and again", must[[]model.RefusalCount](t)(s.Refusals(t.Context(), project, 1))[0].Count, 5)
}

func testTotals(t *testing.T, f Factory) {
	s := opened(t, f)
	totals := func() model.Totals { return must[model.Totals](t)(s.Totals(t.Context(), project)) }
	commit(t, s, &store.Batch{Events: []model.Event{page(1, "s", day)}})
	same(t, "a page view", totals(), model.Totals{Events: 1, FirstEventMS: day + 5})
	ask := call(2, "t", day+1000)
	ask.SessionID = "s"
	commit(t, s, &store.Batch{Events: []model.Event{ask, call(3, "t", day+900)}})
	same(t, "two calls", totals(), model.Totals{Events: 3, Generations: 2, FirstEventMS: day + 5, FirstLLMEventMS: day + 905})
	commit(t, s, &store.Batch{Blocks: []model.Block{block(4, "elsewhere", "w", day)}})
	same(t, "another session's recording", totals(), model.Totals{Events: 3, Generations: 2, Blocks: 1, FirstEventMS: day + 5,
		FirstLLMEventMS: day + 905, FirstRecordingMS: day + 10_005})
	commit(t, s, &store.Batch{Blocks: []model.Block{block(5, "s", "w", day+20)}})
	same(t, "its recording", totals(), model.Totals{Events: 3, Generations: 2, Blocks: 2, FirstEventMS: day + 5,
		FirstLLMEventMS: day + 905, FirstRecordingMS: day + 10_005, FirstLinkMS: day + 10_025})
}
