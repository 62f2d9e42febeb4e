package query

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// A search of sessions finds clicked labels, pages, prompts and answers, says which of these matched, and opens the session at that moment.
func TestSessionsThatMatch(t *testing.T) {
	w := newWorld(t)
	hourAgo := now - time.Hour.Milliseconds()
	for _, session := range []string{"clicked", "went", "asked", "other"} {
		w.record(session, "a", 0, 39_000, true)
	}
	call := w.event(model.KindGeneration, "t", 5000, in("asked", "a"))
	w.content(call, `[{"role":"user","content":"cancel my refund please"}]`, `"done"`)
	for i := range w.batch.Contents {
		w.batch.Contents[i].InputPreview, w.batch.Contents[i].OutputPreview = "cancel my refund please", "done"
	}
	blocks := w.batch.Blocks
	w.commit()
	var rows []model.Activity
	for i, labels := range [][]string{{"Help", "Refund", "Refunds"}, {"https://app.test/refund"}, {"Send"}, {"Refundable"}} {
		rows = append(rows, activityRowsOf(&blocks[i], len(labels), func(n int, a *model.Activity) {
			a.Label, a.AtMS = labels[n], hourAgo+int64(n)*10_000
			if i == 1 {
				a.Kind = model.ActivityNavigation
			}
		})...)
	}
	w.activity(rows)
	l, err := w.Sessions(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: "refund"}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]Match{
		"clicked": {Kind: "click", Text: "Refund", AtMS: hourAgo + 10_000}, "went": {Kind: "navigation", Text: "https://app.test/refund", AtMS: hourAgo},
		"asked": {Kind: "generation", Text: "cancel my refund please", AtMS: hourAgo + 5000},
	}
	var found []string
	for _, s := range l.Items {
		found = append(found, s.ID)
		m := s.Matched
		if m == nil || m.Kind != want[s.ID].Kind || m.Text != want[s.ID].Text || m.AtMS != want[s.ID].AtMS || *m.WindowID != "a" {
			t.Errorf("%s matched as %+v", s.ID, m)
			continue
		}
		if s.ID != "clicked" {
			continue
		}
		sum := int64(0)
		for _, n := range s.Outline.Actions {
			sum += n
		}
		if m.URL != "/sessions/clicked?t=1795415210000&window=a" || len(s.Outline.Actions) > 40 || sum != 3 || s.Outline.Actions[0] != 1 {
			t.Errorf("%s, outline %+v", m.URL, s.Outline)
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, []string{"asked", "clicked", "went"}) {
		t.Errorf("found %q", found)
	}
	for q, want := range map[string]int{"clicked:Refund": 1, "page:*/refund": 1, "-clicked:*": 1, "clicks:0": 4} {
		l, err := w.Sessions(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: q}})
		if err != nil || len(l.Items) != want {
			t.Errorf("%s: %d sessions, want %d, error %v", q, len(l.Items), want, err)
		}
	}
}

// A search for several things says at which moment a session has most of them: words, and what the fields clicked and page say.
func TestSessionsThatMatchSeveral(t *testing.T) {
	w := newWorld(t)
	hourAgo := now - time.Hour.Milliseconds()
	for _, session := range []string{"together", "apart", "asked", "answers"} {
		w.record(session, "a", 0, 39_000, true)
	}
	say := func(session string, at int64, text string) {
		id := w.event(model.KindGeneration, "t"+session+text, at, in(session, "a"))
		w.content(id, `[{"role":"user","content":"`+text+`"}]`, `"done"`)
		c := &w.batch.Contents[len(w.batch.Contents)-1]
		c.InputPreview, c.OutputPreview = text, "done"
	}
	say("apart", 5000, "please cancel it")
	say("asked", 4000, "cancel my refund please")
	say("asked", 9000, "a refund")
	say("answers", 3000, "refund")
	say("answers", 7000, "cancel")
	blocks := w.batch.Blocks
	w.commit()
	var rows []model.Activity
	for i, labels := range [][]string{{"Refund", "Cancel the refund", "Cancel"}, {"https://app.test/refund", "Refund"}, {"Send"}} {
		rows = append(rows, activityRowsOf(&blocks[i], len(labels), func(n int, a *model.Activity) {
			a.Label, a.AtMS = labels[n], hourAgo+int64(n)*10_000
			if i == 1 && n == 0 {
				a.Kind = model.ActivityNavigation
			}
		})...)
	}
	w.activity(rows)
	for q, want := range map[string]map[string]string{
		"cancel refund": {
			"together": "click Cancel the refund 10000", "apart": "navigation https://app.test/refund 0", "asked": "generation cancel my refund please 4000", "answers": "generation cancel 7000",
		},
		"clicked:Refund":             {"together": "click Refund 0", "apart": "click Refund 10000"},
		"page:*/refund":              {"apart": "navigation https://app.test/refund 0"},
		"clicked:Refund cancel":      {"together": "click Refund 0", "apart": "click Refund 10000"},
		"refund -clicked:Refund":     {"asked": "generation a refund 9000", "answers": "generation refund 3000"},
		"clicked:Send -page:nowhere": {"asked": "click Send 0"},
	} {
		l, err := w.Sessions(t.Context(), scope, ListRequest{Narrowing: Narrowing{Q: q}})
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		got := map[string]string{}
		for _, s := range l.Items {
			if got[s.ID] = "nothing"; s.Matched != nil {
				got[s.ID] = fmt.Sprint(s.Matched.Kind, " ", s.Matched.Text, " ", s.Matched.AtMS-hourAgo)
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", q, got, want)
		}
	}
}

// The small timeline of a row has calls and errors where they were, also without a recording, and stays small however much happened.
func TestOutlines(t *testing.T) {
	w := newWorld(t)
	w.record("s", "a", 0, 39_000, true)
	w.event(model.KindGeneration, "t", 20_500, in("s", "a"))
	w.event(model.KindGeneration, "t", 30_500, in("s", "a"), func(e *model.Event) { e.IsError = true })
	w.event(model.KindOther, "", 10_500, in("s", "a"), func(e *model.Event) { e.Name, e.Error = "$exception", "broken" })
	w.event(model.KindGeneration, "u", 5000, in("unrecorded", ""))
	w.commit()
	l, err := w.Sessions(t.Context(), scope, ListRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range l.Items {
		o := s.Outline
		switch s.ID {
		case "s":
			where := func(counts []int64) (at []int) {
				for i, n := range counts {
					if n > 0 {
						at = append(at, i)
					}
				}
				return at
			}
			if !slices.Equal(where(o.Calls), []int{21, 31}) || !slices.Equal(where(o.Errors), []int{10, 31}) {
				t.Errorf("calls in %v, errors in %v", where(o.Calls), where(o.Errors))
			}
		case "unrecorded":
			if o == nil || !slices.Equal(o.Calls, []int64{1}) {
				t.Errorf("without a recording: %+v", o)
			}
		}
	}
	full := make([]int64, listBuckets)
	for i := range full {
		full[i] = 1e12
	}
	if b, err := json.Marshal(outlineView(&store.Outline{Actions: full, Pages: slices.Clone(full), Calls: slices.Clone(full), Errors: slices.Clone(full)})); err != nil || len(b) >= 1000 {
		t.Errorf("%d bytes, error %v", len(b), err)
	}
}
