//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

const (
	// forgetEvery is how often old rows are dropped, forgetFirst the time from opening to the first time.
	forgetEvery = time.Hour
	forgetFirst = time.Minute
	// forgetRows is how many rows are dropped at a time: commits wait meanwhile (14 to 44 ms on two busy processors).
	forgetRows = 20_000
)

// aged are the statements that drop old rows. Identities are not dropped.
var aged = []string{"forget_events", "forget_blocks", "forget_refusals", "forget_links", "forget_activity", "forget_experiences", "forget_clues"}

// forgot is the time before which rows were dropped.
type forgot struct{ beforeMS, atMS int64 }

// forgotten reports whether a derived row belongs to events that were dropped after they were read. Such a row must not be stored: it would not be
// dropped before the next time, and if the link's trace began again until then, the link would be there twice.
func (s *Store) forgotten(project string, timeMS, derivedMS int64) bool {
	f, ok := s.forgot[table.Clean(project)]
	return ok && timeMS < f.beforeMS && derivedMS <= f.atMS
}

// forgetting drops old rows from time to time, until the store is closed.
func (s *Store) forgetting(ctx context.Context) {
	defer s.forgets.Done()
	next := time.NewTimer(forgetFirst)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		next.Reset(forgetEvery)
		for _, project := range s.options.Retention.Projects() {
			before := time.Now().AddDate(0, 0, -s.options.Retention[project])
			switch n, err := s.Forget(ctx, project, before); {
			case err != nil && ctx.Err() == nil:
				s.options.Logger.Warn("dropping old rows failed, it will be retried", "project", project, "before", before, "error", err)
			case n > 0:
				s.options.Logger.Info("old rows dropped", "project", project, "rows", n, "before", before)
			}
		}
	}
}

// Forget drops what happened in a project before a time: events with their contents, the index rows of recordings that ended before, and refusals. It
// returns how many rows these were. Commits continue meanwhile.
func (s *Store) Forget(ctx context.Context, project string, before time.Time) (rows int64, err error) {
	for _, statement := range aged {
		for n := int64(forgetRows); n == forgetRows; {
			if err := ctx.Err(); err != nil {
				return rows, err
			}
			if n, err = s.forgetSome(ctx, statement, project, before.UnixMilli()); err != nil {
				return rows, fmt.Errorf("%s: %w", statement, classify(err))
			}
			rows += n
		}
	}
	if err := s.forgetTexts(ctx, project, before); err != nil {
		return rows, fmt.Errorf("drop old text: %w", err)
	}
	if rows == 0 {
		return 0, nil
	}
	return rows, s.checkpoint(ctx) // this frees their space
}

// forgetSome drops some rows of one table.
func (s *Store) forgetSome(ctx context.Context, statement, project string, beforeMS int64) (n int64, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	ctx = context.WithoutCancel(ctx) // it ends soon, and an interruption costs a reopening
	var used *engine
	err = s.use(ctx, func(e *engine) (err error) {
		used = e
		n, err = e.forget(ctx, statement, project, beforeMS)
		return err
	})
	s.recent.clear()
	s.hours.Clear(table.Clean(project))
	s.forgot[project] = forgot{beforeMS, time.Now().UnixMilli()}
	if err != nil {
		s.broken(used, err)
	}
	return n, err
}

func (e *engine) forget(ctx context.Context, statement, project string, beforeMS int64) (n int64, err error) {
	if err := e.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return 0, err
	}
	result, err := e.writer.ExecContext(ctx, queries[statement], []driver.NamedValue{
		{Name: "project", Ordinal: 1, Value: project}, {Name: "before_ms", Ordinal: 2, Value: beforeMS}, {Name: "rows", Ordinal: 3, Value: int64(forgetRows)},
	})
	if err != nil {
		return 0, err // closing the engine rolls back
	}
	if n, err = result.RowsAffected(); err != nil {
		return 0, err
	}
	if n > 0 {
		if err := e.exec(ctx, queries["dropped_again"]); err != nil {
			return 0, err
		}
	}
	if err := e.exec(ctx, "COMMIT"); err != nil || n == 0 {
		return n, err
	}
	return n, e.journal.Record(journal.Changed, 0, 0)
}

// checkpoint moves the log into the database file. Then rows are numbered again, without the dropped ones.
func (s *Store) checkpoint(ctx context.Context) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	var used *engine
	err := s.use(ctx, func(e *engine) error {
		used = e
		return e.checkpoint(ctx)
	})
	if err != nil {
		s.broken(used, err)
		return fmt.Errorf("checkpoint: %w", classify(err))
	}
	return nil
}

// dropped is how often rows were dropped.
func dropped(ctx context.Context, db querier) (times int64, err error) {
	err = query(ctx, db, "dropped", nil, func(rows *sql.Rows) error { return rows.Scan(&times) })
	return times, err
}
