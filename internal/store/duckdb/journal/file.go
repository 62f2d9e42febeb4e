package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/playheadhq/playhead/internal/disk"
)

// A journal has a heading, twice, in a sector each, and records of 128 bytes. Records are written into space that was filled with zeros and made
// durable before. Therefore writing one changes only its sector, which a disk writes completely or not at all: a sector that contains neither zeros
// nor a valid record was damaged.

const (
	sectorBytes   = 512
	headingsBytes = 2 * sectorBytes
	recordBytes   = 128
	// roomRecords is for how many records space is prepared at a time.
	roomRecords = 1024
)

// Kind is the kind of a commit.
type Kind uint32

const (
	// Appended: the commit only added rows, so later commits can be kept without it.
	Appended Kind = 1
	// Changed: the commit changed or dropped rows, or changed tables, so later commits depend on it.
	Changed Kind = 2
	// kindHead is not a commit: the record holds the head of the log.
	kindHead Kind = 3
)

// heading is the journal's state before its first record.
type heading struct {
	// New is true until the database was created. Files from before that were never used.
	New bool `json:"new,omitempty"`
	// Database is the name that is in the database file, as hexadecimal digits.
	Database string `json:"database"`
	// Iteration is the database file's iteration at the last checkpoint, after which the log began.
	Iteration uint64 `json:"iteration"`
	// Commits, Events and Blocks are the totals at that time.
	Commits int64 `json:"commits"`
	Events  int64 `json:"events"`
	Blocks  int64 `json:"blocks"`
	// SinceMS is when the first of them was acknowledged, 0 if there are none.
	SinceMS int64 `json:"since_ms,omitempty"`
}

func (h *heading) describes(d database) bool { return h.Database == hex.EncodeToString(d.name[:]) }

// record is the record of one commit, or holds the head of the log.
type record struct {
	kind Kind
	sum  uint32 // of the bytes of the log from start to end
	// commit is the number of the commit, counted from the journal's beginning.
	commit         int64
	timeMS         int64
	start, end     int64
	events, blocks uint32
	head           []byte // only for kindHead
}

func (r *record) append(b []byte) []byte {
	at := len(b)
	b = append(b, make([]byte, recordBytes)...)
	out := b[at:]
	binary.LittleEndian.PutUint32(out[4:], uint32(r.kind))
	if r.kind == kindHead {
		binary.LittleEndian.PutUint64(out[8:], uint64(len(r.head)))
		copy(out[16:], r.head)
	} else {
		binary.LittleEndian.PutUint64(out[8:], uint64(r.commit))
		binary.LittleEndian.PutUint64(out[16:], uint64(r.timeMS))
		binary.LittleEndian.PutUint64(out[24:], uint64(r.start))
		binary.LittleEndian.PutUint64(out[32:], uint64(r.end))
		binary.LittleEndian.PutUint32(out[40:], r.sum)
		binary.LittleEndian.PutUint32(out[44:], r.events)
		binary.LittleEndian.PutUint32(out[48:], r.blocks)
	}
	binary.LittleEndian.PutUint32(out, crc32.Checksum(out[4:], castagnoli))
	return b
}

// parse reads a record. It returns false if the bytes are not a valid record.
func (r *record) parse(b []byte) bool {
	if crc32.Checksum(b[4:], castagnoli) != binary.LittleEndian.Uint32(b) {
		return false
	}
	*r = record{kind: Kind(binary.LittleEndian.Uint32(b[4:]))}
	if r.kind == kindHead {
		n := binary.LittleEndian.Uint64(b[8:])
		if n > maxHead {
			return false
		}
		r.head = b[16 : 16+n : 16+n]
		return true
	}
	r.commit, r.timeMS = int64(binary.LittleEndian.Uint64(b[8:])), int64(binary.LittleEndian.Uint64(b[16:]))
	r.start, r.end = int64(binary.LittleEndian.Uint64(b[24:])), int64(binary.LittleEndian.Uint64(b[32:]))
	r.sum, r.events, r.blocks = binary.LittleEndian.Uint32(b[40:]), binary.LittleEndian.Uint32(b[44:]), binary.LittleEndian.Uint32(b[48:])
	return (r.kind == Appended || r.kind == Changed) && r.start >= 0 && r.start <= r.end
}

