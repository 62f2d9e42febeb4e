package sqlgen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Sum selects groups and their measures, a column each. Buckets of days are the milliseconds that a clock in the zone shows at their
// beginning; see BucketMS. Where time is a group, all are selected, up to one
// more than store.MaxCells; else those that the sum's order puts first, one more than its limit.
func Sum(d *Dialect, s Scope, sum filter.Sum, span filter.Span) Statement {
	b := newBuilder(d, s)
	var outer, names []string
	var explode []string
	for i, g := range sum.By {
		name := fmt.Sprint("k", i)
		names = append(names, name)
		if g.Field.Name == "" {
			start, _ := filter.Find(s.Of, "start")
			outer = append(outer, b.bucket(b.single(start), g.Step, span)+" AS "+name)
			continue
		}
		column, many := b.grouping(g.Field)
		if many {
			explode = append(explode, d.explode(column)+" AS x"+fmt.Sprint(i))
			column = fmt.Sprint("x", i)
		}
		if g.Field.Type == filter.Number {
			column = d.floats(column)
		}
		outer = append(outer, column+" AS "+name)
	}
	shares := map[string][]float64{}
	for _, m := range sum.Measures {
		if p := m.Percentile(); p > 0 {
			shares[m.Field.Name] = append(shares[m.Field.Name], p)
		}
	}
	for i, m := range sum.Measures {
		outer = append(outer, b.measure(m, shares[m.Field.Name])+" AS m"+fmt.Sprint(i))
	}
	where := b.matching(s.Where)
	from := "(" + b.source(where, filter.Kinds(s.Where)) + ") AS r"
	for i, x := range explode {
		from = "(SELECT *, " + x + " FROM " + from + ") AS x" + fmt.Sprint("r", i)
	}
	sql := "SELECT " + strings.Join(outer, ", ") + " FROM " + from
	if len(names) > 0 {
		sql += " GROUP BY " + strings.Join(names, ", ")
	}
	if sum.ByTime() {
		return b.statement(sql + " LIMIT " + b.bind(int64(store.MaxCells+1)))
	}
	if len(names) > 0 {
		order := append(slices.Clone(names), measureNames(len(sum.Measures))...)[sum.Order]
		direction := " ASC"
		if sum.Descending {
			direction = " DESC"
		}
		sql += " ORDER BY " + order + direction + " NULLS LAST"
		for _, name := range names {
			sql += ", " + name + " ASC NULLS LAST"
		}
		if sum.Limit > 0 {
			sql += " LIMIT " + b.bind(int64(sum.Limit+1))
		}
	}
	return b.statement(sql)
}

func measureNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("m", i)
	}
	return names
}

// renamed is who stands behind a distinct id, with the join that this needs.
func (b *builder) renamed(x string) (expression, join string) {
	if len(b.s.People) == 0 {
		return x, ""
	}
	was := make([]string, 0, len(b.s.People))
	for id := range b.s.People {
		was = append(was, id)
	}
	slices.Sort(was)
	now := make([]string, len(was))
	for i, id := range was {
		now[i] = b.s.People[id]
	}
	return b.d.renamed(x, b.bind(was), b.bind(now))
}

// person is who an event's own distinct id stands for, NULL where it names nobody.
func (b *builder) person(c column) string {
	renamed, join := b.renamed(c.event)
	if join != "" && !slices.ContainsFunc(b.joins, func(j string) bool { return strings.Contains(j, " AS renamed ") }) {
		b.joins = append(b.joins, join)
	}
	return "CASE WHEN " + replaced(c.has, c.event) + " THEN " + renamed + " END"
}

// value is a field's one value of an event, NULL where there is none.
func (b *builder) value(f filter.Field, c column) string {
	switch {
	case f.Name != "person":
		return known(c, c.event)
	case b.s.Of == filter.Generations:
		return "coalesce(" + b.person(c) + ", nullif(" + b.linkedPerson() + ", ''))"
	}
	return b.person(c)
}

// persons are all of a trace, from its events and from its link.
func (b *builder) persons(c column) string {
	named := func(x string) string { return b.d.values("e." + b.rows.as(x)) }
	return b.d.union(named(b.person(c)), named("nullif("+b.linkedPerson()+", '')"))
}

// single is the alias of the one value of a field, NULL where there is none.
func (b *builder) single(f filter.Field) string {
	c := b.column(f)
	x, value := c.group, known(c, c.group)
	if !b.grouped() {
		x, value = c.event, b.value(f, c)
	}
	if c.scale != "" {
		value = "CASE WHEN " + orTrue(replaced(c.has, x)) + " THEN " + b.d.floats(x) + " / " + c.scale + " END"
	}
	return b.groups.as(value)
}

func orTrue(condition string) string {
	if condition == "" {
		return "TRUE"
	}
	return condition
}

func replaced(has, x string) string { return strings.ReplaceAll(has, "%", x) }

