//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/store"
)

// The tables of the model's rows are made from their descriptions (see definitions), and get new columns from these. migrations/ has everything else
// that a schema needs, by the schema version that it leads to; released files never change.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// firstVersion is the oldest schema that this version can update. Older ones had no projects.
const firstVersion = 10

// migrations returns the files in order; file i leads to version firstVersion+i.
func migrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		panic(err)
	}
	files := make([]string, 0, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(strings.TrimPrefix(name, "migrations/"), "_")
		if n, err := strconv.Atoi(number); err != nil || n != firstVersion+i {
			panic(name + " does not follow the file before it")
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		files = append(files, string(text))
	}
	return files
}

// migrate updates the schema to this version. Each change is a separate transaction, because DuckDB refuses a second change of a table in one. If it
// is interrupted, the next start continues.
func migrate(ctx context.Context, conn *duckdb.Conn) error {
	at := int64(0)
	_, err := conn.ExecContext(ctx, queries["schema_create"], nil)
	if err == nil {
		err = each(ctx, conn, "schema_version", nil, func(row []driver.Value) { at, _ = row[0].(int64) })
	}
	if err != nil {
		return fmt.Errorf("read schema version: %w", classify(err))
	}
	files := migrations()
	last := int64(firstVersion + len(files) - 1)
	switch {
	case at > last:
		return fmt.Errorf("%w: they have schema version %d, this version of Playhead knows up to %d; run the version that wrote them, or a newer one",
			store.ErrNewer, at, last)
	case at > 0 && at < firstVersion:
		return fmt.Errorf("%w: they have schema version %d, from before there were projects; export them with the version of Playhead that wrote them and import the export into a new data directory, or name another data directory",
			store.ErrOlder, at)
	}
	if err := describe(ctx, conn); err != nil {
		return err
	}
	for version := max(at+1, firstVersion); version <= last; version++ {
		if err := step(ctx, conn, version, files[version-firstVersion]); err != nil {
			return fmt.Errorf("bring schema to version %d: %w", version, classify(err))
		}
	}
	return nil
}

func step(ctx context.Context, conn *duckdb.Conn, version int64, statements string) error {
	tx, err := conn.BeginTx(ctx, driver.TxOptions{})
	if err != nil {
		return err
	}
	if _, err = conn.ExecContext(ctx, statements, nil); err == nil {
		_, err = conn.ExecContext(ctx, queries["schema_reached"], []driver.NamedValue{{Name: "version", Ordinal: 1, Value: version}})
	}
	if err != nil {
		_ = tx.Rollback() // the first error is returned
		return err
	}
	return tx.Commit()
}

// describe brings the tables in line with their descriptions.
func describe(ctx context.Context, conn *duckdb.Conn) error {
	known := map[string][]string{}
	err := each(ctx, conn, "schema_columns", nil, func(row []driver.Value) {
		known[row[0].(string)] = append(known[row[0].(string)], row[1].(string))
	})
	if err != nil {
		return fmt.Errorf("read tables: %w", classify(err))
	}
	for _, d := range definitions {
		statements, newer := d.changes(known[d.name])
		if newer != "" {
			return fmt.Errorf("%w: %s have a column %s, which this version of Playhead does not know; run the version that wrote them, or a newer one",
				store.ErrNewer, d.name, newer)
		}
		for _, statement := range statements {
			if _, err := conn.ExecContext(ctx, statement, nil); err != nil {
				return fmt.Errorf("bring table %s up to date: %w", d.name, classify(err))
			}
		}
	}
	return nil
}
