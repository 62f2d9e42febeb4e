//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	encoding "encoding/json"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// cursor is a position in a dump: the number of the next row of one table, or the refusals that come next.
type cursor struct {
	Table string `json:"table"`
	Row   int64  `json:"row,omitempty"`
	// After is the last group of refusals. Refusals are grouped, and sorted by the same columns.
	After *[4]string `json:"after,omitempty"`
	// Dropped is how often rows had been dropped when the dump began. If it has changed, the remaining rows have other numbers.
	Dropped int64 `json:"dropped,omitempty"`
}

// dumped are the tables in the order in which they are dumped.
var dumped = []string{"events", "identities", "blocks", "saved", "refusals"}

// Dump implements store.Dumper, by row number.
func (s *Store) Dump(ctx context.Context, after string, limit int) (*store.Batch, string, error) {
	at := cursor{Table: dumped[0]}
	var err error
	if after == "" {
		at.Dropped, err = s.numberRows(ctx)
	} else if err = encoding.Unmarshal([]byte(after), &at); err != nil {
		err = fmt.Errorf("dump after %q: %w", after, err)
	}
	if err != nil {
		return nil, "", err
	}
	b := &store.Batch{}
	done := false
	switch at.Table {
	case "events", "identities", "blocks", "saved":
		done, err = s.dumpRows(ctx, b, &at, int64(limit))
	case "refusals":
		if done, err = s.dumpRefusals(ctx, b, &at, max(limit/2, 1)); done {
			return b, "", err
		}
	default:
		err = fmt.Errorf("dump after %q: no such table", after)
	}
	if err != nil {
		return nil, "", err
	}
	if done {
		for i, table := range dumped[:len(dumped)-1] {
			if table == at.Table {
				at = cursor{Table: dumped[i+1], Dropped: at.Dropped}
				break
			}
		}
	}
	next, err := encoding.Marshal(at)
	return b, string(next), err
}

// errRenumbered means that a cursor's row numbers are no longer valid.
var errRenumbered = errors.New("rows have other numbers now")

// numberRows gives rows numbers that are valid until rows are dropped, and returns how often rows were dropped so far.
func (s *Store) numberRows(ctx context.Context) (times int64, err error) {
	err = s.read(ctx, "dump", func(db *sql.DB) (err error) {
		times, err = dropped(ctx, db)
		return err
	})
	if err != nil || times == 0 {
		return 0, err
	}
	return times, s.checkpoint(ctx)
}

func (s *Store) dumpRows(ctx context.Context, b *store.Batch, at *cursor, limit int64) (done bool, err error) {
	v := values{"from_row": at.Row, "to_row": at.Row + limit}
	err = s.snapshot(ctx, "dump "+at.Table, func(db querier) error {
		*b = store.Batch{}
		if times, err := dropped(ctx, db); err != nil {
			return err
		} else if times != at.Dropped {
			return fmt.Errorf("%w: old rows were dropped since this dump began; start a new one", errRenumbered)
		}
		ends := map[string]*int64{"events": new(int64), "blocks": new(int64), "identities": new(int64), "saved": new(int64)}
		err := query(ctx, db, "seen_rows", nil, func(rows *sql.Rows) error {
			return rows.Scan(ends["events"], ends["blocks"], ends["identities"], ends["saved"])
		})
		if err != nil {
			return err
		}
		done = at.Row+limit >= *ends[at.Table]
		switch at.Table {
		case "events":
			if b.Events, err = rowsOf(ctx, db, table.Events, "dump_events", v); err != nil || len(b.Events) == 0 {
				return err
			}
			b.Contents, err = s.engine.contents(ctx, keysOf(b.Events))
		case "identities":
			b.Identities, err = rowsOf(ctx, db, table.Identities, "dump_identities", v)
		case "blocks":
			b.Blocks, err = rowsOf(ctx, db, table.Blocks, "dump_blocks", v)
		case "saved":
			b.Saved, err = rowsOf(ctx, db, table.Saved, "dump_saved", v)
		}
		return err
	})
	at.Row += limit
	return done, err
}

func (s *Store) dumpRefusals(ctx context.Context, b *store.Batch, at *cursor, limit int) (done bool, err error) {
	v := values{"project": "", "reason": "", "event": "", "library": "", "first": at.After == nil, "limit": int64(limit)}
	if at.After != nil {
		v["project"], v["reason"], v["event"], v["library"] = at.After[0], at.After[1], at.After[2], at.After[3]
	}
	sums := 0
	err = s.read(ctx, "dump refusals", func(db *sql.DB) error {
		b.Refusals, sums = nil, 0
		return refusalSums(ctx, db, "dump_refusals", v, func(r model.Refusal, firstMS int64) {
			sums++
			b.Refusals = append(b.Refusals, store.RefusalRows(r, firstMS)...)
			at.After = &[4]string{r.Project, string(r.Reason), r.Event, r.Library}
		})
	})
	return sums < limit, err
}

