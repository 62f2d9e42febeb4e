package sqlgen

import (
	"fmt"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// ScanFound reads a row that Rows selected.
func ScanFound(scan func(to ...any) error) (store.Found, error) {
	l, _, err := ScanRow("", nil, scan)
	return l, err
}

// cellsOf converts a row that Sum selected, with whatever types the engine's driver returns, to a row of a table.
func cellsOf(sum filter.Sum, span filter.Span, row []any) ([]filter.Cell, error) {
	all := make([]filter.Cell, len(row))
	for i := range row {
		var err error
		if i < len(sum.By) {
			g := sum.By[i]
			if g.Field.Name == "" {
				if all[i], err = cell(row[i], filter.Time); err == nil && all[i] != nil {
					all[i] = BucketMS(g.Step, span, all[i].(int64))
				}
			} else {
				all[i], err = cell(row[i], g.Type())
			}
		} else {
			m := sum.Measures[i-len(sum.By)]
			is := filter.Number
			switch {
			case m.Name == "count" || m.Name == "uniq" || m.Field.Type == filter.Time:
				is = filter.Time
			case m.Textual():
				is = filter.Text
			}
			all[i], err = cell(row[i], is)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ScanCells reads a row that Sum selected; scan takes pointers to any.
func ScanCells(sum filter.Sum, span filter.Span, scan func(to ...any) error) ([]filter.Cell, error) {
	row, err := scanRow(len(sum.By)+len(sum.Measures), scan)
	if err != nil {
		return nil, err
	}
	return cellsOf(sum, span, row)
}

// scanRow reads a row of n columns, with whatever types the engine's driver returns.
func scanRow(n int, scan func(to ...any) error) ([]any, error) {
	row, to := make([]any, n), make([]any, n)
	for i := range row {
		to[i] = &row[i]
	}
	return row, scan(to...)
}

// Table makes a table of the rows that Sum selected.
func Table(sum filter.Sum, span filter.Span, rows [][]filter.Cell) (filter.Table, error) {
	if n := sum.Filled(rows, span); sum.ByTime() && n > store.MaxCells {
		return filter.Table{}, fmt.Errorf("%w: %d groups with their buckets of time; %d are allowed", store.ErrTooMuch, n, store.MaxCells)
	}
	return sum.Finish(rows, span), nil
}

// ScanFrequency reads a row that Facet selected and adds it.
func ScanFrequency(f *filter.Facet, scan func(to ...any) error) error {
	var value any
	var n, everything int64
	if err := scan(&value, &n, &everything); err != nil {
		return err
	}
	c, err := cell(value, f.Field.Type)
	if len(f.Values) == 0 {
		f.Other = everything
	}
	f.Other -= n
	f.Values = append(f.Values, filter.Frequency{Value: c, Rows: n})
	return err
}

func cell(v any, is filter.Type) (filter.Cell, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		if is == filter.Text || is == filter.Choice {
			return v, nil
		}
	case bool:
		n := int64(0)
		if v {
			n = 1
		}
		return number(float64(n), n, is)
	case float64:
		return number(v, int64(v), is)
	case int64:
		return number(float64(v), v, is)
	case int32:
		return number(float64(v), int64(v), is)
	case uint8:
		return number(float64(v), int64(v), is)
	case uint64:
		return number(float64(v), int64(v), is)
	case interface{ Int64() int64 }: // a *big.Int
		return number(float64(v.Int64()), v.Int64(), is)
	}
	return nil, fmt.Errorf("read %T as %s", v, is)
}

func number(f float64, n int64, is filter.Type) (filter.Cell, error) {
	switch is {
	case filter.Number, filter.Duration, filter.Decimal:
		return f, nil
	case filter.Time, filter.Bool:
		return n, nil
	}
	return nil, fmt.Errorf("read a number as %s", is)
}
