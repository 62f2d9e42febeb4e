package store

import (
	"context"
	"fmt"

	"github.com/playheadhq/playhead/internal/filter"
)

// SumPart computes some of a sum's measures, by their indices.
type SumPart struct {
	Measures []int
	Sum      func(ctx context.Context, some filter.Sum) (Table, error)
}

// Partable reports whether the measures of a sum can be computed in parts, whose rows are then joined: the sum is grouped only by time or by nothing,
// so that all parts have the same rows, and rows are not sorted by a measure.
func Partable(s filter.Sum) bool {
	return s.After == nil && (len(s.By) == 0 || len(s.By) == 1 && s.ByTime() && s.Order == 0)
}

// SumParts computes a sum in parts at the same time, each of which has a faster way to compute some of the measures.
func SumParts(ctx context.Context, sum filter.Sum, span filter.Span, parts []SumPart) (Table, error) {
	if len(parts) == 1 {
		return parts[0].Sum(ctx, sum)
	}
	tables := make([]Table, len(parts))
	reads := make([]func(context.Context) error, len(parts))
	for i, p := range parts {
		reads[i] = func(ctx context.Context) (err error) {
			tables[i], err = p.Sum(ctx, sum.Some(p.Measures))
			return err
		}
	}
	if err := Together(ctx, reads...); err != nil {
		return Table{}, err
	}
	by, width := len(sum.By), len(sum.By)+len(sum.Measures)
	rows := make([][]filter.Cell, len(tables[0].Rows))
	total := make([]filter.Cell, len(sum.Measures))
	for i, t := range tables {
		if len(t.Rows) != len(rows) {
			return Table{}, fmt.Errorf("parts of a sum have %d and %d rows", len(rows), len(t.Rows))
		}
		for n, row := range t.Rows {
			if rows[n] == nil {
				rows[n] = make([]filter.Cell, width)
				copy(rows[n], row[:by])
			}
			for j, m := range parts[i].Measures {
				rows[n][by+m] = row[by+j]
			}
		}
		if sum.Total {
			for j, m := range parts[i].Measures {
				total[m] = t.Total[j]
			}
		}
	}
	out := Table{Table: sum.Finish(rows, span)}
	if sum.Total {
		out.Total = total
	}
	return out, nil
}

// SumTotal computes a sum and its total, with a second sum if there are groups.
func SumTotal(ctx context.Context, sum filter.Sum, ask func(context.Context, filter.Sum) (Table, error)) (t Table, err error) {
	groups := sum
	groups.Total = false
	if !sum.Total {
		return ask(ctx, groups)
	}
	if len(sum.By) == 0 {
		if t, err = ask(ctx, groups); err == nil {
			t.Total = t.Rows[0]
		}
		return t, err
	}
	all := groups
	all.By, all.Order = nil, 0
	var total Table
	err = Together(ctx, func(ctx context.Context) (err error) {
		t, err = ask(ctx, groups)
		return err
	}, func(ctx context.Context) (err error) {
		total, err = ask(ctx, all)
		return err
	})
	if err == nil {
		t.Total = total.Rows[0]
	}
	return t, err
}

// AddCounts is the total of rows whose measures are counts.
func AddCounts(sum filter.Sum, rows [][]filter.Cell) []filter.Cell {
	total := make([]filter.Cell, len(sum.Measures))
	for i := range total {
		n := int64(0)
		for _, row := range rows {
			n += row[len(sum.By)+i].(int64)
		}
		total[i] = n
	}
	return total
}
