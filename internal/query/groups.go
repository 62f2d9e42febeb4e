package query

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
)

// Groups is a page of a list whose rows are made of generations that have something in common.
type Groups[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"the cursor of the next page, null at the end"`
	// SearchedToMS is set when not all text was looked at.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the figures are of what was active since then, as so much text matches; not there when they are of everything"`
}

// grouping is such a list.
type grouping struct {
	kind listKind
	of   filter.Of
	// terms are what the rows that count have, and by the fields whose values they have in common.
	terms filter.Expr
	by    []filter.Group
	// figures are what is computed of each group, by their names in answers, by which lists are sorted, too.
	figures  []string
	measures []filter.Measure
	// sort is how the list is sorted where nobody says.
	sort string
}

// figure is one that a grouping computes, of the rows for which a term holds, "" for all.
type figure struct{ name, measure, only string }

// newGrouping panics when a description cannot be right.
func newGrouping(kind listKind, of filter.Of, terms, by, sort string, figures ...figure) *grouping {
	parse := func(text string) filter.Expr {
		e, err := filter.Parse(of, text)
		if err != nil {
			panic(fmt.Sprintf("query: %s: %v", text, err))
		}
		return e
	}
	g := &grouping{kind: kind, of: of, terms: parse(terms), sort: sort}
	var err error
	if g.by, err = filter.ParseGroups(of, by, filter.Span{}); err != nil {
		panic(err)
	}
	for _, f := range figures {
		m := filter.Measure{Name: "count"}
		if name, field, ok := strings.Cut(strings.TrimSuffix(f.measure, ")"), "("); ok {
			m = filter.Measure{Name: name}
			if m.Field, ok = filter.Find(of, field); !ok {
				panic("query: there is no field " + field)
			}
		}
		if f.only != "" {
			m.Only = parse(f.only)
		}
		g.figures, g.measures = append(g.figures, f.name), append(g.measures, m)
	}
	return g
}

// sum is the question of a page.
func (g *grouping) sum(r ListRequest) (filter.Sum, error) {
	sum := filter.Sum{Measures: g.measures, By: g.by, Limit: r.Limit}
	switch {
	case sum.Limit == 0:
		sum.Limit = DefaultLimit
	case sum.Limit < 0 || sum.Limit > MaxLimit:
		return sum, badInput("limit", "limit must be between 1 and %d; read further rows with the cursor in \"next\".", MaxLimit)
	}
	if r.Sort == "" {
		r.Sort = g.sort
	}
	name, descending := strings.CutPrefix(r.Sort, "-")
	i := slices.Index(g.figures, name)
	if by := slices.IndexFunc(g.by, func(b filter.Group) bool { return b.Field.Name == name }); by >= 0 {
		sum.Order = by
	} else if i >= 0 {
		sum.Order = len(g.by) + i
	} else {
		names := append([]string{}, g.figures...)
		for _, b := range g.by {
			names = append(names, b.Field.Name)
		}
		return sum, badInput("sort", "sort is one of %s, with a - before it for the largest first; got %q.", strings.Join(names, ", "), shortened(r.Sort))
	}
	sum.Descending = descending
	var err error
	if r.Cursor != "" {
		sum.After, err = g.parsePlace(sum, r.Cursor)
	}
	return sum, err
}

// groupRow is a row of a grouping.
type groupRow struct {
	*grouping
	cells []filter.Cell
}

// key is the value of the nth field that its generations have in common, "" for none.
func (r groupRow) key(n int) string {
	text, _ := r.cells[n].(string)
	return text
}

func (r groupRow) cell(name string) filter.Cell {
	i := slices.Index(r.figures, name)
	if i < 0 {
		panic("query: there is no figure " + name)
	}
	return r.cells[len(r.by)+i]
}

// int is a count, a time, or a sum of whole numbers.
func (r groupRow) int(name string) int64 {
	switch n := r.cell(name).(type) {
	case int64:
		return n
	case float64:
		return int64(n)
	}
	return 0
}

// number is nil where there is none.
func (r groupRow) number(name string) *float64 {
	if n, ok := r.cell(name).(float64); ok {
		return &n
	}
	return nil
}

func (r groupRow) text(name string) *string {
	s, _ := r.cell(name).(string)
	return text(s)
}

// cost is nil where nothing has a price.
func (r groupRow) cost() *float64 {
	if r.int("priced") == 0 {
		return nil
	}
	return r.number("cost_usd")
}

// q is the expression that finds the generations of a row.
func (r groupRow) q() string {
	all := filter.And{}
	if filter.String(r.terms) != "" {
		all = append(all, r.terms)
	}
	for i, b := range r.by {
		if v, ok := valueOf(r.cells[i]); ok {
			all = append(all, filter.Cond{Field: b.Field, Op: filter.Equal, Values: []filter.Value{v}})
		} else {
			all = append(all, filter.Not{Expr: filter.Cond{Field: b.Field, Op: filter.Has}})
		}
	}
	return filter.String(all)
}

// grouped are the rows of a page, one more than it shows where there is a next one, and the question, for what else is to be asked about them.
type grouped struct {
	rows     []groupRow
	sum      filter.Sum
	asked    asked
	more     bool
	searched *int64
}

