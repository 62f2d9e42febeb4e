package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/store"
)

// testRead compares parts of lists of events with Find and Values, which Language compares with the definition. Many rows have the same time, or
// nearly the same.
func testRead(t *testing.T, f Factory) {
	s := opened(t, f)
	w := filtertest.NewRandom(5).World(120)
	crowded := func(ms *int64) {
		switch day := *ms - *ms%(24*3_600_000); *ms % 4 {
		case 0, 2:
			*ms = day
		case 1:
			*ms = day - 1
		}
	}
	for i := range w.Events {
		crowded(&w.Events[i].TimeMS)
	}
	for i := range w.Contents {
		crowded(&w.Contents[i].TimeMS)
	}
	for i := range w.Links {
		crowded(&w.Links[i].TimeMS)
	}
	for i := range w.Experiences {
		crowded(&w.Experiences[i].TimeMS)
	}
	commit(t, s, batchOf(w, project))
	if err := s.StoreLinks(t.Context(), linksOf(w, project)); err != nil {
		t.Fatal(err)
	}
	putExperiences(t, s, experiencesOf(w, project)...)
	a := &asking{Lists: s, project: project, people: w.People}
	for of, terms := range map[filter.Of][]string{filter.Generations: {"", "link:linked"}, filter.Feedback: {""}} {
		for _, q := range terms {
			where, err := filter.Parse(of, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, by := range []string{"-", "", "-person"} {
				sort := filter.Sort{Descending: by == "-"}
				if len(by) > 1 {
					if sort, err = filter.ParseSort(of, by); err != nil {
						t.Fatal(err)
					}
				}
				question := a.question(of, where)
				list := must[store.List](t)(s.Find(t.Context(), question, store.Part{Sort: sort, Limit: 10_000}))
				if len(list.Rows) < 5 {
					t.Fatalf("only %d %s match %q", len(list.Rows), of, q)
				}
				for _, limit := range []int{3, 10_000} {
					fields := filter.Fields(of)
					if limit < 10_000 { // a statement with all of them takes as long as twenty of these
						fields = slices.DeleteFunc(fields, func(f filter.Field) bool {
							return !slices.Contains([]string{"link", "person", "seen", "score"}, f.Name)
						})
					}
					values := must[[][]filter.Cell](t)(s.Values(t.Context(), question, list.Rows, fields))
					what := fmt.Sprintf("%s that match %q by %q, %d at a time", of, q, by, limit)
					got, cells, err := a.read(t.Context(), question, store.Part{Sort: sort, Limit: limit}, fields)
					same(t, "error of "+what, err, nil)
					same(t, what, got, list.Rows)
					same(t, "values of "+what, cells, values)
					if t.Failed() {
						return
					}
				}
			}
		}
	}
}
