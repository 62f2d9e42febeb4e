package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// keeping is a world that can save views and shares; its links are "signed" by being written in hexadecimal.
func keeping(t *testing.T) *world {
	w := newWorld(t)
	w.save = func(ctx context.Context, row model.Saved) error {
		_, err := w.store.Writer.Commit(ctx, &store.Batch{Saved: []model.Saved{row}})
		return err
	}
	w.shares = signer{}
	return w
}

type signer struct{}

func (signer) Token(s access.Share) string {
	return fmt.Sprintf("%s %d %s %s", s.ID, s.Ends.UnixMilli(), s.Project, s.TraceID)
}

func (signer) Share(token string) (s access.Share, ok bool) {
	var id string
	var ends int64
	n, _ := fmt.Sscan(token, &id, &ends, &s.Project, &s.TraceID)
	s.Ends = time.UnixMilli(ends)
	s.ID, _ = uuid.Parse(id)
	return s, n == 4
}

func TestViews(t *testing.T) {
	w, ctx := keeping(t), t.Context()
	names := func() (all []string) {
		views, err := w.Views(ctx, scope)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range views.Items {
			all = append(all, v.List+" "+v.Name)
		}
		return all
	}
	save := func(id string, state ViewState) View {
		t.Helper()
		v, err := w.SaveView(ctx, scope, id, state)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	slow := ViewState{Name: " Slow ", List: "traces", Q: "duration:>10s", Since: "24h", Sort: "-duration", Columns: []string{"trace", "cost"}}
	made := save("", slow)
	save("", ViewState{Name: "Slow", List: "generations", From: "2026-05-01T00:00:00Z", To: "2026-05-02T00:00:00+02:00", Sort: "-cost"})
	save("", ViewState{Name: "Dear", List: "people", Sort: "-cost_usd"})
	if got := names(); !slices.Equal(got, []string{"generations Slow", "people Dear", "traces Slow"}) {
		t.Errorf("views: %q", got)
	}
	slow.Name = "Slow"
	if made.ID == "" || made.ChangedMS != now || shownAs(t, made.ViewState) != shownAs(t, slow) {
		t.Errorf("made: %s", shownAs(t, made))
	}
	// A server whose clock is slow changes it.
	slow.Name, slow.Q = "Very slow", "duration:>1m"
	w.now = func() time.Time { return time.UnixMilli(now - 60_000) }
	if changed := save(made.ID, slow); changed.ID != made.ID || changed.Q != slow.Q {
		t.Errorf("changed: %s", shownAs(t, changed))
	}
	if got := names(); !slices.Equal(got, []string{"generations Slow", "people Dear", "traces Very slow"}) {
		t.Errorf("changed: %q", got)
	}
	// Another project does not see it.
	w.projects = append(w.projects, "other")
	if views, err := w.Views(ctx, access.Scope{Project: "other"}); err != nil || len(views.Items) != 0 {
		t.Errorf("of another project: %v %v", views, err)
	}
	if err := w.DeleteView(ctx, access.Scope{Project: "other"}, made.ID); code(err) != CodeNotFound {
		t.Errorf("deleted from another project: %v", err)
	}
	if err := w.DeleteView(ctx, scope, made.ID); err != nil {
		t.Fatal(err)
	}
	// A deleted view stays deleted, even if a server with a slower clock writes to it.
	late := model.Saved{Project: scope.Project, UUID: uuid.New(), ID: uuid.MustParse(made.ID), Kind: model.SavedView, AtMS: now + 3600_000, Body: `{"name":"back"}`}
	if err := w.save(ctx, late); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{"generations Slow", "people Dear"}) {
		t.Errorf("deleted: %q", got)
	}
	for _, id := range []string{made.ID, uuid.NewString(), "x"} {
		if _, err := w.SaveView(ctx, scope, id, slow); code(err) != CodeNotFound {
			t.Errorf("in the place of %s: %v", id, err)
		}
		if err := w.DeleteView(ctx, scope, id); code(err) != CodeNotFound && code(err) != CodeBadInput {
			t.Errorf("%s deleted: %v", id, err)
		}
	}
}

func TestViewsThatWouldNotOpen(t *testing.T) {
	w := keeping(t)
	if _, err := w.SaveView(t.Context(), scope, "", ViewState{Name: "taken", List: "traces"}); err != nil {
		t.Fatal(err)
	}
	for field, v := range map[string]ViewState{
		"name":    {Name: " ", List: "traces"},
		"name ":   {Name: strings.Repeat("ü", 101), List: "traces"},
		"name  ":  {Name: "taken", List: "traces"},
		"list":    {Name: "x", List: "overview"},
		"q":       {Name: "x", List: "traces", Q: "model:("},
		"q ":      {Name: "x", List: "traces", Q: strings.Repeat("x", maxViewText+1)},
		"sort":    {Name: "x", List: "traces", Sort: "-nothing"},
		"sort ":   {Name: "x", List: "people", Sort: "-duration"},
		"since":   {Name: "x", List: "traces", Since: "3y"},
		"since  ": {Name: "x", List: "traces", Since: "24h", From: "2026-05-01T00:00:00Z"},
		"from":    {Name: "x", List: "traces", From: "yesterday"},
		"to":      {Name: "x", List: "traces", To: "2026-05-01"},
	} {
		_, err := w.SaveView(t.Context(), scope, "", v)
		var e *Error
		if !errors.As(err, &e) || e.Code != CodeBadInput || e.Field != strings.TrimSpace(field) {
			t.Errorf("%+v: %v", v, err)
		}
	}
}

