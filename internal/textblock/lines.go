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

// A filter says of a word and of an event whether a block may have them, and others say of two words that follow each other whether a
// frame may have those. They are Bloom filters of lines, as long as a line of a processor's cache, each with 480 bits and their
// CRC-32C: an item has all of its bits in one line, so that a reader needs no more than that.
//
// A word has four bits and a pair one. Words are few (20,000 in 4096 events of varied text) and one that is nowhere must hardly ever
// cost a look at the vocabulary: as many lines as make it 1 of 120. Of pairs nobody knows how many different ones there are: they are counted by the
// bits that they set of many lines, which then are put together. Pairs are many (37,000 in a frame), and a phrase has several. Pairs of frequent words are in nearly
// every block, but not in every frame.
const (
	LineBytes = 64
	lineBits  = 8 * (LineBytes - crc32.Size)
	wordBits  = 4
	pairBits  = 1
)

// bitsOfWord is how many bits the filter of words has for each of a word's: of a line 30 % are set.
const bitsOfWord = 2.8

// bitsOfPair is how many bits a filter of pairs has for each pair, nearly: with 2.5 it takes 53 bytes an event and lets 31 % of the frames pass
// that do not have a pair, with 2 42 bytes and 37 %, with 3 63 bytes and 27 %. Foldable is a number of lines with many divisors, to each of which lines
// can be put together.
const (
	bitsOfPair = 2.5
	foldable   = 2520
)

// item is what a filter is asked for.
type item struct {
	hash uint64
	bits int
}

func wordItem(hash uint64) item { return item{hash, wordBits} }
func pairItem(first, second uint64) item {
	return item{mix(first ^ bits.RotateLeft64(second, 29)), pairBits}
}
func eventItem(id uuid.UUID) item { return item{mix(xxhash.Sum64(id[:])), wordBits} }

// hashOf is a word's, regardless of case; never 0.
func hashOf(word []byte) uint64 {
	for _, c := range word {
		if c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return max(1, xxhash.Sum64String(strings.ToLower(view(word))))
		}
	}
	return max(1, xxhash.Sum64(word))
}

func (i item) line(lines int) int { return int(i.hash >> 32 * uint64(lines) >> 32) }

// next is the position of the next of an item's bits in its line, and what finds the one after.
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

// mix spreads a number's bits (the end of MurmurHash3).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// lines are those of a filter that is being made.
type lines [][LineBytes]byte

// wordLines has room for so many words.
func wordLines(words int) lines {
	return make(lines, int(float64(words*wordBits)*bitsOfWord/lineBits)+1)
}

// pairLines has room for so many pairs before it is folded.
func pairLines(pairs int) lines {
	need := int(float64(pairs)*bitsOfPair/lineBits) + 1
	return make(lines, (need+foldable-1)/foldable*foldable)
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

// fold puts lines of filters together that have equally many, as long as these have the bits that their pairs need.
func fold(all []lines) {
	set := 0
	for _, l := range all {
		for i := range l {
			for at := 0; at < LineBytes; at += 8 {
				set += bits.OnesCount64(binary.LittleEndian.Uint64(l[i][at:]))
			}
		}
	}
	// So many pairs set so many of the bits, as a rule.
	have := float64(len(all[0]) * lineBits)
	pairs := -have * math.Log1p(-min(float64(set)/float64(len(all))/have, 0.99))
	times := len(all[0])
	for times > 1 && (len(all[0])%times != 0 || have/float64(times) < bitsOfPair*pairs) {
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

// folded puts so many lines together into one.
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

// asker asks a filter.
type asker struct {
	// first is its first line of the block's, and lines how many it has.
	first, lines int
	// read returns the bytes of a line of the block's.
	read func(line int) ([]byte, error)
}

func (a asker) has(i item) (bool, error) {
	if a.lines == 0 { // it has no filter
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
