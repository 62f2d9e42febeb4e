package journal

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
	"os"
)

// What is known here of DuckDB's own formats (1.5, storage/write_ahead_log.cpp and storage/single_file_block_manager.cpp).
// A log is a head of some 50 bytes without a checksum, which names the database and its checkpoint, and entries, each with
// its length and checksum (64 bits each) in front. The last entry of each commit is always the same.
//
// DuckDB's checksum is the exclusive or of the products of all words, so it does not see words that changed places, and a
// run of zeros is an entry it calls damaged, where a power cut has left one. So it decides only about what no record of
// ours is about.

// minEntry is the least that an entry takes: length, checksum, and the type of the entry.
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

// next goes behind one entry, false when none is there whole.
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

// wholeCommits is where the last whole commit ends that begins at or behind an offset, and how many there are.
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

// maxHead is more than the head of a log takes: at most 2 bytes for each of the 16 of the database's name, and 25.
const maxHead = 104

// headLength finds where the first entry begins, 0 when there is none.
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

// duckRemainder is for the last 1 to 7 bytes: MurmurHash2's end.
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

// database is what the head of a database file says.
type database struct {
	name      [16]byte // random, made with the file
	iteration uint64   // counts checkpoints
}

const (
	pageBytes  = 4096
	nameOffset = 124
)

var errHead = errors.New("the head of the file does not match its checksums")

// readDatabase reads the three pages at the beginning of a database file. DuckDB needs all three whole.
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

// sumBytes is how much is read at a time for a checksum: it stays in a processor's second cache.
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
