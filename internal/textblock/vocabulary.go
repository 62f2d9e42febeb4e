package textblock

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
)

// vocabulary is every token of a block. A token's number is its position in it.
type vocabulary struct {
	letters []byte
	ends    []uint32 // in letters
	kinds   []kind
}

func (v *vocabulary) token(n uint32) []byte {
	from := uint32(0)
	if n > 0 {
		from = v.ends[n-1]
	}
	return v.letters[from:v.ends[n]]
}

// A token's number takes one to five bytes; the first tells how many.
const (
	ones   = 192
	twos   = ones + 56<<8
	threes = twos + 7<<16
	// leads of two, three and five bytes
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

// number reads one of a row of numbers; ok is false when it is cut off or none of the vocabulary's.
func (v *vocabulary) number(b []byte) (n uint32, size int, ok bool) {
	n, size, ok = number(b)
	return n, size, ok && n < uint32(len(v.ends))
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

// order orders tokens so that the most frequent have the shortest numbers, and those of equally long numbers lie beside those
// that begin like them. It returns the old positions in the new order.
func order(t *table) []uint32 {
	frequent := make([]uint64, t.len())
	for n, count := range t.counts {
		frequent[n] = uint64(^count)<<32 | uint64(n)
	}
	slices.Sort(frequent)
	positions := make([]uint32, len(frequent))
	for i, f := range frequent {
		positions[i] = uint32(f)
	}
	from := 0
	for _, end := range []int{ones, twos, threes, len(positions)} {
		end = min(end, len(positions))
		sortByText(t, positions[from:end])
		from = end
	}
	return positions
}

// sortByText compares the first eight bytes as a number, which is all that most comparisons need.
func sortByText(t *table, positions []uint32) {
	type token struct {
		begin    uint64
		position uint32
	}
	all := make([]token, len(positions))
	for i, position := range positions {
		var begin [8]byte
		copy(begin[:], t.token(position))
		all[i] = token{binary.BigEndian.Uint64(begin[:]), position}
	}
	slices.SortFunc(all, func(a, b token) int {
		if a.begin != b.begin {
			return cmp.Compare(a.begin, b.begin)
		}
		return bytes.Compare(t.token(a.position), t.token(b.position))
	})
	for i := range all {
		positions[i] = all[i].position
	}
}

// appendVocabulary writes how many tokens there are, of each how much of it is as in the one before and how long the rest is, and
// then the rests. They follow each other so that zstd sees letters beside letters.
func appendVocabulary(b []byte, t *table, positions []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(positions)))
	shared := make([]int, len(positions))
	var last []byte
	for i, position := range positions {
		token := t.token(position)
		for shared[i] < min(len(last), len(token), 255) && last[shared[i]] == token[shared[i]] {
			shared[i]++
		}
		b = append(b, byte(shared[i]))
		last = token
	}
	for i, position := range positions {
		b = binary.AppendUvarint(b, uint64(len(t.token(position))-shared[i]))
	}
	for i, position := range positions {
		b = append(b, t.token(position)[shared[i]:]...)
	}
	return b
}

// walk calls use for each token of what appendVocabulary wrote, which is the callee's until it returns; nothing may follow it. A search needs
// no more: putting all tokens together takes longer.
func walk(b []byte, use func(token []byte)) error {
	count, size := binary.Uvarint(b)
	if size <= 0 || count > uint64(len(b)-size)/2 {
		return errVocabulary
	}
	b = b[size:]
	shared, lengths := b[:count], b[count:]
	// The rests begin behind the lengths.
	at, sum := 0, uint64(0)
	for range shared {
		length, size := binary.Uvarint(lengths[at:])
		if size <= 0 || length > uint64(len(b)) {
			return errVocabulary
		}
		at, sum = at+size, sum+length
	}
	rests := lengths[at:]
	if sum != uint64(len(rests)) {
		return errVocabulary
	}
	token := make([]byte, 0, 512)
	for _, begin := range shared {
		length, size := binary.Uvarint(lengths)
		if int(begin) > len(token) {
			return errVocabulary
		}
		token = append(token[:begin], rests[:length]...)
		use(token)
		lengths, rests = lengths[size:], rests[length:]
	}
	return nil
}

var errVocabulary = fmt.Errorf("%w: its vocabulary", ErrCorrupt)

// tokensOf is how many tokens a vocabulary says that it has; walk says whether that is so.
func tokensOf(b []byte) int {
	count, size := binary.Uvarint(b)
	if size <= 0 || count > uint64(len(b)) {
		return 0
	}
	return int(count)
}

// readVocabulary reads what appendVocabulary wrote. Letters takes up to most bytes.
func readVocabulary(b []byte, most int) (*vocabulary, error) {
	n := tokensOf(b)
	// Held apart until they are done: what is written through a pointer tells the garbage collector each time.
	letters, ends, kinds := make([]byte, 0, min(2*len(b), most)), make([]uint32, 0, n), make([]kind, 0, n)
	err := walk(b, func(token []byte) {
		if len(letters)+len(token) > most { // and walk goes on over what is at most as long as b
			most = -1
			return
		}
		letters, kinds = append(letters, token...), append(kinds, kindOf(token))
		ends = append(ends, uint32(len(letters)))
	})
	if err == nil && most < 0 {
		err = errVocabulary
	}
	return &vocabulary{letters, ends, kinds}, err
}
