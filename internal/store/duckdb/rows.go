//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// appendRows adds the picked rows to the current transaction.
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
			at := t.Columns[i].At(&rows[n])
			if !holds(values[i], at) {
				values[i] = value(at)
			}
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

// holds reports whether a value is that of a column's pointer already. Most columns say the same in consecutive rows, and each new value is an allocation:
// a fifth of all that the server made for an event.
func holds(v driver.Value, at any) bool {
	switch at := at.(type) {
	case *string:
		known, is := v.(string)
		return is && known == *at
	case *int64:
		known, is := v.(int64)
		return is && known == *at
	case *float64:
		known, is := v.(float64)
		return is && math.Float64bits(known) == math.Float64bits(*at) // 0 and -0 are equal
	}
	return false
}

// appender returns the table's appender, which exists as long as the engine.
func appender[T any](e *engine, t *table.Table[T]) (*duckdb.Appender, error) {
	if a := e.appenders[t.Name]; a != nil {
		return a, nil
	}
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = t.Columns[i].Name
	}
	// Columns are given by name, because a column that was added later comes after the others.
	a, err := duckdb.NewAppenderWithColumns(e.writer, "", "", t.Name, names)
	if err != nil {
		return nil, fmt.Errorf("appender for %s: %w", t.Name, err)
	}
	e.appenders[t.Name] = a
	return a, nil
}

// value is the value of a column's pointer in the form that DuckDB accepts. Invalid UTF-8 is replaced: DuckDB accepts any bytes as text, and fails
// when it reads invalid UTF-8.
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
	case table.TextValue:
		return table.TextAt(at)
	case table.Int64Value:
		return at.Int64()
	case table.Int64List:
		return at.Int64s()
	case table.Int32List:
		return at.Int32s()
	}
	panic(fmt.Sprintf("no column holds a %T", at))
}

// rowsOf runs a query that selects the columns of a table, in their order.
func rowsOf[T any](ctx context.Context, db querier, t *table.Table[T], name string, v values) ([]T, error) {
	var all []T
	var row, none T
	to := make([]any, len(t.Columns))
	for i := range t.Columns {
		to[i] = destination(t.Columns[i].At(&row))
	}
	err := query(ctx, db, name, v, func(rows *sql.Rows) error {
		row = none // do not overwrite the lists of the previous row
		err := rows.Scan(to...)
		all = append(all, row)
		return err
	})
	return all, err
}

// rowsRead is rowsOf in a separate read, which is s.read or s.readUnnoticed.
func rowsRead[T any](ctx context.Context, read func(context.Context, string, func(*sql.DB) error) error, what string, t *table.Table[T], name string, v values) (all []T, err error) {
	err = read(ctx, what, func(db *sql.DB) error {
		all, err = rowsOf(ctx, db, t, name, v)
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
	case table.TextValue:
		return scanText{at}
	case table.Int64Value:
		return new(int64) // it is computed from the other columns
	case table.Int64List:
		return scanInt64s{at}
	case table.Int32List:
		return scanInt32s{at}
	}
	return at
}
