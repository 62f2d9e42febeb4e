package clickhouse

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/table"
)

// cursor is a position in a dump: the sorting key of the last row of one table. First is true at the beginning.
type cursor struct {
	Table  string    `json:"table"`
	First  bool      `json:"first,omitempty"`
	SortMS int64     `json:"sort_ms,omitempty"`
	UUID   uuid.UUID `json:"uuid"`
	// Project is the project of the row.
	Project string `json:"project,omitempty"`
	// ID is the id of a saved view or link.
	ID uuid.UUID `json:"id,omitzero"`
	// Texts are the other parts of the key, depending on the table: the session; the id and the other id; the kind; or reason, event and library.
	Texts []string `json:"texts,omitempty"`
}

func (c *cursor) text(i int) string {
	if i < len(c.Texts) {
		return c.Texts[i]
	}
	return ""
}

// dumped are the tables in the order in which they are dumped.
var dumped = []string{"events", "identities", "blocks", "saved", "refusals"}

// Dump implements store.Dumper, in the order of the sorting keys.
func (s *Store) Dump(ctx context.Context, after string, limit int) (*store.Batch, string, error) {
	at := cursor{Table: dumped[0], First: true}
	if after != "" {
		at = cursor{}
		if err := json.Unmarshal([]byte(after), &at); err != nil || !slices.Contains(dumped, at.Table) {
			return nil, "", fmt.Errorf("dump after %q: this is no place in a dump", after)
		}
	}
	b := &store.Batch{}
	var rows, most int
	next := at
	err := s.read(ctx, "dump "+at.Table, func(ctx context.Context, conn driver.Conn) (err error) {
		*b, next = store.Batch{}, at
		rows, most, err = dump(ctx, conn, b, &next, limit)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	next.First = false
	if rows < most {
		i := slices.Index(dumped, at.Table) + 1
		if i == len(dumped) {
			return b, "", nil
		}
		next = cursor{Table: dumped[i], First: true}
	}
	cursor, err := json.Marshal(next)
	return b, string(cursor), err
}

// dump reads the rows of one table after the position at, and moves at to the last of them. There may be fewer than the limit; most is how many there
// could have been.
func dump(ctx context.Context, conn driver.Conn, b *store.Batch, at *cursor, limit int) (rows, most int, err error) {
	first := uint8(0)
	if at.First {
		first = 1
	}
	v := values{"first": first, "limit": uint64(limit), "uuid": at.UUID, "project": at.Project}
	switch at.Table {
	case "events":
		v["sort_ms"] = at.SortMS
		if b.Events, err = rowsOf(ctx, conn, table.Events, "dump_events", v); err != nil || len(b.Events) == 0 {
			return 0, limit, err
		}
		last := &b.Events[len(b.Events)-1]
		at.Project, at.SortMS, at.UUID = last.Project, sortMS(last), last.UUID
		b.Contents, err = rowsOf(ctx, conn, table.Contents, "contents_of", keyValues(keysOf(b.Events)))
		return len(b.Events), limit, err
	case "identities":
		v["id"], v["other"] = at.text(0), at.text(1)
		if b.Identities, err = rowsOf(ctx, conn, table.Identities, "dump_identities", v); err != nil || len(b.Identities) == 0 {
			return 0, limit, err
		}
		last := b.Identities[len(b.Identities)-1]
		at.Project, at.Texts, at.UUID = last.Project, []string{last.ID, last.OtherID}, last.UUID
		return len(b.Identities), limit, nil
	case "blocks":
		v["session_id"] = at.text(0)
		if b.Blocks, err = rowsOf(ctx, conn, table.Blocks, "dump_blocks", v); err != nil || len(b.Blocks) == 0 {
			return 0, limit, err
		}
		last := b.Blocks[len(b.Blocks)-1]
		at.Project, at.Texts, at.UUID = last.Project, []string{last.SessionID}, last.UUID
		return len(b.Blocks), limit, nil
	}
	if at.Table == "saved" {
		v["kind"], v["id"] = at.text(0), at.ID
		if b.Saved, err = rowsOf(ctx, conn, table.Saved, "dump_saved", v); err != nil || len(b.Saved) == 0 {
			return 0, limit, err
		}
		last := &b.Saved[len(b.Saved)-1]
		at.Project, at.Texts, at.ID, at.UUID = last.Project, []string{last.Kind}, last.ID, last.UUID
		return len(b.Saved), limit, nil
	}
	limit = max(limit/2, 1) // each sum may become two rows
	v["limit"], v["reason"], v["event"], v["library"] = uint64(limit), at.text(0), at.text(1), at.text(2)
	err = refusalSums(ctx, conn, "dump_refusals", v, func(r model.Refusal, firstMS int64) {
		rows++
		b.Refusals = append(b.Refusals, store.RefusalRows(r, firstMS)...)
		at.Project, at.Texts = r.Project, []string{string(r.Reason), r.Event, r.Library}
	})
	return rows, limit, err
}

// Stored implements store.Dumper.
func (s *Store) Stored(ctx context.Context, b *store.Batch) (*store.Batch, error) {
	var found store.Batch
	err := s.read(ctx, "stored", func(ctx context.Context, conn driver.Conn) (err error) {
		found = store.Batch{}
		if len(b.Events) > 0 {
			if found.Events, err = rowsOf(ctx, conn, table.Events, "events_of", keyValues(keysOf(b.Events))); err != nil {
				return err
			}
		}
		if len(b.Contents) > 0 {
			keys := make([]model.Key, len(b.Contents))
			for i, c := range b.Contents {
				keys[i] = model.Key{Project: c.Project, UUID: c.UUID, TimeMS: c.TimeMS}
			}
			if found.Contents, err = rowsOf(ctx, conn, table.Contents, "contents_of", keyValues(keys)); err != nil {
				return err
			}
		}
		if len(b.Identities) > 0 {
			var projects, ids, others, uuids []string
			for _, i := range b.Identities {
				projects, uuids = append(projects, i.Project), append(uuids, i.UUID.String())
				ids, others = append(ids, i.ID), append(others, i.OtherID)
			}
			if found.Identities, err = rowsOf(ctx, conn, table.Identities, "identities_of", values{"projects": projects, "ids": ids, "others": others, "uuids": uuids}); err != nil {
				return err
			}
		}
		if len(b.Blocks) > 0 {
			var projects, sessions, uuids []string
			for i := range b.Blocks {
				projects, uuids = append(projects, b.Blocks[i].Project), append(uuids, b.Blocks[i].UUID.String())
				sessions = append(sessions, b.Blocks[i].SessionID)
			}
			if found.Blocks, err = rowsOf(ctx, conn, table.Blocks, "blocks_of", values{"projects": projects, "sessions": sessions, "uuids": uuids}); err != nil {
				return err
			}
		}
		if len(b.Saved) > 0 {
			var projects, uuids []string
			for i := range b.Saved {
				projects, uuids = append(projects, b.Saved[i].Project), append(uuids, b.Saved[i].UUID.String())
			}
			if found.Saved, err = rowsOf(ctx, conn, table.Saved, "saved_of", values{"projects": projects, "uuids": uuids}); err != nil {
				return err
			}
		}
		if len(b.Refusals) == 0 {
			return nil
		}
		var projects, reasons, events, libraries []string
		for _, r := range b.Refusals {
			projects = append(projects, r.Project)
			reasons, events, libraries = append(reasons, string(r.Reason)), append(events, r.Event), append(libraries, r.Library)
		}
		return refusalSums(ctx, conn, "refusals_of", values{"projects": projects, "reasons": reasons, "events": events, "libraries": libraries}, func(r model.Refusal, firstMS int64) {
			found.Refusals = append(found.Refusals, store.RefusalRows(r, firstMS)...)
		})
	})
	return &found, err
}

func refusalSums(ctx context.Context, conn driver.Conn, name string, v values, each func(sum model.Refusal, firstMS int64)) error {
	return query(ctx, conn, name, v, func(rows driver.Rows) error {
		var r model.Refusal
		var firstMS int64
		err := rows.Scan(&r.Project, (*string)(&r.Reason), &r.Event, &r.Library, &r.Detail, &r.Bytes, &r.Count, &firstMS, &r.AtMS)
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

// keyValues are the parameters that find rows by their sorting key. A key does not tell whether the event was sent with its time, so both possible
// keys are looked up.
func keyValues(keys []model.Key) values {
	at := make([]int64, 0, 2*len(keys))
	projects, ids := make([]string, 0, 2*len(keys)), make([]string, 0, 2*len(keys))
	for _, k := range keys {
		id := k.UUID.String()
		if ms, ok := timeIn(k.UUID); ok {
			projects, at, ids = append(projects, k.Project), append(at, ms), append(ids, id)
			continue
		}
		projects, at, ids = append(projects, k.Project, k.Project), append(at, k.TimeMS, untimedMS), append(ids, id, id)
	}
	return values{"projects": projects, "sort_ms": at, "uuids": ids}
}

// Size implements store.Dumper.
func (s *Store) Size(ctx context.Context) (events, blocks int64, err error) {
	err = s.read(ctx, "size", func(ctx context.Context, conn driver.Conn) error {
		return query(ctx, conn, "size", nil, func(rows driver.Rows) error { return rows.Scan(&events, &blocks) })
	})
	return events, blocks, err
}
