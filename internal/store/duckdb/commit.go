//go:build cgo

package duckdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/duckdb/journal"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Commit implements store.Writer. Once it has begun, the end of ctx does not cancel it: it ends within milliseconds, and an interrupted commit costs
// a reopening of the database.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if err := ctx.Err(); err != nil {
		return store.Committed{}, err
	}
	if len(b.Events)+len(b.Identities)+len(b.Blocks)+len(b.Saved)+len(b.Refusals) == 0 {
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
	begun := s.begun(b)
	s.index.enter(b)
	err := s.use(ctx, func(e *engine) error {
		used = e
		f, err := e.commit(ctx, b)
		if err == nil {
			done = store.Committed{Events: len(f.events), Blocks: len(f.blocks), Duplicates: f.duplicates}
			s.recent.committed(b, f.events, begun)
			if len(f.events) > 0 {
				s.hoursChanged(b.Events, f.events)
			}
		}
		return err
	})
	if err != nil {
		// After any error the set may differ from the stored keys. See the package comment.
		s.broken(used, err)
		err = fmt.Errorf("commit %d events, %d blocks: %w", len(b.Events), len(b.Blocks), classify(err))
		s.refusing.Raise(err)
		return store.Committed{}, err
	}
	s.refusing.End()
	s.packSoon()
	return done, nil
}

// room returns store.ErrFull if the file system is nearly full: after a full disk, DuckDB would have to be reopened.
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

// commit stores the new rows of a batch, and returns which rows these were.
func (e *engine) commit(ctx context.Context, b *store.Batch) (fresh, error) {
	if e.seen == nil {
		var err error
		if e.seen, err = loadSeen(ctx, e.writer); err != nil {
			return fresh{}, fmt.Errorf("load uuids: %w", err)
		}
	}
	f := e.seen.pick(b)
	if len(f.prints)+len(b.Refusals) == 0 {
		return f, nil // there is nothing new, and everything else is durable
	}
	texts := e.writeTexts(ctx, b, &f)
	err := e.exec(ctx, "BEGIN TRANSACTION")
	if err != nil {
		_, _ = texts()
		return fresh{}, err
	}
	refusals := table.SumRefusals(b.Refusals)
	err = errors.Join(
		appendRows(e, table.Events, b.Events, f.events),
		appendRows(e, table.Identities, b.Identities, f.identities),
		appendRows(e, table.Blocks, b.Blocks, f.blocks),
		appendRows(e, table.Saved, b.Saved, f.saved),
		appendRows(e, table.Refusals, refusals, indices(len(refusals))),
	)
	// The bytes of texts are durable before the rows that refer to them.
	blocks, textErr := texts()
	if err = errors.Join(err, textErr, e.appendTexts(blocks)); err != nil {
		return fresh{}, err // closing the engine rolls back
	}
	// Readers see the texts before their events. Otherwise they would see events without text.
	e.texts.Add(blocks)
	if err := e.exec(ctx, "COMMIT"); err != nil {
		return fresh{}, err
	}
	if err := e.journal.Record(journal.Appended, len(f.events), len(f.blocks)); err != nil {
		return fresh{}, err
	}
	for fp := range f.prints {
		e.seen.add(fp)
	}
	return f, nil
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}
