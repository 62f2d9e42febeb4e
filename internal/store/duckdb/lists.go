//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// What looks at everything waits for its turn, so that the other readers go on having theirs, and ends after a while.
const (
	dearAtOnce  = 2 // of readers
	dearTimeout = time.Minute
)

// dear runs a question that may look at everything.
func (s *Store) dear(ctx context.Context, what string, do func(context.Context, querier) error) error {
	ctx, cancel := context.WithTimeout(ctx, dearTimeout)
	defer cancel()
	select {
	case s.dearTurns <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	defer func() {
		<-s.dearTurns
		s.active()
	}()
	run := func() error { return s.read(ctx, what, func(db *sql.DB) error { return do(ctx, db) }) }
	err := run()
	if outOfMemory(err) {
		// A rest may have begun just before, which leaves little memory to others. It puts itself off while something dear runs.
		s.writing.Lock()
		s.writing.Unlock() //nolint:staticcheck // to wait for its end is all
		err = run()
	}
	if outOfMemory(err) {
		return fmt.Errorf("%w: %w", store.ErrTooMuch, err)
	}
	return err
}

func outOfMemory(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Out of Memory")
}

// ask runs a generated statement and calls scan for every row.
func ask(ctx context.Context, db querier, s sqlgen.Statement, scan func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, s.SQL, sqlgen.Args(s, sql.Named)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxHits bounds the events whose text matches one search of a question: a million uuids take 50 MB.
const maxHits = 1_000_000

// lookInTexts finds the events in whose texts the question's searches find something. What reads the database calls it.
func (s *Store) lookInTexts(ctx context.Context, scope *sqlgen.Scope) error {
	hits := map[string][]string{}
	for _, search := range filter.AllSearches(scope.Where) {
		name := filter.String(search)
		if _, known := hits[name]; known {
			continue
		}
		q := texts.Query{Project: scope.Project, Expr: search, FromMS: max(scope.ContentsFromMS, filter.Since(scope.Where))}
		found := []string{}
		err := findText(ctx, s.engine, q, func(f texts.Found) bool {
			for _, k := range f.Keys {
				found = append(found, k.UUID.String())
			}
			return len(found) <= maxHits
		})
		if err != nil {
			return err
		}
		if len(found) > maxHits {
			return fmt.Errorf("%w: more than %d events have %s in their text", store.ErrTooMuch, maxHits, name)
		}
		hits[name] = found
	}
	scope.Texts = func(search filter.Search, bind func(any) string) string {
		found := hits[filter.String(search)]
		if len(found) == 0 {
			return ""
		}
		return "SELECT CAST(unnest(" + bind(found) + ") AS UUID)"
	}
	return nil
}

// Find implements store.Lists.
func (s *Store) Find(ctx context.Context, q store.Question, p store.Part) ([]store.Found, error) {
	if found, ok, err := s.findOf(ctx, q, p); ok || err != nil {
		return found, err
	}
	switch {
	case p.Sort.Field.Name != "" || !p.Sort.Descending:
		return s.findAmongAll(ctx, q, p)
	case q.Of == filter.Generations:
		return s.findGenerations(ctx, q, p)
	}
	return s.findNewest(ctx, q, p)
}

func (s *Store) find(ctx context.Context, db querier, scope sqlgen.Scope, p store.Part) (found []store.Found, err error) {
	if err := s.lookInTexts(ctx, &scope); err != nil {
		return nil, err
	}
	err = ask(ctx, db, sqlgen.Rows(sqlgen.DuckDB, scope, p), func(r *sql.Rows) error {
		f, err := sqlgen.ScanFound(r.Scan)
		found = append(found, f)
		return err
	})
	return found, err
}

// Count implements store.Lists.
func (s *Store) Count(ctx context.Context, q store.Question) (n int64, err error) {
	err = s.dear(ctx, "count", func(ctx context.Context, db querier) error {
		scope := sqlgen.Scope{Question: q}
		if err := s.lookInTexts(ctx, &scope); err != nil {
			return err
		}
		return ask(ctx, db, sqlgen.Count(sqlgen.DuckDB, scope), func(r *sql.Rows) error { return r.Scan(&n) })
	})
	return n, err
}

// Sum implements store.Lists.
func (s *Store) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (t filter.Table, err error) {
	err = s.dear(ctx, "sum", func(ctx context.Context, db querier) error {
		scope := sqlgen.Scope{Question: q}
		if err := s.lookInTexts(ctx, &scope); err != nil {
			return err
		}
		var rows [][]filter.Cell
		err := ask(ctx, db, sqlgen.Sum(sqlgen.DuckDB, scope, sum, span), func(r *sql.Rows) error {
			row, err := sqlgen.ScanCells(sum, span, r.Scan)
			rows = append(rows, row)
			return err
		})
		if err == nil {
			t, err = sqlgen.Table(sum, span, rows)
		}
		return err
	})
	return t, err
}

// Facet implements store.Lists.
func (s *Store) Facet(ctx context.Context, q store.Question, f filter.Field, limit int) (facet filter.Facet, err error) {
	err = s.dear(ctx, "facet", func(ctx context.Context, db querier) error {
		scope := sqlgen.Scope{Question: q}
		if err := s.lookInTexts(ctx, &scope); err != nil {
			return err
		}
		facet = filter.Facet{Field: f}
		return ask(ctx, db, sqlgen.Facet(sqlgen.DuckDB, scope, f, limit), func(r *sql.Rows) error {
			return sqlgen.ScanFrequency(&facet, r.Scan)
		})
	})
	return facet, err
}

// TracesNamed implements store.Lists.
func (s *Store) TracesNamed(ctx context.Context, project string, ids []string, limit int) (traces []model.TraceSummary, events []model.Event, err error) {
	if len(ids) == 0 {
		return nil, nil, nil
	}
	err = s.snapshot(ctx, "traces named", func(db querier) (err error) {
		traces, events, err = s.traces(ctx, db, project, ids, limit)
		return err
	})
	return traces, events, err
}

// SessionsNamed implements store.Lists.
func (s *Store) SessionsNamed(ctx context.Context, project string, ids []string) (sessions []model.SessionSummary, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.snapshot(ctx, "sessions named", func(db querier) (err error) {
		sessions, err = s.sessions(ctx, db, project, ids)
		return err
	})
	return sessions, err
}

// EventsNamed implements store.Lists.
func (s *Store) EventsNamed(ctx context.Context, keys []model.Key) (events []model.Event, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	err = s.read(ctx, "events named", func(db *sql.DB) (err error) {
		events, err = rowsOf(ctx, db, table.Events, "events_of", keyValues(keys))
		return err
	})
	return events, err
}
