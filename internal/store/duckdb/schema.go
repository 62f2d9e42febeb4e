//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"embed"
	"fmt"
	"io"
	"io/fs"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrations returns the steps in order. Step i leads from schema version i to i+1; a step that was released never changes.
func migrations() []string {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql") // sorted
	if err != nil {
		panic(err)
	}
	steps := make([]string, 0, len(names))
	for _, name := range names {
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			panic(err)
		}
		steps = append(steps, string(text))
	}
	return steps
}

// migrate brings the schema to this version, each step in a transaction of its own.
func migrate(ctx context.Context, conn *duckdb.Conn) error {
	if _, err := conn.ExecContext(ctx, queries["schema_create"], nil); err != nil {
		return fmt.Errorf("read schema version: %w", classify(err))
	}
	at, err := schemaVersion(ctx, conn)
	if err != nil {
		return fmt.Errorf("read schema version: %w", classify(err))
	}
	steps := migrations()
	if at > len(steps) {
		return fmt.Errorf("%w: they have schema version %d, this version of Playhead knows up to %d; run the version that wrote them, or a newer one",
			store.ErrNewer, at, len(steps))
	}
	for i := at; i < len(steps); i++ {
		if err := step(ctx, conn, i+1, steps[i]); err != nil {
			return fmt.Errorf("bring schema to version %d: %w", i+1, classify(err))
		}
	}
	return nil
}

func step(ctx context.Context, conn *duckdb.Conn, version int, statements string) error {
	tx, err := conn.BeginTx(ctx, driver.TxOptions{})
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, statements, nil); err != nil {
		_ = tx.Rollback()
		return err
	}
	if _, err := conn.ExecContext(ctx, queries["schema_reached"], []driver.NamedValue{{Name: "version", Ordinal: 1, Value: int64(version)}}); err != nil {
		_ = tx.Rollback()
		return err
	}
	return tx.Commit()
}

func schemaVersion(ctx context.Context, conn *duckdb.Conn) (int, error) {
	rows, err := conn.QueryContext(ctx, queries["schema_version"], nil)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil && err != io.EOF {
		return 0, err
	}
	version, _ := row[0].(int64)
	return int(version), nil
}
