//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
)

// Commit implements store.Writer. Once it has begun it is not cancelled with ctx: it ends within milliseconds, and a
// commit that is broken off costs a reopening.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if err := ctx.Err(); err != nil {
		return store.Committed{}, err
	}
	if len(b.Events)+len(b.Identities)+len(b.Blocks)+len(b.Refusals) == 0 {
		return store.Committed{}, nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	s.active()
	if err := s.room(); err != nil {
		return store.Committed{}, err
	}
	ctx = context.WithoutCancel(ctx)
	var done store.Committed
	var used *engine
	s.index.enter(b)
	err := s.use(ctx, func(e *engine) (err error) {
		used = e
		done, err = e.commit(ctx, b)
		return err
	})
	if err != nil {
		// Whatever it was, the set may not match what is stored any more. See the package comment.
		s.broken(used, err)
		err = fmt.Errorf("commit %d events, %d blocks: %w", len(b.Events), len(b.Blocks), classify(err))
		s.refusing.Raise(err)
		return store.Committed{}, err
	}
	s.refusing.End()
	return done, nil
}

// room returns store.ErrFull when the file system is about to be full: a DuckDB that never meets a full disk need not
// be reopened after one.
func (s *Store) room() error {
	if s.options.MinFreeBytes < 0 {
		return nil
	}
	free, err := disk.Free(s.options.Dir)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	if free < uint64(s.options.MinFreeBytes) {
		return fmt.Errorf("%w: %d MiB free on the file system of %s, at least %d MiB are needed",
			store.ErrFull, free>>20, s.options.Dir, s.options.MinFreeBytes>>20)
	}
	return nil
}

func (e *engine) commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if e.seen == nil {
		var err error
		if e.seen, err = loadSeen(ctx, e.writer); err != nil {
			return store.Committed{}, fmt.Errorf("load uuids: %w", err)
		}
	}
	f := e.seen.pick(b)
	done := store.Committed{Events: len(f.events), Blocks: len(f.blocks), Duplicates: f.duplicates}
	if len(f.prints)+len(b.Refusals) == 0 {
		return done, nil // nothing new, and what is there is durable
	}
	if err := e.exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return store.Committed{}, err
	}
	refusals := sumRefusals(b.Refusals)
	err := errors.Join(
		appendRows(e, "events", b.Events, f.events, eventRow),
		appendRows(e, "contents", b.Contents, f.contents, contentRow),
		appendRows(e, "identities", b.Identities, f.identities, identityRow),
		appendRows(e, "blocks", b.Blocks, f.blocks, blockRow),
		appendRows(e, "refusals", refusals, indices(len(refusals)), refusalRow),
	)
	if err != nil {
		return store.Committed{}, err // closing the engine rolls back
	}
	if err := e.exec(ctx, "COMMIT"); err != nil {
		return store.Committed{}, err
	}
	if err := e.journal.Record(journal.Appended, len(f.events), len(f.blocks)); err != nil {
		return store.Committed{}, err
	}
	for fp := range f.prints {
		e.seen.add(fp)
	}
	return done, nil
}

// appendRows brings the picked values into the current transaction.
func appendRows[T any](e *engine, table string, values []T, picked []int, row func([]driver.Value, *T) []driver.Value) error {
	if len(picked) == 0 {
		return nil
	}
	a, err := e.appender(table)
	if err != nil {
		return err
	}
	var buf [40]driver.Value
	for _, i := range picked {
		if err := a.AppendRow(row(buf[:0], &values[i])...); err != nil {
			return fmt.Errorf("append to %s: %w", table, err)
		}
	}
	if err := a.Flush(); err != nil {
		return fmt.Errorf("append to %s: %w", table, err)
	}
	return nil
}

// refusals are those of one kind in a batch: the latest, with the sums of all.
type refusals struct {
	model.Refusal
	firstMS int64
}

// sumRefusals adds up refusals of one kind, so that a client that sends nothing but nonsense costs a row a commit.
func sumRefusals(all []model.Refusal) []refusals {
	type kind struct {
		reason         model.Reason
		event, library string
	}
	index := map[kind]int{}
	var sums []refusals
	for _, r := range all {
		r.Count = max(r.Count, 1)
		k := kind{r.Reason, r.Event, r.Library}
		i, known := index[k]
		if !known {
			index[k] = len(sums)
			sums = append(sums, refusals{r, r.AtMS})
			continue
		}
		sum := &sums[i]
		if r.AtMS >= sum.AtMS {
			sum.AtMS, sum.Detail = r.AtMS, r.Detail
		}
		sum.firstMS = min(sum.firstMS, r.AtMS)
		sum.Count += r.Count
		sum.Bytes += r.Bytes
	}
	return sums
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
