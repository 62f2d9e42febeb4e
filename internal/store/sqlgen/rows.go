package sqlgen

import (
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Rows selects the matching rows of a page: id, latest activity in Unix milliseconds, whether the value by which the list is sorted is missing, and
// this value as a number and as a text; then the values of fields, as Values selects them.
func Rows(d *Dialect, s Scope, p store.Part, fields ...filter.Field) Statement {
	b := newBuilder(d, s)
	values := b.valuesOf(fields)
	none, number, text, key := "0", "latest", "''", "latest"
	if f := p.Sort.Field; f.Name != "" {
		column := b.sortColumn(f)
		if f.Type == filter.Text || f.Type == filter.Choice {
			number, text, key = d.ints("0"), "coalesce("+column+", '')", column
		} else {
			number, key = "coalesce("+column+", 0)", column
		}
		none = "CASE WHEN " + column + " IS NULL THEN 1 ELSE 0 END"
	}
	where := b.matching(s.Where)
	inner := b.source(where, filter.Kinds(s.Of, s.Where))
	direction, before := "ASC", ">"
	if p.Sort.Descending {
		direction, before = "DESC", "<"
	}
	after := ""
	if a := p.After; a != nil {
		id := any(a.ID)
		ordered := func(x string) string { return x }
		if !b.grouped() {
			id, ordered = uuid.MustParse(a.ID), d.uuidOrder
		}
		value := any(a.Number)
		if f := p.Sort.Field; f.Type == filter.Text || f.Type == filter.Choice {
			value = a.Text
		}
		behind := "ordered " + before + " " + ordered(b.bind(id))
		if a.None {
			after = " WHERE " + key + " IS NULL AND " + behind
		} else {
			v := b.bind(value)
			after = " WHERE (" + key + " IS NULL OR " + key + " " + before + " " + v + " OR (" + key + " = " + v + " AND " + behind + "))"
		}
	}
	return b.statement("SELECT id, latest, " + d.ints(none) + " AS missing, " + d.ints(number) + " AS number_key, " + text + " AS text_key" + values + " FROM (" + inner + ") AS r" + after +
		" ORDER BY missing, " + key + " " + direction + ", ordered " + direction + " LIMIT " + b.bind(int64(p.Limit)))
}

// sortColumn is the alias of the value by which a list is sorted: NULL if a row has none.
func (b *builder) sortColumn(f filter.Field) string {
	c := b.column(f)
	x := c.event
	switch {
	case b.grouped() && c.group != "":
		x = c.group
	case b.grouped() && c.sort != "":
		x = c.sort
	case b.linksName(f) && b.grouped():
		x = b.d.least(b.persons(c))
		c.has = ""
	case b.grouped():
		x = "min(e." + b.rows.as(b.least(f, c)) + ")"
		c.has = ""
	case f.Name == "person":
		x = b.value(f, c)
		c.has = ""
	case c.list:
		x = b.d.least(c.event)
		c.has = ""
	}
	if c.scale == "1000" && f.Type == filter.Duration && f.Name != "duration" {
		x, c.has = b.d.micros(x), hasCount // whole numbers, so that a cursor is exact
	}
	if f.Type == filter.Decimal && c.scale == "" { // the same
		return b.groups.as("CASE WHEN " + replaced(c.has, x) + " THEN " + b.d.rounded(x+" * 1000000000") + " END")
	}
	return b.groups.as(known(c, x))
}

// least is the smallest of an event's values of a field, NULL if there is none.
func (b *builder) least(f filter.Field, c column) string {
	if c.list {
		return b.d.least(c.event)
	}
	return b.value(f, c)
}

// known is x, or NULL when there is no value.
func known(c column, x string) string {
	switch c.has {
	case "", notNull:
		return x
	case hasText:
		return "nullif(" + x + ", '')"
	}
	return "CASE WHEN " + replaced(c.has, x) + " THEN " + x + " END"
}

// Count counts the rows that match.
func Count(d *Dialect, s Scope) Statement {
	b := newBuilder(d, s)
	where := b.matching(s.Where)
	return b.statement("SELECT " + d.ints("count(*)") + " FROM (" + b.source(where, filter.Kinds(s.Of, s.Where)) + ") AS r")
}
