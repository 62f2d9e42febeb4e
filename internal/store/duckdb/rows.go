//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// appendRows brings the picked rows into the current transaction.
func appendRows[T any](e *engine, t *table.Table[T], rows []T, picked []int) error {
	if len(picked) == 0 {
		return nil
	}
	a, err := appender(e, t)
	if err != nil {
		return err
	}
	values := make([]driver.Value, len(t.Columns))
	for _, n := range picked {
		for i := range t.Columns {
			values[i] = value(t.Columns[i].At(&rows[n]))
		}
		if err := a.AppendRow(values...); err != nil {
			return fmt.Errorf("append to %s: %w", t.Name, err)
		}
	}
	if err := a.Flush(); err != nil {
		return fmt.Errorf("append to %s: %w", t.Name, err)
	}
	return nil
}

// appender returns the table's appender, which lives as long as the engine.
func appender[T any](e *engine, t *table.Table[T]) (*duckdb.Appender, error) {
	if a := e.appenders[t.Name]; a != nil {
		return a, nil
	}
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	// By name, because a column that was added later comes after those that were there.
	a, err := duckdb.NewAppenderWithColumns(e.writer, "", "", t.Name, names)
	if err != nil {
		return nil, fmt.Errorf("appender for %s: %w", t.Name, err)
	}
	e.appenders[t.Name] = a
	return a, nil
}

// value is what a column's pointer points to, as DuckDB takes it: it takes any bytes for text, and fails on reading those that are
// not UTF-8.
func value(at any) driver.Value {
	switch at := at.(type) {
	case *string:
		return table.Clean(*at)
	case *int64:
		return *at
	case *int32:
		return *at
	case *uint8:
		return *at
	case *float64:
		return *at
	case *bool:
		return *at
	case *uuid.UUID:
		return at[:]
	case *[]byte:
		if *at == nil {
			return nil
		}
		return table.CleanJSON(*at)
	case *[]model.Property:
		var m duckdb.OrderedMap
		for _, p := range table.CleanProperties(*at) {
			m.Set(p.Name, p.Value)
		}
		return m
	case table.Int64List:
		return at.Int64s()
	case table.Int32List:
		return at.Int32s()
	}
	panic(fmt.Sprintf("no column holds a %T", at))
}

// rowsOf runs a query whose columns are those of a table, in their order.
func rowsOf[T any](ctx context.Context, db querier, t *table.Table[T], name string, v values) ([]T, error) {
	var all []T
	var row, none T
	to := make([]any, len(t.Columns))
	for i := range t.Columns {
		to[i] = destination(t.Columns[i].At(&row))
	}
	err := query(ctx, db, name, v, func(rows *sql.Rows) error {
		row = none // the lists of the row before are not to be written over
		err := rows.Scan(to...)
		all = append(all, row)
		return err
	})
	return all, err
}

// destination is what database/sql can scan into for a column's pointer.
func destination(at any) any {
	switch at := at.(type) {
	case *uuid.UUID:
		return id(at)
	case *[]model.Property:
		return (*scanProperties)(at)
	case table.Int64List:
		return scanInt64s{at}
	case table.Int32List:
		return scanInt32s{at}
	}
	return at
}
