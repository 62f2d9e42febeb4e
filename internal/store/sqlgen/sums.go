package sqlgen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Sum selects groups and their measures, one column each. The start of a bucket of days is selected as the milliseconds that a clock in the zone
// shows at that time; see BucketMS. If time is a group, all groups are selected, up to one more than store.MaxCells; otherwise the first ones in the
// sum's order, one more than its limit.
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
		if len(g.Bounds) > 0 {
			outer = append(outer, b.ranged(g)+" AS "+name)
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
	of := func(m filter.Measure) string {
		if m.Only == nil {
			return m.Field.Name
		}
		return m.Field.Name + " " + filter.String(m.Only)
	}
	for _, m := range sum.Measures {
		if p := m.Percentile(); p > 0 {
			shares[of(m)] = append(shares[of(m)], p)
		}
	}
	for i, m := range sum.Measures {
		outer = append(outer, b.measure(m, shares[of(m)])+" AS m"+fmt.Sprint(i))
	}
	where := b.matching(s.Where)
	from := "(" + b.source(where, filter.Kinds(s.Of, s.Where)) + ") AS r"
	for i, x := range explode {
		from = "(SELECT *, " + x + " FROM " + from + ") AS x" + fmt.Sprint("r", i)
	}
	sql := "SELECT " + strings.Join(outer, ", ") + " FROM " + from
	if len(names) > 0 {
		sql += " GROUP BY " + strings.Join(names, ", ")
	}
	if WithTotal(d, sum, s.Of) {
		sql += d.totals
	}
	if sum.ByTime() {
		return b.statement(sql + " LIMIT " + b.bind(int64(store.MaxCells+1)))
	}
	if len(names) > 0 {
		order := b.order(sum)
		if sum.After != nil {
			sql = "SELECT * FROM (" + sql + ") AS s WHERE " + b.behind(order, sum.After)
		}
		for i, o := range order {
			sql += map[bool]string{true: " ORDER BY ", false: ", "}[i == 0] + o.by + map[bool]string{true: " DESC", false: " ASC"}[o.descending] + " NULLS LAST"
		}
		if sum.Limit > 0 {
			sql += " LIMIT " + b.bind(int64(sum.Limit+1))
		}
	}
	return b.statement(sql)
}

// WithTotal reports whether the statement of a sum also selects its total, after all groups, which some engines can do. Groups in which a row may
// count more than once do not add up to the total.
func WithTotal(d *Dialect, sum filter.Sum, of filter.Of) bool {
	return d.totals != "" && sum.Total && len(sum.By) > 0 && !slices.ContainsFunc(sum.By, func(g filter.Group) bool {
		return g.Field.Name != "" && (g.Field.Many(of) || g.Field.Name == "person")
	})
}

// ordering is one of the values by which the rows of a sum are sorted.
type ordering struct {
	by         string
	descending bool
	// scaled means that a bound number must be converted to the unit of by, see filter.Sum.
	scaled bool
}

// order is the order of a sum's rows: the requested one, then the groups.
func (b *builder) order(sum filter.Sum) []ordering {
	first := ordering{descending: sum.Descending}
	if i := sum.Order - len(sum.By); i < 0 {
		first.by = fmt.Sprint("k", sum.Order)
		first.scaled = sum.By[sum.Order].Type() == filter.Number
	} else {
		m := sum.Measures[i]
		first.by, first.scaled = fmt.Sprint("m", i), m.Name != "count" && m.Name != "uniq" && !m.Textual() && m.Field.Type != filter.Time
	}
	if first.scaled {
		first.by = millionths(first.by)
	}
	all := []ordering{first}
	for i := range sum.By {
		all = append(all, ordering{by: fmt.Sprint("k", i)})
	}
	return all
}

func millionths(x string) string { return "floor(" + x + " * 1000000 + 0.5)" }

// behind is the condition that a row comes after a position: its groups, and the value by which rows are sorted.
func (b *builder) behind(order []ordering, place []filter.Cell) string {
	values := append([]filter.Cell{place[len(place)-1]}, place[:len(place)-1]...)
	var any, equal []string
	for i, o := range order {
		if values[i] != nil {
			v := b.bind(values[i])
			if o.scaled {
				v = millionths(v)
			}
			sign := " > "
			if o.descending {
				sign = " < "
			}
			any = append(any, strings.Join(append(slices.Clone(equal), "("+o.by+sign+v+" OR "+o.by+" IS NULL)"), " AND "))
			equal = append(equal, o.by+" = "+v)
		} else {
			equal = append(equal, o.by+" IS NULL")
		}
	}
	if len(any) == 0 {
		return "FALSE"
	}
	return "(" + strings.Join(any, " OR ") + ")"
}

// renamed is the person of a distinct id, with the join that this needs.
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

// person is the person of an event's own distinct id, NULL if it names nobody.
func (b *builder) person(c column) string {
	renamed, join := b.renamed(c.event)
	if join != "" && !slices.ContainsFunc(b.joins, func(j string) bool { return strings.Contains(j, " AS renamed ") }) {
		b.joins = append(b.joins, join)
	}
	return "CASE WHEN " + replaced(c.has, c.event) + " THEN " + renamed + " END"
}

// value is an event's single value of a field, NULL if there is none.
func (b *builder) value(f filter.Field, c column) string {
	switch {
	case f.Name != "person":
		return known(c, c.event)
	case b.s.Of == filter.Generations:
		return "coalesce(" + b.person(c) + ", nullif(" + b.linkedPerson() + ", ''))"
	}
	return b.person(c)
}

