package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Lists are read in the same way as in package query: matching rows are found, newest first, and then read by their ids.

// Traces lists the matching traces of a project, in pages of a given size.
func Traces(t *testing.T, s store.Store, project string, where filter.Expr, limit int) []model.TraceSummary {
	t.Helper()
	return listed(t, s, store.Question{Project: project, Of: filter.Traces, Where: where}, limit, traces)
}

// Sessions lists the matching sessions of a project, in pages of a given size.
func Sessions(t *testing.T, s store.Store, project string, where filter.Expr, limit int) []model.SessionSummary {
	t.Helper()
	return listed(t, s, store.Question{Project: project, Of: filter.Sessions, Where: where}, limit, sessions)
}

// Generations lists the matching generations and embeddings of a project, in pages of a given size.
func Generations(t *testing.T, s store.Store, project string, where filter.Expr, limit int) []model.Event {
	t.Helper()
	return listed(t, s, store.Question{Project: project, Of: filter.Generations, Where: where}, limit, generations)
}

// With is the condition that a field has one of these values.
func With(of filter.Of, field string, values ...string) filter.Expr {
	f, ok := filter.Find(of, field)
	if !ok {
		panic(string(of) + " have no field " + field)
	}
	c := filter.Cond{Field: f, Op: filter.Equal}
	for _, v := range values {
		c.Values = append(c.Values, filter.Value{Text: v})
	}
	return c
}

// ReadPage reads a part of a list, newest first. It is an error if it does not have the given number of rows.
func ReadPage(ctx context.Context, s store.Store, q store.Question, p store.Part, want int) error {
	p.Sort = filter.Sort{Descending: true}
	list, err := s.Find(ctx, q, p)
	if err == nil && len(list.Rows) != want {
		err = fmt.Errorf("%d rows, want %d", len(list.Rows), want)
	}
	if err != nil {
		return err
	}
	switch q.Of {
	case filter.Traces:
		_, err = traces(ctx, s, q.Project, list.Rows)
	case filter.Sessions:
		_, err = sessions(ctx, s, q.Project, list.Rows)
	case filter.Generations:
		_, err = generations(ctx, s, q.Project, list.Rows)
	}
	return err
}

// Asks parses a text of the query language, which must be valid.
func Asks(project string, of filter.Of, text string) store.Question {
	where, err := filter.Parse(of, text)
	if err != nil {
		panic(err)
	}
	return store.Question{Project: project, Of: of, Where: where}
}

// listed reads a list page by page and checks that all pages except the last are full, and that every row that was found can be read.
func listed[T any](t *testing.T, s store.Store, q store.Question, limit int, named func(context.Context, store.Store, string, []store.Found) ([]T, error)) []T {
	t.Helper()
	var all []T
	p := store.Part{Sort: filter.Sort{Descending: true}, Limit: limit}
	for {
		list, err := s.Find(t.Context(), q, p)
		if err != nil {
			t.Fatal(err)
		}
		found := list.Rows
		rows, err := named(t.Context(), s, q.Project, found)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) > limit || len(rows) != len(found) {
			t.Fatalf("of a page of %d, %d were found and %d read", limit, len(found), len(rows))
		}
		all = append(all, rows...)
		if len(found) < limit {
			return all
		}
		p.After = &found[len(found)-1].Position
	}
}

func traces(ctx context.Context, s store.Store, project string, found []store.Found) ([]model.TraceSummary, error) {
	rows, _, err := s.TracesNamed(ctx, project, idsOf(found), 0)
	return rows, err
}

func sessions(ctx context.Context, s store.Store, project string, found []store.Found) ([]model.SessionSummary, error) {
	return s.SessionsNamed(ctx, project, idsOf(found))
}

func generations(ctx context.Context, s store.Store, project string, found []store.Found) ([]model.Event, error) {
	keys := make([]model.Key, len(found))
	for i, f := range found {
		keys[i] = model.Key{Project: project, UUID: uuid.MustParse(f.ID), TimeMS: f.AtMS}
	}
	rows, err := s.EventsNamed(ctx, keys)
	byID := map[string]model.Event{}
	for _, e := range rows {
		byID[e.UUID.String()] = e
	}
	rows = rows[:0]
	for _, f := range found {
		if e, ok := byID[f.ID]; ok {
			rows = append(rows, e)
		}
	}
	return rows, err
}

func idsOf(found []store.Found) []string {
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].ID
	}
	return ids
}