func code(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func TestSharesEnd(t *testing.T) {
	w, ctx := keeping(t), t.Context()
	w.event(model.KindGeneration, "t", 0)
	w.commit()
	s, err := w.ShareTrace(ctx, scope, ShareRequest{Trace: "t", ExpiresIn: "2h"})
	if err != nil || s.EndsMS != now+2*3600_000 || s.Trace != "t" {
		t.Fatalf("%+v %v", s, err)
	}
	token := strings.TrimPrefix(s.URL, SharePath)
	if g, err := w.Guest(ctx, token); err != nil || g.Shared().TraceID != "t" {
		t.Errorf("%+v %v", g, err)
	}
	w.now = func() time.Time { return time.UnixMilli(s.EndsMS) }
	if _, err := w.Guest(ctx, token); code(err) != CodeNotFound {
		t.Errorf("after its end: %v", err)
	}
	if list, err := w.SharedTraces(ctx, scope, ""); err != nil || len(list.Items) != 0 {
		t.Errorf("after its end: %+v %v", list, err)
	}
	for _, r := range []ShareRequest{{"none", "1h"}, {"t", ""}, {"t", "0m"}, {"t", "91d"}, {"t", "7"}, {"t", "-1h"}, {"t", "1y"}, {"t", "99999999d"}} {
		if _, err := w.ShareTrace(ctx, scope, r); code(err) != CodeBadInput && code(err) != CodeNotFound {
			t.Errorf("%+v: %v", r, err)
		}
	}
	w.shares = nil // a cluster whose servers have no common key
	if _, err := w.ShareTrace(ctx, scope, ShareRequest{"t", "1h"}); err == nil || !strings.Contains(err.Error(), "PLAYHEAD_COOKIE_KEY") {
		t.Errorf("without a key: %v", err)
	}
}

// Events before a guest's time are returned only as far as the screen shows them, at the beginning of that time.
func TestSince(t *testing.T) {
	for line, want := range map[string]string{
		`{"type":3,"timestamp":100,"data":{"source":2}}`:                    `{"type":3,"timestamp":100,"data":{"source":2}}`,
		`{"type":2,"timestamp":99,"data":{"node":{"a":"<"}}}`:               `{"data":{"node":{"a":"<"}},"timestamp":99,"type":2}`,
		`{"type":4,"timestamp":1.5,"data":{"href":"https://x.test"}}`:       `{"data":{"href":"https://x.test"},"timestamp":99,"type":4}`,
		`{"type":3,"timestamp":9,"delay":4,"data":{"source":0,"adds":[1]}}`: `{"data":{"source":0,"adds":[1]},"timestamp":99,"type":3}`,
		`{"type":3,"timestamp":9,"data":{"source":1,"positions":[]}}`:       ``,
		`{"type":3,"timestamp":9,"data":{"source":2}}`:                      ``,
		`{"type":5,"timestamp":9,"data":{"tag":"x"}}`:                       ``,
		`{"type":6,"timestamp":9,"data":{"plugin":"rrweb/console@1"}}`:      ``,
		`{"type":`:                             ``,
		`{"type":2,"timestamp":"9","data":{}}`: ``,
	} {
		if got := string(since([]byte(line), 100)); got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestNewest(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	for i := range int64(3) {
		w.event(model.KindGeneration, fmt.Sprint("t", i), i*1000, func(e *model.Event) { e.Model = "m" })
	}
	w.event(model.KindGeneration, "other", 9000)
	w.commit()
	ids := func(of string, n Narrowing) (all []string) {
		newest, err := w.Newest(ctx, scope, of, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range newest.Items {
			all = append(all, row.ID)
		}
		return all
	}
	if got := ids("traces", Narrowing{Q: "model:m"}); !slices.Equal(got, []string{"t2", "t1", "t0"}) {
		t.Errorf("%v", got)
	}
	before := w.store.calls.Load()
	if got := ids("generations", Narrowing{}); len(got) != 4 {
		t.Errorf("%v", got)
	}
	if calls := w.store.calls.Load() - before; calls != 1 {
		t.Errorf("%d questions to the storage, want 1", calls)
	}
	w.event(model.KindGeneration, "t0", 20_000, func(e *model.Event) { e.Model = "m" })
	w.commit()
	if got := ids("traces", Narrowing{Q: "model:m"}); !slices.Equal(got, []string{"t0", "t2", "t1"}) {
		t.Errorf("a trace goes on: %v", got)
	}
	if _, err := w.Newest(ctx, scope, "people", Narrowing{}); code(err) != CodeBadInput {
		t.Errorf("of a list of groups: %v", err)
	}
	// When the maximum number of requests is running, the next one waits, and gives up when its client disconnects.
	if err := w.newest.Acquire(ctx, newestAtOnce); err != nil {
		t.Fatal(err)
	}
	left, leave := context.WithCancel(ctx)
	leave()
	if _, err := w.Newest(left, scope, "traces", Narrowing{}); !errors.Is(err, context.Canceled) {
		t.Errorf("left: %v", err)
	}
	w.newest.Release(newestAtOnce)
}