// content is the content of a journal.
type content struct {
	heading
	head    []byte // of the log, nil before its first commit
	records []record
	// damaged is the number of invalid records, lastDamaged the number of those after the last valid one.
	damaged, lastDamaged int
}

// leastRecord is the minimum number of non-zero bytes in a record: its checksums and times have so many. With fewer, it is unused space that was
// damaged, and no record is missing.
const leastRecord = 12

var errNone = errors.New("no journal")

// load reads a journal. The error is errNone if there is none or if its heading is damaged.
func load(name string) (*content, error) {
	all, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is missing", errNone, filepath.Base(name))
	}
	if err != nil {
		return nil, err
	}
	c := new(content)
	if !c.parseHeading(all, 0) && !c.parseHeading(all, sectorBytes) {
		return nil, fmt.Errorf("%w: %s is damaged", errNone, filepath.Base(name))
	}
	var zeros [recordBytes]byte
	last := headingsBytes - recordBytes // where the last record is
	for at := headingsBytes; at+recordBytes <= len(all); at += recordBytes {
		raw := all[at : at+recordBytes]
		if string(raw) == string(zeros[:]) {
			continue
		}
		var r record
		switch {
		case !r.parse(raw), len(c.records) > 0 && r.kind != kindHead && r.start < c.records[len(c.records)-1].end:
			c.damaged++
			if at == last+(c.lastDamaged+1)*recordBytes && recordBytes-bytes.Count(raw, []byte{0}) >= leastRecord {
				c.lastDamaged++
			}
			continue
		case r.kind == kindHead:
			c.head = r.head
		default:
			c.records = append(c.records, r)
		}
		last, c.lastDamaged = at, 0
	}
	return c, nil
}

func (c *content) parseHeading(all []byte, at int) bool {
	if len(all) < at+sectorBytes {
		return false
	}
	b := all[at : at+sectorBytes]
	n := binary.LittleEndian.Uint32(b[4:])
	if n > sectorBytes-8 || crc32.Checksum(b[4:8+n], castagnoli) != binary.LittleEndian.Uint32(b) {
		return false
	}
	c.heading = heading{}
	return json.Unmarshal(b[8:8+n], &c.heading) == nil
}

// store replaces a journal, completely or not at all, and returns the open file, with the position of the next record and the end of its space.
func (c *content) store(name string) (f *os.File, next, room int64, err error) {
	text, err := json.Marshal(c.heading)
	if err != nil || len(text) > sectorBytes-8 {
		return nil, 0, 0, fmt.Errorf("heading of %d bytes: %w", len(text), err)
	}
	sector := make([]byte, sectorBytes)
	binary.LittleEndian.PutUint32(sector[4:], uint32(len(text)))
	copy(sector[8:], text)
	binary.LittleEndian.PutUint32(sector, crc32.Checksum(sector[4:8+len(text)], castagnoli))
	all := append(sector, sector...)
	if c.head != nil {
		head := record{kind: kindHead, head: c.head}
		all = head.append(all)
	}
	for i := range c.records {
		all = c.records[i].append(all)
	}
	next = int64(len(all))
	all = append(all, make([]byte, roomRecords*recordBytes)...)

	fresh := name + ".new"
	if f, err = os.OpenFile(fresh, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600); err != nil {
		return nil, 0, 0, err
	}
	_, err = f.Write(all)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(fresh, name)
	}
	if err == nil {
		err = disk.SyncDir(filepath.Dir(name))
	}
	if err != nil {
		return nil, 0, 0, errors.Join(err, f.Close(), os.Remove(fresh))
	}
	return f, next, int64(len(all)), nil
}
