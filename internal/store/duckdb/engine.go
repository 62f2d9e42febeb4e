//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	fileName = "events.duckdb"
	// readers is how many queries run at once; more would only share the same threads.
	readers = 4
)

// engine is one opened instance of the database. After a failed write it is thrown away as a whole.
type engine struct {
	readers   *sql.DB
	writer    *duckdb.Conn
	appenders map[string]*duckdb.Appender
	// seen is filled by the first commit.
	seen *seen
}

// openEngine opens the file, replaying what its log holds, and brings the schema up to date.
func openEngine(ctx context.Context, o *Options) (*engine, error) {
	settings := url.Values{
		"threads":              {strconv.Itoa(o.Threads)},
		"memory_limit":         {fmt.Sprintf("%dB", o.MemoryBytes)},
		"checkpoint_threshold": {fmt.Sprintf("%dB", o.CheckpointBytes)},
		// The newest format that this library writes: better string compression, and nothing else reads the file.
		"storage_compatibility_version": {"latest"},
		// Rows come back ordered by ORDER BY or not at all; keeping insertion order costs memory in wide scans.
		"preserve_insertion_order": {"false"},
		"temp_directory":           {filepath.Join(o.Dir, "tmp")},
		// No query of ours reads other files or loads code; nothing that finds a hole may.
		"autoinstall_known_extensions": {"false"},
		"autoload_known_extensions":    {"false"},
	}
	connector, err := duckdb.NewConnector(filepath.Join(o.Dir, fileName)+"?"+settings.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Join(o.Dir, fileName), classify(err))
	}
	// Closing the pool closes the connector.
	e := &engine{readers: sql.OpenDB(connector), appenders: map[string]*duckdb.Appender{}}
	e.readers.SetMaxOpenConns(readers)
	e.readers.SetMaxIdleConns(readers)
	conn, err := connector.Connect(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect writer: %w", classify(err)), e.close())
	}
	e.writer = conn.(*duckdb.Conn)
	if err := migrate(ctx, e.writer); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if err := disk.SyncDir(o.Dir); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// close closes every connection, which ends the instance: while one was left open, opening the file again would wait
// for ever. No query may be running.
func (e *engine) close() error {
	var errs []error
	for _, a := range e.appenders {
		// Its rows were committed or are to be dropped; what it says about them is no news.
		_ = a.Close()
	}
	if e.writer != nil {
		errs = append(errs, e.writer.Close())
	}
	return errors.Join(append(errs, e.readers.Close())...)
}

func (e *engine) exec(ctx context.Context, statement string) error {
	_, err := e.writer.ExecContext(ctx, statement, nil)
	return err
}

// appender returns the table's appender, which lives as long as the engine.
func (e *engine) appender(table string) (*duckdb.Appender, error) {
	if a := e.appenders[table]; a != nil {
		return a, nil
	}
	a, err := duckdb.NewAppenderFromConn(e.writer, "", table)
	if err != nil {
		return nil, fmt.Errorf("appender for %s: %w", table, err)
	}
	e.appenders[table] = a
	return a, nil
}

// classify wraps what DuckDB says into the errors of the port. It passes texts on, not error values.
func classify(err error) error {
	text := err.Error()
	for _, full := range []string{"No space left on device", "Disk quota exceeded", "File too large"} {
		if strings.Contains(text, full) {
			return fmt.Errorf("%w: %w", store.ErrFull, err)
		}
	}
	switch {
	case disk.IsFull(err):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case strings.Contains(text, "Could not set lock on file"):
		return fmt.Errorf("%w: %w", store.ErrInUse, err)
	case strings.Contains(text, "newer version of DuckDB"), strings.Contains(text, "newer DuckDB version"):
		return fmt.Errorf("%w: %w", store.ErrNewer, err)
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}
