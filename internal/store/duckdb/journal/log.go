package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
	"os"
)

// These are the parts of DuckDB's formats that are used here (version 1.5, storage/write_ahead_log.cpp and storage/single_file_block_manager.cpp). A
// log has a head of some 50 bytes without a checksum, which contains the ids of the database and of its checkpoint, and entries, each preceded by its
// length and checksum (64 bits each). The last entry of each commit is always the same.
//
// DuckDB's checksum is the exclusive or of the products of all words, so it does not detect words that changed places. It also calls a run of zeros
// damaged, which a power failure may leave at the end. So it decides only about parts for which there is no record in the journal.

// minEntry is the minimum size of an entry: length, checksum, and the type of the entry.
const minEntry = 16 + 5

// commitEntry is the payload of the entry that ends a commit.
var commitEntry = []byte{100, 0, 100, 0xff, 0xff}

// entries reads a log's entries from an offset.
type entries struct {
	log  io.ReaderAt
	at   int64
	size int64
	buf  []byte
}

// next skips one entry; false if there is no complete one.
func (e *entries) next() (commit, ok bool) {
	var head [16]byte
	if e.size-e.at < minEntry {
		return false, false
	}
	if _, err := e.log.ReadAt(head[:], e.at); err != nil {
		return false, false
	}
	n := binary.LittleEndian.Uint64(head[:])
	if n < minEntry-16 || n > uint64(e.size-e.at-16) {
		return false, false
	}
	if uint64(cap(e.buf)) < n {
		e.buf = make([]byte, n)
	}
	payload := e.buf[:n]
	if _, err := e.log.ReadAt(payload, e.at+16); err != nil || duckChecksum(payload) != binary.LittleEndian.Uint64(head[8:]) {
		return false, false
	}
	e.at += 16 + int64(n)
	return string(payload) == string(commitEntry), true
}

// wholeCommits finds the complete commits at or after an offset: the end of the last one, and their number.
func wholeCommits(log io.ReaderAt, from, size int64) (end int64, commits int64) {
	e := entries{log: log, at: from, size: size}
	for end = from; ; {
		commit, ok := e.next()
		if !ok {
			return end, commits
		}
		if commit {
			end = e.at
			commits++
		}
	}
}

// maxHead is larger than any head of a log: at most 2 bytes for each of the 16 bytes of the database's id, and 25.
const maxHead = 104

// headLength finds the start of the first entry, 0 if there is none.
func headLength(log io.ReaderAt, size int64) int64 {
	for at := int64(1); at <= maxHead; at++ {
		e := entries{log: log, at: at, size: size}
		if _, ok := e.next(); ok {
			return at
		}
	}
	return 0
}

// duckChecksum is DuckDB's Checksum (common/checksum.cpp).
func duckChecksum(b []byte) uint64 {
	result := uint64(5381)
	for ; len(b) >= 8; b = b[8:] {
		result ^= binary.LittleEndian.Uint64(b) * 0xbf58476d1ce4e5b9
	}
	if len(b) > 0 {
		result ^= duckRemainder(b)
	}
	return result
}

// duckRemainder is the checksum of the last 1 to 7 bytes: the last step of MurmurHash2.
func duckRemainder(b []byte) uint64 {
	const m, r = 0xc6a4a7935bd1e995, 47
	h := uint64(0xe17a1465)
	_, low := bits.Mul64(uint64(len(b)), m)
	h ^= low
	for i, c := range b {
		h ^= uint64(c) << (8 * i)
	}
	h *= m
	h ^= h >> r
	h *= m
	return h ^ h>>r
}

// database is the content of the head of a database file.
type database struct {
	name      [16]byte // random, created with the file
	iteration uint64   // counts checkpoints
}

const (
	pageBytes  = 4096
	nameOffset = 124
)

var errHead = errors.New("the head of the file does not match its checksums")

// readDatabase reads the three pages at the beginning of a database file. DuckDB needs all three intact.
func readDatabase(file io.ReaderAt) (database, error) {
	var d database
	page := make([]byte, pageBytes)
	for i := range int64(3) {
		if _, err := file.ReadAt(page, i*pageBytes); errors.Is(err, io.EOF) {
			return d, errHead
		} else if err != nil {
			return d, err
		}
		if duckChecksum(page[8:]) != binary.LittleEndian.Uint64(page) {
			return d, errHead
		}
		if i == 0 {
			copy(d.name[:], page[nameOffset:])
		} else {
			d.iteration = max(d.iteration, binary.LittleEndian.Uint64(page[8:]))
		}
	}
	return d, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumBytes is how much is read at a time for a checksum: it fits into a processor's second-level cache.
const sumBytes = 128 << 10

// sum is the checksum of a part of a file.
func sum(file io.ReaderAt, from, to int64, buf []byte) (uint32, error) {
	crc := uint32(0)
	for from < to {
		part := buf[:min(int64(len(buf)), to-from)]
		if _, err := file.ReadAt(part, from); err != nil {
			return 0, err
		}
		crc = crc32.Update(crc, castagnoli, part)
		from += int64(len(part))
	}
	return crc, nil
}

func size(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
