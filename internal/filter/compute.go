package filter

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// Cell is one value of a table: nil, a string (text, choices), a float64 (numbers, shares) or an int64 (counts, times; booleans are 0 and 1).
type Cell any

// Many is a cell with several distinct values, in order. It is never empty.
type Many []Cell

// Table is the result of a sum: one row for each group, with the cells of its groups and then of its measures.
type Table struct {
	Rows [][]Cell
	// Truncated means that there are more rows than were requested.
	Truncated bool
	// Total has the measures of all rows together if the sum asks for them. A row that counts in several groups counts once.
	Total []Cell
}

// Compute computes a sum of rows that already matched. Like Match it defines the meaning in the simplest way.
//
// A row with several values of a grouped field counts in the group of each; a row without a value counts in the group nil. Measures ignore rows
// without a value: avg, min, max, rate and percentiles of no values are nil; count, uniq and sum are 0. A percentile is interpolated between its two
// neighbours. If time is one of the groups, empty buckets are included, for each combination of the other groups that has rows.
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
	t = s.Finish(t.Rows, span)
	if s.Total {
		whole := s
		whole.By, whole.Order, whole.Total = nil, 0, false
		t.Total = Compute(rows, whole, span).Rows[0]
	}
	return t
}

// Finish makes a table of all groups and their measures, which may be in any order: it adds empty buckets of time, orders the rows, and cuts those
// beyond the limit.
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

// Filled is the number of rows after empty buckets of time have been added.
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

// fill adds the empty buckets of time, for each combination of the other groups, so that a chart has no holes.
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

// nothing returns the measures of no rows.
func (s Sum) nothing() []Cell {
	none := collected{values: make([][]Value, len(s.Measures))}
	cells := make([]Cell, len(s.Measures))
	for i, m := range s.Measures {
		cells[i] = none.measure(i, m)
	}
	return cells
}

// Next is the start of the bucket that follows the bucket starting at ms.
func (x Span) Next(s Step, ms int64) int64 {
	next := x.Bucket(s, ms+s.length())
	if next <= ms { // the day was longer than 24 hours
		next = x.Bucket(s, ms+s.length()+s.length()/2+1)
	}
	return next
}

// keys are the groups in which a row counts.
func keys(r Row, by []Group, span Span) [][]Cell {
	all := [][]Cell{nil}
	for _, g := range by {
		var cells []Cell
		switch {
		case g.Field.Name == "":
			for _, v := range r.Values("start") {
				cells = append(cells, span.Bucket(g.Step, v.Int))
			}
		case len(g.Bounds) > 0:
			if values := r.Values(g.Field.Name); len(values) > 0 {
				cells = []Cell{g.Range(values[0].Number)}
			}
		default:
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

// Cell converts a value to the form in answers.
func (f Field) Cell(v Value) Cell {
	switch f.Type {
	case Number, Duration, Decimal:
		return v.Number
	case Time, Bool:
		return v.Int
	}
	return v.Text
}

// ValueOf converts a cell to the value with which a condition compares. It returns false for a nil cell.
func ValueOf(c Cell) (Value, bool) {
	switch c := c.(type) {
	case string:
		return Value{Text: c}, true
	case float64:
		return Value{Number: c}, true
	case int64:
		return Value{Int: c}, true
	}
	return Value{}, false
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

// collected is a group to which rows are being added.
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

// edge is the text of the value with the first or last time.
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

// extreme is the first or last time.
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

// sort orders rows. Cells without a value come last in both directions. Rows with equal cells are ordered by their groups. Numbers that differ by
// less than a millionth are equal, because the same numbers may have been added in another order.
func (s Sum) sort(rows [][]Cell) {
	slices.SortStableFunc(rows, func(a, b []Cell) int { return s.compare(a, s.Position(b)) })
}

// compare compares a row with a position (see Position).
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

// Whole reports whether the nth cell of a position is a whole number (int64) if it is a number at all.
func (s Sum) Whole(n int) bool {
	if n < len(s.By) || s.Order < len(s.By) {
		return false
	}
	m := s.Measures[s.Order-len(s.By)]
	return m.Name == "count" || m.Name == "uniq" || m.Field.Type == Time
}

// Position is the part of a row that After needs: its groups, and the cell by which rows are ordered.
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
