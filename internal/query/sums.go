package query

import (
	"context"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // for images and machines without time zone data

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// SumRequest has the parameters of an aggregate.
type SumRequest struct {
	Narrowing
	Of string
	// Measures is a list such as "count,p95(latency)", By one such as "model,time(1h)". Order is an element of one of them, with a - in front for the
	// largest first.
	Measures, By, Order string
	// Zone is the time zone in which days begin, "" for UTC.
	Zone  string
	Limit int
}

// Column describes a column of a table.
type Column struct {
	Name string `json:"name" doc:"as requested: a field, time(step) or a measure"`
	Type string `json:"type" enum:"text,number,duration,decimal,boolean,choice,time"`
	Unit string `json:"unit" doc:"s for seconds, ms for Unix milliseconds, usd for US dollars, 1/s for rates per second, empty for none"`
}

// Table is the answer of an aggregate.
type Table struct {
	Columns []Column `json:"columns" nullable:"false" doc:"groups, then measures"`
	Rows    [][]any  `json:"rows" nullable:"false" doc:"a value for each column: text, a number, a boolean, or null for none"`
	// Truncated means that there are more rows than limit.
	Truncated bool `json:"truncated" doc:"there are more rows than requested"`
	// SearchedToMS is set if not all text was searched.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the sums cover only rows that were active since then, because too much text matches; absent when they are complete"`
}

// Aggregate computes measures of the matching rows, for each group.
func (s *Service) Aggregate(ctx context.Context, scope access.Scope, r SumRequest) (Table, error) {
	of, err := ofWhat(r.Of)
	if err != nil {
		return Table{}, err
	}
	zone, err := zoneOf(r.Zone)
	if err != nil {
		return Table{}, err
	}
	a, err := s.understand(ctx, scope, of, r.Narrowing)
	if err != nil {
		return Table{}, err
	}
	span := filter.Span{FromMS: a.fromMS, ToMS: a.toMS, Zone: zone}
	if strings.Contains(r.By, "time(") {
		if span, err = s.within(ctx, of, a.Question, span); err != nil {
			return Table{}, wrap(err, "find from when to when to sum "+r.Of)
		}
	}
	sum, err := r.sum(of, span)
	if err != nil {
		return Table{}, err
	}
	if slices.ContainsFunc(sum.By, func(g filter.Group) bool { return g.Field.Name == "person" }) ||
		slices.ContainsFunc(sum.Measures, func(m filter.Measure) bool { return m.Field.Name == "person" }) {
		if a.People, err = s.people(ctx, scope); err != nil {
			return Table{}, err
		}
	}
	t, err := s.store.Sum(ctx, a.Question, sum, span)
	if err != nil {
		return Table{}, wrap(err, "sum "+r.Of)
	}
	view := tableView(sum, t.Table)
	view.SearchedToMS = searchedTo(t.Searched)
	return view, nil
}

// zoneOf is the time zone of a name.
func zoneOf(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, badInput("tz", "tz is a time zone such as Europe/Berlin; got %q.", shortened(name))
	}
	return zone, nil
}

// within sets the missing ends of a span to the first and last matching row, or to now if no row matches.
func (s *Service) within(ctx context.Context, of filter.Of, q store.Question, span filter.Span) (filter.Span, error) {
	if span.FromMS != 0 && span.ToMS != 0 {
		return span, nil
	}
	measures, err := filter.ParseMeasures(of, "min(start),max(start)")
	if err != nil {
		return span, err
	}
	ends, err := s.store.Sum(ctx, q, filter.Sum{Measures: measures, Limit: 1}, span)
	if err != nil {
		return span, err
	}
	first, last := s.now().UnixMilli(), s.now().UnixMilli()
	if row := ends.Rows[0]; row[0] != nil && row[1] != nil {
		first, last = row[0].(int64), row[1].(int64)
	}
	if span.ToMS == 0 {
		span.ToMS = max(last, span.FromMS) + 1
	}
	if span.FromMS == 0 {
		span.FromMS = min(first, span.ToMS-1)
	}
	return span, nil
}

func (r SumRequest) sum(of filter.Of, span filter.Span) (sum filter.Sum, err error) {
	if sum.Measures, err = filter.ParseMeasures(of, r.Measures); err != nil {
		return sum, badSyntax("measure", err)
	}
	if sum.By, err = filter.ParseGroups(of, r.By, span); err != nil {
		return sum, badSyntax("by", err)
	}
	if err = filter.ParseOrder(&sum, r.Order); err != nil {
		return sum, badSyntax("order", err)
	}
	if sum.Limit, err = filter.Rows(r.Limit, sum.By); err != nil {
		return sum, badSyntax("limit", err)
	}
	return sum, nil
}

func tableView(sum filter.Sum, t filter.Table) Table {
	out := Table{Columns: []Column{}, Rows: make([][]any, len(t.Rows)), Truncated: t.Truncated}
	for _, g := range sum.By {
		c := Column{Name: g.String(), Type: string(g.Type()), Unit: g.Field.Unit}
		switch {
		case g.Field.Name == "":
			c.Unit = "ms"
		case len(g.Bounds) > 0:
			c.Unit = "" // the number of a range
		}
		out.Columns = append(out.Columns, c)
	}
	for _, m := range sum.Measures {
		c := Column{Name: m.String(), Type: string(m.Field.Type), Unit: m.Field.Unit}
		switch m.Name {
		case "count", "uniq", "rate":
			c.Type, c.Unit = string(filter.Number), ""
		case "sum":
			if m.Field.Type == filter.Bool {
				c.Type = string(filter.Number)
			}
		}
		out.Columns = append(out.Columns, c)
	}
	for i, row := range t.Rows {
		out.Rows[i] = make([]any, len(row))
		for j, c := range row {
			out.Rows[i][j] = cellView(c, out.Columns[j].Type)
		}
	}
	return out
}

