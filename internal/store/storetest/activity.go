package storetest

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// everyActivity selects all activity of a session.
func everyActivity(session string) store.ActivityQuestion {
	return store.ActivityQuestion{
		SessionID: session, FromMS: math.MinInt64, ToMS: math.MaxInt64, After: store.ActivityPosition{AtMS: math.MinInt64}, Limit: 100_000,
	}
}

// activityOfBlocks makes a row for each block of a batch, and one about the block.
func activityOfBlocks(b *store.Batch) (rows []model.Activity) {
	for i := range b.Blocks {
		x := &b.Blocks[i]
		a := model.Activity{
			Project: x.Project, UUID: x.UUID, Position: 3, Rules: model.ActivityRules, SessionID: x.SessionID, WindowID: x.WindowID, TimeMS: x.LastMS,
			ReceivedMS: x.ReceivedMS, AtMS: x.FirstMS, EndMS: x.LastMS, Kind: model.ActivityClick, Label: "label " + x.Project, Status: -1, FirstByteMS: x.FirstMS + int64(i), Dead: i%2 == 0, DerivedMS: day,
		}
		about := a
		about.Position, about.Kind, about.Detail, about.Dead = model.BlockPosition, "", "1280x720", false
		rows = append(rows, a, about)
	}
	return rows
}

func putActivity(t *testing.T, s store.Store, rows []model.Activity) {
	t.Helper()
	if err := s.StoreActivity(t.Context(), rows); err != nil {
		t.Fatal(err)
	}
}

// undated are rows without the time at which they were derived.
func undated(rows []model.Activity) []model.Activity {
	for i := range rows {
		rows[i].DerivedMS = 0
	}
	return rows
}

func activityPosition(a *model.Activity) store.ActivityPosition {
	return store.ActivityPosition{AtMS: a.AtMS, UUID: a.UUID, Position: a.Position}
}

func byActivityPosition(a, b store.ActivityPosition) int {
	return cmp.Or(cmp.Compare(a.AtMS, b.AtMS), slices.Compare(a.UUID[:], b.UUID[:]), cmp.Compare(a.Position, b.Position))
}

// askedActivity is the expected answer to a question, computed in the simplest way.
func askedActivity(rows []model.Activity, q store.ActivityQuestion) (found []model.Activity) {
	for _, a := range rows {
		kinds := []string{a.Kind}
		if a.Dead {
			kinds = append(kinds, model.ActivityDeadClick)
		}
		if a.Rage {
			kinds = append(kinds, model.ActivityRageClick)
		}
		wanted := len(q.Kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(q.Kinds, k) })
		contains := func(s string) bool { return strings.Contains(strings.ToLower(s), q.Text) }
		if a.Project == project && a.Kind != "" && a.Rules == model.ActivityRules && a.SessionID == q.SessionID && (q.WindowID == "" || q.WindowID == a.WindowID) &&
			a.AtMS >= q.FromMS && a.AtMS < q.ToMS && wanted && (contains(a.Label) || contains(a.Detail) || contains(a.Page)) &&
			(!q.Problems || a.Dead || a.Rage || a.Failed) && byActivityPosition(activityPosition(&a), q.After) > 0 {
			found = append(found, a)
		}
	}
	slices.SortFunc(found, func(a, b model.Activity) int { return byActivityPosition(activityPosition(&a), activityPosition(&b)) })
	return found[:min(len(found), q.Limit)]
}

