package query

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/model"
)

// The person that a list shows is the one that the same id selects in filters, groups, counts, facets and the shortcut, however ids are joined, and
// whether the event or a recording names the person.
func TestPersonsAreTheSameEverywhere(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 5))
		w := newWorld(t)
		ids := []string{"01a2074c-cbdb-742b-81ae-84d39340ccb6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"}
		for i := range 10 {
			ids = append(ids, fmt.Sprint("user-", i), fmt.Sprint("mail", i, "@example.com"))
		}
		anybody := func() string { return ids[r.IntN(len(ids))] }
		sessions := []string{"", "s1", "s2", "s3"}
		for _, s := range sessions[1:3] {
			w.record(s, "w", 0, 5000, true)
			ids = append(ids, "browser-of-"+s)
		}
		for i := range 40 {
			trace := fmt.Sprint("t", r.IntN(15))
			kind := []model.Kind{model.KindGeneration, model.KindGeneration, model.KindEmbedding, model.KindSpan, model.KindFeedback}[r.IntN(5)]
			w.event(kind, trace, int64(i)*100, func(e *model.Event) {
				e.SessionID, e.DistinctID, e.Personless = sessions[r.IntN(4)], anybody(), r.IntN(4) == 0
				if r.IntN(4) == 0 {
					e.DistinctID = trace
				}
			})
		}
		for range r.IntN(12) {
			w.identity(anybody(), anybody(), "", "")
		}
		for range 3 {
			w.identity(anybody(), "", "Somebody "+anybody(), "")
		}
		w.event(model.KindGeneration, "t1", 9000, by("user-9"))
		w.identity("user-9", "mail9@example.com", "", "") // joined with an id that has its own name
		w.identity("mail9@example.com", "", "Nine", "")
		w.commit()
		d := derive.New(derive.Options{Store: w.store.Writer.(derive.Store), Registerer: prometheus.NewRegistry()})
		var subjects []model.Subject
		for i := range 15 {
			subjects = append(subjects, model.Subject{Project: scope.Project, TraceID: fmt.Sprint("t", i)})
		}
		if _, err := d.Derive(t.Context(), scope.Project, subjects); err != nil {
			t.Fatal(err)
		}

		generations, traces := map[string][]string{}, map[string][]string{} // by the ids of their persons
		persons := map[string]*Person{}
		list, err := w.Generations(t.Context(), scope, ListRequest{Limit: MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range list.Items {
			if g.Person != nil {
				generations[g.Person.ID], persons[g.Person.ID] = append(generations[g.Person.ID], g.ID), g.Person
			}
		}
		shown, err := w.Traces(t.Context(), scope, ListRequest{Limit: MaxLimit})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range shown.Items {
			if x.Person != nil {
				traces[x.Person.ID], persons[x.Person.ID] = append(traces[x.Person.ID], x.ID), x.Person
			}
		}
		counted := func(r SumRequest) (got [][]any) {
			t.Helper()
			sum, err := w.Aggregate(t.Context(), scope, r)
			if err != nil {
				t.Fatal(err)
			}
			return sum.Rows
		}
		byPerson := map[any]any{}
		for _, row := range counted(SumRequest{Of: "generations", Measures: "count", By: "person", Limit: 1000}) {
			byPerson[row[0]] = row[1]
		}
		facets, err := w.Facets(t.Context(), scope, FacetsRequest{Of: "generations", Fields: "person", Limit: maxValues})
		if err != nil {
			t.Fatal(err)
		}
		facet := map[any]int64{}
		for _, v := range facets.Facets[0].Values {
			facet[v.Value] = v.Count
		}
		if got := counted(SumRequest{Of: "generations", Measures: "uniq(person)"})[0][0]; got != int64(len(generations)) {
			t.Errorf("seed %d: %v persons, want %d", seed, got, len(generations))
		}
		for id, person := range persons {
			if n := int64(len(generations[id])); n > 0 && (byPerson[id] != n || facet[id] != n) {
				t.Errorf("seed %d: %s has %d generations, %v by person, %v in the facet", seed, id, n, byPerson[id], facet[id])
			}
			for _, named := range person.DistinctIDs {
				for what, n := range map[string]Narrowing{"q": {Q: `person:"` + named + `"`}, "shortcut": {Person: named}} {
					list, err := w.Generations(t.Context(), scope, ListRequest{Narrowing: n, Limit: MaxLimit})
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, g := range list.Items {
						got = append(got, g.ID)
					}
					if !slices.Equal(got, generations[id]) {
						t.Errorf("seed %d, generations of %s by %s %s:\n got %v\nwant %v", seed, id, what, named, got, generations[id])
					}
					found, err := w.Traces(t.Context(), scope, ListRequest{Narrowing: n, Limit: MaxLimit})
					if err != nil {
						t.Fatal(err)
					}
					var ofTraces []string
					for _, x := range found.Items {
						ofTraces = append(ofTraces, x.ID)
					}
					for _, want := range traces[id] { // other persons may have events in the same traces
						if !slices.Contains(ofTraces, want) {
							t.Errorf("seed %d, traces of %s by %s %s: %s is shown as theirs, found are %v", seed, id, what, named, want, ofTraces)
						}
					}
				}
			}
		}
	}
}