// group reads a page.
func (s *Service) group(ctx context.Context, scope access.Scope, g *grouping, r ListRequest) (grouped, error) {
	sum, err := g.sum(r)
	if err != nil {
		return grouped{}, err
	}
	a, err := s.understand(ctx, scope, g.of, r.Narrowing)
	if err != nil {
		return grouped{}, err
	}
	a.Where = filter.And{g.terms, a.Where}
	if a.People, err = s.people(ctx, scope); err != nil {
		return grouped{}, err
	}
	t, err := s.store.Sum(ctx, a.Question, sum, filter.Span{})
	if err != nil {
		return grouped{}, wrap(err, "group "+string(g.of))
	}
	out := grouped{sum: sum, asked: a, more: t.Truncated, searched: searchedTo(t.Searched)}
	for _, cells := range t.Rows {
		out.rows = append(out.rows, groupRow{g, cells})
	}
	return out, nil
}

// oneOf says that a field has a value by which the rows are grouped first.
func oneOf(f filter.Field, rows []groupRow) filter.Expr {
	any, named := filter.Or{}, filter.Cond{Field: f, Op: filter.Equal}
	for _, r := range rows {
		if v, ok := valueOf(r.cells[0]); ok {
			named.Values = append(named.Values, v)
		} else {
			any = append(any, filter.Not{Expr: filter.Cond{Field: f, Op: filter.Has}})
		}
	}
	if len(named.Values) > 0 {
		any = append(any, named)
	}
	return any
}

// valueOf is a cell as a condition compares it, false of none.
func valueOf(c filter.Cell) (filter.Value, bool) {
	switch c := c.(type) {
	case string:
		return filter.Value{Text: c}, true
	case float64:
		return filter.Value{Number: c}, true
	case int64:
		return filter.Value{Int: c}, true
	}
	return filter.Value{}, false
}

// beside counts another field's values in the groups of a page: those that are most frequent in each, at most most.
func (s *Service) beside(ctx context.Context, in grouped, field string, most int) (map[string][]string, error) {
	if len(in.rows) == 0 {
		return nil, nil
	}
	g := in.rows[0].grouping
	f, _ := filter.Find(g.of, field)
	q := in.asked.Question
	q.Where = filter.And{q.Where, filter.Cond{Field: f, Op: filter.Has}, oneOf(g.by[0].Field, in.rows)}
	sum := filter.Sum{Measures: []filter.Measure{{Name: "count"}}, By: []filter.Group{g.by[0], {Field: f}}, Order: 2, Descending: true, Limit: filter.MaxRows}
	t, err := s.store.Sum(ctx, q, sum, filter.Span{})
	if err != nil {
		return nil, wrap(err, "count values of "+field)
	}
	all := map[string][]string{}
	for _, cells := range t.Rows {
		key, _ := cells[0].(string)
		if value, _ := cells[1].(string); value != "" && len(all[key]) < most {
			all[key] = append(all[key], value)
		}
	}
	return all, nil
}

// groupsView makes a page of rows, as many as fit into an answer.
func groupsView[V any](in grouped, r ListRequest, view func(groupRow) V) Groups[V] {
	out := Groups[V]{Items: make([]V, 0, len(in.rows)), SearchedToMS: in.searched}
	for _, row := range in.rows {
		out.Items = append(out.Items, view(row))
	}
	n := fitting(out.Items, listBytes)
	if out.Items = out.Items[:n]; n > 0 && (n < len(in.rows) || in.more) {
		out.Next = text(in.rows[n-1].place(in.sum, in.rows[n-1].cells))
	}
	return out
}

// place is the cursor of the page behind a row: which list in which order it is of, and where in it the row stands.
func (g *grouping) place(sum filter.Sum, cells []filter.Cell) string {
	at, err := json.Marshal(sum.Position(cells))
	if err != nil {
		panic(err) // texts and numbers
	}
	return formatPosition(g.kind, g.order(sum), store.Position{ID: string(at)})
}

// order names the order of a list in its cursors.
func (g *grouping) order(sum filter.Sum) string {
	return fmt.Sprint(sum.Order, sum.Descending, crc32.ChecksumIEEE([]byte(strings.Join(g.figures, ","))))
}

func (g *grouping) parsePlace(sum filter.Sum, cursor string) ([]filter.Cell, error) {
	p, err := parsePosition(g.kind, g.order(sum), cursor)
	if err != nil {
		return nil, err
	}
	var raw []any
	d := json.NewDecoder(bytes.NewReader([]byte(p.ID)))
	d.UseNumber()
	if d.Decode(&raw) != nil || len(raw) != len(g.by)+1 {
		return nil, badCursor()
	}
	cells := make([]filter.Cell, len(raw))
	for i, v := range raw {
		switch v := v.(type) {
		case nil, string:
			cells[i] = v
		case json.Number:
			if n, err := v.Int64(); err == nil && sum.Whole(i) {
				cells[i] = n
			} else if f, err := v.Float64(); err == nil {
				cells[i] = f
			}
		default:
			return nil, badCursor()
		}
	}
	return cells, nil
}
