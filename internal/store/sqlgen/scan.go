package sqlgen

import (
	"fmt"

	"github.com/playheadhq/playhead/internal/filter"
)

// Listed is a row that Rows selected.
type Listed struct {
	Place
	AtMS int64
}

// ScanListed reads a row that Rows selected.
func ScanListed(scan func(to ...any) error) (Listed, error) {
	var l Listed
	var missing int64
	err := scan(&l.ID, &l.AtMS, &missing, &l.Number, &l.Text)
	l.None = missing != 0
	return l, err
}

// Cells makes a row that Sum selected, each of whose values an engine's driver made what it likes, one of a table.
func Cells(sum filter.Sum, span filter.Span, row []any) ([]filter.Cell, error) {
	cells := make([]filter.Cell, len(row))
	for i := range row {
		var err error
		if i < len(sum.By) {
			g := sum.By[i]
			if g.Field.Name == "" {
				if cells[i], err = cell(row[i], filter.Time); err == nil && cells[i] != nil {
					cells[i] = BucketMS(g.Step, span, cells[i].(int64))
				}
			} else {
				cells[i], err = cell(row[i], g.Field.Type)
			}
		} else {
			m := sum.Measures[i-len(sum.By)]
			is := filter.Number
			if m.Name == "count" || m.Name == "uniq" || m.Field.Type == filter.Time {
				is = filter.Time
			}
			cells[i], err = cell(row[i], is)
		}
		if err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// Frequency makes a row that Facet selected the value that it counts.
func Frequency(f filter.Field, value any) (filter.Cell, error) { return cell(value, f.Type) }

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
	case filter.Number, filter.Duration:
		return f, nil
	case filter.Time, filter.Bool:
		return n, nil
	}
	return nil, fmt.Errorf("read a number as %s", is)
}
