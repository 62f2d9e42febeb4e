//go:build cgo

package duckdb

import (
	"context"
	"database/sql"
	encoding "encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// cursor is a place in a dump: the number of the next row of one table, or the refusals to come after.
type cursor struct {
	Table string `json:"table"`
	Row   int64  `json:"row,omitempty"`
	// Refusals are grouped, and ordered by what they are grouped by.
	After *[3]string `json:"after,omitempty"`
	// DroppedMS is before when rows had been dropped as the dump began. When more are, the rest have other numbers.
	DroppedMS int64 `json:"dropped_ms,omitempty"`
}

// dumped are the tables in the order in which they are dumped.
var dumped = []string{"events", "identities", "blocks", "refusals"}

// Dump implements store.Dumper, by row number.
func (s *Store) Dump(ctx context.Context, after string, limit int) (*store.Batch, string, error) {
	at := cursor{Table: dumped[0]}
	var err error
	if after == "" {
		at.DroppedMS, err = s.numberRows(ctx)
	} else if err = encoding.Unmarshal([]byte(after), &at); err != nil {
		err = fmt.Errorf("dump after %q: %w", after, err)
	}
	if err != nil {
		return nil, "", err
	}
	b := &store.Batch{}
	done := false
	switch at.Table {
	case "events", "identities", "blocks":
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
				at = cursor{Table: dumped[i+1], DroppedMS: at.DroppedMS}
				break
			}
		}
	}
	next, err := encoding.Marshal(at)
	return b, string(next), err
}

// errRenumbered: a cursor's row numbers mean others than they did.
var errRenumbered = errors.New("rows have other numbers now")

// numberRows gives rows the numbers that they keep for as long as none are dropped, and returns before when some were.
func (s *Store) numberRows(ctx context.Context) (droppedMS int64, err error) {
	err = s.read(ctx, "dump", func(db *sql.DB) (err error) {
		droppedMS, err = droppedBefore(ctx, db)
		return err
	})
	if err != nil || droppedMS == 0 {
		return 0, err
	}
	return droppedMS, s.checkpoint(ctx)
}

func (s *Store) dumpRows(ctx context.Context, b *store.Batch, at *cursor, limit int64) (done bool, err error) {
	v := values{"from_row": at.Row, "to_row": at.Row + limit}
	err = s.snapshot(ctx, "dump "+at.Table, func(db querier) error {
		*b = store.Batch{}
		if dropped, err := droppedBefore(ctx, db); err != nil {
			return err
		} else if dropped != at.DroppedMS {
			return fmt.Errorf("%w: old rows were dropped since this dump began, begin a new one", errRenumbered)
		}
		ends := map[string]*int64{"events": new(int64), "blocks": new(int64), "identities": new(int64)}
		err := query(ctx, db, "seen_rows", nil, func(rows *sql.Rows) error {
			return rows.Scan(ends["events"], ends["blocks"], ends["identities"])
		})
		if err != nil {
			return err
		}
		done = at.Row+limit >= *ends[at.Table]
		switch at.Table {
		case "events":
			if b.Events, err = events(ctx, db, "dump_events", v); err != nil || len(b.Events) == 0 {
				return err
			}
			b.Contents, err = contents(ctx, db, keysOf(b.Events))
		case "identities":
			b.Identities, err = identities(ctx, db, "dump_identities", v)
		case "blocks":
			b.Blocks, err = blocks(ctx, db, "dump_blocks", v)
		}
		return err
	})
	at.Row += limit
	return done, err
}

