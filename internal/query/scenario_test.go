package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const hourAgo = now - int64(time.Hour/time.Millisecond)

func TestTracesRunThroughPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 7 {
		id := fmt.Sprint("trace-", i)
		w.event(model.KindGeneration, id, int64(i)*1000)
		want = append([]string{id}, want...)
	}
	// Two traces that end in the same millisecond.
	w.event(model.KindGeneration, "trace-6b", 6000)
	want = append([]string{"trace-6b"}, want...)
	w.commit()
	var got []string
	r := ListRequest{Limit: 3}
	for pages := 0; ; pages++ {
		page, err := w.Traces(t.Context(), scope, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range page.Items {
			got = append(got, tr.ID)
		}
		if page.Next == nil {
			break
		}
		if r.Cursor = *page.Next; pages > 5 {
			t.Fatal("the list does not end")
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLinks reads the lists of traces and of generations with one trace of every kind.
func TestLinks(t *testing.T) {
	w := newWorld(t)
	w.record("shown", "tab", 0, 60_000, true)
	w.record("blind", "tab", 0, 60_000, false)
	w.event(model.KindOther, "", 0, in("off", "tab"), func(e *model.Event) { e.Name, e.RecordingStatus = "$pageview", "disabled" })
	ids := map[string]uuid.UUID{
		"exact":      w.event(model.KindGeneration, "exact", 30_000, in("shown", "tab")),
		"unwindowed": w.event(model.KindGeneration, "unwindowed", 30_000, in("shown", "")),
		"inherited":  w.event(model.KindGeneration, "inherited", 30_000, by("inherited")),
		"nothing":    w.event(model.KindGeneration, "nothing", 30_000),
		"pending":    w.event(model.KindGeneration, "pending", 30_000, in("unseen", "tab")),
		"off":        w.event(model.KindGeneration, "off", 30_000, in("off", "tab")),
		"blind":      w.event(model.KindGeneration, "blind", 30_000, in("blind", "tab")),
	}
	w.event(model.KindFeedback, "inherited", 50_000, in("shown", "tab"), by("ada"))
	w.commit()
	want := map[string]string{ // state method reason clamped person
		"exact":      "linked exact - ada",
		"unwindowed": "linked exact - ada",
		"inherited":  "linked feedback - browser-of-shown",
		"nothing":    "none - no_session_id ada",
		"pending":    "pending exact no_recording_yet ada",
		"off":        "none exact recording_not_started ada",
		"blind":      "none exact no_recording ada",
	}
	check := func(kind, id string, l Link, p *Person) {
		t.Helper()
		or := func(s *string) string {
			if s == nil {
				return "-"
			}
			return *s
		}
		if got := fmt.Sprintf("%s %s %s %s", l.State, or(l.Method), or(l.Reason), p.ID); got != want[id] {
			t.Errorf("%s %s: %s, want %s", kind, id, got, want[id])
		}
		if l.State != "linked" {
			if l.URL != nil || l.MomentMS != nil || l.Detail == "" {
				t.Errorf("%s %s: %+v", kind, id, l)
			}
			return
		}
		if moment, url := hourAgo+25_000, fmt.Sprintf("/sessions/shown?t=%d&window=tab", hourAgo+25_000); *l.MomentMS != moment || *l.URL != url || *l.WindowID != "tab" {
			t.Errorf("%s %s: %d %s", kind, id, *l.MomentMS, *l.URL)
		}
	}
	traces, err := w.Traces(t.Context(), scope, ListRequest{})
	if err != nil || len(traces.Items) != len(want) {
		t.Fatalf("%d traces, error %v", len(traces.Items), err)
	}
	for _, tr := range traces.Items {
		check("trace", tr.ID, tr.Link, tr.Person)
	}
	generations, err := w.Generations(t.Context(), scope, ListRequest{})
	if err != nil || len(generations.Items) != len(want) {
		t.Fatalf("%d generations, error %v", len(generations.Items), err)
	}
	for _, g := range generations.Items {
		check("generation", g.TraceID, g.Link, g.Person)
	}
	for name, id := range ids {
		g, err := w.Generation(t.Context(), scope, id.String())
		if err != nil {
			t.Fatal(err)
		}
		check("generation by id", name, g.Link, g.Person)
		tr, err := w.Trace(t.Context(), scope, name)
		if err != nil {
			t.Fatal(err)
		}
		check("trace by id", name, tr.Link, tr.Person)
		check("node", name, tr.Nodes[0].Link, tr.Nodes[0].Person)
	}
}

// TestCallsDoNotGrow: the number of store calls does not depend on the number of rows of a page, or on how different they are.
func TestCallsDoNotGrow(t *testing.T) {
	w := newWorld(t)
	for i := range 40 {
		trace, session := fmt.Sprint("t", i), fmt.Sprint("s", i)
		w.event(model.KindGeneration, trace, int64(i), by(fmt.Sprint("u", i)))
		w.event(model.KindGeneration, fmt.Sprint("exact", i), int64(i), in(session, "w"))
		w.event(model.KindFeedback, trace, int64(i), in(fmt.Sprint("f", i), "w"))
		w.record(session, "w", 0, 1000, true)
		w.identity(fmt.Sprint("u", i), fmt.Sprint("anon", i), "n", "")
	}
	w.commit()
	for name, list := range map[string]func(ListRequest) (int, error){
		"traces": func(r ListRequest) (int, error) { l, err := w.Traces(t.Context(), scope, r); return len(l.Items), err },
		"generations": func(r ListRequest) (int, error) {
			l, err := w.Generations(t.Context(), scope, r)
			return len(l.Items), err
		},
		"sessions": func(r ListRequest) (int, error) {
			l, err := w.Sessions(t.Context(), scope, r)
			return len(l.Items), err
		},
	} {
		for _, limit := range []int{2, 60} {
			w.store.calls.Store(0)
			if n, err := list(ListRequest{Limit: limit}); err != nil || n != limit {
				t.Fatalf("%s: %d rows, error %v", name, n, err)
			}
			if n := w.store.calls.Load(); n > 7 {
				t.Errorf("%s: a page of %d asked the store %d times", name, limit, n)
			}
		}
	}
}

func TestTraceDetail(t *testing.T) {
	w := newWorld(t)
	w.record("s", "tab", 0, 60_000, true)
	root := w.event(model.KindTrace, "t", 30_000, in("s", "tab"), func(e *model.Event) { e.Title, e.LatencyMS = "answer", 4000 })
	step := w.event(model.KindSpan, "t", 30_100, func(e *model.Event) { e.SpanID, e.ParentID, e.LatencyMS = "step", "t", 3000 })
	call := w.event(model.KindGeneration, "t", 30_200, func(e *model.Event) { e.ParentID = "step" })
	w.content(call, `[{"role":"user","content":"hi"}]`, `[{"role":"assistant","content":[{"type":"text","text":"yo"}]}]`)
	private := w.event(model.KindGeneration, "t", 31_200, func(e *model.Event) { e.ParentID = "gone" })
	w.content(private, `null`, `null`)
	w.event(model.KindFeedback, "t", 90_000, in("s", "tab"), func(e *model.Event) { e.MetricValue = "great" })
	w.event(model.KindMetric, "t", 91_000, func(e *model.Event) { e.MetricName, e.MetricValue = "stars", "5" })
	w.commit()
	d, err := w.Trace(t.Context(), scope, "t")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range d.Nodes {
		parent := "-"
		if n.ParentID != nil {
			parent = *n.ParentID
		}
		got = append(got, fmt.Sprintf("%d %s<%s", n.Depth, n.ID, parent))
	}
	want := []string{
		fmt.Sprintf("0 %s<-", root), fmt.Sprintf("1 %s<%s", step, root), fmt.Sprintf("2 %s<%s", call, step),
		fmt.Sprintf("1 %s<%s", private, root),
	}
	if !slices.Equal(got, want) {
		t.Errorf("nodes\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d.LatencyS != 4 || d.SummedS != 2 || *d.Name != "answer" || d.Feedbacks != 1 || d.NodesOmitted != 0 {
		t.Errorf("got %+v", d.Trace)
	}
	c := d.Nodes[2].Content
	if c == nil || c.Private || c.Input[0].Parts[0].Text != "hi" || c.Output[0].Role != "assistant" || string(c.Properties) != `{"temperature":0.2}` {
		t.Errorf("content %+v", c)
	}
	if c := d.Nodes[3].Content; c == nil || !c.Private || len(c.Input) != 0 {
		t.Errorf("private content %+v", c)
	}
	if len(d.Feedback) != 2 || d.Feedback[0].Value != "great" || *d.Feedback[1].Name != "stars" || d.Feedback[1].Kind != "metric" {
		t.Errorf("feedback %+v", d.Feedback)
	}
	if *d.Nodes[1].Link.Method != "inherited" || d.Nodes[1].Link.State != "linked" {
		t.Errorf("a step inherits: %+v", d.Nodes[1].Link)
	}
}

func TestPerson(t *testing.T) {
	const anon = "01a2074c-cbdb-742b-81ae-84d39340ccb6"
	w := newWorld(t)
	w.event(model.KindGeneration, "before", 0, by(anon))
	w.event(model.KindGeneration, "after", 1000, by("user_1"))
	w.event(model.KindGeneration, "else", 2000, by("bob"))
	w.event(model.KindGeneration, "nobody", 3000, by("nobody"))
	w.event(model.KindGeneration, "tenth", 4000, by("user_10"))
	w.event(model.KindGeneration, "younger", 5000, by("bobby"))
	w.identity("user_1", anon, "", "")
	w.identity("user_1", "", "Ada Lovelace", "ada@example.com")
	w.commit()
	for _, person := range []string{"user_1", anon, "ada@example", "LOVELACE"} {
		l, err := w.Traces(t.Context(), scope, ListRequest{Narrowing: Narrowing{Person: person}})
		if err != nil || len(l.Items) != 2 || l.Items[0].ID != "after" || l.Items[1].ID != "before" {
			t.Errorf("%q: %+v, error %v", person, l.Items, err)
			continue
		}
		if p := l.Items[1].Person; p.ID != "user_1" || *p.Name != "Ada Lovelace" || *p.Email != "ada@example.com" {
			t.Errorf("%q: %+v", person, p)
		}
	}
	for person, want := range map[string]int{"bob": 1, "bobby": 1, "bo": 2, "user_1": 2, "user_": 3} {
		if l, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Person: person}}); err != nil || len(l.Items) != want {
			t.Errorf("%q: %d calls, want %d; error %v", person, len(l.Items), want, err)
		}
	}
	if l, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: Narrowing{Person: "who"}}); err != nil || len(l.Items) != 0 || l.Items == nil {
		t.Errorf("%+v, error %v", l, err)
	}
	l, err := w.Traces(t.Context(), scope, ListRequest{Narrowing: Narrowing{TraceID: "nobody"}})
	if err != nil || len(l.Items) != 1 || l.Items[0].Person != nil {
		t.Errorf("the trace's own id is nobody: %+v, error %v", l.Items, err)
	}
}

