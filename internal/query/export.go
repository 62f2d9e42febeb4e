package query

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/export"
	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// ExportRequest asks for all rows of a list.
type ExportRequest struct {
	// List is the name of a list: generations, traces, …
	List string
	Narrowing
	Sort string
	// Columns are the names of the columns wanted, separated by commas. "" means all except those that must be named: input, output and custom
	// properties.
	Columns string
}

// Exported is a list that is written while it is read.
type Exported struct {
	Columns []export.Column
	// Rows yields the rows in batches, until the first error.
	Rows iter.Seq2[[][]filter.Cell, error]
}

const (
	// exportRows is how many rows are read at a time. Each part costs as much as looking through all links once. 20,000 generations take 40 MB.
	exportRows = 20_000
	// exportBatch is how many rows are passed on at a time, and exportTexts how many with texts.
	exportBatch, exportTexts = 1000, 8
	// exportsAtOnce is how many exports may have rows in memory, two parts each, and exportWait how long another one waits before it is refused.
	exportsAtOnce, exportWait = 8, 10 * time.Second
	// maxColumns limits the number of requested columns.
	maxColumns = 200
)

// groupLists are the lists whose rows are groups, by name.
var groupLists = map[string]*grouping{"people": peopleGroups, "errors": errorGroups, "tools": toolGroups, "prompts": promptGroups, "models": modelGroups, "providers": providerGroups}