// Stored implements store.Dumper.
func (s *Store) Stored(ctx context.Context, b *store.Batch) (*store.Batch, error) {
	var found store.Batch
	err := s.snapshot(ctx, "stored", func(db querier) error {
		found = store.Batch{}
		var err error
		if len(b.Events) > 0 {
			if found.Events, err = rowsOf(ctx, db, table.Events, "events_of", keyValues(keysOf(b.Events))); err != nil {
				return err
			}
		}
		if len(b.Contents) > 0 {
			keys := make([]model.Key, len(b.Contents))
			for i, c := range b.Contents {
				keys[i] = model.Key{Project: c.Project, UUID: c.UUID, TimeMS: c.TimeMS}
			}
			if found.Contents, err = s.engine.contents(ctx, keys); err != nil {
				return err
			}
		}
		if len(b.Blocks) > 0 {
			keys := make([]model.Key, len(b.Blocks))
			for i := range b.Blocks {
				keys[i] = model.Key{Project: b.Blocks[i].Project, UUID: b.Blocks[i].UUID}
			}
			if found.Blocks, err = rowsOf(ctx, db, table.Blocks, "blocks_of", keyValues(keys)); err != nil {
				return err
			}
		}
		if len(b.Saved) > 0 {
			keys := make([]model.Key, len(b.Saved))
			for i := range b.Saved {
				keys[i] = model.Key{Project: b.Saved[i].Project, UUID: b.Saved[i].UUID}
			}
			if found.Saved, err = rowsOf(ctx, db, table.Saved, "saved_of", keyValues(keys)); err != nil {
				return err
			}
		}
		return storedFacts(ctx, db, b, &found)
	})
	return &found, err
}

// storedFacts looks up rows that have no value in one column, and leaves out found rows that have one.
func storedFacts(ctx context.Context, db querier, b, found *store.Batch) error {
	if len(b.Identities) > 0 {
		type fact struct {
			rowKey
			id, otherID string
		}
		asked := map[fact]bool{}
		keys := make([]model.Key, len(b.Identities))
		for n, i := range b.Identities {
			keys[n] = model.Key{Project: i.Project, UUID: i.UUID}
			asked[fact{rowKey{table.Clean(i.Project), i.UUID}, table.Clean(i.ID), table.Clean(i.OtherID)}] = true
		}
		all, err := rowsOf(ctx, db, table.Identities, "identities_of", keyValues(keys))
		if err != nil {
			return err
		}
		for _, i := range all {
			if asked[fact{rowKey{i.Project, i.UUID}, i.ID, i.OtherID}] {
				found.Identities = append(found.Identities, i)
			}
		}
	}
	if len(b.Refusals) == 0 {
		return nil
	}
	asked := map[[4]string]bool{}
	names := make([]string, len(b.Refusals))
	for i, r := range b.Refusals {
		names[i] = r.Event
		asked[[4]string{table.Clean(r.Project), table.Clean(string(r.Reason)), table.Clean(r.Event), table.Clean(r.Library)}] = true
	}
	return refusalSums(ctx, db, "refusals_of", values{"events": names}, func(r model.Refusal, firstMS int64) {
		if asked[[4]string{r.Project, string(r.Reason), r.Event, r.Library}] {
			found.Refusals = append(found.Refusals, store.RefusalRows(r, firstMS)...)
		}
	})
}

func refusalSums(ctx context.Context, db querier, name string, v values, each func(sum model.Refusal, firstMS int64)) error {
	return query(ctx, db, name, v, func(rows *sql.Rows) error {
		var r model.Refusal
		var firstMS int64
		err := rows.Scan(&r.Project, &r.Reason, &r.Event, &r.Library, &r.Detail, &r.Bytes, &r.Count, &firstMS, &r.AtMS)
		each(r, firstMS)
		return err
	})
}

func keysOf(all []model.Event) []model.Key {
	keys := make([]model.Key, len(all))
	for i := range all {
		keys[i] = model.Key{Project: all[i].Project, UUID: all[i].UUID, TimeMS: all[i].TimeMS}
	}
	return keys
}

// Size implements store.Dumper.
func (s *Store) Size(ctx context.Context) (events, blocks int64, err error) {
	err = s.read(ctx, "size", func(db *sql.DB) error {
		return query(ctx, db, "size", nil, func(rows *sql.Rows) error { return rows.Scan(&events, &blocks) })
	})
	return events, blocks, err
}
