package clickhouse

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Commit implements store.Writer. Committed counts as duplicates only what is there twice in b: whether a row is stored
// already is not looked up, because storing it again does no harm and looking would cost every commit a query.
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
		err = s.insertAll(limited, p) // by another connection; what the first one stored is the same
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

// insertAll inserts into one table after the other, in such an order that a reader who finds an event finds its content.
func (s *Store) insertAll(ctx context.Context, p *picked) error {
	// The greatest version wins, so earlier commits have greater ones.
	version := ^uint64(s.options.Now().UnixNano())
	if err := insert(ctx, s.conn, "insert_contents", p.contents, contentColumns, version); err != nil {
		return err
	}
	if err := insert(ctx, s.conn, "insert_identities", p.identities, identityColumns, version); err != nil {
		return err
	}
	if err := insert(ctx, s.conn, "insert_blocks", p.blocks, blockColumns, version); err != nil {
		return err
	}
	if err := insert(ctx, s.conn, "insert_events", p.events, eventColumns, version); err != nil {
		return err
	}
	// Last, because they have no uuid: what comes after them could not be tried again without counting them twice.
	return insert(ctx, s.conn, "insert_refusals", p.refusals, refusalColumns, version)
}

// insert sends rows as one block and waits until it is stored.
func insert[T any](ctx context.Context, conn driver.Conn, query string, rows []*T, by columns[T], version uint64) error {
	if len(rows) == 0 {
		return nil
	}
	batch, err := conn.PrepareBatch(ctx, queries[query])
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer batch.Close()
	for i, c := range batch.Columns() {
		var column any
		if c.Name() == "version" {
			versions := make([]uint64, len(rows))
			for i := range versions {
				versions[i] = version
			}
			column = versions
		} else {
			column = by[c.Name()](rows)
		}
		if err := batch.Column(i).Append(column); err != nil {
			return fmt.Errorf("%s: column %s: %w", query, c.Name(), err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// picked is what of a batch is inserted: the first row of each key.
type picked struct {
	events     []*model.Event
	contents   []*content
	identities []*model.Identity
	blocks     []*model.Block
	refusals   []*refused
	done       store.Committed
}

func pick(b *store.Batch) *picked {
	p := &picked{}
	// wanted holds the events that have no content yet, nil when they have.
	wanted := make(map[uuid.UUID]*model.Event, len(b.Events))
	for i := range b.Events {
		e := &b.Events[i]
		if _, twice := wanted[e.UUID]; twice {
			p.done.Duplicates++
			continue
		}
		wanted[e.UUID] = e
		p.events = append(p.events, e)
	}
	for i := range b.Contents {
		c := &b.Contents[i]
		if e := wanted[c.UUID]; e != nil {
			wanted[c.UUID] = nil
			p.contents = append(p.contents, &content{c, e})
		}
	}
	type fact struct {
		uuid        uuid.UUID
		id, otherID string
	}
	facts := make(map[fact]struct{}, len(b.Identities))
	for i := range b.Identities {
		f := fact{b.Identities[i].UUID, b.Identities[i].ID, b.Identities[i].OtherID}
		if _, twice := facts[f]; !twice {
			facts[f] = struct{}{}
			p.identities = append(p.identities, &b.Identities[i])
		}
	}
	blocks := make(map[uuid.UUID]struct{}, len(b.Blocks))
	for i := range b.Blocks {
		if _, twice := blocks[b.Blocks[i].UUID]; twice {
			p.done.Duplicates++
			continue
		}
		blocks[b.Blocks[i].UUID] = struct{}{}
		p.blocks = append(p.blocks, &b.Blocks[i])
	}
	p.refusals = sumRefusals(b.Refusals)
	p.done.Events, p.done.Blocks = len(p.events), len(p.blocks)
	return p
}

// refused is what was refused for one reason in one batch.
type refused struct {
	model.Refusal       // the latest, with the sums
	firstMS       int64 // when the first was
}

// sumRefusals adds up refusals of one kind, so that a client that sends nothing but nonsense costs a row a commit.
func sumRefusals(all []model.Refusal) []*refused {
	type kind struct {
		reason         model.Reason
		event, library string
	}
	sums := map[kind]*refused{}
	var out []*refused
	for _, r := range all {
		r.Count = max(r.Count, 1)
		k := kind{r.Reason, r.Event, r.Library}
		sum := sums[k]
		if sum == nil {
			sum = &refused{Refusal: r, firstMS: r.AtMS}
			sums[k] = sum
			out = append(out, sum)
			continue
		}
		count, bytes := sum.Count+r.Count, sum.Bytes+r.Bytes
		sum.firstMS = min(sum.firstMS, r.AtMS)
		if r.AtMS >= sum.AtMS {
			sum.Refusal = r
		}
		sum.Count, sum.Bytes = count, bytes
	}
	return out
}
