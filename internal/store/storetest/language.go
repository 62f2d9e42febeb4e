package storetest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// asking answers filtertest's questions from a store.
type asking struct {
	store.Lists
	project string
	people  map[string]string
	asked   int // number of calls for a list
}

func (a *asking) question(of filter.Of, where filter.Expr) store.Question {
	return store.Question{Project: a.project, Of: of, Where: where, People: a.people, Weights: filtertest.Weights}
}

// IDs implements filtertest.Storage.
func (a *asking) IDs(ctx context.Context, of filter.Of, where filter.Expr, sort filter.Sort, limit int) ([]string, error) {
	var ids []string
	p := store.Part{Sort: sort, Limit: limit}
	a.asked++
	if of.Events() && !filter.Searches(where) && a.asked%3 != 0 {
		rows, _, err := a.read(ctx, a.question(of, where), p, nil)
		return store.IDs(rows), err
	}
	if a.asked%2 == 0 {
		p.Patience = 1 // ns, so that a text search ends each time as early as possible, and is continued
	}
	for {
		found, err := a.Find(ctx, a.question(of, where), p)
		if err != nil {
			return ids, err
		}
		for _, f := range found.Rows {
			ids = append(ids, f.ID)
		}
		switch {
		case found.Searched != nil:
			p.After = found.Searched.Next
		case len(found.Rows) < limit || len(ids) > 10_000:
			return ids, nil
		default:
			p.After = &found.Rows[len(found.Rows)-1].Position
		}
	}
}

// read reads a whole list in parts.
func (a *asking) read(ctx context.Context, q store.Question, p store.Part, fields []filter.Field) (rows []store.Found, values [][]filter.Cell, err error) {
	for begin := true; begin || p.After != nil; begin = false {
		page, err := a.Read(ctx, q, p, fields)
		if err != nil {
			return nil, nil, err
		}
		if len(page.Rows) > 2*p.Limit || len(page.Values) != len(page.Rows) || len(rows) > 10_000 {
			return nil, nil, fmt.Errorf("%d rows with %d values of at most about %d, after %d others", len(page.Rows), len(page.Values), p.Limit, len(rows))
		}
		rows, values, p.After = append(rows, page.Rows...), append(values, page.Values...), page.Next
	}
	return rows, values, nil
}

// Values implements filtertest.Storage. Lists of events are read in parts.
func (a *asking) Values(ctx context.Context, of filter.Of, where filter.Expr, fields []filter.Field) (map[string][]any, error) {
	q, p := a.question(of, where), store.Part{Sort: filter.Sort{Descending: true}, Limit: 10_000}
	var found []store.Found
	var rows [][]filter.Cell
	var err error
	if a.asked++; of.Events() && !filter.Searches(where) && a.asked%3 != 0 {
		p.Limit = 1 + a.asked%50
		found, rows, err = a.read(ctx, q, p, fields)
	} else {
		var list store.List
		if list, err = a.Find(ctx, q, p); err == nil {
			found = list.Rows
			rows, err = a.Lists.Values(ctx, q, found, fields)
		}
	}
	if err != nil {
		return nil, err
	}
	all := map[string][]any{}
	for i, row := range rows {
		of := make([]any, len(fields))
		for n, c := range row {
			switch c := c.(type) {
			case nil:
			case filter.Many:
				of[n] = []filter.Cell(c)
			default:
				of[n] = []filter.Cell{c}
			}
		}
		all[found[i].ID] = of
	}
	return all, nil
}

// Count implements filtertest.Storage.
func (a *asking) Count(ctx context.Context, of filter.Of, where filter.Expr) (int64, error) {
	n, err := a.Lists.Count(ctx, a.question(of, where))
	return n.Rows, err
}

// Sum implements filtertest.Storage.
func (a *asking) Sum(ctx context.Context, of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) (filter.Table, error) {
	t, err := a.Lists.Sum(ctx, a.question(of, where), sum, span)
	return t.Table, err
}

// Facet implements filtertest.Storage.
func (a *asking) Facet(ctx context.Context, of filter.Of, where filter.Expr, f filter.Field, limit int) (filter.Facet, error) {
	found, err := a.Lists.Facet(ctx, a.question(of, where), f, limit)
	return found.Facet, err
}

// Language compares a store's answers with the definition of the query language, over random data of two projects that have the same ids, uuids
// included. With PLAYHEAD_LONG it runs thousands of queries.
func Language(t *testing.T, s store.Store) {
	worlds, questions := 3, 15
	if os.Getenv("PLAYHEAD_LONG") != "" {
		worlds, questions = 40, 100
	}
	for seed := range worlds {
		if !t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { languageOf(t, s, uint64(seed), questions) }) {
			return // the next ones would probably say the same
		}
	}
}

func languageOf(t *testing.T, s store.Store, seed uint64, questions int) {
	r := filtertest.NewRandom(seed)
	w := r.World(1 + r.IntN(120))
	a := &asking{Lists: s, project: "world " + string('a'+rune(seed)), people: w.People}
	other := r.World(20)
	for i := range other.Events {
		if i < len(w.Events) {
			other.Events[i].UUID = w.Events[i].UUID
		}
	}
	other.Contents = nil
	for range 2 { // sending again changes nothing
		StoreWorld(t, s, w, a.project)
	}
	StoreWorld(t, s, other, a.project+" beside it")
	filtertest.Compare(t, r, w, a, questions)
}

// StoreWorld stores all rows of a world as rows of a project.
func StoreWorld(t *testing.T, s store.Store, w *filtertest.World, project string) {
	t.Helper()
	commit(t, s, batchOf(w, project))
	if err := s.StoreLinks(t.Context(), linksOf(w, project)); err != nil {
		t.Fatal(err)
	}
	putActivity(t, s, activityOf(w, project))
	putExperiences(t, s, experiencesOf(w, project)...)
}

// batchOf has the rows of a world as rows of a project.
func batchOf(w *filtertest.World, project string) *store.Batch {
	b := &store.Batch{}
	for _, e := range w.Events {
		e.Project = project
		b.Events = append(b.Events, e)
	}
	for _, c := range w.Contents {
		c.Project = project
		b.Contents = append(b.Contents, c)
	}
	for _, block := range w.Blocks {
		block.Project = project
		b.Blocks = append(b.Blocks, block)
	}
	return b
}

// linksOf has the links of a world as links of a project.
func linksOf(w *filtertest.World, project string) []model.Link {
	links := slices.Clone(w.Links)
	for i := range links {
		links[i].Project = project
	}
	return links
}

// experiencesOf has the experiences of a world as experiences of a project.
func experiencesOf(w *filtertest.World, project string) []model.Experience {
	rows := slices.Clone(w.Experiences)
	for i := range rows {
		rows[i].Project = project
	}
	return rows
}

// activityOf has the activity of a world as activity of a project.
func activityOf(w *filtertest.World, project string) []model.Activity {
	rows := slices.Clone(w.Activity)
	for i := range rows {
		rows[i].Project = project
	}
	return rows
}
