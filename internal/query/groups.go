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

// Groups is a page of a list in which each row stands for generations with a common value.
type Groups[T any] struct {
	Items []T     `json:"items" nullable:"false"`
	Next  *string `json:"next" doc:"the cursor of the next page, null at the end"`
	// SearchedToMS is set if not all text was searched.
	SearchedToMS *int64 `json:"searched_to_ms,omitempty" doc:"the figures cover only rows that were active since then, because too much text matches; absent when they are complete"`
}

// grouping describes such a list.
type grouping struct {
	kind listKind
	of   filter.Of
	// terms select the rows that count; by are the fields by which they are grouped.
	terms filter.Expr
	by    []filter.Group
	// figures are computed for each group. Their names are used in answers and for sorting.
	figures  []string
	measures []filter.Measure
	// sort is the default order of the list.
	sort string
}

// figure is a figure that a grouping computes, over the rows for which a term holds; "" means all rows.
type figure struct{ name, measure, only string }

// newGrouping panics if a description is invalid.
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

// sum is the aggregate query of a page.
func (g *grouping) sum(r ListRequest) (filter.Sum, error) {
	limit, err := rowsWanted(r.Limit, DefaultLimit)
	sum := filter.Sum{Measures: g.measures, By: g.by, Limit: limit}
	if err != nil {
		return sum, err
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

// key is the value of the nth grouping field, "" for none.
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

// number returns nil if there is no number.
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

// cost is nil if nothing has a price.
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
		all = append(all, b.Is(r.cells[i]))
	}
	return filter.String(all)
}

// grouped has the rows of a page, one more than it shows if there is a next page, and the query, for further queries about these rows.
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

// oneOf is the condition that a field has one of the rows' values of the first grouping field.
func oneOf(f filter.Field, rows []groupRow) filter.Expr {
	any, named := filter.Or{}, filter.Cond{Field: f, Op: filter.Equal}
	for _, r := range rows {
		if v, ok := filter.ValueOf(r.cells[0]); ok {
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

// beside counts another field's values within the groups of a page, and returns the most frequent ones of each, at most most.
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

// place is the cursor after a row: the list, its sort order, and the row's position in it.
func (g *grouping) place(sum filter.Sum, cells []filter.Cell) string {
	at, err := json.Marshal(sum.Position(cells))
	if err != nil {
		panic(err) // texts and numbers
	}
	return formatPosition(g.kind, g.order(sum), store.Position{ID: string(at)})
}

// order identifies the sort order of a list in its cursors.
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
