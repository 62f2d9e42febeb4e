package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// testHours repeatedly sums up days of generations while late generations arrive and links, experiences and costs change: each sum covers everything
// that is stored.
func testHours(t *testing.T, f Factory) {
	s := opened(t, f)
	r := filtertest.NewRandom(77)
	w := r.World(240)
	a := &asking{Lists: s, project: "hours", people: w.People}
	stored := *w
	stored.Events, stored.Links, stored.Experiences = nil, nil, nil
	check := func(after string) {
		t.Helper()
		for range 2 {
			zone, err := time.LoadLocation([]string{"UTC", "America/New_York", "Asia/Kolkata"}[r.IntN(3)])
			if err != nil {
				t.Fatal(err)
			}
			from := filtertest.Start + r.Int64N(40*3_600_000)
			span := filter.Span{FromMS: from, ToMS: from + 25*3_600_000 + r.Int64N(40*3_600_000), Zone: zone}
			sum := daily(t, span, []string{"", "time(1h)", "time(6h)", "time(1d)", "time(auto)", "model", "model,time(6h)", "time(1d),cost_state", "prop.plan", "kind"}[r.IntN(10)])
			where := filter.Between(filter.Everything, filter.Generations, span.FromMS, span.ToMS)
			for _, g := range sum.By {
				term := map[string]string{"model": "-model:gpt-4o", "kind": "kind:span,embedding"}[g.Field.Name]
				if term == "" || r.IntN(2) == 0 {
					continue
				}
				terms, err := filter.Parse(filter.Generations, term)
				if err != nil {
					t.Fatal(err)
				}
				where = filter.And{where, terms}
			}
			var rows []filter.Row
			for _, row := range stored.Rows(filter.Generations, filter.Kinds(filter.Generations, where)) {
				if filter.Match(where, row) {
					rows = append(rows, row.Named())
				}
			}
			want := filter.Compute(rows, sum, span)
			for _, again := range []string{"", " again"} {
				got, err := a.Sum(t.Context(), filter.Generations, where, sum, span)
				if err != nil || !filtertest.SameTable(sum, got, want) {
					t.Fatalf("after %s%s, by %v:\n got %v, error %v\nwant %v", after, again, sum.By, got, err, want)
				}
			}
		}
		all := named(stored.Rows(filter.Generations, []string{"generation", "embedding"}))
		for _, name := range []string{"link", "link_method", "model", "status"} {
			field, _ := filter.Find(filter.Generations, name)
			for _, where := range []filter.Expr{filter.Everything, filter.Between(filter.Everything, filter.Generations, filtertest.Start+1, filtertest.Start+60*3_600_000)} {
				var rows []filter.Row
				for _, row := range all {
					if filter.Match(where, row) {
						rows = append(rows, row)
					}
				}
				want := filter.ComputeFacet(rows, field, 3)
				got, err := a.Facet(t.Context(), filter.Generations, where, field, 3)
				if err != nil || !slices.Equal(got.Values, want.Values) || got.Other != want.Other {
					t.Fatalf("values of %s after %s, where %v: got %v, error %v, want %v", name, after, where, got, err, want)
				}
			}
		}
	}
	check("nothing")
	for part := range slices.Chunk(w.Events, 130) {
		b := &store.Batch{}
		for _, e := range part {
			e.Project = a.project
			b.Events = append(b.Events, e)
		}
		commit(t, s, b)
		stored.Events = append(stored.Events, part...)
		check("events")
	}
	for part := range slices.Chunk(linksOf(w, a.project), len(w.Links)/2+1) {
		if err := s.StoreLinks(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		stored.Links = append(stored.Links, part...)
		check("links")
	}
	for part := range slices.Chunk(experiencesOf(w, a.project), len(w.Experiences)/2+1) {
		putExperiences(t, s, part...)
		stored.Experiences = append(stored.Experiences, part...)
		check("experiences")
	}
	var priced []model.Event
	for i := range stored.Events {
		if e := &stored.Events[i]; e.Kind.IsCall() && i%3 == 0 {
			e.Cost = model.Cost{State: model.CostPriced, Nanos: int64(i) * 1e8, Price: "{}"}
			priced = append(priced, *e)
			priced[len(priced)-1].Project = a.project
		}
	}
	if err := s.SetCosts(t.Context(), priced); err != nil {
		t.Fatal(err)
	}
	check("costs")
}

func named(rows []*filtertest.Row) []filter.Row {
	all := make([]filter.Row, len(rows))
	for i, r := range rows {
		all[i] = r
	}
	return all
}

// daily is a sum as overviews use it.
func daily(t *testing.T, span filter.Span, by string) (sum filter.Sum) {
	t.Helper()
	var err error
	if sum.Measures, err = filter.ParseMeasures(filter.Generations, "count,sum(cost),sum(input_tokens),sum(error),p50(latency),p95(latency),p99(ttft),p50(tokens_per_s),uniq(trace),uniq(person)"); err != nil {
		t.Fatal(err)
	}
	for only, m := range map[string]filter.Measure{"link:linked": {Name: "count"}, "reaction.kind:copied": {Name: "count"}, "seen:seen": {Name: "count"}, "cost_state:unpriced": {Name: "count"}, "cache_read_tokens:*": sum.Measures[2]} {
		if m.Only, err = filter.Parse(filter.Generations, only); err != nil {
			t.Fatal(err)
		}
		sum.Measures = append(sum.Measures, m)
	}
	if sum.By, err = filter.ParseGroups(filter.Generations, by, span); err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(sum.By, func(g filter.Group) bool { return g.Field.Name != "" }) {
		// Sums with groups of a field are composed of hours if all of their measures are.
		sum.Measures = slices.DeleteFunc(sum.Measures, func(m filter.Measure) bool {
			return m.Only != nil && (strings.HasPrefix(filter.String(m.Only), "reaction") || strings.HasPrefix(filter.String(m.Only), "seen"))
		})
		sum.Order, sum.Descending = len(sum.By), true
	} else {
		felt, err := filter.ParseMeasures(filter.Generations, "p75(perceived_wait),sum(reaction)")
		if err != nil {
			t.Fatal(err)
		}
		sum.Measures = append(sum.Measures, felt...)
	}
	sum.Total, sum.Near = true, true
	return sum
}
