package query

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/impact"
	"github.com/playheadhq/playhead/internal/link/reaction"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb"
)

// felt is what the user of a generation experienced, with signals of some kinds.
func felt(e model.Event, state string, waitMS int64, kinds ...string) model.Experience {
	x := model.Experience{
		Project: scope.Project, TraceID: e.TraceID, UUID: e.UUID, Rules: model.ExperienceRules, TimeMS: e.TimeMS, ReceivedMS: e.ReceivedMS, SessionID: e.SessionID, DerivedMS: now, Of: model.CopyCall(&e),
		BeforeRequestMS: -1, PreviousWaitMS: -1, First: model.UnknownFirstCall, UnseenTokens: -1, AnswerWaitMS: max(waitMS, int64(e.LatencyMS)), Seen: model.Seen{State: state, AskedMS: e.StartMS - 100, WaitMS: waitMS, Smoothness: -1, Share: -1},
	}
	for _, kind := range kinds {
		x.Reaction.Signals = append(x.Reaction.Signals, model.Signal{Kind: kind, AtMS: e.TimeMS})
	}
	return x
}

// waitedFor is a world with 204 answers that somebody asked for and 10 that never appeared on a page: two models with the same task, each with 50
// quick and 50 slow answers.
func waitedFor(t *testing.T) *world {
	db, err := duckdb.Open(context.Background(), duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	w := worldOver(t, db)
	var all []model.Experience
	answer := func(at int64, set func(*model.Event)) model.Event {
		w.event(model.KindGeneration, "t", at, by("ada"), func(e *model.Event) {
			e.Model, e.PromptName, e.Tokens.Output, e.Tools = "gpt-4o", "support", 120, "search\nfetch"
			set(e)
		})
		return w.batch.Events[len(w.batch.Events)-1]
	}
	kinds := map[int][]string{
		0: {model.SignalAskedAgain}, 1: {model.SignalAskedAgain, model.SignalCopied}, 4: {model.SignalCopied}, 5: {model.SignalCopied}, 8: {model.SignalLeft, model.SignalCopied},
		9: {model.SignalLeft, model.SignalCopied}, 12: {model.SignalLeft}, 13: {model.SignalLeft}, 16: {model.SignalDeadClick},
	}
	for _, i := range []int{2, 3, 6, 7, 10, 11, 14, 15} {
		kinds[i] = []string{model.SignalSwitchedAway}
	}
	for i := range 200 {
		e := answer(int64(i)*1000, func(e *model.Event) {
			if i%2 == 1 {
				e.Model = "claude"
			} else {
				e.FirstTokenMS = 300
			}
		})
		waitMS := int64(500)
		if i%4 >= 2 {
			waitMS = 6000
		}
		x := felt(e, model.SeenAll, waitMS, kinds[i%20]...)
		x.AnswerWaitMS = waitMS
		x.First = model.FirstCall{BeforeMS: 100, TokenMS: int64(e.FirstTokenMS), LatencyMS: int64(e.LatencyMS), SentMS: -1, QueueMS: -1, ArrivedMS: -1}
		if e.FirstTokenMS >= 0 {
			x.First.SentMS, x.First.QueueMS, x.First.ArrivedMS = 20, 50, 450
		}
		x.PreviousWaitMS, x.PreviousKinds = 500, model.SignalBits(model.SignalCopied)
		if i%2 == 1 {
			x.PreviousKinds = model.SignalBits(model.SignalLeft)
		}
		all = append(all, x)
	}
	for i := range int64(4) { // answers whose words never appeared
		e := answer(300_000+i, func(e *model.Event) { e.LatencyMS = 12_000 })
		x := felt(e, model.SeenNotShown, -1, model.SignalLeft)
		x.UnseenTokens = 120
		all = append(all, x)
	}
	for i := range int64(10) { // calls that nobody asked for
		e := answer(400_000+i, func(e *model.Event) { priced(0.01)(e) })
		x := felt(e, model.SeenNotShown, -1)
		x.Seen.AskedMS, x.AnswerWaitMS = 0, -1
		all = append(all, x)
	}
	e := answer(500_000, func(*model.Event) {})
	unknown := felt(e, model.SeenUnknown, -1) // it is not known what was seen of this one
	unknown.Seen.Reason = "masked"
	all = append(all, unknown)
	answer(600_000, func(*model.Event) {}) // this one was not looked for
	w.commit()
	if err := db.StoreExperiences(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	return w
}

// The wait for an answer of two calls ended with the words of the first one, however late the second one began.
func TestWaitsForAnswersOfSeveralCalls(t *testing.T) {
	w := newWorld(t)
	var all []model.Experience
	for i := range int64(10) {
		trace := fmt.Sprint("t", i)
		for k := range int64(2) {
			w.event(model.KindGeneration, trace, i*100_000+k*50_000, by("ada"), func(e *model.Event) { e.Model, e.FirstTokenMS = "gpt-4o", 300 })
			x := felt(w.batch.Events[len(w.batch.Events)-1], model.SeenAll, 500)
			x.Seen.AskedMS, x.BeforeRequestMS, x.AnswerWaitMS = hourAgo+i*100_000-100, 100+k*50_000, -1
			if k == 1 {
				x.Seen.WaitMS, x.AnswerWaitMS = -1, 500
			}
			all = append(all, x)
		}
	}
	w.commit()
	if err := w.store.Store.(store.Experiences).StoreExperiences(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got, err := w.Impact(t.Context(), scope, ImpactRequest{})
	if err != nil {
		t.Fatal(err)
	}
	half := func(x *float64) bool { return x != nil && math.Abs(*x-0.5) < 1e-9 }
	if l := got.Latency; l.Answers != 10 || !half(l.WaitP50S) || !half(l.WaitP95S) || len(l.Explanations) != 0 {
		t.Errorf("%s", shownAs(t, l))
	}
}

// Reactions are weighed as they are read: what is stored has no weights, so that new settings apply to all of it, in lists, as a filter, and in what is shown.
func TestWeightsApplyToWhatIsStored(t *testing.T) {
	w := waitedFor(t)
	for _, c := range []struct {
		weights     reaction.Weights
		q           string
		rows        int64
		score, left float64
	}{
		{nil, "reaction:>0 reaction.kind:copied", 40, 0.1, -0.4}, {reaction.Weights{model.SignalLeft: 0.25}, "reaction:0.75", 20, 0.75, 0.25},
		{reaction.Weights{model.SignalCopied: -1}, "reaction:>0 reaction.kind:copied", 0, 0, 0}, {reaction.Weights{model.SignalCopied: -1, model.SignalLeft: 0.25}, "reaction_before:0.25", 100, 0, 0},
	} {
		w.weights = c.weights.Millionths()
		got, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: c.q}, Limit: 100, Count: true})
		if err != nil {
			t.Fatal(err)
		}
		if got.Total == nil || *got.Total != c.rows {
			t.Errorf("%v %s: %v rows, want %d", c.weights, c.q, got.Total, c.rows)
		}
		for _, e := range got.Items {
			if e.Reaction == nil || c.left == 0 {
				continue
			}
			for _, signal := range e.Reaction.Signals {
				if signal.Kind == model.SignalLeft && (signal.Weight != c.left || e.Reaction.Score != c.score) {
					t.Errorf("%v: %+v", c.weights, e.Reaction)
				}
			}
		}
	}
}