func TestSession(t *testing.T) {
	w := newWorld(t)
	w.record("s", "b", 20_000, 60_000, true)
	w.record("s", "a", 0, 60_000, true)
	view := func(e *model.Event) {
		e.Name, e.URL, e.RecordingStatus = "$pageview", "https://app.test/chat", "active"
		e.Browser, e.OS, e.Device, e.Screen, e.Country, e.Library = "Firefox", "Linux", "Desktop", "1920x1080", "DE", "web/1.449.0"
	}
	w.event(model.KindOther, "", 100, in("s", "a"), view)
	w.event(model.KindOther, "", 200, in("s", "a"), func(e *model.Event) { e.Name = "$$heatmap" })
	own := w.event(model.KindGeneration, "own", 30_000, in("s", "a"), func(e *model.Event) { e.OS, e.Country, e.Release = "Windows Server", "US", "v7" })
	inherited := w.event(model.KindGeneration, "inherited", 25_000)
	w.event(model.KindFeedback, "inherited", 40_000, in("s", "b"))
	w.event(model.KindGeneration, "other", 26_000, in("x", "a"))
	w.event(model.KindFeedback, "other", 41_000, in("s", "b"))
	w.commit()
	d, err := w.Session(t.Context(), scope, "s")
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Generations) != 2 || d.Generations[0].ID != inherited.String() || *d.Generations[0].WindowID != "b" || d.Generations[1].ID != own.String() {
		t.Errorf("marks %+v", d.Generations)
	}
	if d.AICalls != 2 {
		t.Errorf("%d calls", d.AICalls)
	}
	if len(d.WindowList) != 2 || d.WindowList[0].ID != "a" || *d.WindowList[1].FirstSnapshotMS != hourAgo+20_000 {
		t.Errorf("windows %+v", d.WindowList)
	}
	if d.Replay.State != "available" || d.StartMS != hourAgo || d.DurationS != 60 || d.URL != "/sessions/s" {
		t.Errorf("session %+v", d.Session)
	}
	// The system and the country are the person's, not those of the backend; a release may be the backend's.
	is := func(got *string, want string) bool { return got != nil && *got == want }
	if a := d.Surroundings; !is(a.Browser, "Firefox") || !is(a.OS, "Linux") || !is(a.Device, "Desktop") || !is(a.Screen, "1920x1080") || !is(a.Country, "DE") ||
		!is(a.Library, "web/1.449.0") || !is(a.Release, "v7") || a.Env != nil || !is(a.Recording, "active") {
		t.Errorf("surroundings %+v", a)
	}
	x, err := w.Session(t.Context(), scope, "x")
	if err != nil || x.Replay.State != "pending" || *x.Replay.Reason != "no_recording_yet" || len(x.WindowList) != 0 {
		t.Errorf("%+v, error %v", x, err)
	}
}

