package textblock

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync/atomic"
)

// vocabulary has every token of a block. A token's number is its index. A chunk is decoded when one of its tokens is needed; a preview needs half of
// the chunks.
type vocabulary struct {
	chunks []chunk
	tokens uint32
	most   int // the largest size of a chunk's tokens, in bytes
	read   []atomic.Pointer[letters]
}

// letters are the tokens of a chunk.
type letters struct {
	all   []byte
	ends  []uint32 // the end of each token in all
	kinds []kind
}

func newVocabulary(chunks []chunk, most int) *vocabulary {
	v := &vocabulary{chunks: chunks, most: most, read: make([]atomic.Pointer[letters], len(chunks))}
	for i := range chunks {
		v.tokens += uint32(chunks[i].tokens)
	}
	return v
}

// token returns the nth token, which must exist.
func (v *vocabulary) token(n uint32) ([]byte, kind, error) {
	low, high := 0, len(v.chunks) // the chunk is one of these
	for low+1 < high {
		if middle := (low + high) / 2; uint32(v.chunks[middle].first) <= n {
			low = middle
		} else {
			high = middle
		}
	}
	l := v.read[low].Load()
	if l == nil {
		var err error
		if l, err = v.chunks[low].letters(v.most); err != nil {
			return nil, between, err
		}
		v.read[low].Store(l)
	}
	n -= uint32(v.chunks[low].first)
	from := uint32(0)
	if n > 0 {
		from = l.ends[n-1]
	}
	return l.all[from:l.ends[n]], l.kinds[n], nil
}

// A token's number has one to five bytes. The first byte tells how many.
const (
	ones   = 192
	twos   = ones + 56<<8
	threes = twos + 7<<16
	// The first bytes of numbers with two, three and five bytes.
	lead2, lead3, lead5 = ones, ones + 56, 255
)

func appendNumber(b []byte, n uint32) []byte {
	switch {
	case n < ones:
		return append(b, byte(n))
	case n < twos:
		n -= ones
		return append(b, byte(lead2+n>>8), byte(n))
	case n < threes:
		n -= twos
		return append(b, byte(lead3+n>>16), byte(n>>8), byte(n))
	}
	return binary.LittleEndian.AppendUint32(append(b, lead5), n-threes)
}

// number reads one number of a row. ok is false if it is cut off or not in the vocabulary.
func (v *vocabulary) number(b []byte) (n uint32, size int, ok bool) {
	n, size, ok = number(b)
	return n, size, ok && n < v.tokens
}

func number(b []byte) (n uint32, size int, ok bool) {
	switch c := b[0]; {
	case c < ones:
		n, size = uint32(c), 1
	case c < lead3:
		if len(b) < 2 {
			return 0, 0, false
		}
		n, size = ones+uint32(c-lead2)<<8+uint32(b[1]), 2
	case c < lead5:
		if len(b) < 3 {
			return 0, 0, false
		}
		n, size = twos+uint32(c-lead3)<<16+uint32(b[1])<<8+uint32(b[2]), 3
	default:
		if len(b) < 5 {
			return 0, 0, false
		}
		n, size = threes+binary.LittleEndian.Uint32(b[1:]), 5
	}
	return n, size, true
}

// middle divides the numbers of two bytes into two classes: in varied text, the tokens before it are together as frequent as those after it. Within a
// class words are in alphabetical order, so without this division the first byte of a number would not tell zstd how frequent a word is. This saves
// 7.5 bytes an event.
const middle = 1664

// classEnd returns the end of the class of token n: the number of tokens in this class and the classes before it. One class has numbers of one byte,
// two have two bytes, and one each has three and five.
func classEnd(n int) int {
	for _, end := range []int{ones, middle, twos, threes} {
		if n < end {
			return end
		}
	}
	return math.MaxInt
}

// order sorts tokens so that the most frequent have the shortest numbers. In each class separators come first, and then words in the order of their
// lower-case text, which is what a search compares; words with the same beginning are therefore neighbours. It returns the old indexes in the new
// order, and the lower-case text of each token.
func order(t *table) (positions []uint32, lowered []string) {
	frequent := make([]uint64, t.len())
	for n, count := range t.counts {
		frequent[n] = uint64(^count)<<32 | uint64(n)
	}
	slices.Sort(frequent)
	positions, lowered = make([]uint32, len(frequent)), make([]string, len(frequent))
	for i, f := range frequent {
		positions[i] = uint32(f)
	}
	for n := range lowered {
		lowered[n] = strings.ToLower(view(t.token(uint32(n))))
	}
	for from := 0; from < len(positions); {
		class := positions[from:min(classEnd(from), len(positions))]
		gaps := 0
		for i, position := range class {
			if t.kinds[position] == between {
				class[i], class[gaps] = class[gaps], position
				gaps++
			}
		}
		sortByText(t, lowered, class[:gaps])
		sortByText(t, lowered, class[gaps:])
		from += len(class)
	}
	return positions, lowered
}

// sortByText compares the first eight bytes as a number, which decides most comparisons.
func sortByText(t *table, lowered []string, positions []uint32) {
	type token struct {
		begin    uint64
		position uint32
	}
	all := make([]token, len(positions))
	for i, position := range positions {
		var begin [8]byte
		copy(begin[:], lowered[position])
		all[i] = token{binary.BigEndian.Uint64(begin[:]), position}
	}
	slices.SortFunc(all, func(a, b token) int {
		if a.begin != b.begin {
			return cmp.Compare(a.begin, b.begin)
		}
		return cmp.Or(cmp.Compare(lowered[a.position], lowered[b.position]), bytes.Compare(t.token(a.position), t.token(b.position)))
	})
	for i := range all {
		positions[i] = all[i].position
	}
}

// letters decodes the tokens of a chunk, which take up to most bytes.
func (c *chunk) letters(most int) (*letters, error) {
	// These are local variables until the end: writes through a pointer would notify the garbage collector each time.
	all, ends, kinds := make([]byte, 0, min(2*c.size, most)), make([]uint32, 0, c.tokens), make([]kind, 0, c.tokens)
	var buffer []byte
	err := c.walk(&buffer, func(_ int, token []byte, large capitals) bool {
		if len(all)+len(token) > most {
			most = -1
			return false
		}
		all, kinds = append(all, token...), append(kinds, kindOf(token))
		large.enlarge(all[len(all)-len(token):])
		ends = append(ends, uint32(len(all)))
		return true
	})
	if err == nil && most < 0 {
		err = errVocabulary
	}
	if err != nil {
		return nil, err
	}
	return &letters{all, ends, kinds}, nil
}