// Answers are found by why it is unknown what was seen of them.
func TestSeenReason(t *testing.T) {
	w := waitedFor(t)
	for q, want := range map[string]int64{"seen.reason:masked": 1, "seen:unknown seen.reason:masked,no_text": 1, "seen.reason:no_recording": 0, "seen:seen seen.reason:*": 0} {
		got, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: q}, Count: true})
		if err != nil || got.Total == nil || *got.Total != want {
			t.Errorf("%s: %v rows, want %d; error %v", q, got.Total, want, err)
		}
	}
}

func TestImpact(t *testing.T) {
	w := waitedFor(t)
	got, err := w.Impact(t.Context(), scope, ImpactRequest{By: "model"})
	if err != nil {
		t.Fatal(err)
	}
	near := func(a *float64, b float64) bool { return a != nil && math.Abs(*a-b) < 1e-9 }
	if got.Answers != 204 || got.FromMS != nil || got.Truncated || got.SearchedToMS != nil {
		t.Errorf("%d answers: %s", got.Answers, shownAs(t, got))
	}
	first, third, fifth := got.Waits[0], got.Waits[3], got.Waits[4]
	if first.Answers != 100 || first.Bad.Count != 40 || first.Good.Count != 40 || first.Reactions["left"].Count != 40 || first.Reactions["asked_again"].Count != 20 || first.Reactions["copied"].Count != 50 {
		t.Errorf("quick answers: %s", shownAs(t, first))
	}
	if third.FromS != 5 || third.Answers != 100 || third.Bad.Count != 80 || third.Good.Count != 0 || third.Reactions["switched_away"].Count != 80 || third.Difference.State != impact.Worse {
		t.Errorf("slow answers: %s", shownAs(t, third))
	}
	if fifth.FromS != 10 || fifth.Answers != 4 || fifth.Bad.Count != 4 {
		t.Errorf("answers that never came: %s", shownAs(t, fifth))
	}
	if got.LimitS != 5 || got.Verdict != impact.Worse || !strings.Contains(got.Sentences[0], "Of 100 answers that take 5 s or longer") || got.Placebo.State != impact.None || got.Placebo.Slow != 100 {
		t.Errorf("%s above %v s: %q, %s", got.Verdict, got.LimitS, got.Sentences, shownAs(t, got.Placebo))
	}
	if of := got.Worth[2]; of.AboveS != 10 || of.Answers != 4 || of.OfBad.Of != 124 || of.OfBad.Count != 4 || of.Extra != nil {
		t.Errorf("above 10 s: %s", shownAs(t, of))
	}
	if len(got.Groups) != 2 || got.Others || got.Groups[0].Value != "gpt-4o" || got.Groups[0].Answers != 104 || got.Groups[1].Value != "claude" || got.Groups[1].Answers != 100 ||
		!near(got.Groups[1].WaitS, 3.25) || got.Groups[1].Bad.Count != 60 || got.Groups[1].Good.Count != 20 {
		t.Errorf("by model: %s", shownAs(t, got.Groups))
	}
	// Values have the same figures: the sum over them is that of all answers, range by range.
	for i, all := range got.Waits {
		answers, bad, away := int64(0), int64(0), int64(0)
		for _, g := range got.Groups {
			for _, w := range g.Waits {
				if w.FromS == all.FromS {
					answers, bad, away = answers+w.Answers, bad+w.Bad.Count, away+w.Reactions["switched_away"].Count
				}
			}
		}
		if answers != all.Answers || bad != all.Bad.Count || away != all.Reactions["switched_away"].Count {
			t.Errorf("range %d of all models: %d answers, %d bad, %d switched away, not %s", i, answers, bad, away, shownAs(t, all))
		}
	}
	if g := got.Groups[1]; len(g.Waits) != 2 || g.Waits[1].FromS != 5 || *g.Waits[1].Reactions["switched_away"].Share != 0.8 || g.Reactions["switched_away"].Count != 40 || len(g.Reactions) != len(impact.Kinds) {
		t.Errorf("ranges of one model: %s", shownAs(t, g))
	}
	if len(got.Unseen) != 1 || got.Unseen[0].Seen != "not_shown" || got.Unseen[0].Answers != 14 || got.Unseen[0].OutputTokens != 14*120 || got.Unseen[0].UnseenTokens != 4*120 || !near(got.Unseen[0].CostUSD, 0.1) {
		t.Errorf("unseen: %s", shownAs(t, got.Unseen))
	}
	l := got.Latency
	if l.Answers != 200 || !near(l.WaitP50S, 3.25) || !near(l.WaitP95S, 6) || !near(l.TTFTP50S, 0.3) || !near(l.LatencyP95S, 1) || len(l.Explanations) != 2 {
		t.Fatalf("latency: %s", shownAs(t, l))
	}
	// Of the streamed ones the recordings have the requests.
	for _, e := range l.Explanations {
		want := "before_call 0.10, model 1.00, network_and_rendering 2.15"
		if e.Streamed {
			want = "page 0.02, network_there 0.03, queue 0.05, model 0.30, network_back 0.05, rendering 2.80"
		}
		var parts []string
		for _, p := range e.Parts {
			parts = append(parts, fmt.Sprintf("%s %.2f", p.Kind, p.S))
		}
		if got := strings.Join(parts, ", "); e.Answers != 100 || !near(&e.WaitS, 3.25) || got != want {
			t.Errorf("streamed %v: %d answers, %v s: %s, want %s", e.Streamed, e.Answers, e.WaitS, got, want)
		}
	}

	// The q of a figure finds as many rows as the figure counts, and lists begin with the row that they are named for.
	count := func(q string) int64 {
		page, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: q}, Count: true, Limit: 1})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		return *page.Total
	}
	for _, g := range got.Groups {
		if n := count(g.Q); n != g.Answers {
			t.Errorf("%s finds %d, not %d", g.Q, n, g.Answers)
		}
	}
	if n := count(got.Unseen[0].Q); n != 14 {
		t.Errorf("%s finds %d", got.Unseen[0].Q, n)
	}
	for i, n := range []int64{200, 124, 40} {
		list := got.Lists[i]
		if found := count(list.Q); found != n {
			t.Errorf("%s: %s finds %d, not %d", list.Name, list.Q, found, n)
		}
		if _, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: list.Q}, Sort: list.Sort, Limit: 5}); err != nil {
			t.Errorf("%s: %v", list.Name, err)
		}
	}
}