// grouping is the alias of a field's value, or of the list of its values.
func (b *builder) grouping(f filter.Field) (alias string, many bool) {
	c := b.d.columnOf(b.s.Of, f)
	switch {
	case c.list:
		return b.groups.as(b.column(f).event), true
	case !b.grouped() || c.group != "":
		return b.single(f), false
	}
	c = b.column(f)
	if b.linksName(f) {
		return b.groups.as(b.persons(c)), true
	}
	return b.groups.as(b.d.values("e." + b.rows.as(b.value(f, c)))), true
}

// measure is computed of a field's values over a group.
func (b *builder) measure(m filter.Measure, shares []float64) string {
	if m.Name == "count" {
		return b.d.ints("count(*)")
	}
	x, many := b.grouping(m.Field)
	if many {
		switch {
		case m.Name == "uniq":
			return "coalesce(" + b.d.ints(b.d.ofAll(x, "uniq", 0)) + ", 0)"
		case m.Percentile() > 0:
			return b.d.ofAll(x, "percentile", m.Percentile())
		case m.Name == "sum":
			return b.d.floats("coalesce(" + b.d.ofAll(x, "sum", 0) + ", 0)")
		}
		return b.d.ofAll(x, m.Name, 0)
	}
	switch {
	case m.Name == "uniq":
		return b.d.ints(b.d.uniq(x))
	case m.Name == "sum":
		return b.d.floats("coalesce(sum(" + x + "), 0)")
	case m.Name == "rate":
		return b.d.some("avg", x)
	case m.Percentile() > 0:
		return b.d.percentile(x, shares, slices.Index(shares, m.Percentile()))
	}
	return b.d.some(m.Name, x)
}

// bucket is when the bucket of a time begins.
func (b *builder) bucket(at string, step filter.Step, span filter.Span) string {
	offset := b.offset(at, span)
	local := "(" + at + " + " + offset + ")"
	if step.Days > 0 {
		// Counted from a Monday.
		return floored("("+local+" - "+fmt.Sprint(mondayMS)+")", int64(step.Days)*dayMS) + " + " + fmt.Sprint(mondayMS)
	}
	return floored(local, step.Seconds*1000) + " - " + offset
}

const (
	dayMS    = 86_400_000
	mondayMS = 4 * dayMS // 1970-01-05
)

// floored is the largest multiple of step that is not above x.
func floored(x string, step int64) string {
	return fmt.Sprintf("(%[1]s - ((%[1]s %% %[2]d) + %[2]d) %% %[2]d)", x, step)
}

// offset is how far the zone's clock is ahead at a time of the span, in milliseconds. Engines need not know zones for this, which
// they would from other tables than we do.
func (b *builder) offset(at string, span filter.Span) string {
	zone := span.Zone
	if zone == nil {
		return "0"
	}
	var cases strings.Builder
	t := time.UnixMilli(span.FromMS).In(zone)
	for {
		_, seconds := t.Zone()
		_, end := t.ZoneBounds()
		if end.IsZero() || end.UnixMilli() >= span.ToMS {
			if cases.Len() == 0 {
				return fmt.Sprintf("(%d)", seconds*1000)
			}
			fmt.Fprintf(&cases, " ELSE %d END)", seconds*1000)
			return cases.String()
		}
		if cases.Len() == 0 {
			cases.WriteString("(CASE")
		}
		fmt.Fprintf(&cases, " WHEN %s < %d THEN %d", at, end.UnixMilli(), seconds*1000)
		t = end.In(zone)
	}
}

// BucketMS is when a bucket begins that Sum selected.
func BucketMS(step filter.Step, span filter.Span, selected int64) int64 {
	if step.Days == 0 || span.Zone == nil {
		return selected
	}
	day := time.UnixMilli(selected).UTC()
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, span.Zone).UnixMilli()
}

// Facet selects the values of a field that most rows have, the number of those rows, and the sum of these numbers over all values. Of
// where, what is about the field alone does not count.
func Facet(d *Dialect, s Scope, f filter.Field, limit int) Statement {
	kinds := filter.Kinds(s.Where)
	s.Where = filter.Without(s.Where, f.Name)
	if f.Name == "kind" {
		kinds = f.Choices // whichever of them is chosen, it would be counted
	}
	b := newBuilder(d, s)
	column, many := b.grouping(f)
	from := "(" + b.source(b.matching(s.Where), kinds) + ") AS r"
	if many {
		from = "(SELECT *, " + d.explode(column) + " AS x FROM " + from + ") AS x"
		column = "x"
	}
	value := column
	if f.Type == filter.Number {
		value = d.floats(column)
	}
	counted := "SELECT " + value + " AS value, " + d.ints("count(*)") + " AS n FROM " + from + " WHERE " + column + " IS NOT NULL GROUP BY value"
	return b.statement("SELECT value, n, " + d.ints("sum(n) OVER ()") + " AS everything FROM (" + counted + ") AS counted ORDER BY n DESC, value LIMIT " + b.bind(int64(limit)))
}