// cellView is a value as JSON: booleans are 0 and 1 in tables.
func cellView(c filter.Cell, kind string) any {
	if n, ok := c.(int64); ok && kind == string(filter.Bool) {
		return n != 0
	}
	return c
}

// FacetsRequest has the parameters of facets.
type FacetsRequest struct {
	Narrowing
	Of string
	// Fields is a list such as "model,provider".
	Fields string
	// Limit is how many values of each field are wanted, 10 when zero.
	Limit int
}

// Facets are values of fields and how often they occur.
type Facets struct {
	Facets []Facet `json:"facets" nullable:"false" doc:"one for each requested field, in that order"`
}

// Facet has the values of one field.
type Facet struct {
	Field  string       `json:"field"`
	Values []FacetValue `json:"values" nullable:"false" doc:"the most frequent values, most frequent first; q's terms about this field are ignored"`
	Other  int64        `json:"other" doc:"the number of rows with other values"`
	// SearchedToMS is set if not all text was searched.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the counts cover only rows that were active since then, because too much text matches; absent when they are complete"`
}

// FacetValue is a value and how many rows have it.
type FacetValue struct {
	Value any   `json:"value" doc:"text, a number or a boolean"`
	Count int64 `json:"count"`
}

// Limits of the number of values of a facet.
const (
	defaultValues = 10
	maxValues     = 100
)

// Facets counts the values of fields.
func (s *Service) Facets(ctx context.Context, scope access.Scope, r FacetsRequest) (Facets, error) {
	of, err := ofWhat(r.Of)
	if err != nil {
		return Facets{}, err
	}
	switch {
	case r.Limit == 0:
		r.Limit = defaultValues
	case r.Limit < 0 || r.Limit > maxValues:
		return Facets{}, badInput("limit", "limit is the number of values of each field: 1 to %d.", maxValues)
	}
	fields, err := filter.ParseFacets(of, r.Fields)
	if err != nil {
		return Facets{}, badSyntax("fields", err)
	}
	a, err := s.understand(ctx, scope, of, r.Narrowing)
	if err != nil {
		return Facets{}, err
	}
	if slices.ContainsFunc(fields, func(f filter.Field) bool { return f.Name == "person" }) {
		if a.People, err = s.people(ctx, scope); err != nil {
			return Facets{}, err
		}
	}
	found := make([]store.Facet, len(fields))
	var counts []func(context.Context) error
	for i, f := range fields {
		counts = append(counts, func(ctx context.Context) (err error) {
			found[i], err = s.store.Facet(ctx, a.Question, f, r.Limit)
			return wrap(err, "count values of "+f.Name)
		})
	}
	if err := store.Together(ctx, counts...); err != nil {
		return Facets{}, err
	}
	out := Facets{Facets: make([]Facet, len(fields))}
	for i, f := range found {
		view := Facet{Field: fields[i].Name, Values: make([]FacetValue, len(f.Values)), Other: f.Other, SearchedToMS: searchedTo(f.Searched)}
		for j, v := range f.Values {
			view.Values[j] = FacetValue{Value: cellView(v.Value, string(fields[i].Type)), Count: v.Rows}
		}
		out.Facets[i] = view
	}
	return out, nil
}

// Fields returns the fields that queries can use.
type Fields struct {
	Fields []Field `json:"fields" nullable:"false"`
}

// Field describes a field of the query language.
type Field struct {
	Name      string   `json:"name" doc:"prop.NAME stands for every custom property"`
	Type      string   `json:"type" enum:"text,number,duration,decimal,boolean,choice,time"`
	Unit      string   `json:"unit" doc:"s for seconds, ms for Unix milliseconds, usd for US dollars, 1/s for rates per second, empty for none"`
	Operators []string `json:"operators" nullable:"false" doc:"operators allowed before a value; empty means equal"`
	Sortable  bool     `json:"sortable"`
	Groupable bool     `json:"groupable" doc:"whether it can be used in by= and fields="`
	Measures  []string `json:"measures" nullable:"false" doc:"the measures that can be computed"`
	Choices   []string `json:"choices" nullable:"false" doc:"all values, for fields with few of them"`
	Doc       string   `json:"doc"`
}

// Fields lists the fields of a list.
func (s *Service) Fields(what string) (Fields, error) {
	of, err := ofWhat(what)
	if err != nil {
		return Fields{}, err
	}
	property, _ := filter.Find(of, filter.Property+"NAME")
	out := Fields{}
	for _, f := range append(filter.Fields(of), property) {
		view := Field{
			Name: f.Name, Type: string(f.Type), Unit: f.Unit, Operators: f.Operators(), Sortable: f.Sortable, Groupable: f.Groupable(),
			Measures: f.Measures(), Choices: f.Choices, Doc: f.Doc,
		}
		if view.Choices == nil {
			view.Choices = []string{}
		}
		out.Fields = append(out.Fields, view)
	}
	return out, nil
}
