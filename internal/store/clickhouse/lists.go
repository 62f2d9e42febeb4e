package clickhouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/hours"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// codeMemoryLimit is ClickHouse's exception MEMORY_LIMIT_EXCEEDED.
const codeMemoryLimit = 241

// dear waits for its turn and runs an expensive query: half of the connections are reserved for other reads, which also have priority on the server,
// if the server may tell the operating system so.
func (s *Store) dear(ctx context.Context, what string, do func(context.Context, driver.Conn) error) error {
	select {
	case s.dearTurns <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", what, ctx.Err())
	}
	defer func() { <-s.dearTurns }()
	ctx = ch.Context(ctx, ch.WithSettings(patient))
	err := s.read(ctx, what, do)
	var exception *ch.Exception
	if errors.As(err, &exception) && exception.Code == codeMemoryLimit {
		return fmt.Errorf("%w: %w", store.ErrTooMuch, err)
	}
	return err
}

// patient lowers the priority of a statement, if the server may tell the operating system so.
var patient = ch.Settings{"os_threads_nice_value_query": 10}

// background lowers it further, for statements that nobody waits for. Deriving a history of 9.6 million events kept both processors of a server busy
// for an hour: sums then took four times as long as the same statement written by hand, which had the usual priority.
var background = ch.Settings{"os_threads_nice_value_query": 15}

// withoutIDs makes a statement scan ids row by row.
var withoutIDs = ch.Settings{"ignore_data_skipping_indices": "trace_ids,session_ids,conversation_ids"}

// scanning makes a statement scan ids row by row if it may be about hundreds of thousands of traces or sessions. The index of ids finds each id
// separately: for 9.6 million events that took minutes, and a scan takes seconds.
func scanning(ctx context.Context, s sqlgen.Scope) context.Context {
	if s.Few() {
		return ctx
	}
	return set(ctx, withoutIDs)
}

// ask runs a generated statement and calls scan with each row's Scan, which also accepts pointers to any.
func ask(ctx context.Context, conn driver.Conn, s sqlgen.Statement, scan func(scan func(to ...any) error) error) error {
	rows, err := conn.Query(ctx, s.SQL, sqlgen.Args(s, ch.Named)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	each := anyScanner{types: rows.ColumnTypes()}
	for rows.Next() {
		if err := scan(func(to ...any) error { return each.scan(rows.Scan, to) }); err != nil {
			return err
		}
	}
	return rows.Err()
}

// anyScanner scans rows of these types. A pointer to any gets a value of the column's own type, nil for NULL. What it scans into is made once: making
// it for each of the 64 values of a generation took 13 of the 35 µs that exporting it takes this process.
type anyScanner struct {
	types []driver.ColumnType
	own   []any
}

func (a *anyScanner) scan(scan func(to ...any) error, to []any) error {
	if a.own == nil {
		a.own = make([]any, len(to))
		for i := range to {
			if _, ok := to[i].(*any); ok {
				a.own[i] = reflect.New(a.types[i].ScanType()).Interface()
			}
		}
	}
	for i := range to {
		if _, ok := to[i].(*any); !ok {
			a.own[i] = to[i]
		}
	}
	if err := scan(a.own...); err != nil {
		return err
	}
	for i := range to {
		if at, ok := to[i].(*any); ok {
			*at = valueOf(a.own[i])
		}
	}
	return nil
}

// valueOf is what a pointer points to; nil if that is a pointer to nothing.
func valueOf(pointer any) any {
	switch p := pointer.(type) { // those of most columns, without reflection
	case *string:
		return *p
	case *int64:
		return *p
	case **string:
		if *p != nil {
			return **p
		}
		return nil
	case **int64:
		if *p != nil {
			return **p
		}
		return nil
	case **float64:
		if *p != nil {
			return **p
		}
		return nil
	}
	v := reflect.ValueOf(pointer).Elem()
	switch {
	case v.Kind() != reflect.Pointer:
		return v.Interface()
	case v.IsNil():
		return nil
	}
	return v.Elem().Interface()
}

// Find implements store.Lists.
func (s *Store) Find(ctx context.Context, q store.Question, p store.Part) (list store.List, err error) {
	var found []store.Found
	newestFirst := p.Sort.Field.Name == "" && p.Sort.Descending
	if newestFirst && filter.All(q.Where) && density[q.Of] != 0 && !q.Of.Events() {
		err = s.read(ctx, "find "+string(q.Of), func(ctx context.Context, conn driver.Conn) (err error) {
			found, err = newestOf(ctx, conn, q, p)
			return err
		})
		return store.List{Rows: found}, err
	}
	err = s.dear(ctx, "find "+string(q.Of), func(ctx context.Context, conn driver.Conn) (err error) {
		if newestFirst {
			found, err = findNewest(ctx, conn, q, p)
			return err
		}
		scope, err := scopeOf(ctx, conn, q)
		if err == nil {
			found, err = find(ctx, conn, scope, p)
		}
		return err
	})
	return store.List{Rows: found}, err
}

func find(ctx context.Context, conn driver.Conn, scope sqlgen.Scope, p store.Part) (found []store.Found, err error) {
	err = ask(scanning(ctx, scope), conn, sqlgen.Rows(sqlgen.ClickHouse, scope, p), func(scan func(...any) error) error {
		f, err := sqlgen.ScanFound(scan)
		found = append(found, f)
		return err
	})
	return found, err
}

// Count implements store.Lists.
func (s *Store) Count(ctx context.Context, q store.Question) (n store.Counted, err error) {
	err = s.dear(ctx, "count", func(ctx context.Context, conn driver.Conn) error {
		scope, err := scopeOf(ctx, conn, q)
		if err != nil {
			return err
		}
		return ask(scanning(ctx, scope), conn, sqlgen.Count(sqlgen.ClickHouse, scope), func(scan func(...any) error) error { return scan(&n.Rows) })
	})
	return n, err
}

// sumOf runs the statement of a sum, which also selects the total, if the sum asks for one.
func sumOf(ctx context.Context, conn driver.Conn, statement sqlgen.Statement, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	selected, err := conn.Query(ctx, statement.SQL, sqlgen.Args(statement, ch.Named)...)
	if err != nil {
		return t, err
	}
	defer selected.Close()
	each := anyScanner{types: selected.ColumnTypes()} // after the last row the types are not available
	scan := func(next func(to ...any) error) ([]filter.Cell, error) {
		return sqlgen.ScanCells(sum, span, func(to ...any) error { return each.scan(next, to) })
	}
	var rows [][]filter.Cell
	for selected.Next() {
		row, err := scan(selected.Scan)
		if err != nil {
			return t, err
		}
		rows = append(rows, row)
	}
	if err := selected.Err(); err != nil {
		return t, err
	}
	if t.Table, err = sqlgen.Table(sum, span, rows); err != nil || !sum.Total {
		return t, err
	}
	total, err := scan(selected.Totals)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		t.Total, err = filter.Compute(nil, sum, span).Total, nil
	case err == nil:
		t.Total = total[len(sum.By):]
	}
	return t, err
}