// The wait for an answer of an agent ends with its first words, which can belong to a call before the one that completes it. Its parts are those of that
// call, in the storage and by what the query language means.
func TestLatencyOfALoop(t *testing.T) {
	db, err := duckdb.Open(t.Context(), duckdb.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := worldOver(t, db)
	var all []model.Experience
	for i := range int64(4) {
		trace := fmt.Sprint("loop ", i)
		for _, later := range []int64{0, 30_000} {
			w.event(model.KindGeneration, trace, i*60_000+later, func(e *model.Event) { e.FirstTokenMS = float64(750 + later/100) })
			x := felt(w.batch.Events[len(w.batch.Events)-1], model.SeenAll, 2000+later)
			x.BeforeRequestMS, x.AnswerWaitMS = 500+later, -1
			if later > 0 {
				x.AnswerWaitMS, x.First = 2000, model.FirstCall{BeforeMS: 500, TokenMS: 750, LatencyMS: 1000, SentMS: 200, QueueMS: -1, ArrivedMS: -1}
			}
			all = append(all, x)
		}
	}
	reference := filtertest.World{Events: w.batch.Events, Experiences: all}
	w.commit()
	if err := db.StoreExperiences(t.Context(), all); err != nil {
		t.Fatal(err)
	}
	got, err := w.Impact(t.Context(), scope, ImpactRequest{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(x float64) *float64 { return &x }
	want := ImpactLatency{
		Answers: 4, WaitP50S: of(2.0), WaitP95S: of(2.0), TTFTP50S: of(0.75), TTFTP95S: of(0.75), LatencyP50S: of(1.0), LatencyP95S: of(1.0),
		Explanations: []WaitExplains{},
	}
	explained := []WaitExplains{{Streamed: true, Answers: 4, WaitS: 2, Parts: impact.Parts(impact.Timing{Wait: 2, Before: 0.5, Model: 0.75, Sent: 0.2, Queue: -1, Arrived: -1})}}
	if shownAs(t, got.Latency.Explanations) != shownAs(t, explained) {
		t.Errorf("the storage explains %s, want %s", shownAs(t, got.Latency.Explanations), shownAs(t, explained))
	}
	got.Latency.Explanations = []WaitExplains{}
	if shownAs(t, got.Latency) != shownAs(t, want) {
		t.Errorf("the storage says %s, want %s", shownAs(t, got.Latency), shownAs(t, want))
	}
	meant := func(g *grouping) groupRow {
		var rows []filter.Row
		for _, r := range reference.Rows(filter.Generations, []string{"generation"}) {
			if filter.Match(g.terms, r) {
				rows = append(rows, r.Named())
			}
		}
		table := filter.Compute(rows, filter.Sum{Measures: g.measures, By: g.by, Limit: 1}, filter.Span{})
		return groupRow{g, table.Rows[0]}
	}
	if l := latencyOf(meant(latencyFigures)); shownAs(t, l) != shownAs(t, want) {
		t.Errorf("the language means %s, want %s", shownAs(t, l), shownAs(t, want))
	}
	if e, ok := explanationOf(meant(partFigures)); !ok || shownAs(t, []WaitExplains{e}) != shownAs(t, explained) {
		t.Errorf("the language means %s, want %s", shownAs(t, e), shownAs(t, explained))
	}
}

// A field with several values in a row, or one that is not part of the strata, groups the same answers.
func TestImpactBy(t *testing.T) {
	w := waitedFor(t)
	for by, want := range map[string][]any{
		"": nil, "tool": {"fetch", "search"}, "prompt_name": {"support"}, "agent": {nil}, "person": {"ada"}, "error": {false}, "latency(1s/5s)": {1.0, 2.0},
	} {
		got, err := w.Impact(t.Context(), scope, ImpactRequest{By: by})
		if err != nil {
			t.Errorf("by %s: %v", by, err)
			continue
		}
		if got.Answers != 204 || len(got.Groups) != len(want) {
			t.Errorf("by %s: %d answers, %s", by, got.Answers, shownAs(t, got.Groups))
			continue
		}
		for i, g := range got.Groups {
			if g.Value != want[i] || by == "tool" && g.Answers != 204 {
				t.Errorf("by %s: %s", by, shownAs(t, g))
			}
		}
	}
	if one, err := w.Impact(t.Context(), scope, ImpactRequest{By: "model", Limit: 1}); err != nil || len(one.Groups) != 1 || !one.Others {
		t.Errorf("one model: %s, %v", shownAs(t, one.Groups), err)
	}
	if some, err := w.Impact(t.Context(), scope, ImpactRequest{Narrowing: Narrowing{Q: "model:claude OR model:nothing"}}); err != nil || some.Answers != 100 {
		t.Errorf("of one model: %d answers, %v", some.Answers, err)
	}
	if none, err := w.Impact(t.Context(), scope, ImpactRequest{Narrowing: Narrowing{Q: "model:nothing"}, By: "model"}); err != nil || none.Answers != 0 || none.Verdict != impact.NotEnough || len(none.Waits) != 6 || len(none.Sentences) != 1 {
		t.Errorf("of nothing: %s, %v", shownAs(t, none), err)
	}
	for what, r := range map[string]ImpactRequest{
		"by": {By: "nothing"}, "by two": {By: "model,provider"}, "by time": {By: "time(1h)"}, "limit": {Limit: 1000}, "q": {Narrowing: Narrowing{Q: "("}},
	} {
		if _, err := w.Impact(t.Context(), scope, r); !is(err, CodeBadInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
