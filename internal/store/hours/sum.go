package hours

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// Engine reads what is not kept.
type Engine interface {
	// Ask calls do, in which statements see one state of the storage. Each calls scan for each of its rows, with a function that accepts pointers to any.
	Ask(ctx context.Context, do func(ask Asking) error) error
	// Stamps returns the stamps of the hours of a project that have rows, from a whole hour to another. nil means that changes are reported to the
	// Cache instead.
	Stamps(ctx context.Context, project string, fromMS, toMS int64) (map[int64]Stamp, error)
	// Sum computes a sum from all rows, SumLinks one whose measures only need links, without its total.
	Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error)
	SumLinks(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error)
	Dialect() *sqlgen.Dialect
	// AtOnce is how many hours are read with one statement at most, 0 for any number.
	AtOnce() int64
}

// Asking runs a statement.
type Asking func(s sqlgen.Statement, scan func(scan func(to ...any) error) error) error

// Sum computes a sum, as far as possible from hours. Measures that only need links are counted separately, without a join.
func Sum(ctx context.Context, c *Cache, e Engine, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	p, ok := planOf(q, sum, span)
	if ok {
		p.refuse(c, sum.Measures)
	}
	var kept, ofLinks, others []int
	for i, m := range sum.Measures {
		switch {
		case ok && p.of[i].kept:
			kept = append(kept, i)
		case sqlgen.OfLinks(q, m):
			ofLinks = append(ofLinks, i)
		default:
			others = append(others, i)
		}
	}
	if len(kept) < len(sum.Measures) && !store.Partable(sum) {
		return e.Sum(ctx, q, sum, span)
	}
	var parts []store.SumPart
	add := func(measures []int, sum func(context.Context, filter.Sum) (store.Table, error)) {
		if len(measures) > 0 {
			parts = append(parts, store.SumPart{Measures: measures, Sum: sum})
		}
	}
	add(others, func(ctx context.Context, some filter.Sum) (store.Table, error) { return e.Sum(ctx, q, some, span) })
	add(kept, func(ctx context.Context, some filter.Sum) (store.Table, error) {
		t, err := sumKept(ctx, c, e, q, some, span)
		if errors.Is(err, errTooMany) {
			return e.Sum(ctx, q, some, span)
		}
		return t, err
	})
	add(ofLinks, func(ctx context.Context, some filter.Sum) (store.Table, error) {
		groups := some
		groups.Total = false
		t, err := e.SumLinks(ctx, q, groups, span)
		if err == nil && some.Total {
			t.Total = store.AddCounts(some, t.Rows)
		}
		return t, err
	})
	return store.SumParts(ctx, sum, span, parts)
}

// sumKept computes a sum whose measures are all composed of hours: kept ones, and missing ones that it reads.
func sumKept(ctx context.Context, c *Cache, e Engine, q store.Question, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	p, _ := planOf(q, sum, span)
	stamps := func() (map[int64]Stamp, error) {
		return e.Stamps(ctx, q.Project, hourOf(p.in.from), hourOf(p.in.to)+hourMS)
	}
	before, err := stamps()
	if err != nil {
		return t, err
	}
	kinds := []*kind{{sums: &p.figures}, {sums: &p.sets}}
	if len(p.sets.values) == 0 {
		kinds = kinds[:1]
	}
	var reads []func(context.Context) error
	whole := false
	for _, k := range kinds {
		k.all, k.missing, k.reading = c.begin(p.set(k.sums), p.in, before)
		k.read = make([]map[int64]*hour, len(k.missing))
		for i, in := range k.missing {
			whole = whole || in.to-in.from >= hourMS
			reads = append(reads, func(ctx context.Context) error {
				return e.Ask(ctx, func(ask Asking) error {
					k.read[i] = map[int64]*hour{} // it may be a second attempt
					left := mostParts
					for _, in := range atOnce(in, e.AtOnce()) {
						n, err := readHours(e.Dialect(), ask, q, p.by, k.sums, in, left, k.read[i])
						if err != nil {
							return err
						}
						left -= n
					}
					return nil
				})
			})
		}
	}
	err = store.Together(ctx, reads...)
	after := before
	if whole && err == nil && before != nil { // otherwise only the ends of the range were read, which are not kept
		after, err = stamps()
	}
	for _, k := range kinds {
		unchanged := map[int64]*hour{}
		for _, read := range k.read {
			for at, x := range read {
				k.all[at] = x
				if x.stamp = after[at]; x.stamp == before[at] {
					unchanged[at] = x
				}
			}
		}
		if err != nil {
			unchanged = nil
		}
		c.end(p.set(k.sums), p.in, k.reading, unchanged)
		if errors.Is(err, errTooMany) {
			c.refuse(p.set(k.sums))
		}
	}
	if err != nil {
		return t, err
	}
	return p.compose(q, sum, span, kinds), nil
}

