package textblock

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// table numbers tokens in the order in which they first come. A map of Go's took half of the time of making a block.
type table struct {
	letters []byte
	ends    []uint32
	kinds   []kind
	counts  []uint32
	// slots are a power of two, at most half of them used: a token's number and one more, and the upper half of its hash.
	slots []slot
}

type slot struct{ hash, number uint32 }

func (t *table) len() int { return len(t.ends) }

func (t *table) token(n uint32) []byte {
	from := uint32(0)
	if n > 0 {
		from = t.ends[n-1]
	}
	return t.letters[from:t.ends[n]]
}

// number is a token's, the same each time.
func (t *table) number(token []byte, k kind) uint32 {
	if 2*len(t.ends) >= len(t.slots) {
		t.grow()
	}
	h := xxhash.Sum64(token)
	mask := uint32(len(t.slots) - 1)
	at := uint32(h) & mask
	for ; t.slots[at].number != 0; at = (at + 1) & mask {
		if s := t.slots[at]; s.hash == uint32(h>>32) && bytes.Equal(t.token(s.number-1), token) {
			return s.number - 1
		}
	}
	t.letters = append(t.letters, token...)
	t.ends, t.kinds, t.counts = append(t.ends, uint32(len(t.letters))), append(t.kinds, k), append(t.counts, 0)
	t.slots[at] = slot{uint32(h >> 32), uint32(len(t.ends))}
	return uint32(len(t.ends)) - 1
}

func (t *table) grow() {
	t.slots = make([]slot, max(1024, 2*len(t.slots)))
	mask := uint32(len(t.slots) - 1)
	for n := range t.ends {
		h := xxhash.Sum64(t.token(uint32(n)))
		at := uint32(h) & mask
		for t.slots[at].number != 0 {
			at = (at + 1) & mask
		}
		t.slots[at] = slot{uint32(h >> 32), uint32(n) + 1}
	}
}

func (t *table) reset() {
	clear(t.slots)
	*t = table{letters: t.letters[:0], ends: t.ends[:0], kinds: t.kinds[:0], counts: t.counts[:0], slots: t.slots}
}
