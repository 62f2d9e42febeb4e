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

// A journal is a heading, twice, in a sector each, and records of 128 bytes. Records are written into room that was
// filled with zeros and made durable before, so making one durable changes nothing but its sector, which a disk writes whole
// or not at all: what is neither zeros nor a record was damaged.

const (
	sectorBytes   = 512
	headingsBytes = 2 * sectorBytes
	recordBytes   = 128
	// roomRecords is for how many records room is made at a time.
	roomRecords = 1024
)

// Kind is what a commit did.
type Kind uint32

const (
	// Appended only rows: what comes behind such a commit can be kept without it.
	Appended Kind = 1
	// Changed or dropped rows, or tables: what comes behind depends on it.
	Changed Kind = 2
	// kindHead is no commit: the record holds the head of the log.
	kindHead Kind = 3
)

// heading is what a journal says of the time before its first record.
type heading struct {
	// New is true until the database was made. What is there then was never used.
	New bool `json:"new,omitempty"`
	// Database is the name that is in the database file, as hexadecimal digits.
	Database string `json:"database"`
	// Iteration is that of the database file at the last checkpoint. The log began behind it.
	Iteration uint64 `json:"iteration"`
	// Commits, Events and Blocks are how many there were at that time.
	Commits int64 `json:"commits"`
	Events  int64 `json:"events"`
	Blocks  int64 `json:"blocks"`
	// SinceMS is when the first of them was acknowledged, 0 when none was.
	SinceMS int64 `json:"since_ms,omitempty"`
}

func (h *heading) describes(d database) bool { return h.Database == hex.EncodeToString(d.name[:]) }

// record is one commit's, or holds the head of the log.
type record struct {
	kind Kind
	sum  uint32 // of the bytes of the log from start to end
	// commit counts them, from the journal's beginning.
	commit         int64
	timeMS         int64
	start, end     int64
	events, blocks uint32
	head           []byte // of kindHead alone
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

// parse reads a record, false when its bytes are none.
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

// content is what a journal says.
type content struct {
	heading
	head    []byte // of the log, nil before its first commit
	records []record
	// damaged is how many records are none; the last ones of these, behind all that are some, are counted in lastDamaged, too.
	damaged, lastDamaged int
}

// leastRecord is how many bytes of a record are not 0 at least: its checksums and times alone are. With fewer it is room in
// which something was damaged, and no record is missed.
const leastRecord = 12

var errNone = errors.New("no journal")

// load reads a journal. The error is errNone when there is none or its heading is damaged.
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

// store writes a journal in place of the one that is there, whole or not at all, and returns it open, with where the next
// record goes and where its room ends.
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