// testActivity: a row has exactly the values that were stored last under its key, and questions find the right rows.
func testActivity(t *testing.T, f Factory) {
	open := f(t)
	s, ctx := open(t), t.Context()
	b := &store.Batch{}
	for n := range 12 {
		b.Blocks = append(b.Blocks, block(n, []string{"s", "other"}[n%6/5], fmt.Sprint("w", n%3), day+int64(n)*100))
	}
	commit(t, s, b)
	commit(t, s, elsewhere(b, "q"))
	same(t, "nothing yet", must[[]model.Activity](t)(s.Activity(ctx, project, everyActivity("s"))), nil)
	same(t, "counts of nothing", must[[]store.ActivityCount](t)(s.ActivityCounts(ctx, project, "s", 0, day*2, 10)), nil)
	putActivity(t, s, nil)

	var whole model.Activity
	fill(&whole)
	whole.Project, whole.Rules, whole.SessionID, whole.UUID = project, model.ActivityRules, "s", b.Blocks[0].UUID
	whole.Position = 1000
	whole.ReceivedMS, whole.TimeMS, whole.AtMS = b.Blocks[0].ReceivedMS, b.Blocks[0].LastMS, day-1000
	putActivity(t, s, []model.Activity{whole})
	same(t, "as stored", must[[]model.Activity](t)(s.Activity(ctx, project, everyActivity("s"))), []model.Activity{whole})

	random := rand.New(rand.NewPCG(7, 7))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	byKey := map[string]model.Activity{}
	row := func(x *model.Block, position int64, derivedMS int64) model.Activity {
		a := model.Activity{
			Project: x.Project, UUID: x.UUID, Position: position, Rules: model.ActivityRules, SessionID: x.SessionID, WindowID: x.WindowID, TimeMS: x.LastMS,
			ReceivedMS: x.ReceivedMS, AtMS: x.FirstMS + int64(random.IntN(300)), Kind: pick(model.ActivityClick, model.ActivityKey, model.ActivityConsole, ""),
			Label: pick("Send", "ÄPFEL", "50% off_", ""), Detail: pick("button", "error", "log"), Page: pick("https://h/A", "https://h/b"), Node: int64(random.IntN(3)),
			Status: -1, FirstByteMS: random.Int64N(3) - 1, Dead: random.IntN(4) == 0, Rage: random.IntN(6) == 0, Failed: random.IntN(6) == 0, DerivedMS: derivedMS,
		}
		a.EndMS = a.AtMS + int64(random.IntN(2))*50
		return a
	}
	for round := range 3 {
		var rows []model.Activity
		for i := range b.Blocks {
			for position := range int64(20) {
				if round == 0 || random.IntN(3) == 0 {
					rows = append(rows, row(&b.Blocks[i], position, day+int64(round)))
				}
			}
		}
		putActivity(t, s, rows)
		putActivity(t, s, rows) // by another server
		for _, a := range rows {
			byKey[fmt.Sprint(a.UUID, a.Position)] = a
		}
	}
	theirs := row(&b.Blocks[0], 1, day)
	theirs.Project = "q"
	old := row(&b.Blocks[0], 1, day)
	old.Rules = model.ActivityRules + 1
	putActivity(t, s, []model.Activity{theirs, old})
	all := []model.Activity{whole, theirs, old}
	for _, a := range byKey {
		all = append(all, a)
	}
	check := func(what string, q store.ActivityQuestion) {
		t.Helper()
		same(t, fmt.Sprintf("%s: %+v", what, q), must[[]model.Activity](t)(s.Activity(ctx, project, q)), askedActivity(all, q))
	}
	check("all", everyActivity("s"))
	check("all of the other", everyActivity("other"))
	check("of none", everyActivity("never"))
	for range 60 {
		q := everyActivity(pick("s", "s", "other"))
		q.WindowID = pick("", "", "w1")
		q.Text = pick("", "", "send", "äpfel", "%", "_", "h/a", "button")
		q.Problems = random.IntN(4) == 0
		q.Limit = []int{1, 7, 1000}[random.IntN(3)]
		for _, kind := range []string{model.ActivityClick, model.ActivityConsole, model.ActivityDeadClick, model.ActivityRageClick} {
			if random.IntN(4) == 0 {
				q.Kinds = append(q.Kinds, kind)
			}
		}
		if random.IntN(2) == 0 {
			q.FromMS, q.ToMS = day+int64(random.IntN(700)), day+500+int64(random.IntN(900))
		}
		if found := askedActivity(all, q); len(found) > 2 && random.IntN(2) == 0 {
			q.After = activityPosition(&found[len(found)/2])
		}
		check("asked", q)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t)
	defer s.Close()
	check("opened again", everyActivity("s"))

	counts := map[store.ActivityCount]int64{}
	count := func(kind string, at int64) {
		counts[store.ActivityCount{Kind: kind, Bucket: (at - day) / 100}]++
	}
	for _, a := range all {
		if a.Project != project || a.Rules != model.ActivityRules || a.SessionID != "s" || a.Kind == "" || a.AtMS < day || a.AtMS >= day+900 {
			continue
		}
		count(a.Kind, a.AtMS)
		if a.Dead {
			count(model.ActivityDeadClick, a.AtMS)
		}
		if a.Rage {
			count(model.ActivityRageClick, a.AtMS)
		}
	}
	var want []store.ActivityCount
	for c, n := range counts {
		c.Count = n
		want = append(want, c)
	}
	byCount := func(a, b store.ActivityCount) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Bucket, b.Bucket))
	}
	slices.SortFunc(want, byCount)
	got := must[[]store.ActivityCount](t)(s.ActivityCounts(ctx, project, "s", day, day+900, 100))
	slices.SortFunc(got, byCount)
	same(t, "counts", got, want)

	// The following checks are about blocks.
	left := func(fromMS, toMS int64, limit int) (ids []uuid.UUID) {
		for _, x := range must[[]model.Block](t)(s.Underived(ctx, fromMS, toMS, limit)) {
			if x.Project == project {
				ids = append(ids, x.UUID)
			}
		}
		slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		return ids
	}
	same(t, "none is derived as a whole", len(left(0, day*2, 100)), len(b.Blocks))
	same(t, "Underived, limited", len(must[[]model.Block](t)(s.Underived(ctx, 0, day*2, 5))), 5)
	about := activityOfBlocks(b)
	about = slices.DeleteFunc(about, func(a model.Activity) bool { return a.Position != model.BlockPosition })
	for i := range about {
		about[i].Label, about[i].Detail = "", []string{"", "1280x720"}[i%2]
	}
	about[2].Label = "missing"
	putActivity(t, s, about[:6])
	var rest []uuid.UUID
	for _, x := range b.Blocks[6:] {
		rest = append(rest, x.UUID)
	}
	same(t, "Underived of a time", left(b.Blocks[7].ReceivedMS, b.Blocks[8].ReceivedMS, 100), rest[1:2])
	slices.SortFunc(rest, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	same(t, "Underived", left(0, day*2, 100), rest)
	same(t, "BlockActivity", must[[]model.Activity](t)(s.BlockActivity(ctx, project, "s", 100)), []model.Activity{about[1], about[2], about[3]})
	same(t, "BlockActivity, limited", must[[]model.Activity](t)(s.BlockActivity(ctx, project, "s", 1)), about[1:2])

	blocks := must[[]model.Block](t)(s.BlocksOf(ctx, project, []string{"other", "s", "never"}))
	ordered := slices.Clone(b.Blocks)
	slices.SortFunc(ordered, func(a, b model.Block) int {
		return cmp.Or(cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(a.WindowID, b.WindowID), cmp.Compare(a.FirstMS, b.FirstMS), slices.Compare(a.UUID[:], b.UUID[:]))
	})
	same(t, "BlocksOf", blocks, ordered)
	same(t, "BlocksOf none", must[[]model.Block](t)(s.BlocksOf(ctx, project, nil)), nil)
}

