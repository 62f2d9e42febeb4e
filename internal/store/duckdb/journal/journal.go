// Package journal records, in a file beside a DuckDB database, what the database's log must contain.
//
//	events.duckdb           the database, as of its last checkpoint
//	events.duckdb.wal       its log: what was committed since
//	events.duckdb.journal   for each commit: its number and time, what it brought, and where it lies in the log, with a checksum
//
// A record becomes durable after its commit, and before the commit is acknowledged. Therefore each record describes bytes that were durable in the
// log, however the process ended, and a commit without a record was never acknowledged. Inspect compares the three files, without changing them,
// before DuckDB opens them: DuckDB itself drops a damaged log silently, or refuses it without a reason.
//
// A checkpoint moves the log into the database and increments the iteration in the head of the database file; then a new journal begins. If a journal
// has an earlier iteration than the database, the process ended between these two steps: everything in the journal is part of the database.
package journal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/playheadhq/playhead/internal/disk"
)

// suffix and logSuffix follow the name of the database file.
const (
	suffix    = ".journal"
	logSuffix = ".wal"
)

// Journal is a journal that is being written. It is for one goroutine at a time.
type Journal struct {
	name string // of the database file
	// db is open as long as DuckDB is: closing a file releases the locks that the process has on it, including DuckDB's.
	db *os.File

	heading
	// first is the journal before its first record is written, nil afterwards. tail is where the log ended at that time; 0 means that first describes
	// all of it.
	first *content
	tail  int64

	file       *os.File
	next, room int64
	hasHead    bool
	end        int64 // of the recorded part of the log
	// The totals of all stored data.
	commits, events, blocks, sinceMS int64

	buf []byte
}

// Record records the commit that DuckDB has just made durable, with its numbers of events and blocks. If it returns an error, the commit must not be
// acknowledged, and the journal must not be used again.
func (j *Journal) Record(kind Kind, events, blocks int) error {
	d, err := readDatabase(j.db)
	if err != nil {
		return j.wrap(err)
	}
	now := time.Now().UnixMilli()
	if d.iteration != j.Iteration { // the commit included a checkpoint, and is part of the database
		j.count(now, int64(events), int64(blocks))
		return j.wrap(j.turn(d))
	}
	log, err := os.Open(j.name + logSuffix)
	if errors.Is(err, fs.ErrNotExist) && kind == Changed {
		return nil // the commit changed nothing
	}
	if err != nil {
		return j.wrap(err)
	}
	defer log.Close()
	if j.first != nil {
		if err := j.start(log, now); err != nil {
			return j.wrap(err)
		}
	}
	end, err := size(log)
	if err != nil {
		return j.wrap(err)
	}
	if end == j.end && kind == Changed {
		return nil
	}
	if end <= j.end {
		return j.wrap(fmt.Errorf("the log has %d bytes after a commit, %d before", end, j.end))
	}
	return j.wrap(j.extend(log, end, record{kind: kind, timeMS: now, events: uint32(events), blocks: uint32(blocks)}))
}

// Turn begins a new journal after DuckDB has moved its log into the database.
func (j *Journal) Turn() error {
	d, err := readDatabase(j.db)
	if err == nil && d.iteration != j.Iteration {
		err = j.turn(d)
	}
	return j.wrap(err)
}

// Close must be called after DuckDB has closed the database.
func (j *Journal) Close() error {
	var errs []error
	if j.file != nil {
		errs = append(errs, j.file.Close())
	}
	return errors.Join(append(errs, j.db.Close())...)
}

func (j *Journal) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("journal %s: %w", filepath.Base(j.name+suffix), err)
}

func (j *Journal) count(nowMS, events, blocks int64) {
	j.commits++
	j.events += events
	j.blocks += blocks
	if j.sinceMS == 0 && events+blocks > 0 {
		j.sinceMS = nowMS
	}
}

// extend records the log's bytes up to end as one commit.
func (j *Journal) extend(log *os.File, end int64, r record) error {
	r.start, r.end = j.end, end
	var raw []byte
	if !j.hasHead {
		if n := headLength(log, end); n > 0 {
			head := record{kind: kindHead, head: make([]byte, n)}
			if _, err := log.ReadAt(head.head, 0); err != nil {
				return err
			}
			raw = head.append(raw)
			r.start = n
		}
	}
	var err error
	if r.sum, err = sum(log, r.start, end, j.buf); err != nil {
		return err
	}
	j.count(r.timeMS, int64(r.events), int64(r.blocks))
	r.commit = j.commits
	raw = r.append(raw)
	if j.next+int64(len(raw)) > j.room {
		if _, err := j.file.WriteAt(make([]byte, roomRecords*recordBytes), j.room); err != nil {
			return err
		}
		if err := j.file.Sync(); err != nil {
			return err
		}
		j.room += roomRecords * recordBytes
	}
	if _, err := j.file.WriteAt(raw, j.next); err != nil {
		return err
	}
	if err := disk.SyncData(j.file); err != nil {
		return err
	}
	j.next += int64(len(raw))
	j.end, j.hasHead = end, true
	return nil
}

// fresh is the journal after a checkpoint.
func (j *Journal) fresh(d database) *content {
	return &content{heading: heading{
		Database: hex.EncodeToString(d.name[:]), Iteration: d.iteration,
		Commits: j.commits, Events: j.events, Blocks: j.blocks, SinceMS: j.sinceMS,
	}}
}

// turn begins a new journal after a checkpoint, which leaves no log.
func (j *Journal) turn(d database) error { return j.begin(j.fresh(d)) }

// start begins with the result of Inspect.
func (j *Journal) start(log *os.File, nowMS int64) error {
	if err := j.begin(j.first); err != nil {
		return err
	}
	if j.tail <= j.end {
		return nil
	}
	return j.extend(log, j.tail, record{kind: Changed, timeMS: nowMS})
}

// begin writes a journal and continues it.
func (j *Journal) begin(c *content) error {
	if j.file != nil {
		_ = j.file.Close() // its content is durable, and it is about to be replaced
		j.file = nil
	}
	file, next, room, err := c.store(j.name + suffix)
	if err != nil {
		return err
	}
	j.heading, j.file, j.next, j.room, j.first = c.heading, file, next, room, nil
	j.hasHead, j.end = c.head != nil, int64(len(c.head))
	j.commits, j.events, j.blocks, j.sinceMS = totals(c)
	if len(c.records) > 0 {
		j.end = lastEnd(c.records)
	}
	return nil
}

// headIs reports whether the beginning of a log matches its journal.
func headIs(log *os.File, head []byte) (bool, error) {
	found := make([]byte, len(head))
	n, err := log.ReadAt(found, 0)
	if n < len(head) {
		return false, nil
	}
	return bytes.Equal(found, head), err
}