// ExportLists returns the names of the lists that can be exported.
func ExportLists() []string {
	var all []string
	for _, of := range filter.Lists {
		all = append(all, string(of))
	}
	for name := range groupLists {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// Export reads all rows of a list.
func (s *Service) Export(ctx context.Context, scope access.Scope, r ExportRequest) (Exported, error) {
	if g := groupLists[r.List]; g != nil {
		return s.exportGroups(ctx, scope, g, r)
	}
	of, err := ofWhat(r.List)
	if err != nil {
		return Exported{}, badInput("list", "The lists are %s; got %q.", strings.Join(ExportLists(), ", "), shortened(r.List))
	}
	p := store.Part{Limit: s.page}
	if p.Sort, err = filter.ParseSort(of, r.Sort); err != nil {
		return Exported{}, badSyntax("sort", err)
	}
	a, err := s.understand(ctx, scope, of, r.Narrowing)
	if err != nil {
		return Exported{}, err
	}
	c, err := exportColumns(of, r.Columns)
	if err != nil {
		return Exported{}, err
	}
	if slices.ContainsFunc(append(slices.Clone(c.fields), p.Sort.Field), func(f filter.Field) bool { return f.Name == "person" }) {
		if a.People, err = s.people(ctx, scope); err != nil {
			return Exported{}, err
		}
	}
	return Exported{Columns: c.columns, Rows: func(yield func([][]filter.Cell, error) bool) {
		if err := s.exporting.acquire(ctx, 1); err != nil {
			yield(nil, err)
			return
		}
		defer s.exporting.release(1)
		if of.Events() && !filter.Searches(a.Where) {
			s.exportEvents(ctx, a.Question, p, c, yield)
			return
		}
		for {
			found, err := s.store.Find(ctx, a.Question, p)
			if err == nil && found.Searched != nil {
				err = &Error{Code: CodeTooMuch, Message: "So much text matches that only the newest rows can be sorted in this way. Remove sort, or choose a shorter range."}
			}
			if err != nil {
				yield(nil, wrap(err, "list "+r.List))
				return
			}
			values, err := s.exportValues(ctx, a.Question, c.fields, found.Rows)
			if err != nil {
				yield(nil, err)
				return
			}
			if !s.exportPage(ctx, a.Project, c, found.Rows, values, yield) || len(found.Rows) < p.Limit {
				return
			}
			p.After = &found.Rows[len(found.Rows)-1].Position
		}
	}}, nil
}

// ExportCount counts the rows of a list.
func (s *Service) ExportCount(ctx context.Context, scope access.Scope, list string, n Narrowing) (int64, error) {
	of, err := ofWhat(list)
	if err != nil {
		return 0, badInput("count", "The rows of %s cannot be counted in advance. Remove count.", shortened(list))
	}
	a, err := s.understand(ctx, scope, of, n)
	if err != nil {
		return 0, err
	}
	counted, err := s.store.Count(ctx, a.Question)
	return counted.Rows, wrap(err, "count "+list)
}

// exportedColumns are the columns of an export and the sources of their values: id, the fields in order, then texts.
type exportedColumns struct {
	columns       []export.Column
	fields        []filter.Field
	at            []int // for each column, the index of its value: 0 is the id, then fields
	input, output int   // the columns with these texts, -1 for none
}

func exportColumns(of filter.Of, names string) (exportedColumns, error) {
	c := exportedColumns{input: -1, output: -1}
	var wanted []string
	if names == "" {
		wanted = []string{"id"}
		for _, f := range filter.Fields(of) {
			wanted = append(wanted, f.Name)
		}
	} else {
		for name := range strings.SplitSeq(names, ",") {
			wanted = append(wanted, strings.TrimSpace(name))
		}
	}
	if len(wanted) > maxColumns {
		return c, badInput("columns", "At most %d columns can be exported at a time.", maxColumns)
	}
	for i, name := range wanted {
		column, at := export.Column{Name: name, Type: filter.Text}, 0
		f, known := filter.Find(of, name)
		switch {
		case slices.Index(wanted, name) < i:
			return c, badInput("columns", "%s is listed twice.", shortened(name))
		case name == "id":
		case name == "input" && of == filter.Generations:
			c.input = i
		case name == "output" && of == filter.Generations:
			c.output = i
		case known:
			c.fields = append(c.fields, f)
			column.Type, column.Many, at = f.Type, f.Many(of), len(c.fields)
		default:
			return c, badInput("columns", "%s have no column %q. /api/fields?of=%s lists the fields; id is also a column, and for generations input and output.", of, shortened(name), of)
		}
		c.columns, c.at = append(c.columns, column), append(c.at, at)
	}
	return c, nil
}

// exportEvents reads all rows of a list of events. It reads the next part while the one before is written.
func (s *Service) exportEvents(ctx context.Context, q store.Question, p store.Part, c exportedColumns, yield func([][]filter.Cell, error) bool) {
	type read struct {
		page store.Page
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	parts := make(chan read)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer cancel()
	reading.Go(func() {
		defer close(parts)
		for begin := true; begin || p.After != nil; begin = false {
			page, err := s.store.Read(ctx, q, p, c.fields)
			p.After = page.Next // nil after an error
			select {
			case parts <- read{page, err}:
			case <-ctx.Done():
				return
			}
		}
	})
	for r := range parts {
		if r.err != nil {
			yield(nil, wrap(r.err, "list "+string(q.Of)))
			return
		}
		if !s.exportPage(ctx, q.Project, c, r.page.Rows, r.page.Values, yield) {
			return
		}
	}
}

// exportPage passes the rows of a page on. It returns false when no more are wanted.
func (s *Service) exportPage(ctx context.Context, project string, c exportedColumns, found []store.Found, values [][]filter.Cell, yield func([][]filter.Cell, error) bool) bool {
	step := exportBatch
	if c.input >= 0 || c.output >= 0 {
		step = exportTexts
	}
	for from := 0; from < len(found); from += step {
		to := min(from+step, len(found))
		rows := make([][]filter.Cell, 0, to-from)
		shown := make([]store.Found, 0, to-from)
		for i := from; i < to; i++ {
			if values[i] == nil { // the row was deleted meanwhile
				continue
			}
			row := make([]filter.Cell, len(c.columns))
			for n, at := range c.at {
				if row[n] = filter.Cell(found[i].ID); at > 0 {
					row[n] = values[i][at-1]
				}
			}
			rows, shown = append(rows, row), append(shown, found[i])
		}
		if step == exportTexts {
			if err := s.exportContents(ctx, project, c, shown, rows); err != nil {
				yield(nil, err)
				return false
			}
		}
		if !yield(rows, nil) {
			return false
		}
	}
	return true
}

func (s *Service) exportValues(ctx context.Context, q store.Question, fields []filter.Field, found []store.Found) ([][]filter.Cell, error) {
	if len(fields) == 0 {
		values := make([][]filter.Cell, len(found))
		for i := range values {
			values[i] = []filter.Cell{}
		}
		return values, nil
	}
	values, err := s.store.Values(ctx, q, found, fields)
	return values, wrap(err, "read "+string(q.Of))
}

// exportContents fills the texts into rows.
func (s *Service) exportContents(ctx context.Context, project string, c exportedColumns, found []store.Found, rows [][]filter.Cell) error {
	events := make([]*model.Event, len(found))
	of := map[uuid.UUID]int{}
	for i, f := range found {
		id, err := uuid.Parse(f.ID)
		if err != nil {
			return err
		}
		events[i], of[id] = &model.Event{UUID: id, TimeMS: f.AtMS}, i
	}
	return s.contents(ctx, access.Scope{Project: project}, events, func(e *model.Event, content *model.Content) error {
		for at, text := range map[int][]byte{c.input: content.Input, c.output: content.Output} {
			if at >= 0 {
				rows[of[e.UUID]][at] = filter.Cell(nil)
				if len(text) > 0 {
					rows[of[e.UUID]][at] = string(text)
				}
			}
		}
		return nil
	})
}

// exportGroups reads all rows of a list of groups: first the values that define the groups, then their figures.
func (s *Service) exportGroups(ctx context.Context, scope access.Scope, g *grouping, r ExportRequest) (Exported, error) {
	var columns []export.Column
	var at []int
	add := func(name string, is filter.Type, from int) {
		if name != "priced" {
			columns, at = append(columns, export.Column{Name: name, Type: is}), append(at, from)
		}
	}
	for i, b := range g.by {
		add(b.Field.Name, b.Field.Type, i)
	}
	for i, name := range g.figures {
		add(name, g.measures[i].Type(), len(g.by)+i)
	}
	if r.Columns != "" {
		var wanted []export.Column
		var from []int
		for name := range strings.SplitSeq(r.Columns, ",") {
			i := slices.IndexFunc(columns, func(c export.Column) bool { return c.Name == strings.TrimSpace(name) })
			if i < 0 {
				return Exported{}, badInput("columns", "%s have no column %q.", r.List, shortened(name))
			}
			wanted, from = append(wanted, columns[i]), append(from, at[i])
		}
		columns, at = wanted, from
	}
	list := ListRequest{Narrowing: r.Narrowing, Sort: r.Sort}
	sum, err := g.sum(list)
	if err != nil {
		return Exported{}, err
	}
	a, err := s.understand(ctx, scope, g.of, r.Narrowing)
	if err != nil {
		return Exported{}, err
	}
	a.Where = filter.And{g.terms, a.Where}
	if a.People, err = s.people(ctx, scope); err != nil {
		return Exported{}, err
	}
	return Exported{Columns: columns, Rows: func(yield func([][]filter.Cell, error) bool) {
		for {
			sum.Limit = min(s.page*10, filter.MaxRows)
			t, err := s.store.Sum(ctx, a.Question, sum, filter.Span{})
			if err != nil {
				yield(nil, wrap(err, "group "+r.List))
				return
			}
			rows := make([][]filter.Cell, len(t.Rows))
			for i, cells := range t.Rows {
				row := groupRow{g, cells}
				for _, from := range at {
					cell := cells[from]
					if n := from - len(g.by); n >= 0 && g.figures[n] == "cost_usd" && row.cost() == nil {
						cell = nil
					}
					rows[i] = append(rows[i], cell)
				}
			}
			if len(rows) > 0 && !yield(rows, nil) || !t.Truncated {
				return
			}
			sum.After = sum.Position(t.Rows[len(t.Rows)-1])
		}
	}}, nil
}
