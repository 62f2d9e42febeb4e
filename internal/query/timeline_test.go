package query

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// activityRowsOf makes rows of the i-th recorded block, as if they were derived from it.
func activityRowsOf(b *model.Block, n int, set func(i int, a *model.Activity)) (rows []model.Activity) {
	for i := range n {
		a := model.Activity{
			Project: b.Project, UUID: b.UUID, Position: int64(i), Rules: model.ActivityRules, SessionID: b.SessionID, WindowID: b.WindowID, TimeMS: b.LastMS,
			ReceivedMS: b.ReceivedMS, AtMS: b.FirstMS, Kind: model.ActivityClick, Status: -1, DerivedMS: 1,
		}
		set(i, &a)
		a.EndMS = max(a.EndMS, a.AtMS)
		rows = append(rows, a)
	}
	return rows
}

func (w *world) activity(rows []model.Activity) {
	w.t.Helper()
	if err := w.store.Store.(store.Activity).StoreActivity(w.t.Context(), rows); err != nil {
		w.t.Fatal(err)
	}
}

func kindsOf(rows []Activity) (all []string) {
	for _, a := range rows {
		all = append(all, a.Kind+" "+a.Label)
	}
	return all
}

// The activity of a session is the activity of its recording, merged with events that were sent.
func TestActivity(t *testing.T) {
	w := newWorld(t)
	hourAgo := now - time.Hour.Milliseconds()
	w.record("s", "a", 0, 20_000, true)
	other := func(name string, at int64, set ...func(*model.Event)) {
		w.event(model.KindOther, "", at, append([]func(*model.Event){in("s", "a"), func(e *model.Event) { e.Name, e.URL = name, "https://app.test/Chat" }}, set...)...)
	}
	other("$pageview", 1000)                                                 // the recording contains it
	other("$pageview", 2000, func(e *model.Event) { e.WindowID = "server" }) // there is no recording of this window
	other("$$heatmap", 2500)
	other("$exception", 3000, func(e *model.Event) { e.Error = "TypeError: x is undefined" })
	other("checkout", 4000)
	other("$copy_autocapture", 5000, func(e *model.Event) { e.MetricName, e.MetricValue = "copy", "some words" })
	other("$copy_autocapture", 5500, func(e *model.Event) { e.MetricName, e.MetricValue = "paste", "" })
	w.event(model.KindFeedback, "t", 9000, in("s", "a"), func(e *model.Event) { e.MetricValue = "too slow" })
	block := w.batch.Blocks[0]
	w.commit()
	w.activity(activityRowsOf(&block, 4, func(i int, a *model.Activity) {
		a.AtMS = hourAgo + int64(i)*2000 + 100
		switch i {
		case 0:
			a.Kind, a.Label, a.Detail = model.ActivityNavigation, "https://app.test/chat", ""
		case 1:
			a.Label, a.Detail, a.Node, a.Dead = "Send", "button", 17, true
		case 2:
			a.Kind, a.Label, a.Detail, a.Status, a.EndMS, a.Failed = model.ActivityRequest, "POST /api/chat", "app.test, 500 ms", 503, a.AtMS+500, true
		case 3:
			a.Kind = "" // nothing to show
		}
	}))
	ask := func(r ActivityRequest) []Activity {
		t.Helper()
		r.SessionID = "s"
		page, err := w.Activity(t.Context(), scope, r)
		if err != nil {
			t.Fatal(err)
		}
		var all []Activity
		one := r
		for one.Limit = 1; ; { // reading row by row gives the same
			p, err := w.Activity(t.Context(), scope, one)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p.Activity...)
			if one.Cursor = p.Next; one.Cursor == "" {
				break
			}
		}
		if got, want := fmt.Sprint(kindsOf(all)), fmt.Sprint(kindsOf(page.Activity)); got != want || page.Next != "" {
			t.Errorf("row by row %s, want %s", got, want)
		}
		return page.Activity
	}
	for _, c := range []struct {
		what string
		ask  ActivityRequest
		want []string
	}{
		{"all", ActivityRequest{}, []string{
			"navigation https://app.test/chat", "navigation https://app.test/Chat", "click Send", "dead_click Send", "page_error TypeError: x is undefined", "custom checkout",
			"request POST /api/chat", "copy some words", "feedback too slow",
		}},
		{"one tab", ActivityRequest{WindowID: "server"}, []string{"navigation https://app.test/Chat"}},
		{"a time", ActivityRequest{FromMS: hourAgo + 2100, ToMS: hourAgo + 4000}, []string{"click Send", "dead_click Send", "page_error TypeError: x is undefined"}},
		{"kinds", ActivityRequest{Kinds: []string{"dead_click", "feedback"}}, []string{"dead_click Send", "feedback too slow"}},
		{"text", ActivityRequest{Text: "SEND"}, []string{"click Send", "dead_click Send"}},
		{"text of events", ActivityRequest{Text: "typeerror"}, []string{"page_error TypeError: x is undefined"}},
	} {
		if got := kindsOf(ask(c.ask)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.what, got, c.want)
		}
	}
	click := ask(ActivityRequest{Kinds: []string{"click"}})[0]
	if click.Detail != "button" || *click.Element != 17 || click.EndMS != nil || click.Status != nil || *click.WindowID != "a" || click.AtMS != hourAgo+2100 {
		t.Errorf("click %+v", click)
	}
	request := ask(ActivityRequest{Kinds: []string{"request"}})[0]
	if *request.Status != 503 || *request.EndMS != request.AtMS+500 || request.Element != nil {
		t.Errorf("request %+v", request)
	}
	if said := ask(ActivityRequest{Kinds: []string{"feedback"}})[0]; *said.TraceID != "t" {
		t.Errorf("feedback %+v", said)
	}
	for name, r := range map[string]ActivityRequest{
		"an unknown kind": {SessionID: "s", Kinds: []string{"clicks"}}, "no time": {SessionID: "s", FromMS: 5, ToMS: 5}, "a cursor of another session": {SessionID: "x", PageRequest: PageRequest{Cursor: "x"}},
		"an unknown session": {SessionID: "never"}, "too many": {SessionID: "s", PageRequest: PageRequest{Limit: 501}},
	} {
		if _, err := w.Activity(t.Context(), scope, r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTimeline(t *testing.T) {
	w := newWorld(t)
	hourAgo := now - time.Hour.Milliseconds()
	w.record("s", "a", 20_000, 40_000, true)
	w.record("s", "a", 100_000, 110_000, false)
	w.record("s", "b", 50_000, 60_000, false) // without its beginning
	w.batch.Blocks[0].DroppedMutations, w.batch.Blocks[1].DroppedMutations, w.batch.Blocks[1].OversizedMutations = 5, 7, 1
	w.event(model.KindOther, "", 1000, in("s", "a"), func(e *model.Event) { e.Name, e.URL = "$pageview", "https://app.test/" })
	w.event(model.KindFeedback, "t", 105_000, in("s", "a"), func(e *model.Event) { e.MetricValue = "bad" })
	call := w.event(model.KindGeneration, "t", 30_000, in("s", "a"), func(e *model.Event) { e.FirstTokenMS, e.Title, e.Model = 250, "chat", "gpt-5" })
	w.event(model.KindSpan, "t", 31_000, func(e *model.Event) { e.Title, e.Tools, e.IsError = "search", "search", true })
	blocks := w.batch.Blocks
	w.commit()
	rows := activityRowsOf(&blocks[0], 3, func(i int, a *model.Activity) {
		a.AtMS += int64(i) * 1000
		if i == 0 {
			a.Kind, a.Label = model.ActivityNavigation, "https://app.test/chat"
		} else {
			a.Label, a.Dead = "Send", i == 2
		}
	})
	rows = append(rows, activityRowsOf(&blocks[0], 1, func(_ int, a *model.Activity) {
		a.Position, a.Kind, a.Detail, a.EndMS = model.BlockPosition, "", "1280x720", blocks[0].LastMS
	})...)
	rows = append(rows, activityRowsOf(&blocks[1], 1, func(_ int, a *model.Activity) {
		a.Position, a.Kind, a.Label, a.EndMS = model.BlockPosition, "", "corrupt", blocks[1].LastMS
	})...)
	w.activity(rows)
	got, err := w.Timeline(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	if got.StartMS != hourAgo+1000 || got.EndMS != hourAgo+110_000 || !got.Live {
		t.Errorf("from %d to %d, live %v", got.StartMS-hourAgo, got.EndMS-hourAgo, got.Live)
	}
	if len(got.Windows) != 2 || got.Windows[0].Width != 1280 || got.Windows[0].Height != 720 || got.Windows[1].Width != 0 ||
		!slices.Equal(got.Windows[0].Ranges, []TimelineRange{{hourAgo + 20_000, hourAgo + 40_000}, {hourAgo + 100_000, hourAgo + 110_000}}) {
		t.Errorf("windows %+v", got.Windows)
	}
	var gaps []string
	for _, g := range got.Gaps {
		gaps = append(gaps, fmt.Sprint(g.WindowID, " ", g.FromMS-hourAgo, " ", g.ToMS-hourAgo, " ", g.Reason, " ", strings.Fields(g.Detail)[len(strings.Fields(g.Detail))-2]))
	}
	slices.Sort(gaps)
	want := []string{
		"a 1000 20000 late_start to", "a 100000 110000 corrupt is", "a 100000 110000 dropped_mutations 2", "a 100000 110000 oversized too", "a 20000 40000 dropped_mutations 5",
		"b 50000 60000 no_snapshot be",
	}
	if !slices.Equal(gaps, want) {
		t.Errorf("gaps\n got %q\nwant %q", gaps, want)
	}
	if len(got.Calls) != 2 || got.Calls[0].ID != call.String() || *got.Calls[0].FirstTokenMS != hourAgo+30_250 || got.Calls[0].EndMS != hourAgo+31_000 || got.Calls[1].Kind != "tool" || !got.Calls[1].Error {
		t.Errorf("calls %+v", got.Calls)
	}
	if len(got.Pages) != 2 || got.Pages[0].URL != "https://app.test/" || got.Pages[1].URL != "https://app.test/chat" {
		t.Errorf("pages %+v", got.Pages)
	}
	if got.Density.FromMS != got.StartMS || got.Density.StepMS != 1000 || got.Density.Kinds["click"][20] != 1 || got.Density.Kinds["dead_click"][21] != 1 || got.Density.Kinds["feedback"][104] != 1 || got.Density.Kinds["key"] != nil {
		t.Errorf("density %+v", got.Density)
	}
	if len(got.Marks) != 2 || got.Marks[0].Kind != "dead_click" || got.Marks[0].Label != "Send" || got.Marks[1].Kind != "feedback" {
		t.Errorf("marks %+v", got.Marks)
	}
	if _, err := w.Timeline(t.Context(), scope, "never"); err == nil {
		t.Error("no error for an unknown session")
	}
}

// Calls are where their links say. What the user saw compares the clocks more closely than the times of uploads do.
func TestTimelineOfCloserClocks(t *testing.T) {
	w := newWorld(t)
	w.record("s", "a", 0, 60_000, true)
	w.event(model.KindGeneration, "t", 10_000, in("s", "a"))
	call := w.batch.Events[len(w.batch.Events)-1]
	w.event(model.KindSpan, "t", 12_000, in("s", "a"), func(e *model.Event) { e.Tools = "search" })
	w.event(model.KindGeneration, "other", 20_000, in("s", "a"))
	w.commit()
	x := felt(call, model.SeenAll, 500)
	x.SessionID, x.ClockOffsetMS, x.ClockUncertaintyMS = "s", 700, 20
	ofTrace := x
	ofTrace.UUID = uuid.Nil
	if err := w.store.Store.(store.Experiences).StoreExperiences(t.Context(), []model.Experience{x, ofTrace}); err != nil {
		t.Fatal(err)
	}
	got, err := w.Timeline(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	var starts []int64
	for _, c := range got.Calls {
		starts = append(starts, c.StartMS-hourAgo)
	}
	if want := []int64{10_700, 12_700, 20_000}; !slices.Equal(starts, want) {
		t.Errorf("calls begin at %d, want %d", starts, want)
	}
}

// The timeline of any session has less than 50 kB, says what it leaves out, and keeps errors.
func TestTimelineIsSmall(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("ü\"", 2000)
	for n := range 30 { // windows, each with many breaks
		for k := range 15 {
			w.record("s", fmt.Sprint("window", n, strings.Repeat("x", 400)), int64(k)*100_000+int64(n)*7, int64(k)*100_000+int64(n)*7+1000, k == 0)
		}
	}
	for n := range 500 {
		w.event(model.KindGeneration, "t"+fmt.Sprint(n%20), int64(n)*4000, in("s", "w"), func(e *model.Event) {
			e.Title, e.Model, e.IsError, e.LatencyMS = long, long, n%50 == 0, float64(n)
		})
	}
	for n := range 300 {
		w.event(model.KindOther, "", int64(n)*5000, in("s", "w"), func(e *model.Event) { e.Name, e.Error, e.URL = "$exception", long, long })
		w.event(model.KindOther, "", int64(n)*5000, in("s", "w"), func(e *model.Event) { e.Name, e.URL = "$pageview", long })
	}
	blocks := w.batch.Blocks
	w.commit()
	var rows []model.Activity
	for i := range blocks {
		rows = append(rows, activityRowsOf(&blocks[i], 60, func(n int, a *model.Activity) {
			a.Kind, a.Label, a.Dead, a.Rage, a.Failed = ActivityKinds[n%11], long[:2046], n%5 == 0, n%7 == 0, n%3 == 0
			a.AtMS += int64(n * 1700)
		})...)
		rows = append(rows, activityRowsOf(&blocks[i], 1, func(_ int, a *model.Activity) {
			a.Position, a.Kind, a.Label = model.BlockPosition, "", "corrupt"
		})...)
	}
	w.activity(rows)
	got, err := w.Timeline(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) >= 50_000 {
		t.Errorf("%d bytes", len(b))
	}
	failed := 0
	for _, c := range got.Calls {
		if c.Error {
			failed++
		}
	}
	if failed != 10 || len(got.Calls)+got.CallsMore != 500 || len(got.Calls) < 20 || got.MarksMore == 0 || got.PagesMore == 0 {
		t.Errorf("%d calls with %d errors and %d more, %d marks and %d more, %d pages and %d more", len(got.Calls), failed, got.CallsMore, len(got.Marks), got.MarksMore, len(got.Pages), got.PagesMore)
	}
	if !slices.IsSortedFunc(got.Calls, func(a, b TimelineCall) int { return int(a.StartMS - b.StartMS) }) || !slices.IsSortedFunc(got.Marks, func(a, b TimelineMark) int { return int(a.AtMS - b.AtMS) }) {
		t.Error("not in order of time")
	}
	for kind, counts := range got.Density.Kinds {
		if n := (got.EndMS-got.StartMS)/got.Density.StepMS + 1; int64(len(counts)) != n || n > buckets {
			t.Errorf("%s has %d buckets of %d", kind, len(counts), n)
		}
	}
}

// Events from a browser become activity by the rules, with the labels of the page.
func TestActivityOfARecording(t *testing.T) {
	w := newWorld(t)
	w.record("s", "a", 0, 3000, true)
	r := derive.NewRecordings(derive.RecordingOptions{Store: w.store.Store.(derive.RecordingStore), Blocks: w.bodies, Gather: time.Millisecond})
	r.Start()
	defer r.Close()
	if _, err := r.Writer(w.store.Writer).Commit(t.Context(), &w.batch); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		page, err := w.Activity(t.Context(), scope, ActivityRequest{SessionID: "s"})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Activity) == 0 && time.Now().Before(until) {
			continue
		}
		if len(page.Activity) != 2 || page.Activity[0].Kind != "navigation" || page.Activity[1].Kind != "key" || uuid.Validate(strings.Split(page.Activity[0].ID, ":")[0]) != nil {
			t.Errorf("%+v", page.Activity)
		}
		return
	}
}

// Each kind of hole is on the timeline with its reason: recordings made by hand, with their activity derived from what arrived.
func TestHolesAreOnTheTimeline(t *testing.T) {
	start := now - time.Hour.Milliseconds()
	snapshot := func(at int64) []any {
		return []any{
			map[string]any{"type": 4, "timestamp": start + at, "data": map[string]any{"href": "https://app.test/", "width": 1, "height": 1}},
			map[string]any{"type": 2, "timestamp": start + at, "data": map[string]any{"node": map[string]any{"type": 0, "id": 1, "childNodes": []any{map[string]any{"type": 2, "tagName": "html", "attributes": map[string]any{}, "childNodes": []any{}, "id": 2}}}}},
		}
	}
	add := func(at, id int64) any {
		return map[string]any{"type": 3, "timestamp": start + at, "data": map[string]any{"source": 0, "texts": []any{}, "attributes": []any{}, "removes": []any{}, "adds": []any{
			map[string]any{"parentId": 2, "nextId": nil, "node": map[string]any{"type": 2, "tagName": "p", "attributes": map[string]any{}, "childNodes": []any{}, "id": id}},
		}}}
	}
	for name, c := range map[string]struct {
		arrives func(w *world)
		want    []string
	}{
		"complete": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(3000, 4), add(4000, 5)})
		}, nil},
		"an upload is lost": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(5000, 5), add(7000, 6)})
			w.block("s", "a", append(snapshot(9000), add(9500, 3)))
		}, []string{"1000-9000 lost_upload"}},
		"an upload is lost and no snapshot follows": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(5000, 5), add(7000, 6)})
		}, []string{"1000-7000 lost_upload"}},
		"the first upload is lost": {func(w *world) {
			w.block("s", "a", []any{add(1000, 3), add(4000, 5)})
			w.block("s", "a", append(snapshot(6000), add(9500, 3)))
		}, []string{"1000-6000 no_snapshot"}},
		"uploads in another order": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(3000, 4), add(4000, 5)})
			w.block("s", "a", []any{add(5000, 6)})
			w.batch.Blocks[2].ReceivedMS -= 5000
		}, []string{"3000-4000 out_of_order"}},
		"a clock that was set back": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(8000, 3)))
			w.block("s", "a", []any{add(3000, 4), add(5000, 5)})
		}, []string{"3000-5000 out_of_order"}},
		"an upload that is sent again": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(3000, 4), add(4000, 5)})
			w.batch.Blocks = append(w.batch.Blocks, w.batch.Blocks[1])
		}, nil},
		"an upload twice, under other ids": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(3000, 4), add(4000, 5)})
			w.block("s", "a", []any{add(3000, 4), add(4000, 5)})
		}, []string{"3000-4000 repeated"}},
		"changes that the recorder left out": {func(w *world) {
			w.block("s", "a", append(snapshot(0), add(1000, 3)))
			w.block("s", "a", []any{add(3000, 5), add(4000, 6)})
			w.batch.Blocks[1].DroppedMutations, w.batch.Blocks[1].OversizedMutations = 2, 1
		}, []string{"3000-4000 dropped_mutations", "3000-4000 oversized"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			c.arrives(w)
			blocks := len(w.batch.Blocks)
			r := derive.NewRecordings(derive.RecordingOptions{Store: w.store.Store.(derive.RecordingStore), Blocks: w.bodies, Gather: time.Millisecond})
			r.Start()
			defer r.Close()
			if _, err := r.Writer(w.store.Writer).Commit(t.Context(), &w.batch); err != nil {
				t.Fatal(err)
			}
			for until := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
				left, err := w.store.Store.(store.Activity).Underived(t.Context(), 0, now*2, blocks)
				if err != nil || time.Now().After(until) {
					t.Fatalf("%d blocks are not derived, error %v", len(left), err)
				}
				if len(left) == 0 {
					break
				}
			}
			timeline, err := w.Timeline(t.Context(), scope, "s")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, g := range timeline.Gaps {
				got = append(got, fmt.Sprintf("%d-%d %s", g.FromMS-start, g.ToMS-start, g.Reason))
				if g.WindowID != "a" || len(g.Detail) < 40 {
					t.Errorf("%+v", g)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("gaps %q, want %q", got, c.want)
			}
		})
	}
}
