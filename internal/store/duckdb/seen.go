//go:build cgo

package duckdb

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/maphash"
	"io"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// seen has a 64-bit fingerprint of every stored key (project and uuid): 11 to 21 bytes each. With ten million keys, two have the same fingerprint
// with a probability of 1 in 370,000 (n²/2^65), and the later event would be dropped; the seed is random, so that nobody can cause this.
//
// It is loaded from the database before the first commit, so that opening costs nothing: 1M keys take 0.2 s.
type seen struct {
	seed   maphash.Seed
	shards [256]fingerprints
}

func newSeen() *seen { return &seen{seed: maphash.MakeSeed()} }

// key is the fingerprint of an event's or block's key.
func (s *seen) key(project string, id uuid.UUID) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	h.WriteString(project)
	h.Write(id[:])
	return h.Sum64()
}

// fact is the fingerprint of an identity or of a saved row. One event may bring several identities, so an event's key is not enough. Saved rows have
// uuids of another kind than events.
func (s *seen) fact(project string, id uuid.UUID, a, b string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	h.WriteString(project)
	h.Write(id[:])
	maphash.WriteComparable(&h, [2]string{a, b})
	return h.Sum64()
}

func (s *seen) has(fp uint64) bool { return s.shards[fp>>56].has(fp) }
func (s *seen) add(fp uint64)      { s.shards[fp>>56].add(fp) }

// fingerprints is an open-addressing set that only grows. It consists of many small sets that grow one after the other, so that growing never holds
// the whole set twice.
type fingerprints struct {
	slots []uint64 // their number is a power of two; 0 is free
	n     int
}

func (f *fingerprints) has(fp uint64) bool {
	if f.n == 0 {
		return false
	}
	fp = max(fp, 1)
	for i := f.home(fp); f.slots[i] != 0; i = (i + 1) & (len(f.slots) - 1) {
		if f.slots[i] == fp {
			return true
		}
	}
	return false
}

func (f *fingerprints) add(fp uint64) {
	if f.n*4 >= len(f.slots)*3 {
		old := f.slots
		f.slots, f.n = make([]uint64, max(16, 2*len(old))), 0
		for _, fp := range old {
			if fp != 0 {
				f.add(fp)
			}
		}
	}
	fp = max(fp, 1)
	i := f.home(fp)
	for f.slots[i] != 0 {
		if f.slots[i] == fp {
			return
		}
		i = (i + 1) & (len(f.slots) - 1)
	}
	f.slots[i] = fp
	f.n++
}

func (f *fingerprints) home(fp uint64) int { return int(fp & uint64(len(f.slots)-1)) }

// seenStep limits the rows of one result, which DuckDB holds completely in memory.
const seenStep = 1 << 18

// loadSeen reads the stored keys.
func loadSeen(ctx context.Context, conn *duckdb.Conn) (*seen, error) {
	s := newSeen()
	var tables [4]int64
	err := each(ctx, conn, "seen_rows", nil, func(row []driver.Value) {
		for i := range tables {
			tables[i], _ = row[i].(int64)
		}
	})
	if err != nil {
		return nil, err
	}
	for i, query := range []string{"seen_events", "seen_blocks", "seen_identities", "seen_saved"} {
		for from := int64(0); from < tables[i]; from += seenStep {
			args := []driver.NamedValue{
				{Name: "from_row", Ordinal: 1, Value: from},
				{Name: "to_row", Ordinal: 2, Value: from + seenStep},
			}
			err := each(ctx, conn, query, args, func(row []driver.Value) {
				project, id := row[0].(string), uuid.UUID(row[1].([]byte))
				if len(row) == 2 {
					s.add(s.key(project, id))
					return
				}
				s.add(s.fact(project, id, row[2].(string), row[3].(string)))
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// each calls do with every row. It does not use database/sql, which takes three times as long for a million rows.
func each(ctx context.Context, conn *duckdb.Conn, query string, args []driver.NamedValue, do func([]driver.Value)) error {
	rows, err := conn.QueryContext(ctx, queries[query], args)
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	defer rows.Close()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
		do(row)
	}
}

// rowKey identifies an event or a block.
type rowKey struct {
	project string
	uuid    uuid.UUID
}

// fresh are the indexes of the rows of a batch that are not stored yet.
type fresh struct {
	events, contents, identities, blocks, saved []int
	// prints are added to the set after the batch is durable.
	prints     map[uint64]struct{}
	duplicates int
}

// pick finds the rows of a batch that are neither stored nor repeated in the batch; of equal keys in the batch, the first row counts.
func (s *seen) pick(b *store.Batch) fresh {
	f := fresh{prints: make(map[uint64]struct{}, len(b.Events)+len(b.Blocks)+len(b.Identities)+len(b.Saved))}
	take := func(fp uint64) bool {
		if _, twice := f.prints[fp]; twice || s.has(fp) {
			return false
		}
		f.prints[fp] = struct{}{}
		return true
	}
	// wanted holds the new events that have no content yet.
	wanted := make(map[rowKey]struct{}, len(b.Contents))
	for i := range b.Events {
		e := &b.Events[i]
		project := table.Clean(e.Project) // in its stored form, as loadSeen reads it
		if !take(s.key(project, e.UUID)) {
			f.duplicates++
			continue
		}
		f.events = append(f.events, i)
		wanted[rowKey{project, e.UUID}] = struct{}{}
	}
	for i := range b.Contents {
		k := rowKey{table.Clean(b.Contents[i].Project), b.Contents[i].UUID}
		if _, ok := wanted[k]; ok {
			delete(wanted, k)
			f.contents = append(f.contents, i)
		}
	}
	for i := range b.Identities {
		fact := &b.Identities[i]
		if take(s.fact(table.Clean(fact.Project), fact.UUID, table.Clean(fact.ID), table.Clean(fact.OtherID))) {
			f.identities = append(f.identities, i)
		}
	}
	for i := range b.Blocks {
		if !take(s.key(table.Clean(b.Blocks[i].Project), b.Blocks[i].UUID)) {
			f.duplicates++
			continue
		}
		f.blocks = append(f.blocks, i)
	}
	for i := range b.Saved {
		row := &b.Saved[i]
		if take(s.fact(table.Clean(row.Project), row.UUID, table.Clean(row.Kind), row.ID.String())) {
			f.saved = append(f.saved, i)
		}
	}
	return f
}
