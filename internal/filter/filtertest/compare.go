package filtertest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
)

// Storage is what is compared.
type Storage interface {
	// IDs reads a whole list in pages of limit.
	IDs(ctx context.Context, of filter.Of, where filter.Expr, sort filter.Sort, limit int) ([]string, error)
	Count(ctx context.Context, of filter.Of, where filter.Expr) (int64, error)
	Sum(ctx context.Context, of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) (filter.Table, error)
	Facet(ctx context.Context, of filter.Of, where filter.Expr, f filter.Field, limit int) (filter.Facet, error)
}

// Precision is how far a number may lie from the exact one, as a share of it: sums of the same numbers in another order.
const Precision = 1e-9

// Compare asks random questions about a world, and reports where a storage answers them otherwise than the language means them.
func Compare(t *testing.T, r Random, w *World, s Storage, questions int) {
	t.Helper()
	for range questions {
		of := filter.Lists[r.IntN(len(filter.Lists))]
		q := r.Expression(of, 3)
		where, err := filter.Parse(of, q)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		span := r.Span()
		if r.IntN(2) == 0 {
			where = filter.Between(where, of, span.FromMS, span.ToMS)
		}
		fail := func(what string, got, want any, err error) {
			t.Helper()
			t.Errorf("%s of %s where %s (%s):\n got %v, error %v\nwant %v", what, of, q, filter.String(where), got, err, want)
		}

		sort := r.Sort(of)
		var want []string
		matching := w.matching(of, where, filter.Kinds(where))
		for _, row := range Sorted(matching, sort) {
			want = append(want, row.ID)
		}
		got, err := s.IDs(t.Context(), of, where, sort, 1+r.IntN(40))
		if err != nil || !slices.Equal(got, want) {
			fail(fmt.Sprintf("list by %q, descending %v,", sort.Field.Name, sort.Descending), got, want, err)
		}
		n, err := s.Count(t.Context(), of, where)
		if err != nil || n != int64(len(want)) {
			fail("count", n, len(want), err)
		}

		sum := r.Sum(of, span)
		if sum.ByTime() {
			where = filter.Between(where, of, span.FromMS, span.ToMS)
		}
		table := filter.Compute(named(w.matching(of, where, filter.Kinds(where))), sum, span)
		answer, err := s.Sum(t.Context(), of, where, sum, span)
		if err != nil || !sameTable(answer, table) {
			fail(fmt.Sprintf("%v by %v order %d descending %v limit %d", sum.Measures, sum.By, sum.Order, sum.Descending, sum.Limit), answer, table, err)
		}

		f := one(r, fields(of)...)
		if !f.Groupable() {
			continue
		}
		kinds := filter.Kinds(where)
		if f.Name == "kind" {
			kinds = f.Choices
		}
		limit := 1 + r.IntN(4)
		facet := filter.ComputeFacet(named(w.matching(of, filter.Without(where, f.Name), kinds)), f, limit)
		counted, err := s.Facet(t.Context(), of, where, f, limit)
		if err != nil || !slices.Equal(counted.Values, facet.Values) || counted.Other != facet.Other {
			fail("facet "+f.Name, counted, facet, err)
		}
		if t.Failed() {
			return
		}
	}
}

func (w *World) matching(of filter.Of, where filter.Expr, kinds []string) []*Row {
	return slices.DeleteFunc(w.Rows(of, kinds), func(r *Row) bool { return !filter.Match(where, r) })
}

func named(rows []*Row) []filter.Row {
	all := make([]filter.Row, len(rows))
	for i, r := range rows {
		all[i] = r.Named()
	}
	return all
}

// sameTable compares rows, in their order where the numbers they are ordered by are not all but equal.
func sameTable(a, b filter.Table) bool {
	return a.Truncated == b.Truncated && slices.EqualFunc(a.Rows, b.Rows, func(x, y []filter.Cell) bool { return slices.EqualFunc(x, y, sameCell) })
}

func sameCell(a, b filter.Cell) bool {
	x, isNumber := a.(float64)
	y, both := b.(float64)
	if isNumber && both {
		return math.Abs(x-y) <= Precision*max(1, math.Abs(x), math.Abs(y))
	}
	return a == b
}
