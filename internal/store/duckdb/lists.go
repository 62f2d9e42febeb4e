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
	"github.com/playheadhq/playhead/internal/store/hours"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Queries that may read everything wait for their turn, so that other readers are not blocked, and end after a while.
const (
	dearAtOnce  = 2 // of the readers
	dearTimeout = time.Minute
)

// dear runs a query that may read everything.
func (s *Store) dear(ctx context.Context, what string, do func(context.Context, *sql.DB) error) error {
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
		// A rest may have begun just before, which leaves little memory for others; wait for it. It is delayed while such a query runs.
		s.writing.Lock()
		s.writing.Unlock() //nolint:staticcheck // nolint:staticcheck // only to wait for its end
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

// Find implements store.Lists.
func (s *Store) Find(ctx context.Context, q store.Question, p store.Part) (list store.List, err error) {
	found, ok, err := s.findOf(ctx, q, p)
	switch newestFirst := p.Sort.Field.Name == "" && p.Sort.Descending; {
	case ok || err != nil:
	case !newestFirst:
		return s.findAmongAll(ctx, q, p)
	case filter.Searches(q.Where):
		return s.findBack(ctx, q, p)
	case q.Of.Events():
		found, err = s.findEvents(ctx, q, p)
	default:
		found, err = s.findNewest(ctx, q, p)
	}
	return store.List{Rows: found}, err
}

func rows(ctx context.Context, db querier, scope sqlgen.Scope, p store.Part) (found []store.Found, err error) {
	err = ask(ctx, db, sqlgen.Rows(sqlgen.DuckDB, scope, p), func(r *sql.Rows) error {
		f, err := sqlgen.ScanFound(r.Scan)
		found = append(found, f)
		return err
	})
	return found, err
}

// much is the share of rows from which on three of five traces of four events have a matching row.
const much = 0.2

// wholly runs a query over all rows.
func (s *Store) wholly(ctx context.Context, what string, q store.Question, do func(context.Context, querier, sqlgen.Scope) error) (searched *store.Searched, err error) {
	err = s.dear(ctx, what, func(ctx context.Context, db *sql.DB) error {
		scope := s.scopeNamed(q)
		if searched, err = s.lookInTexts(ctx, &scope, nil, nil, time.Time{}); err != nil {
			return err
		}
		if share, ok := sqlgen.Share(sqlgen.DuckDB, scope); ok {
			err := ask(ctx, db, share, func(r *sql.Rows) error {
				var of float64
				err := r.Scan(&of)
				scope.Much = of > much
				return err
			})
			if err != nil {
				return err
			}
		}
		return do(ctx, db, scope)
	})
	return searched, err
}

// Count implements store.Lists.
func (s *Store) Count(ctx context.Context, q store.Question) (n store.Counted, err error) {
	n.Searched, err = s.wholly(ctx, "count", q, func(ctx context.Context, db querier, scope sqlgen.Scope) error {
		return ask(ctx, db, sqlgen.Count(sqlgen.DuckDB, scope), func(r *sql.Rows) error { return r.Scan(&n.Rows) })
	})
	return n, err
}

// sumOf runs the statement of a sum.
func sumOf(ctx context.Context, db querier, statement sqlgen.Statement, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	var rows [][]filter.Cell
	err = ask(ctx, db, statement, func(r *sql.Rows) error {
		row, err := sqlgen.ScanCells(sum, span, r.Scan)
		rows = append(rows, row)
		return err
	})
	if err == nil {
		t.Table, err = sqlgen.Table(sum, span, rows)
	}
	return t, err
}

// sumWhole computes a sum over the matching rows, without its total.
func (s *Store) sumWhole(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	searched, err := s.wholly(ctx, "sum", q, func(ctx context.Context, db querier, scope sqlgen.Scope) error {
		t, err = sumOf(ctx, db, sqlgen.Sum(sqlgen.DuckDB, scope, sum, span), sum, span)
		return err
	})
	t.Searched = searched
	return t, err
}

// Facet implements store.Lists.
func (s *Store) Facet(ctx context.Context, q store.Question, f filter.Field, limit int) (facet store.Facet, err error) {
	if facet, ok, err := hours.Facet(ctx, &s.hours, summing{s}, q, f, limit); ok || err != nil {
		return facet, err
	}
	facet.Searched, err = s.wholly(ctx, "facet", q, func(ctx context.Context, db querier, scope sqlgen.Scope) error {
		facet.Facet = filter.Facet{Field: f}
		return ask(ctx, db, sqlgen.Facet(sqlgen.DuckDB, scope, f, limit), func(r *sql.Rows) error {
			return sqlgen.ScanFrequency(&facet.Facet, r.Scan)
		})
	})
	return facet, err
}

// Read implements store.Lists.
func (s *Store) Read(ctx context.Context, q store.Question, p store.Part, fields []filter.Field) (page store.Page, err error) {
	err = s.dear(ctx, "read "+string(q.Of), func(ctx context.Context, db *sql.DB) error {
		return inSnapshot(ctx, db, func(db querier) (err error) {
			page, err = sqlgen.Read(sqlgen.DuckDB, q, p, fields, func(beforeMS int64) (int64, error) {
				return generationsEdge(ctx, db, values{"project": q.Project, "before_ms": beforeMS}, int64(p.Limit))
			}, func(s sqlgen.Statement, scan func(func(to ...any) error) error) error {
				return ask(ctx, db, s, func(r *sql.Rows) error { return scan(r.Scan) })
			})
			return err
		})
	})
	return page, err
}

// Values implements store.Lists.
func (s *Store) Values(ctx context.Context, q store.Question, found []store.Found, fields []filter.Field) (rows [][]filter.Cell, err error) {
	if len(found) == 0 {
		return nil, nil
	}
	byID := make(map[string][]filter.Cell, len(found))
	err = s.snapshot(ctx, "values of "+string(q.Of), func(db querier) error {
		scope := sqlgen.Scope{Question: q}
		if !q.Of.Events() {
			scope = s.scopeOf(q, store.IDs(found))
		}
		return ask(ctx, db, sqlgen.Values(sqlgen.DuckDB, scope, found, fields), func(r *sql.Rows) error {
			id, cells, err := sqlgen.ScanValues(q.Of, fields, r.Scan)
			byID[id] = cells
			return err
		})
	})
	return store.InOrder(found, byID), err
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