func (s *Store) dumpRefusals(ctx context.Context, b *store.Batch, at *cursor, limit int) (done bool, err error) {
	v := values{"reason": "", "event": "", "library": "", "first": at.After == nil, "limit": int64(limit)}
	if at.After != nil {
		v["reason"], v["event"], v["library"] = at.After[0], at.After[1], at.After[2]
	}
	sums := 0
	err = s.read(ctx, "dump refusals", func(db *sql.DB) error {
		b.Refusals, sums = nil, 0
		return refusalSums(ctx, db, "dump_refusals", v, func(r model.Refusal, firstMS int64) {
			sums++
			b.Refusals = append(b.Refusals, store.RefusalRows(r, firstMS)...)
			at.After = &[3]string{string(r.Reason), r.Event, r.Library}
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
			if found.Events, err = events(ctx, db, "events_of", keyValues(keysOf(b.Events))); err != nil {
				return err
			}
		}
		if len(b.Contents) > 0 {
			keys := make([]model.Key, len(b.Contents))
			for i, c := range b.Contents {
				keys[i] = model.Key{UUID: c.UUID, TimeMS: c.TimeMS}
			}
			if found.Contents, err = contents(ctx, db, keys); err != nil {
				return err
			}
		}
		if len(b.Blocks) > 0 {
			uuids := make([]string, len(b.Blocks))
			for i := range b.Blocks {
				uuids[i] = b.Blocks[i].UUID.String()
			}
			if found.Blocks, err = blocks(ctx, db, "blocks_of", values{"uuids": uuids}); err != nil {
				return err
			}
		}
		return storedFacts(ctx, db, b, &found)
	})
	return &found, err
}

// storedFacts looks up what has no key of one column, and drops what others have in that column.
func storedFacts(ctx context.Context, db querier, b, found *store.Batch) error {
	if len(b.Identities) > 0 {
		type key struct {
			uuid        uuid.UUID
			id, otherID string
		}
		asked := map[key]bool{}
		ids := make([]string, len(b.Identities))
		for n, i := range b.Identities {
			ids[n] = i.ID
			asked[key{i.UUID, text(i.ID), text(i.OtherID)}] = true
		}
		all, err := identities(ctx, db, "identities", values{"ids": ids})
		if err != nil {
			return err
		}
		for _, i := range all {
			if asked[key{i.UUID, i.ID, i.OtherID}] {
				found.Identities = append(found.Identities, i)
			}
		}
	}
	if len(b.Refusals) == 0 {
		return nil
	}
	asked := map[[3]string]bool{}
	names := make([]string, len(b.Refusals))
	for i, r := range b.Refusals {
		names[i] = r.Event
		asked[[3]string{text(string(r.Reason)), text(r.Event), text(r.Library)}] = true
	}
	return refusalSums(ctx, db, "refusals_of", values{"events": names}, func(r model.Refusal, firstMS int64) {
		if asked[[3]string{string(r.Reason), r.Event, r.Library}] {
			found.Refusals = append(found.Refusals, store.RefusalRows(r, firstMS)...)
		}
	})
}

func refusalSums(ctx context.Context, db querier, name string, v values, each func(sum model.Refusal, firstMS int64)) error {
	return query(ctx, db, name, v, func(rows *sql.Rows) error {
		var r model.Refusal
		var firstMS int64
		err := rows.Scan(&r.Reason, &r.Event, &r.Library, &r.Detail, &r.Bytes, &r.Count, &firstMS, &r.AtMS)
		each(r, firstMS)
		return err
	})
}

func keysOf(all []model.Event) []model.Key {
	keys := make([]model.Key, len(all))
	for i := range all {
		keys[i] = model.Key{UUID: all[i].UUID, TimeMS: all[i].TimeMS}
	}
	return keys
}

func contents(ctx context.Context, db querier, keys []model.Key) (all []model.Content, err error) {
	name := "contents_of"
	if len(keys) <= 16 {
		name = "contents_of_few"
	}
	err = query(ctx, db, name, keyValues(keys), func(rows *sql.Rows) error {
		var c model.Content
		err := rows.Scan(id(&c.UUID), &c.TimeMS, &c.Input, &c.Output, &c.Tools, &c.Properties)
		all = append(all, c)
		return err
	})
	return all, err
}

func identities(ctx context.Context, db querier, name string, v values) (all []model.Identity, err error) {
	err = query(ctx, db, name, v, func(rows *sql.Rows) error {
		var i model.Identity
		err := rows.Scan(id(&i.UUID), &i.TimeMS, &i.ID, &i.OtherID, &i.Name, &i.Email)
		all = append(all, i)
		return err
	})
	return all, err
}

func blocks(ctx context.Context, db querier, name string, v values) (all []model.Block, err error) {
	err = query(ctx, db, name, v, func(rows *sql.Rows) error {
		b, err := scanBlock(rows)
		all = append(all, b)
		return err
	})
	return all, err
}
