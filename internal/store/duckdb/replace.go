//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"fmt"
	"slices"

	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

// rowsToReplace describes how derived rows of a table replace those with the same keys.
type rowsToReplace[T any] struct {
	table     *table.Table[T]
	statement string // deletes the rows that are replaced
	// forgotten reports whether a row belongs to events that were dropped after they were read.
	forgotten func(*T) bool
	// replaced returns the arguments of statement, nil if none of the rows can be stored already.
	replaced func([]T) []driver.NamedValue
	// stored, if not nil, is called with the stored rows before anybody else writes.
	stored func([]T)
}

// arguments are the values of a statement's parameters, by their names.
func arguments(statement string, given map[string]any) (args []driver.NamedValue) {
	for i, name := range parameters[statement] {
		args = append(args, driver.NamedValue{Name: name, Ordinal: i + 1, Value: given[name]})
	}
	return args
}

// replaceRows stores derived rows in one transaction, which cannot be cancelled once it has begun.
func replaceRows[T any](ctx context.Context, s *Store, what string, rows []T, r rowsToReplace[T]) error {
	if err := ctx.Err(); err != nil || len(rows) == 0 {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.active()
	if err := s.room(); err != nil {
		return err
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(row T) bool { return r.forgotten(&row) })
	if len(rows) == 0 {
		return nil
	}
	replaced := r.replaced(rows)
	ctx = context.WithoutCancel(ctx)
	var used *engine
	err := s.use(ctx, func(e *engine) error {
		used = e
		if err := e.exec(ctx, "BEGIN TRANSACTION"); err != nil {
			return err
		}
		if replaced != nil {
			if _, err := e.writer.ExecContext(ctx, queries[r.statement], replaced); err != nil {
				return err // closing the engine rolls back
			}
		}
		if err := appendRows(e, r.table, rows, indices(len(rows))); err != nil {
			return err
		}
		if err := e.exec(ctx, "COMMIT"); err != nil {
			return err
		}
		if err := e.journal.Record(journal.Changed, 0, 0); err != nil {
			return err
		}
		if r.stored != nil {
			r.stored(rows)
		}
		return nil
	})
	if err != nil {
		s.broken(used, err) // as after a failed commit, it is not known whether it is stored
		return fmt.Errorf("store %d %s: %w", len(rows), what, classify(err))
	}
	return nil
}
