package textblock

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"
)

// One filter tells whether a block can contain a word or an event; others tell whether a frame can contain a pair of consecutive words. They are
// Bloom filters made of lines. A line has 64 bytes, like a cache line: 480 bits and their CRC-32C. All bits of an item are in one line, so a reader
// needs no more than that line.
//
// A word has four bits, a pair one. A block has few words (20,000 in 4096 events of varied text), and a missing word should rarely cost a read of the
// vocabulary: the number of lines is chosen so that this happens in 1 of 120 cases. The number of distinct pairs is not known in advance: they set
// bits in many lines, the set bits are counted, and then the lines are combined into fewer. There are many pairs (37,000 in a frame), but a phrase
// has several of them. Pairs of frequent words are in nearly every block, but not in every frame.
const (
	LineBytes = 64
	lineBits  = 8 * (LineBytes - crc32.Size)
	wordBits  = 4
	pairBits  = 1
)

// bitsOfWord is the number of bits of the filter for each bit that a word sets. About 30 % of the bits of a line are set.
const bitsOfWord = 2.8

// bitsOfPair is the approximate number of bits of the filter for each pair. With 2.5 the filter takes 53 bytes an event, and 31 % of the frames
// without a pair pass it; with 2 it is 42 bytes and 37 %, with 3 63 bytes and 27 %. foldable is a number of lines with many divisors; lines can be
// combined into any number that divides it.
const (
	bitsOfPair = 2.5
	foldable   = 2520
)

// item is what is looked up in a filter.
type item struct {
	hash uint64
	bits int
}

func wordItem(hash uint64) item { return item{hash, wordBits} }
func pairItem(first, second uint64) item {
	return item{mix(first ^ bits.RotateLeft64(second, 29)), pairBits}
}
func eventItem(id uuid.UUID) item { return item{mix(xxhash.Sum64(id[:])), wordBits} }

// hashOf returns the hash of a word regardless of case. It is never 0.
func hashOf(word []byte) uint64 {
	for _, c := range word {
		if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return max(1, xxhash.Sum64String(strings.ToLower(view(word))))
		}
	}
	return max(1, xxhash.Sum64(word))
}

func (i item) line(lines int) int { return int(i.hash >> 32 * uint64(lines) >> 32) }

// next returns the position of an item's next bit in its line, and the state for the bit after that.
func next(h uint64) (at uint32, after uint64) {
	h = h*0x9e3779b97f4a7c15 + 0x632be59bd9b4e019
	return uint32(h >> 32 * lineBits >> 32), h
}

func (i item) in(line *[LineBytes]byte) bool {
	h := i.hash
	for range i.bits {
		var at uint32
		if at, h = next(h); line[at>>3&(LineBytes-1)]&(1<<(at&7)) == 0 {
			return false
		}
	}
	return true
}

// mix distributes the bits of a number (the finalizer of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// lines are the lines of a filter while it is made.
type lines [][LineBytes]byte

// wordLines returns lines for the given number of words, and foldableWordLines such lines to be folded later.
func wordLines(words int) lines         { return make(lines, linesOfWords(words)) }
func foldableWordLines(words int) lines { return make(lines, foldableLines(linesOfWords(words))) }

func linesOfWords(words int) int { return int(float64(words*wordBits)*bitsOfWord/lineBits) + 1 }

// pairLines returns lines for the given number of pairs, to be folded later.
func pairLines(pairs int) lines {
	return make(lines, foldableLines(int(float64(pairs)*bitsOfPair/lineBits)+1))
}

// foldableLines returns the next number of lines that can be combined.
func foldableLines(need int) int { return (need + foldable - 1) / foldable * foldable }

// appendLines appends the bytes of filters.
func appendLines(b []byte, all ...lines) []byte {
	for _, l := range all {
		for i := range l {
			b = append(b, l[i][:]...)
		}
	}
	return b
}

func (l lines) add(i item) {
	line := &l[i.line(len(l))]
	h := i.hash
	for range i.bits {
		var at uint32
		at, h = next(h)
		line[at>>3&(LineBytes-1)] |= 1 << (at & 7)
	}
}

// fold combines the lines of filters with equal numbers of lines into fewer, as long as there remain the given number of bits for each bit that an
// item sets.
func fold(all []lines, each float64) {
	set := 0
	for _, l := range all {
		for i := range l {
			for at := 0; at < LineBytes; at += 8 {
				set += bits.OnesCount64(binary.LittleEndian.Uint64(l[i][at:]))
			}
		}
	}
	// The expected number of bits that were set, some of them several times.
	have := float64(len(all[0]) * lineBits)
	items := -have * math.Log1p(-min(float64(set)/float64(len(all))/have, 0.99))
	times := len(all[0])
	for times > 1 && (len(all[0])%times != 0 || have/float64(times) < each*items) {
		times--
	}
	for n := range all {
		all[n] = all[n].folded(times)
	}
}

// seal writes the checksums.
func (l lines) seal() {
	for i := range l {
		binary.LittleEndian.PutUint32(l[i][lineBits/8:], crc32.Checksum(l[i][:lineBits/8], castagnoli))
	}
}

// folded combines lines into the given smaller number of lines.
func (l lines) folded(times int) lines {
	folded := make(lines, len(l)/times)
	for i := range l {
		into := &folded[i/times]
		for at := range into {
			into[at] |= l[i][at]
		}
	}
	return folded
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// asker looks items up in a filter.
type asker struct {
	// first is the index of the filter's first line in the block, and lines its number of lines.
	first, lines int
	// read returns the bytes of a line of the block.
	read func(line int) ([]byte, error)
}

func (a asker) has(i item) (bool, error) {
	if a.lines == 0 { // the block has no filter
		return true, nil
	}
	at := a.first + i.line(a.lines)
	raw, err := a.read(at)
	if err != nil {
		return false, err
	}
	if len(raw) != LineBytes || crc32.Checksum(raw[:lineBits/8], castagnoli) != binary.LittleEndian.Uint32(raw[lineBits/8:]) {
		return false, fmt.Errorf("%w: line %d of its filters", ErrCorrupt, at)
	}
	return i.in((*[LineBytes]byte)(raw)), nil
}