// atOnce splits a range that has more than a number of hours.
func atOnce(in times, hours int64) (all []times) {
	for hours > 0 && in.to-hourOf(in.from) > hours*hourMS {
		next := hourOf(in.from) + hours*hourMS
		all = append(all, times{in.from, next})
		in.from = next
	}
	return append(all, in)
}

// kind is one of the two kinds of sums while a sum is computed.
type kind struct {
	sums    *sums
	all     map[int64]*hour // by when they begin; the first one may begin within an hour
	missing []times
	read    []map[int64]*hour // of each of missing
	reading *reading
}

// compose computes the groups and the total.
func (p *plan) compose(q store.Question, sum filter.Sum, span filter.Span, kinds []*kind) (t store.Table) {
	groups := map[[2]filter.Cell]*group{}
	whole := &group{}
	if len(sum.By) == 0 {
		groups[[2]filter.Cell{}] = whole
	}
	for n, k := range kinds {
		for at, x := range k.all {
			var bucket filter.Cell
			if i := slices.IndexFunc(sum.By, func(g filter.Group) bool { return g.Field.Name == "" }); i >= 0 {
				bucket = span.Bucket(sum.By[i].Step, max(at, p.in.from))
			}
			for _, part := range x.parts {
				if !filter.Match(p.where, ofField{p.by, part.value}) {
					continue
				}
				whole.parts[n] = append(whole.parts[n], part)
				if len(sum.By) == 0 {
					continue
				}
				key := [2]filter.Cell{bucket, part.value}
				if groups[key] == nil {
					groups[key] = &group{}
				}
				groups[key].parts[n] = append(groups[key].parts[n], part)
			}
		}
	}
	names := renaming(q.People, p.sets.values)
	rows := make([][]filter.Cell, 0, len(groups))
	for key, g := range groups {
		row := make([]filter.Cell, 0, len(sum.By)+len(sum.Measures))
		for _, by := range sum.By {
			row = append(row, key[map[bool]int{true: 0, false: 1}[by.Field.Name == ""]])
		}
		rows = append(rows, append(row, p.measure(g, sum.Measures, names)...))
	}
	t.Table = sum.Finish(rows, span)
	if sum.Total {
		t.Total = p.measure(whole, sum.Measures, names)
	}
	return t
}

// group has the parts of hours that belong to one row of a sum, by kind.
type group struct{ parts [2][]*part }

// ofField is a row that has only one field.
type ofField struct {
	field filter.Field
	cell  filter.Cell
}

func (r ofField) Values(field string) []filter.Value {
	if v, ok := filter.ValueOf(r.cell); ok && field == r.field.Name {
		return []filter.Value{v}
	}
	return nil
}

func (r ofField) Texts() []string { return nil }

// measure computes the measures of a group.
func (p *plan) measure(g *group, measures []filter.Measure, names map[uint64]uint64) []filter.Cell {
	numbers := p.figures.none()
	spreads := make([][]filter.Spread, len(p.figures.spreads))
	for _, x := range g.parts[0] {
		p.figures.addTo(numbers, x.numbers)
		for i, s := range x.spreads {
			spreads[i] = append(spreads[i], s)
		}
	}
	added := make([]filter.Spread, len(spreads))
	for i := range spreads {
		added[i] = filter.AddSpreads(spreads[i]...)
	}
	distinct := make([]int64, len(p.sets.values))
	for i, f := range p.sets.values {
		sets := make([][]uint64, 0, len(g.parts[1]))
		for _, x := range g.parts[1] {
			sets = append(sets, x.values[i])
		}
		distinct[i] = union(sets, map[bool]map[uint64]uint64{true: names}[f.Name == "person"])
	}
	cells := make([]filter.Cell, len(measures))
	for i, m := range measures {
		switch at := p.of[i].at; {
		case m.Percentile() > 0:
			cells[i] = added[at].Percentile(m.Percentile())
		case m.Name == "uniq":
			cells[i] = distinct[at]
		case p.ofLinks(m):
			cells[i] = int64(numbers[len(p.figures.numbers)+at])
		case math.IsNaN(numbers[at]):
		case m.Name == "count" || m.Name != "sum" && (m.Field.Type == filter.Time || m.Field.Type == filter.Bool):
			cells[i] = int64(numbers[at])
		default:
			cells[i] = numbers[at]
		}
	}
	return cells
}
