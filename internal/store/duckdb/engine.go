//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/duckdb/texts"
)

const (
	fileName = "events.duckdb"
	// readers is how many queries run at once; more of them would share the same threads.
	readers = 4
)

// engine is one opened instance of the database. After a failed write it is replaced as a whole.
type engine struct {
	readers   *sql.DB
	writer    *duckdb.Conn
	appenders map[string]*duckdb.Appender
	journal   *journal.Journal
	texts     *texts.Texts
	// seen is loaded by the first commit.
	seen *seen
}

// openEngine compares the files with what was acknowledged, opens them with DuckDB, which replays its log, and updates the schema. The error is a
// *damage.Error if there is a loss that was not accepted.
func openEngine(ctx context.Context, o *Options) (*engine, error) {
	file := filepath.Join(o.Dir, fileName)
	found, err := journal.Inspect(file)
	if err != nil {
		return nil, fmt.Errorf("compare the database with its journal: %w", classify(err))
	}
	if err := mend(found, o, nil); err != nil {
		return nil, err
	}
	e, err := connect(ctx, o)
	if err == nil || !isDamage(err) {
		return finish(ctx, o, e, found, err)
	}
	found.Refused(strings.Contains(err.Error(), "WAL"))
	if err := mend(found, o, err); err != nil {
		return nil, err
	}
	e, err = connect(ctx, o)
	return finish(ctx, o, e, found, err)
}

// mend changes the files so that DuckDB can open them, if nothing is lost or if the loss was accepted.
func mend(found *journal.Found, o *Options, cause error) error {
	if l := found.Loss; l != nil {
		if !slices.Contains(o.AcceptLoss, l.Code()) {
			return &damage.Error{Loss: *l, Dir: o.Dir, Accepted: o.AcceptLoss, Cause: cause}
		}
		o.Logger.Warn("continuing without the lost data", "damaged", l.What, "lost", l.Text(), "saved", l.Saved)
	}
	for _, note := range found.Notes {
		o.Logger.Warn(note)
	}
	found.Notes = nil
	if err := found.Mend(time.Now()); err != nil {
		return classify(err)
	}
	if l := found.Loss; l != nil {
		o.Logger.Warn("damaged files are kept", "directory", filepath.Join(o.Dir, l.Kept))
	}
	return nil
}

// finish prepares a connected engine for use.
func finish(ctx context.Context, o *Options, e *engine, found *journal.Found, err error) (*engine, error) {
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, e.writer); err != nil {
		return nil, errors.Join(err, e.close())
	}
	if e.texts, err = openTexts(ctx, o, e.writer); err != nil {
		// A refused start must not change anything, and closing would move the log into the database.
		return nil, errors.Join(err, e.exec(ctx, "PRAGMA disable_checkpoint_on_shutdown"), e.close())
	}
	if e.journal, err = found.Open(); err != nil {
		return nil, errors.Join(classify(err), e.close())
	}
	if err := disk.SyncDir(o.Dir); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return e, nil
}

// connect has DuckDB open the database.
func connect(ctx context.Context, o *Options) (*engine, error) {
	settings := url.Values{
		"threads":              {strconv.Itoa(o.Threads)},
		"memory_limit":         {fmt.Sprintf("%dB", o.MemoryBytes)},
		"checkpoint_threshold": {fmt.Sprintf("%dB", o.CheckpointBytes)},
		// The newest format of this library has better string compression. Nothing else reads the file, so it need not be compatible.
		"storage_compatibility_version": {"latest"},
		// Rows are sorted by ORDER BY or not at all; keeping insertion order costs memory in wide scans.
		"preserve_insertion_order": {"false"},
		"temp_directory":           {filepath.Join(o.Dir, "tmp")},
		// A page names 51 traces: that many ids are looked for before other columns are read. With the default of 50, reading their rows among 200,000 took 47 ms
		// instead of 32.
		"dynamic_or_filter_threshold": {"101"},
		// Our queries never read other files or load code, so even an attacker who could inject SQL must not be able to.
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
	if err := registerFinds(ctx, e.readers); err != nil {
		return nil, errors.Join(classify(err), e.close())
	}
	return e, nil
}

// close closes every connection, which ends the instance: if one stayed open, opening the file again would wait for ever. No query may be running.
func (e *engine) close() error {
	var errs []error
	for _, a := range e.appenders {
		// The appender's rows were committed or will be dropped, so its error does not matter.
		_ = a.Close()
	}
	if e.writer != nil {
		errs = append(errs, e.writer.Close())
	}
	errs = append(errs, e.readers.Close())
	if e.texts != nil {
		errs = append(errs, e.texts.Close())
	}
	if e.journal != nil {
		errs = append(errs, e.journal.Close())
	}
	return errors.Join(errs...)
}

// checkpoint moves the log into the database file.
func (e *engine) checkpoint(ctx context.Context) error {
	if err := e.exec(ctx, "CHECKPOINT"); err != nil {
		return err
	}
	return e.journal.Turn()
}

func (e *engine) exec(ctx context.Context, statement string) error {
	_, err := e.writer.ExecContext(ctx, statement, nil)
	return err
}

// isDamage reports whether DuckDB found that the files are damaged, and not just inaccessible.
func isDamage(err error) bool {
	if !errors.Is(err, store.ErrUnavailable) {
		return false
	}
	for _, other := range []string{"Permission denied", "Too many open files", "Out of Memory", "Cannot allocate memory", "Input/output error", "Read-only file system"} {
		if strings.Contains(err.Error(), other) {
			return false
		}
	}
	return true
}

// classify converts DuckDB's errors to the errors of the port. It keeps their text, not the error values.
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
