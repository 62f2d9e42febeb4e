package sqlgen

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

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
	var columns []string
	for i, f := range fields {
		x, many := b.grouping(f)
		if many {
			x = d.json(x)
		}
		columns = append(columns, x+" AS f"+fmt.Sprint(i))
	}
	where := "TRUE"
	if s.Of.Events() {
		where = d.inUUIDs("e.uuid", b.bind(ids)) + " AND e.time_ms >= " + b.bind(first) + " AND e.time_ms <= " + b.bind(last)
	}
	var all []string
	for kind := range kinds {
		all = append(all, kind)
	}
	slices.Sort(all)
	return b.statement("SELECT id, " + strings.Join(columns, ", ") + " FROM (" + b.source(where, all) + ") AS r")
}

// ScanValues reads a row that Values selected; scan takes pointers to any.
func ScanValues(of filter.Of, fields []filter.Field, scan func(to ...any) error) (id string, cells []filter.Cell, err error) {
	row, to := make([]any, len(fields)), make([]any, len(fields)+1)
	to[0] = &id
	for i := range row {
		to[i+1] = &row[i]
	}
	if err := scan(to...); err != nil {
		return "", nil, err
	}
	cells = make([]filter.Cell, len(fields))
	for i, f := range fields {
		if cells[i], err = valueCell(row[i], f.Type, f.Many(of)); err != nil {
			return "", nil, fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return id, cells, nil
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