// testActivityOfLists: the reads that lists use for many sessions at once.
func testActivityOfLists(t *testing.T, f Factory) {
	s, ctx := opened(t, f), t.Context()
	b := &store.Batch{}
	for n := range 6 {
		b.Blocks = append(b.Blocks, block(n, fmt.Sprint("s", n%3), "w", day+int64(n)*100))
	}
	commit(t, s, b)
	putActivity(t, s, activityOfBlocks(b)) // two clicks in each of three sessions
	putActivity(t, s, activityOfBlocks(elsewhere(b, "q")))
	some := activityOfBlocks(&store.Batch{Blocks: b.Blocks[:1]})[:1]
	for i, kind := range []string{model.ActivityConsole, model.ActivityNavigation, model.ActivityClick, model.ActivityRequest} {
		a := some[0]
		a.Position, a.Kind, a.AtMS, a.Label = int64(10+i), kind, day+int64(i)*40, "ÄPFEL "+kind
		some = append(some, a)
	}
	some[0].Rules++
	some[0].Label = "äpfel of other rules"
	some[4].Failed = true
	putActivity(t, s, some)
	spans := []store.SessionSpan{{SessionID: "s0", FromMS: day, BucketMS: 50}, {SessionID: "s1", FromMS: day + 101, BucketMS: 100}, {SessionID: "never", BucketMS: 1}}
	var calls store.Batch
	for n, kind := range []model.Kind{model.KindGeneration, model.KindEmbedding, model.KindSpan, model.KindOther, model.KindOther, model.KindGeneration} {
		e := call(20+n, "t", day+int64(n)*100+5)
		e.Kind = kind
		e.SessionID, e.StartMS, e.IsError, e.Error = "s1", day+int64(n)*100, n == 1, ""
		calls.Events = append(calls.Events, e)
	}
	calls.Events[4].Error = "broken"
	calls.Events[5].SessionID, calls.Events[5].StartMS = "called", day
	commit(t, s, &calls)
	commit(t, s, elsewhere(&calls, "q"))
	spans = append(spans, store.SessionSpan{SessionID: "called", FromMS: day + 10, BucketMS: 1})
	outlines := func(of []store.SessionSpan, buckets int) map[string]store.Outline {
		all := map[string]store.Outline{}
		for id, o := range must[map[string]*store.Outline](t)(s.SessionOutlines(ctx, project, of, buckets)) {
			all[id] = *o
		}
		return all
	}
	s0 := store.Outline{Actions: []int64{2, 1, 0, 0, 0, 0, 1}, Pages: []int64{1}, Errors: []int64{0, 0, 1}}
	same(t, "outlines", outlines(spans, 7), map[string]store.Outline{
		"s0": s0, "s1": {Actions: []int64{0, 0, 1}, Calls: []int64{2}, Errors: []int64{1, 0, 0, 1}}, "called": {Calls: []int64{1}},
	})
	s0.Actions = s0.Actions[:2]
	same(t, "outlines with few buckets", outlines(spans[:1], 6), map[string]store.Outline{"s0": s0})
	same(t, "outlines of none", outlines(nil, 6), map[string]store.Outline{})

	got := must[[]model.Activity](t)(s.ActivityWith(ctx, project, []string{"s0", "s1", "never"}, "äpfel", 5))
	same(t, "with a text", got, some[2:4])
	got = must[[]model.Activity](t)(s.ActivityWith(ctx, project, []string{"s0", "s1"}, "label", 1))
	same(t, "the first of each session", got, []model.Activity{activityOfBlocks(b)[0], activityOfBlocks(b)[2]})
	same(t, "with a text, of none", must[[]model.Activity](t)(s.ActivityWith(ctx, project, nil, "label", 1)), nil)
}