// persons are all persons of a trace, from its events and from its link.
func (b *builder) persons(c column) string {
	named := func(x string) string { return b.d.values("e." + b.rows.as(x)) }
	return b.d.union(named(b.person(c)), named("nullif("+b.linkedPerson()+", '')"))
}

// single is the alias of the single value of a field, NULL if there is none.
func (b *builder) single(f filter.Field) string {
	c := b.column(f)
	x, value := c.group, known(c, c.group)
	if !b.grouped() {
		x, value = c.event, b.value(f, c)
	}
	if c.scale != "" {
		if value = b.d.floats(x) + " / " + c.scale; c.has != "" && c.has != notNull {
			value = "CASE WHEN " + replaced(c.has, x) + " THEN " + value + " END"
		}
	}
	return b.groups.as(value)
}

func replaced(has, x string) string { return strings.ReplaceAll(has, "%", x) }

// grouping is the alias of a field's value, or of the list of its values.
func (b *builder) grouping(f filter.Field) (alias string, many bool) {
	c := b.d.columnOf(b.s.Of, f)
	switch {
	case c.list && !b.grouped():
		return b.groups.as(b.column(f).event), true
	case c.list:
		return b.groups.as(b.d.merged("e." + b.rows.as(b.column(f).event))), true
	case !b.grouped() || c.group != "":
		return b.single(f), false
	}
	c = b.column(f)
	if b.linksName(f) {
		return b.groups.as(b.persons(c)), true
	}
	return b.groups.as(b.d.values("e." + b.rows.as(b.value(f, c)))), true
}

// measure computes a measure of a field's values over a group.
func (b *builder) measure(m filter.Measure, shares []float64) string {
	only := b.only(m)
	if m.Name == "count" {
		if only == "" {
			return b.d.ints("count(*)")
		}
		return b.d.ints(b.d.countIf(only))
	}
	x, many := b.grouping(m.Field)
	if only != "" {
		if many {
			x = "CASE WHEN " + only + " THEN " + x + " ELSE [] END"
		} else {
			x = "CASE WHEN " + only + " THEN " + x + " END"
		}
	}
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
	case m.Name == "first" || m.Name == "last":
		start, _ := filter.Find(b.s.Of, "start")
		return b.d.edge(m.Name, x, b.single(start))
	case m.Name == "variance":
		return b.d.variance(x)
	case m.Name == "uniq" && m.Field.Type == filter.Text:
		return b.d.ints(b.d.texts(x))
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

// only is the condition of a measure, "" if it has none.
func (b *builder) only(m filter.Measure) string {
	switch {
	case m.Only == nil:
		return ""
	case b.grouped():
		return b.where(m.Only)
	}
	return b.groups.as("CASE WHEN "+b.where(m.Only)+" THEN 1 ELSE 0 END") + " = 1"
}

// ranged is the number of the range that a field's value is in, NULL if there is none.
func (b *builder) ranged(g filter.Group) string {
	x := b.single(g.Field)
	cases := "CASE WHEN " + x + " IS NULL THEN NULL"
	for i, bound := range g.Bounds {
		cases += " WHEN " + x + " < " + b.bind(bound) + " THEN " + fmt.Sprint(i)
	}
	return b.d.floats(cases + " ELSE " + fmt.Sprint(len(g.Bounds)) + " END")
}

// bucket is the start of the bucket that contains a time.
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

// floored is the largest multiple of step that is at most x.
func floored(x string, step int64) string {
	return fmt.Sprintf("(%[1]s - ((%[1]s %% %[2]d) + %[2]d) %% %[2]d)", x, step)
}

// offset is how far the zone's clock is ahead at a time of the span, in milliseconds. Engines do not need time zones for this; they would take them
// from other tables than we do.
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

// BucketMS is the start of a bucket that Sum selected.
func BucketMS(step filter.Step, span filter.Span, selected int64) int64 {
	if step.Days == 0 || span.Zone == nil {
		return selected
	}
	day := time.UnixMilli(selected).UTC()
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, span.Zone).UnixMilli()
}

// Facet selects the most frequent values of a field, the number of rows of each, and the sum of these numbers over all values. It ignores the part of
// where that is only about the field.
func Facet(d *Dialect, s Scope, f filter.Field, limit int) Statement {
	kinds := filter.Kinds(s.Of, s.Where)
	s.Where = filter.Without(s.Where, f.Name)
	if f.Name == "kind" {
		kinds = f.Choices // the count of each choice needs rows of all kinds
	}
	b := newBuilder(d, s)
	frequent := func(counted string) Statement {
		return b.statement("SELECT value, n, " + d.ints("sum(n) OVER ()") + " AS everything FROM (" + counted + ") AS counted ORDER BY n DESC, value LIMIT " + b.bind(int64(limit)))
	}
	if _, _, only := filter.Range(s.Where); only && s.Of == filter.Generations && isLink(f) && s.ActiveFromMS == 0 && s.Only == nil {
		return frequent("SELECT value, " + d.ints("sum(c)") + " AS n FROM (" + b.linkValues(f) + ") AS v GROUP BY value HAVING sum(c) > 0")
	}
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
	return frequent("SELECT " + value + " AS value, " + d.ints("count(*)") + " AS n FROM " + from + " WHERE " + column + " IS NOT NULL GROUP BY value")
}
