package hours

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Facet counts the values of a field, if the counts can be composed of hours: ok is false otherwise.
func Facet(ctx context.Context, c *Cache, e Engine, q store.Question, f filter.Field, limit int) (facet store.Facet, ok bool, err error) {
	q.Where = filter.Without(q.Where, f.Name)
	if ofLink(f) && f.Type == filter.Choice {
		return linkFacet(ctx, c, e, q, f, limit)
	}
	sum := filter.Sum{Measures: []filter.Measure{{Name: "count"}}, By: []filter.Group{{Field: f}}, Order: 1, Descending: true}
	p, ok := planOf(q, sum, filter.Span{})
	if !ok {
		return facet, false, nil
	}
	if p.refuse(c, sum.Measures); !p.of[0].kept {
		return facet, false, nil
	}
	t, err := sumKept(ctx, c, e, q, sum, filter.Span{})
	if errors.Is(err, errTooMany) {
		return facet, false, nil
	}
	facet.Facet = most(f, t.Rows, limit)
	return facet, true, err
}

// linkFacet counts the values of a field of links. Generations without a link are pending.
func linkFacet(ctx context.Context, c *Cache, e Engine, q store.Question, f filter.Field, limit int) (facet store.Facet, ok bool, err error) {
	const pending = "pending"
	sum := filter.Sum{Measures: []filter.Measure{{Name: "count"}}}
	var names []filter.Cell
	for _, choice := range f.Choices {
		if choice != pending {
			names = append(names, choice)
			sum.Measures = append(sum.Measures, filter.Measure{Name: "count", Only: filter.Cond{Field: f, Op: filter.Equal, Values: []filter.Value{{Text: choice}}}})
		}
	}
	p, ok := planOf(q, sum, filter.Span{})
	if !ok {
		return facet, false, nil
	}
	if p.refuse(c, sum.Measures); slices.ContainsFunc(p.of, func(x place) bool { return !x.kept }) {
		return facet, false, nil
	}
	t, err := sumKept(ctx, c, e, q, sum, filter.Span{})
	if err != nil {
		return facet, true, err
	}
	rest, _ := t.Rows[0][0].(int64)
	var rows [][]filter.Cell
	for i, name := range names {
		n, _ := t.Rows[0][1+i].(int64)
		rest -= n
		rows = append(rows, []filter.Cell{name, n})
	}
	if slices.Contains(f.Choices, pending) {
		rows = append(rows, []filter.Cell{pending, rest})
	}
	slices.SortFunc(rows, func(a, b []filter.Cell) int {
		return cmp.Or(cmp.Compare(b[1].(int64), a[1].(int64)), cmp.Compare(a[0].(string), b[0].(string)))
	})
	facet.Facet = most(f, rows, limit)
	return facet, true, nil
}

// most are the most frequent values of rows that are sorted by their numbers, each with a value and its number.
func most(f filter.Field, rows [][]filter.Cell, limit int) filter.Facet {
	facet := filter.Facet{Field: f}
	for _, row := range rows {
		n, _ := row[1].(int64)
		switch {
		case row[0] == nil || n == 0:
		case len(facet.Values) < limit:
			facet.Values = append(facet.Values, filter.Frequency{Value: row[0], Rows: n})
		default:
			facet.Other += n
		}
	}
	return facet
}
