package hours

import (
	"slices"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// plan says which sums of hours the measures of a sum are composed of. There are two kinds, which are kept apart because sets may be large.
type plan struct {
	project string
	in      times
	// by is the field by which the rows of the sum are grouped, the zero Field for none, and where conditions on it.
	by      filter.Field
	where   filter.And
	figures sums
	sets    sums
	// of is, for each measure, where it is; kept is false for one that cannot be composed of hours.
	of []place
}

// sums are what is kept of an hour: counts, sums and extremes, counts that only need links, the spreads of fields, and the sets of their values.
type sums struct {
	numbers, links  []filter.Measure
	spreads, values []filter.Field
}

// name identifies the sums of hours that are grouped by a field.
func (s *sums) name(by filter.Field) string {
	names := []string{strconv.Quote(by.Name)}
	for _, m := range slices.Concat(s.numbers, s.links) {
		only := ""
		if m.Only != nil {
			only = filter.String(m.Only)
		}
		names = append(names, strconv.Quote(m.String()+" "+only))
	}
	for _, f := range slices.Concat(s.spreads, s.values) {
		names = append(names, strconv.Quote(f.Name))
	}
	return strings.Join(names, " ")
}

// place is where a measure is found: at an index of numbers, links, spreads or values.
type place struct {
	kept bool
	at   int
}

// planOf returns the plan of a sum, false if it cannot be composed of hours: it must be over all generations of a day or more, and grouped by nothing,
// by buckets of whole hours, and by the values of one field. A time zone whose hours do not begin with UTC's has no such buckets.
func planOf(q store.Question, sum filter.Sum, span filter.Span) (p plan, ok bool) {
	if q.Of != filter.Generations || sum.After != nil {
		return p, false
	}
	p.project = table.Clean(q.Project)
	for _, g := range sum.By {
		if f := g.Field; f.Name != "" {
			if p.by.Name != "" || len(g.Bounds) > 0 || !groups(f) {
				return p, false
			}
			p.by = f
		}
	}
	if !p.split(q.Where) || p.in.from == 0 || p.in.to-p.in.from < leastHours*hourMS || p.in.to-p.in.from > mostHours*hourMS {
		return p, false
	}
	for _, g := range sum.By {
		if g.Field.Name != "" {
			continue
		}
		for ms := span.Bucket(g.Step, p.in.from); ms < p.in.to; ms = span.Next(g.Step, ms) {
			if ms%hourMS != 0 {
				return p, false
			}
		}
	}
	p.figures.numbers = []filter.Measure{{Name: "count"}} // a part of an hour exists if something is counted
	for _, m := range sum.Measures {
		p.of = append(p.of, p.add(m, sum.Near))
	}
	return p, true
}

// split separates a condition into the range of time and conditions on the field by which rows are grouped; false if it says anything else.
func (p *plan) split(where filter.Expr) bool {
	if from, to, only := filter.Range(where); only {
		p.in.from = max(p.in.from, from)
		if to != 0 && (p.in.to == 0 || to < p.in.to) {
			p.in.to = to
		}
		return true
	}
	if and, ok := where.(filter.And); ok {
		return !slices.ContainsFunc(and, func(x filter.Expr) bool { return !p.split(x) })
	}
	all, only := filter.Conditions(where)
	p.where = append(p.where, where)
	return only && !slices.ContainsFunc(all, func(c filter.Cond) bool { return c.Field.Name != p.by.Name })
}

// add adds what a measure is composed of.
func (p *plan) add(m filter.Measure, near bool) place {
	f := m.Field
	switch {
	case p.ofLinks(m):
		p.figures.links = append(p.figures.links, m)
		return place{true, len(p.figures.links) - 1}
	case m.Percentile() > 0:
		if !near || m.Only != nil || !sqlgen.Spreadable(sqlgen.DuckDB, filter.Generations, f) {
			return place{}
		}
		return place{true, indexOf(&p.figures.spreads, f)}
	case m.Name == "uniq":
		if m.Only != nil || f.Type != filter.Text || f.Name != "person" && !own(f) {
			return place{}
		}
		return place{true, indexOf(&p.sets.values, f)}
	case m.Name != "count" && (!slices.Contains([]string{"sum", "min", "max"}, m.Name) || !own(f)):
		return place{}
	}
	if m.Only != nil {
		all, only := filter.Conditions(m.Only)
		if !only || slices.ContainsFunc(all, func(c filter.Cond) bool { return !own(c.Field) && !ofLink(c.Field) }) {
			return place{}
		}
	}
	p.figures.numbers = append(p.figures.numbers, m)
	return place{true, len(p.figures.numbers) - 1}
}

// groups reports whether hours can be grouped by a field. Conditions on kind may ask for events that are no generations.
func groups(f filter.Field) bool {
	return own(f) && f.Name != "kind" && (f.Type == filter.Text || f.Type == filter.Choice || f.Type == filter.Number)
}

// own reports whether a field depends only on a generation's own row, and has at most one value.
func own(f filter.Field) bool {
	return !f.Many(filter.Generations) && f.Name != "person" && !strings.HasPrefix(f.Name, "link") && f.Name != "confidence" && !sqlgen.Experienced(filter.Generations, f)
}

// refuse leaves out the measures whose hours find no room in a cache. The parts of a sum must have the same rows, so a sum that is grouped by a field
// has either all of its measures from hours or none.
func (p *plan) refuse(c *Cache, measures []filter.Measure) {
	figures, sets := c.refuses(p.set(&p.figures)), len(p.sets.values) > 0 && c.refuses(p.set(&p.sets))
	grouped := p.by.Name != "" && (figures || sets || slices.ContainsFunc(p.of, func(x place) bool { return !x.kept }))
	for i, m := range measures {
		refused := figures
		if m.Name == "uniq" {
			refused = sets
		}
		p.of[i].kept = p.of[i].kept && !refused && !grouped
	}
}

// set is where the hours of sums are kept.
func (p *plan) set(s *sums) setOf { return setOf{p.project, s.name(p.by)} }

// ofLink reports whether a field depends only on a generation's stored link.
func ofLink(f filter.Field) bool {
	return f.Name == "confidence" || f.Name == "link" || strings.HasPrefix(f.Name, "link_")
}

// ofLinks reports whether a measure can be read from links alone.
func (p *plan) ofLinks(m filter.Measure) bool {
	return p.by.Name == "" && sqlgen.OfLinks(store.Question{Of: filter.Generations, Where: filter.Everything}, m)
}

// indexOf returns the index of a field, which it adds if it is missing.
func indexOf(all *[]filter.Field, f filter.Field) int {
	i := slices.IndexFunc(*all, func(x filter.Field) bool { return x.Name == f.Name })
	if i < 0 {
		i = len(*all)
		*all = append(*all, f)
	}
	return i
}
