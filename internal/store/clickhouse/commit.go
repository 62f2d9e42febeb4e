package clickhouse

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Commit implements store.Writer. Committed counts only rows that occur twice in b as duplicates: it does not check whether a row is already stored,
// because storing it again is harmless and the check would cost every commit a query.
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if err := ctx.Err(); err != nil {
		return store.Committed{}, err
	}
	if s.closed.Load() {
		return store.Committed{}, fmt.Errorf("commit: %w", errClosed)
	}
	limited, cancel := context.WithTimeout(ctx, s.options.CommitTimeout)
	defer cancel()
	p := pick(b)
	err := s.insertAll(limited, p)
	if err != nil && limited.Err() == nil && dead(err) {
		err = s.insertAll(limited, p) // by another connection; rows that the first one stored are the same
	}
	switch {
	case err == nil:
		s.room.End()
		return p.done, nil
	case over(ctx) != nil:
		return store.Committed{}, fmt.Errorf("commit: %w", over(ctx))
	}
	err = fmt.Errorf("commit %d events, %d blocks: %w", len(b.Events), len(b.Blocks), classify(err))
	if errors.Is(err, store.ErrFull) {
		s.room.Raise(err)
	}
	return store.Committed{}, err
}

// insertAll inserts into one table after the other, in an order in which a reader who finds an event also finds its content.
func (s *Store) insertAll(ctx context.Context, p *picked) error {
	// The greatest version is kept, so earlier commits get greater versions.
	version := ^uint64(s.options.Now().UnixNano())
	if err := (inserted[model.Content]{table.Contents, p.contents, p.contentsSortMS, version}).insert(ctx, s.conn); err != nil {
		return err
	}
	if err := (inserted[model.Identity]{table.Identities, p.identities, nil, version}).insert(ctx, s.conn); err != nil {
		return err
	}
	if err := (inserted[model.Block]{table.Blocks, p.blocks, nil, version}).insert(ctx, s.conn); err != nil {
		return err
	}
	if err := (inserted[model.Event]{table.Events, p.events, p.eventsSortMS, version}).insert(ctx, s.conn); err != nil {
		return err
	}
	if err := (inserted[model.Saved]{table.Saved, p.saved, nil, version}).insert(ctx, s.conn); err != nil {
		return err
	}
	// Refusals are last, because they have no key: if a later insert failed, the retry would count them twice.
	return inserted[table.RefusalSum]{table.Refusals, p.refusals, nil, 0}.insert(ctx, s.conn)
}

// picked are the rows of a batch that are inserted: the first row of each key.
type picked struct {
	events     []*model.Event
	contents   []*model.Content
	identities []*model.Identity
	blocks     []*model.Block
	saved      []*model.Saved
	refusals   []*table.RefusalSum
	// A content is stored on the shard of its event.
	eventsSortMS, contentsSortMS []int64
	done                         store.Committed
}

func pick(b *store.Batch) *picked {
	p := &picked{}
	// wanted holds the events that have no content yet.
	wanted := make(map[rowKey]*model.Event, len(b.Events))
	for i := range b.Events {
		e := &b.Events[i]
		k := rowKey{e.Project, e.UUID}
		if _, twice := wanted[k]; twice {
			p.done.Duplicates++
			continue
		}
		wanted[k] = e
		p.events, p.eventsSortMS = append(p.events, e), append(p.eventsSortMS, sortMS(e))
	}
	for i := range b.Contents {
		c := &b.Contents[i]
		k := rowKey{c.Project, c.UUID}
		if e := wanted[k]; e != nil {
			wanted[k] = nil
			p.contents, p.contentsSortMS = append(p.contents, c), append(p.contentsSortMS, sortMS(e))
		}
	}
	type fact struct {
		rowKey
		id, otherID string
	}
	facts := make(map[fact]struct{}, len(b.Identities))
	for i := range b.Identities {
		x := &b.Identities[i]
		f := fact{rowKey{x.Project, x.UUID}, x.ID, x.OtherID}
		if _, twice := facts[f]; !twice {
			facts[f] = struct{}{}
			p.identities = append(p.identities, x)
		}
	}
	blocks := make(map[rowKey]struct{}, len(b.Blocks))
	for i := range b.Blocks {
		k := rowKey{b.Blocks[i].Project, b.Blocks[i].UUID}
		if _, twice := blocks[k]; twice {
			p.done.Duplicates++
			continue
		}
		blocks[k] = struct{}{}
		p.blocks = append(p.blocks, &b.Blocks[i])
	}
	saved := make(map[rowKey]struct{}, len(b.Saved))
	for i := range b.Saved {
		k := rowKey{b.Saved[i].Project, b.Saved[i].UUID}
		if _, twice := saved[k]; !twice {
			saved[k] = struct{}{}
			p.saved = append(p.saved, &b.Saved[i])
		}
	}
	sums := table.SumRefusals(b.Refusals)
	for i := range sums {
		p.refusals = append(p.refusals, &sums[i])
	}
	p.done.Events, p.done.Blocks = len(p.events), len(p.blocks)
	return p
}

// rowKey identifies an event or a block.
type rowKey struct {
	project string
	uuid    uuid.UUID
}