func TestNotThere(t *testing.T) {
	w := newWorld(t)
	other := w.event(model.KindFeedback, "t", 0)
	w.commit()
	for name, ask := range map[string]func() error{
		"trace":            func() error { _, err := w.Trace(t.Context(), scope, "x"); return err },
		"generation":       func() error { _, err := w.Generation(t.Context(), scope, uuid.NewString()); return err },
		"not a generation": func() error { _, err := w.Generation(t.Context(), scope, other.String()); return err },
		"session":          func() error { _, err := w.Session(t.Context(), scope, "x"); return err },
		"snapshots":        func() error { _, err := w.Snapshots(t.Context(), scope, SnapshotsRequest{SessionID: "x"}); return err },
		"dom":              func() error { _, err := w.DOM(t.Context(), scope, DOMRequest{SessionID: "x"}); return err },
	} {
		var e *Error
		if err := ask(); !errors.As(err, &e) || e.Code != CodeNotFound || e.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	var e *Error
	if _, err := w.Generation(t.Context(), scope, "7"); !errors.As(err, &e) || e.Code != CodeBadInput || e.Field != "id" {
		t.Errorf("got %v", err)
	}
}

// down is a store that cannot answer.
type down struct{ Store }

func (down) Ping(context.Context) error { return fmt.Errorf("ping: %w", store.ErrUnavailable) }

func TestUnavailable(t *testing.T) {
	var e *Error
	if err := New(Options{Store: down{}}).Ready(t.Context()); !errors.As(err, &e) || e.Code != CodeUnavailable || !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	w := newWorld(t)
	if err := w.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Traces(ctx, scope, ListRequest{}); !errors.Is(err, context.Canceled) || errors.As(err, &e) {
		t.Errorf("a caller who left: %v", err)
	}
}

func TestStatus(t *testing.T) {
	w := newWorld(t)
	empty, err := w.Status(t.Context(), scope)
	if err != nil || empty.FirstEventMS != nil || empty.Refusals == nil || empty.Token != "phc_x" || empty.Version != "v" {
		t.Errorf("%+v, error %v", empty, err)
	}
	w.record("s", "w", 0, 1000, true)
	w.event(model.KindGeneration, "t", 500, in("s", "w"))
	w.batch.Refusals = []model.Refusal{{Project: scope.Project, AtMS: now, Reason: model.ReasonNoName, Detail: "name it", Library: "x/1", Count: 2}}
	w.commit()
	got, err := w.Status(t.Context(), scope)
	if err != nil || got.Events != 1 || got.Generations != 1 || got.Recordings != 1 || got.FirstLinkMS == nil || got.FirstRecordingMS == nil {
		t.Errorf("%+v, error %v", got, err)
	}
	if len(got.Refusals) != 1 || got.Refusals[0].Count != 2 || got.Refusals[0].Reason != "no_event_name" {
		t.Errorf("refusals %+v", got.Refusals)
	}
}

func TestSnapshots(t *testing.T) {
	w := newWorld(t)
	w.record("s", "a", 0, 9000, true)
	w.record("s", "a", 10_000, 19_000, true)
	w.record("s", "a", 20_000, 29_000, false)
	w.record("s", "b", 5000, 9000, true)
	w.record("blind", "w", 0, 5000, false)
	w.commit()
	at := func(ms int64) int64 { return hourAgo + ms }
	tests := []struct {
		name        string
		r           SnapshotsRequest
		first, last int64
		lines       int
	}{
		{name: "from the beginning", r: SnapshotsRequest{SessionID: "s", WindowID: "a"}, first: 0, last: 29_000, lines: 34},
		{name: "from the last full snapshot", r: SnapshotsRequest{SessionID: "s", WindowID: "a", AtMS: at(25_000)}, first: 10_000, last: 29_000, lines: 22},
		{name: "before there is anything", r: SnapshotsRequest{SessionID: "s", WindowID: "a", AtMS: 1}, first: 0, last: 29_000, lines: 34},
		{name: "to an end", r: SnapshotsRequest{SessionID: "s", WindowID: "a", AtMS: at(12_000), UntilMS: at(15_000)}, first: 10_000, last: 14_000, lines: 7},
		{name: "the other tab", r: SnapshotsRequest{SessionID: "s", WindowID: "b"}, first: 5000, last: 9000, lines: 7},
		{name: "no tab named", r: SnapshotsRequest{SessionID: "s", AtMS: at(25_000)}, first: 10_000, last: 29_000, lines: 22},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, err := w.Snapshots(t.Context(), scope, tt.r)
			if err != nil {
				t.Fatal(err)
			}
			var times []int64
			for line, err := range lines {
				var e struct{ Timestamp int64 }
				if err := errors.Join(err, json.Unmarshal(line, &e)); err != nil {
					t.Fatal(err)
				}
				times = append(times, e.Timestamp)
			}
			if len(times) != tt.lines || times[0] != at(tt.first) || times[len(times)-1] != at(tt.last) || !slices.IsSorted(times) {
				t.Errorf("%d lines from %d to %d", len(times), times[0]-hourAgo, times[len(times)-1]-hourAgo)
			}
		})
	}
	var e *Error
	for _, r := range []SnapshotsRequest{{SessionID: "s", WindowID: "z"}, {SessionID: "blind"}, {SessionID: "blind", WindowID: "w"}} {
		if _, err := w.Snapshots(t.Context(), scope, r); !errors.As(err, &e) || e.Code != CodeNotFound {
			t.Errorf("%+v: %v", r, err)
		}
	}
	if _, err := w.Snapshots(t.Context(), scope, SnapshotsRequest{SessionID: "s", AtMS: 5, UntilMS: 5}); !errors.As(err, &e) || e.Field != "until" {
		t.Errorf("got %v", err)
	}
}

func TestPrivacy(t *testing.T) {
	for name, tt := range map[string]struct {
		c    model.Content
		want bool
	}{
		"null":              {model.Content{Input: []byte(`null`), Properties: []byte(`{"$ai_model":"m"}`)}, true},
		"nothing sent":      {model.Content{Properties: []byte(`{"$ai_model":"m"}`)}, false},
		"an empty input":    {model.Content{Input: []byte(`[]`)}, false},
		"only an answer":    {model.Content{Input: []byte(`null`), Output: []byte(`"yo"`)}, false},
		"no content at all": {model.Content{}, false},
	} {
		if got, err := New(Options{}).contentView(&model.Event{}, &tt.c, alone); err != nil || got.Private != tt.want {
			t.Errorf("%s: %v, error %v", name, got.Private, err)
		}
	}
}
