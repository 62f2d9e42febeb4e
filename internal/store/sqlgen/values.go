package sqlgen

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Values selects the id and the values of fields of each row that was found: a single value in its own type, or all values as a JSON array.
func Values(d *Dialect, s Scope, rows []store.Found, fields []filter.Field) Statement {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		first, last = min(first, r.AtMS), max(last, r.AtMS)
	}
	s.Where = filter.Everything
	if !s.Of.Events() {
		s.Only = ids
	}
	b := newBuilder(d, s)
	columns := b.valuesOf(fields)
	where := "TRUE"
	if s.Of.Events() {
		where = d.inUUIDs("e.uuid", b.bind(ids)) + " AND e.time_ms >= " + b.bind(first) + " AND e.time_ms <= " + b.bind(last)
	}
	var all []string
	for kind := range kinds {
		all = append(all, kind)
	}
	slices.Sort(all)
	return b.statement("SELECT id" + columns + " FROM (" + b.source(where, all) + ") AS r")
}

// valuesOf are the columns with the values of fields, each with a comma before it.
func (b *builder) valuesOf(fields []filter.Field) (columns string) {
	for i, f := range fields {
		x, many := b.grouping(f)
		if many {
			x = b.d.json(x)
		}
		columns += ", " + x + " AS f" + fmt.Sprint(i)
	}
	return columns
}

// ScanValues reads a row that Values selected; scan takes pointers to any.
func ScanValues(of filter.Of, fields []filter.Field, scan func(to ...any) error) (id string, cells []filter.Cell, err error) {
	cells, err = scanCells(of, fields, scan, &id)
	return id, cells, err
}

// ScanRow reads a row that Rows selected with the values of fields; scan takes pointers to any.
func ScanRow(of filter.Of, fields []filter.Field, scan func(to ...any) error) (found store.Found, cells []filter.Cell, err error) {
	var missing int64
	cells, err = scanCells(of, fields, scan, &found.ID, &found.AtMS, &missing, &found.Number, &found.Text)
	found.None = missing != 0
	return found, cells, err
}

// scanCells reads some columns, and then the values of fields.
func scanCells(of filter.Of, fields []filter.Field, scan func(to ...any) error, first ...any) (cells []filter.Cell, err error) {
	cells = make([]filter.Cell, len(fields))
	to := make([]any, 0, len(first)+len(fields))
	to = append(to, first...)
	for i := range cells {
		to = append(to, (*any)(&cells[i]))
	}
	if err := scan(to...); err != nil {
		return nil, err
	}
	for i, f := range fields {
		if cells[i], err = valueCell(cells[i], f.Type, f.Many(of)); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return cells, nil
}

// valueCell returns one value, or all values if they were selected as JSON.
func valueCell(v any, is filter.Type, many bool) (filter.Cell, error) {
	list, ok := v.(string)
	if !many || !ok {
		return cell(v, is)
	}
	var raw []any
	if err := json.Unmarshal([]byte(list), &raw); err != nil {
		return nil, err
	}
	all := filter.Many{}
	for _, v := range raw {
		c, err := cell(v, is)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return nil, nil
	}
	slices.SortFunc(all, filter.CompareCells)
	return all, nil
}
