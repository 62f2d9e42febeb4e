package filter

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Cell is one value of a table: nil, a string (text, choices), a float64 (numbers, shares) or an int64 (counts, times, 0 and 1 of
// booleans).
type Cell any

// Many is a cell of several values, each once and in order; never of none.
type Many []Cell

// Table is what a sum answers: a cell for each group and then for each measure.
type Table struct {
	Rows [][]Cell
	// Truncated says that there are more rows than requested.
	Truncated bool
}

// Compute sums up rows that matched already. Like Match it is the meaning in its simplest form.
//
// A row that has several values of a field it is grouped by counts in the group of each; one that has none counts in the group of
// nil. Measures leave out rows without a value: avg, min, max and percentiles of none are nil, count, uniq and sum are 0, and rate is
// nil. A percentile is interpolated between the two values around it. Where time is among the groups, its buckets without a row are
// there, too, for each combination of the others that has rows.
func Compute(rows []Row, s Sum, span Span) Table {
	groups := map[string]*collected{}
	var order []*collected
	in := func(key []Cell) *collected {
		name := ""
		for _, c := range key {
			name += keyOf(c)
		}
		g := groups[name]
		if g == nil {
			g = &collected{key: slices.Clone(key), values: make([][]Value, len(s.Measures))}
			groups[name] = g
			order = append(order, g)
		}
		return g
	}
	if len(s.By) == 0 {
		in(nil)
	}
	for _, r := range rows {
		for _, key := range keys(r, s.By, span) {
			in(key).add(r, s.Measures)
		}
	}
	t := Table{Rows: make([][]Cell, 0, len(order))}
	for _, g := range order {
		row := slices.Clone(g.key)
		for i, m := range s.Measures {
			row = append(row, g.measure(i, m))
		}
		t.Rows = append(t.Rows, row)
	}
	return s.Finish(t.Rows, span)
}

// Finish makes a table of groups and their measures, all of them, in any order: it puts in buckets of time without a row, orders the
// rows and cuts what is past the limit.
func (s Sum) Finish(rows [][]Cell, span Span) Table {
	t := Table{Rows: s.fill(rows, span)}
	s.sort(t.Rows)
	if s.After != nil {
		for len(t.Rows) > 0 && s.compare(t.Rows[0], s.After) <= 0 {
			t.Rows = t.Rows[1:]
		}
	}
	if s.Limit > 0 && len(t.Rows) > s.Limit {
		t.Rows, t.Truncated = t.Rows[:s.Limit], true
	}
	return t
}

// Filled is how many rows there are when the buckets of time without one are put in.
func (s Sum) Filled(rows [][]Cell, span Span) int {
	at := timeIn(s.By)
	if at < 0 {
		return len(rows)
	}
	others := map[string]bool{}
	for _, row := range rows {
		name := ""
		for i := range s.By {
			if i != at {
				name += keyOf(row[i])
			}
		}
		others[name] = true
	}
	buckets := 0
	for ms := span.Bucket(s.By[at].Step, span.FromMS); ms < span.ToMS; ms = span.Next(s.By[at].Step, ms) {
		buckets++
	}
	return max(len(others), 1) * buckets
}

// fill puts in the buckets of time that have no row, for each combination of the other groups: a chart has no holes then.
func (s Sum) fill(rows [][]Cell, span Span) [][]Cell {
	at := timeIn(s.By)
	if at < 0 {
		return rows
	}
	var buckets []int64
	for ms := span.Bucket(s.By[at].Step, span.FromMS); ms < span.ToMS; ms = span.Next(s.By[at].Step, ms) {
		buckets = append(buckets, ms)
	}
	type combination struct {
		key  []Cell
		have map[int64]bool
	}
	others := map[string]*combination{}
	for _, row := range rows {
		name := ""
		for i := range s.By {
			if i != at {
				name += keyOf(row[i])
			}
		}
		c := others[name]
		if c == nil {
			c = &combination{slices.Clone(row[:len(s.By)]), map[int64]bool{}}
			others[name] = c
		}
		if ms, ok := row[at].(int64); ok {
			c.have[ms] = true
		}
	}
	if len(s.By) == 1 && len(others) == 0 {
		others[""] = &combination{make([]Cell, 1), nil}
	}
	for _, c := range others {
		for _, ms := range buckets {
			if !c.have[ms] {
				row := append(slices.Clone(c.key), s.nothing()...)
				row[at] = ms
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// nothing are the measures of no rows.
func (s Sum) nothing() []Cell {
	none := collected{values: make([][]Value, len(s.Measures))}
	cells := make([]Cell, len(s.Measures))
	for i, m := range s.Measures {
		cells[i] = none.measure(i, m)
	}
	return cells
}

// Next is when the bucket after the one that begins at ms begins.
func (x Span) Next(s Step, ms int64) int64 {
	next := x.Bucket(s, ms+s.length())
	if next <= ms { // the day was longer than 24 hours
		next = x.Bucket(s, ms+s.length()+s.length()/2+1)
	}
	return next
}

// keys are the groups that a row counts in.
func keys(r Row, by []Group, span Span) [][]Cell {
	all := [][]Cell{nil}
	for _, g := range by {
		var cells []Cell
		if g.Field.Name == "" {
			for _, v := range r.Values("start") {
				cells = append(cells, span.Bucket(g.Step, v.Int))
			}
		} else {
			for _, v := range r.Values(g.Field.Name) {
				cells = append(cells, g.Field.Cell(v))
			}
		}
		if len(cells) == 0 {
			cells = []Cell{nil}
		}
		var longer [][]Cell
		for _, key := range all {
			for _, c := range cells {
				longer = append(longer, append(slices.Clone(key), c))
			}
		}
		all = longer
	}
	return all
}

// Cell is a value as it is answered.
func (f Field) Cell(v Value) Cell {
	switch f.Type {
	case Number, Duration, Decimal:
		return v.Number
	case Time, Bool:
		return v.Int
	}
	return v.Text
}

func keyOf(c Cell) string {
	switch c := c.(type) {
	case string:
		return strconv.Quote(c) + ","
	case float64:
		return strconv.FormatFloat(c, 'g', -1, 64) + ","
	case int64:
		return strconv.FormatInt(c, 10) + ","
	}
	return "nil,"
}

// collected is a group while its rows are collected.
type collected struct {
	key    []Cell
	values [][]Value // of each measure's field
}

func (g *collected) add(r Row, measures []Measure) {
	for i, m := range measures {
		if m.Only != nil && !Match(m.Only, r) {
			continue
		}
		switch m.Name {
		case "count":
			g.values[i] = append(g.values[i], Value{})
		case "first", "last":
			for _, v := range r.Values(m.Field.Name) {
				v.Int = r.Values("start")[0].Int
				g.values[i] = append(g.values[i], v)
			}
		default:
			g.values[i] = append(g.values[i], r.Values(m.Field.Name)...)
		}
	}
}

func (g *collected) measure(i int, m Measure) Cell {
	values := g.values[i]
	switch m.Name {
	case "count":
		return int64(len(values))
	case "first", "last":
		return edge(values, m.Name)
	}
	if m.Name == "uniq" {
		seen := map[string]bool{}
		for _, v := range values {
			seen[keyOf(m.Field.Cell(v))] = true
		}
		return int64(len(seen))
	}
	if m.Field.Type == Time {
		return extreme(values, m.Name)
	}
	numbers := make([]float64, len(values))
	for j, v := range values {
		numbers[j] = v.Number
		if m.Field.Type == Bool {
			numbers[j] = float64(v.Int)
		}
	}
	slices.Sort(numbers)
	sum := 0.0
	for _, n := range numbers {
		sum += n
	}
	switch {
	case m.Name == "sum":
		return sum
	case len(numbers) == 0:
		return nil
	case m.Name == "avg", m.Name == "rate":
		return sum / float64(len(numbers))
	case m.Name == "variance":
		return variance(numbers, sum/float64(len(numbers)))
	case m.Name == "min":
		return numbers[0]
	case m.Name == "max":
		return numbers[len(numbers)-1]
	}
	at := m.Percentile() * float64(len(numbers)-1)
	low := numbers[int(math.Floor(at))]
	high := numbers[int(math.Ceil(at))]
	return low + (high-low)*(at-math.Floor(at))
}

// edge is the text of the value that has the first or the last time.
func edge(values []Value, name string) Cell {
	if len(values) == 0 {
		return nil
	}
	byTime := func(a, b Value) int { return cmp.Or(cmp.Compare(a.Int, b.Int), cmp.Compare(a.Text, b.Text)) }
	if name == "first" {
		return slices.MinFunc(values, byTime).Text
	}
	return slices.MaxFunc(values, byTime).Text
}

func variance(numbers []float64, mean float64) Cell {
	if len(numbers) < 2 {
		return nil
	}
	squares := 0.0
	for _, n := range numbers {
		squares += (n - mean) * (n - mean)
	}
	return squares / float64(len(numbers)-1)
}

// extreme is the first or last of times.
func extreme(values []Value, name string) Cell {
	if len(values) == 0 {
		return nil
	}
	best := values[0].Int
	for _, v := range values {
		if name == "min" {
			best = min(best, v.Int)
		} else {
			best = max(best, v.Int)
		}
	}
	return best
}

// sort orders rows. A cell without a value is behind all others, whichever way round; equal rows are in the order of their groups.
// Numbers that differ by less than a millionth are equal: sums of the same numbers in another order.
func (s Sum) sort(rows [][]Cell) {
	slices.SortStableFunc(rows, func(a, b []Cell) int { return s.compare(a, s.Position(b)) })
}

// compare says where a row stands to one of which the groups are known, and the value that rows are ordered by.
func (s Sum) compare(row, at []Cell) int {
	if d := compareCells(ordinal(row[s.Order]), ordinal(at[len(s.By)]), s.Descending); d != 0 {
		return d
	}
	for i := range s.By {
		if d := compareCells(row[i], at[i], false); d != 0 {
			return d
		}
	}
	return 0
}

func ordinal(c Cell) Cell {
	if n, ok := c.(float64); ok {
		return math.Floor(n*1e6 + 0.5)
	}
	return c
}

// Whole says that the nth cell of a place is a whole number where it is a number: an int64.
func (s Sum) Whole(n int) bool {
	if n < len(s.By) || s.Order < len(s.By) {
		return false
	}
	m := s.Measures[s.Order-len(s.By)]
	return m.Name == "count" || m.Name == "uniq" || m.Field.Type == Time
}

// Position is what After takes of a row.
func (s Sum) Position(row []Cell) []Cell { return append(slices.Clone(row[:len(s.By)]), row[s.Order]) }

// CompareCells orders cells of one field, nil last.
func CompareCells(a, b Cell) int { return compareCells(a, b, false) }

func compareCells(a, b Cell, descending bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	d := 0
	switch a := a.(type) {
	case string:
		d = cmp.Compare(a, b.(string))
	case float64:
		d = cmp.Compare(a, b.(float64))
	case int64:
		d = cmp.Compare(a, b.(int64))
	}
	if descending {
		d = -d
	}
	return d
}