// Facet implements store.Lists.
func (s *Store) Facet(ctx context.Context, q store.Question, f filter.Field, limit int) (facet store.Facet, err error) {
	if facet, ok, err := hours.Facet(ctx, &s.hours, summing{s}, q, f, limit); ok || err != nil {
		return facet, err
	}
	err = s.dear(ctx, "facet", func(ctx context.Context, conn driver.Conn) error {
		facet.Facet = filter.Facet{Field: f}
		without := q
		without.Where = filter.Without(q.Where, f.Name)
		scope, err := scopeOf(ctx, conn, without)
		if err != nil {
			return err
		}
		scope.Where = q.Where
		return ask(scanning(ctx, scope), conn, sqlgen.Facet(sqlgen.ClickHouse, scope, f, limit), func(scan func(...any) error) error {
			return sqlgen.ScanFrequency(&facet.Facet, scan)
		})
	})
	return facet, err
}

// Read implements store.Lists.
func (s *Store) Read(ctx context.Context, q store.Question, p store.Part, fields []filter.Field) (page store.Page, err error) {
	err = s.dear(ctx, "read "+string(q.Of), func(ctx context.Context, conn driver.Conn) error {
		page, err = sqlgen.Read(sqlgen.ClickHouse, q, p, fields, func(beforeMS int64) (int64, error) {
			return findEdge(ctx, conn, filter.Traces, values{"project": q.Project, "before_ms": beforeMS}, int64(p.Limit))
		}, func(s sqlgen.Statement, scan func(func(to ...any) error) error) error { return ask(ctx, conn, s, scan) })
		return err
	})
	return page, err
}

// Values implements store.Lists.
func (s *Store) Values(ctx context.Context, q store.Question, found []store.Found, fields []filter.Field) (rows [][]filter.Cell, err error) {
	if len(found) == 0 {
		return nil, nil
	}
	byID := make(map[string][]filter.Cell, len(found))
	err = s.read(ctx, "values of "+string(q.Of), func(ctx context.Context, conn driver.Conn) error {
		return ask(ctx, conn, sqlgen.Values(sqlgen.ClickHouse, sqlgen.Scope{Question: q}, found, fields), func(scan func(...any) error) error {
			id, cells, err := sqlgen.ScanValues(q.Of, fields, scan)
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
	err = s.read(ctx, "traces named", func(ctx context.Context, conn driver.Conn) error {
		byID, first, err := sumTraces(ctx, conn, project, ids, limit)
		traces, events = inOrder(ids, byID), first
		return err
	})
	return traces, events, err
}

// SessionsNamed implements store.Lists.
func (s *Store) SessionsNamed(ctx context.Context, project string, ids []string) (sessions []model.SessionSummary, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.read(ctx, "sessions named", func(ctx context.Context, conn driver.Conn) error {
		byID, err := sessionSums(ctx, conn, project, ids)
		sessions = inOrder(ids, byID)
		return err
	})
	return sessions, err
}

// EventsNamed implements store.Lists.
func (s *Store) EventsNamed(ctx context.Context, keys []model.Key) (events []model.Event, err error) {
	if len(keys) == 0 {
		return nil, nil
	}
	projects, ids := make([]string, len(keys)), make([]uuid.UUID, len(keys))
	first, last := keys[0].TimeMS, keys[0].TimeMS
	for i, k := range keys {
		projects[i], ids[i] = k.Project, k.UUID
		first, last = min(first, k.TimeMS), max(last, k.TimeMS)
	}
	err = s.read(ctx, "events named", func(ctx context.Context, conn driver.Conn) (err error) {
		events, err = rowsOf(ctx, conn, table.Events, "events_named", values{"projects": projects, "uuids": ids, "first_ms": first, "last_ms": last})
		return err
	})
	return events, err
}
