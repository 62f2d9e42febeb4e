//go:build cgo

package duckdb

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Answers from memory equal the content of the tables: for traces that begin, that continue, that began before the process did, and that are too
// large to be kept, with ids that are not UTF-8, and with links and experiences that are stored again.
func TestRecentIsWhatIsStored(t *testing.T) {
	dir := t.TempDir()
	s := open(t, Options{Dir: dir})
	s.index.load.Wait()
	r := filtertest.NewRandom(7)
	event := func(n, trace int) model.Event {
		e := model.Event{
			Project: []string{"p", "q\xff"}[n%2], UUID: uuid.NewSHA1(uuid.Nil, fmt.Append(nil, n)), Name: "$ai_generation\xfe", Kind: model.KindGeneration,
			TimeMS: int64(n), StartMS: int64(r.IntN(50)), ReceivedMS: int64(n), Title: "a\xfdb",
			Properties: []model.Property{{Name: "z", Value: "1"}, {Name: "a\xff", Value: "2"}},
		}
		if trace > 0 {
			e.TraceID = fmt.Sprintf("trace\xff%d", trace)
		}
		return e
	}
	var all []model.Event
	bring := func(events ...model.Event) {
		t.Helper()
		if _, err := s.Commit(t.Context(), &store.Batch{Events: events}); err != nil {
			t.Fatal(err)
		}
		all = append(all, events...)
	}
	n := 0
	some := func(of, traces int) {
		var events []model.Event
		for range of {
			n++
			events = append(events, event(n, r.IntN(traces+1)))
		}
		bring(append(events, events[0])...)
	}
	stored := 0
	put := func() {
		t.Helper()
		links := map[string]model.Link{} // by key
		felt := map[string]model.Experience{}
		for _, e := range all {
			if r.IntN(3) > 0 {
				continue
			}
			stored++
			l := model.Link{Project: e.Project, TraceID: e.TraceID, UUID: e.UUID, Rules: model.LinkRules, ReceivedMS: e.ReceivedMS, Person: fmt.Sprint(stored, "\xff")}
			links[e.UUID.String()+e.Project] = l
			if r.IntN(4) == 0 {
				x := model.Experience{Project: e.Project, TraceID: e.TraceID, UUID: e.UUID, Rules: model.ExperienceRules, ReceivedMS: e.ReceivedMS, Country: fmt.Sprint(stored, "\xff")}
				felt[e.UUID.String()+e.Project] = x
			}
			if e.TraceID != "" && r.IntN(4) == 0 {
				l.UUID = uuid.Nil
				links[e.TraceID+e.Project] = l
			}
		}
		if err := s.StoreLinks(t.Context(), slices.Collect(maps.Values(links))); err != nil {
			t.Fatal(err)
		}
		if err := s.StoreExperiences(t.Context(), slices.Collect(maps.Values(felt))); err != nil {
			t.Fatal(err)
		}
	}
	kept, unread := 0, 0
	compare := func(what string) {
		t.Helper()
		for _, project := range []string{"p", "q\uFFFD"} {
			var ids []string
			var of []model.Subject
			uuids := []uuid.UUID{uuid.Nil}
			for _, e := range all {
				table.Events.Clean(&e)
				uuids = append(uuids, e.UUID)
				if e.Project != project {
					continue
				}
				one, _ := model.SubjectOf(&e)
				if e.TraceID != "" && !slices.Contains(ids, e.TraceID) {
					ids = append(ids, e.TraceID)
				}
				if !slices.Contains(of, one) {
					of = append(of, one)
				}
			}
			for _, limit := range []int{1, 3, 1000} {
				got, err := s.TraceEvents(t.Context(), project, ids, limit)
				want, err2 := s.traceEvents(t.Context(), project, ids, limit)
				if err != nil || err2 != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("%s: %d events of %s, %d in the table: %v %v", what, len(got), project, len(want), err, err2)
				}
			}
			got, err := s.Links(t.Context(), project, of)
			want, err2 := s.links(t.Context(), project, of)
			if err != nil || err2 != nil || !reflect.DeepEqual(byKey(got), byKey(want)) {
				t.Fatalf("%s: %d links of %s, %d in the table: %v %v", what, len(got), project, len(want), err, err2)
			}
			rows, err := s.Experiences(t.Context(), project, ids, uuids)
			want2, err2 := s.experiences(t.Context(), project, ids, uuids)
			if err != nil || err2 != nil || !reflect.DeepEqual(byID(rows), byID(want2)) {
				t.Fatalf("%s: %d experiences of %s, %d in the table: %v %v", what, len(rows), project, len(want2), err, err2)
			}
			if keys := len(byID(want2)); keys != len(slices.CompactFunc(want2, func(a, b model.Experience) bool { return a.UUID == b.UUID })) {
				t.Fatalf("%s: %d experiences are stored, some of them twice", what, keys)
			}
			unread += len(ids) - len(s.recent.withExperiences(project, ids))
			_, rest := s.recent.events(project, of)
			kept += len(of) - len(rest)
		}
	}
	some(40, 5)
	put()
	compare("begun")
	if kept == 0 || unread == 0 {
		t.Fatalf("nothing is answered out of memory: %d subjects, %d traces without experiences", kept, unread)
	}
	some(40, 8)
	put()
	put()
	compare("gone on")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, Options{Dir: dir})
	s.index.load.Wait()
	some(40, 12)
	put()
	compare("opened again")
	var large []model.Event
	for range recentOfOne + 5 {
		n++
		large = append(large, event(2*n, 100))
	}
	bring(large[:recentOfOne]...)
	bring(large[recentOfOne:]...)
	put()
	compare("large")
	if _, err := s.Forget(t.Context(), "p", time.UnixMilli(60)); err != nil {
		t.Fatal(err)
	}
	some(40, 20)
	put()
	compare("dropped")
}

func byKey(links []model.Link) []model.Link {
	slices.SortFunc(links, func(a, b model.Link) int {
		return cmp.Or(cmp.Compare(a.TraceID, b.TraceID), cmp.Compare(a.UUID.String(), b.UUID.String()))
	})
	return links
}

func byID(rows []model.Experience) []model.Experience {
	slices.SortFunc(rows, func(a, b model.Experience) int { return cmp.Compare(a.UUID.String(), b.UUID.String()) })
	return rows
}
