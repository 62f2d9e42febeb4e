package filtertest

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
)

// Storage is the part of a storage that Compare checks.
type Storage interface {
	// IDs reads a whole list in pages of limit.
	IDs(ctx context.Context, of filter.Of, where filter.Expr, sort filter.Sort, limit int) ([]string, error)
	Count(ctx context.Context, of filter.Of, where filter.Expr) (int64, error)
	Sum(ctx context.Context, of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) (filter.Table, error)
	// Values reads the values of the fields for each row of a list, by the row's id: nil, or []filter.Cell.
	Values(ctx context.Context, of filter.Of, where filter.Expr, fields []filter.Field) (map[string][]any, error)
	Facet(ctx context.Context, of filter.Of, where filter.Expr, f filter.Field, limit int) (filter.Facet, error)
}

// Precision is how far a number may be from the exact one, as a share of the exact one. Sums of the same numbers in another order differ a little.
const Precision = 1e-9

// Compare asks random questions about a world, and reports where the answer of a storage differs from what the language means.
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
		if of == filter.Sessions && r.IntN(2) == 0 {
			where = filter.InActivity(where)
		}
		fail := func(what string, got, want any, err error) {
			t.Helper()
			t.Errorf("%s of %s where %s (%s):\n got %v, error %v\nwant %v", what, of, q, filter.String(where), got, err, want)
		}

		sort := r.Sort(of)
		var want []string
		matching := w.matching(of, where, filter.Kinds(of, where))
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

		if some := []filter.Field{one(r, fields(of)...), one(r, fields(of)...), one(r, fields(of)...)}; r.IntN(3) == 0 {
			got, err := s.Values(t.Context(), of, where, some)
			want := w.values(matching, some)
			if err != nil || !reflect.DeepEqual(got, want) {
				fail(fmt.Sprintf("values of %q, %q and %q", some[0].Name, some[1].Name, some[2].Name), got, want, err)
			}
		}

		sum := r.Sum(of, span)
		if sum.ByTime() {
			where = filter.Between(where, of, span.FromMS, span.ToMS)
		}
		table := w.Table(of, where, sum, span)
		answer, err := s.Sum(t.Context(), of, where, sum, span)
		if err != nil || !SameTable(sum, answer, table) {
			fail(fmt.Sprintf("%v (only %s) by %v order %d descending %v limit %d", sum.Measures, narrowed(sum), sum.By, sum.Order, sum.Descending, sum.Limit), answer, table, err)
		}

		if len(sum.By) > 0 && !sum.ByTime() && len(table.Rows) > 0 {
			sum.After, sum.Total = sum.Position(table.Rows[len(table.Rows)/3]), false
			table = w.Table(of, where, sum, span)
			if answer, err = s.Sum(t.Context(), of, where, sum, span); err != nil || !SameTable(sum, answer, table) {
				fail(fmt.Sprintf("%v (only %s) by %v after %v order %d descending %v", sum.Measures, narrowed(sum), sum.By, sum.After, sum.Order, sum.Descending), answer, table, err)
			}
		}

		f := one(r, fields(of)...)
		if !f.Groupable() {
			continue
		}
		kinds := filter.Kinds(of, where)
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

// values returns the values of the fields for each row, by the row's id. Each value occurs once, and they are in order.
func (w *World) values(rows []*Row, fields []filter.Field) map[string][]any {
	all := map[string][]any{}
	for _, r := range rows {
		of := make([]any, len(fields))
		for i, f := range fields {
			cells := []filter.Cell{}
			for _, v := range r.Named().Values(f.Name) {
				cells = append(cells, f.Cell(v))
			}
			slices.SortFunc(cells, filter.CompareCells)
			if len(cells) > 0 {
				of[i] = cells
			}
		}
		all[r.ID] = of
	}
	return all
}

func narrowed(s filter.Sum) (only []string) {
	for _, m := range s.Measures {
		if m.Only != nil {
			only = append(only, m.String()+" where "+filter.String(m.Only))
		}
	}
	return only
}

// Table is the meaning of a sum over the rows of a list.
func (w *World) Table(of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) filter.Table {
	return filter.Compute(named(w.matching(of, where, filter.Kinds(of, where))), sum, span)
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

// SameTable reports whether a table has the wanted rows in the wanted order. Numbers may differ by Precision, and percentiles of a sum with
// Near by filter.NearShare more.
func SameTable(s filter.Sum, a, want filter.Table) bool {
	same := func(x, y []filter.Cell) bool {
		if len(x) != len(y) {
			return false
		}
		first := len(x) - len(s.Measures) // the first measure
		for i := range x {
			precision := Precision
			if s.Near && i >= first && s.Measures[i-first].Percentile() > 0 {
				precision = filter.NearShare + Precision
			}
			if !sameCell(x[i], y[i], precision) {
				return false
			}
		}
		return true
	}
	return a.Truncated == want.Truncated && slices.EqualFunc(a.Rows, want.Rows, same) && (a.Total == nil) == (want.Total == nil) && (a.Total == nil || same(a.Total, want.Total))
}

func sameCell(a, want filter.Cell, precision float64) bool {
	x, isNumber := a.(float64)
	y, both := want.(float64)
	if isNumber && both {
		return math.Abs(x-y) <= max(Precision, precision*math.Abs(y), Precision*math.Abs(x))
	}
	return a == want
}
