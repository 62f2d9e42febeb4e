package textblock

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"github.com/cespare/xxhash/v2"
)

// table numbers tokens in the order of their first occurrence. It replaces a Go map, which took half of the time of making a block.
type table struct {
	letters []byte
	ends    []uint32
	kinds   []kind
	counts  []uint32
	// slots are the slots of a hash table. Their number is a power of two, and at most half are used.
	slots []slot
}

// slot is a token's key, and its number plus one.
type slot struct {
	key    uint64
	number uint32
}

// hashed is the smallest key of tokens whose letters must also be compared. Tokens of up to seven bytes, which are the most, are their own keys.
const hashed = 0xff << 56

func keyOf(token []byte) uint64 {
	n := uint64(len(token))
	if n > 7 {
		return xxhash.Sum64(token) | hashed
	}
	if cap(token) >= 8 { // the mask removes the bytes that follow the token
		return binary.LittleEndian.Uint64(token[:8])&(1<<(8*n)-1) | n<<56
	}
	var all [8]byte
	copy(all[:], token)
	return binary.LittleEndian.Uint64(all[:]) | n<<56
}

// seed differs in each process, so that nobody can choose words that collide.
var seed = rand.Uint64()

// first returns the slot at which the search for a key begins.
func (t *table) first(key uint64) int {
	high, low := bits.Mul64(key^seed, 0x9e3779b97f4a7c15)
	return int(high^low) & (len(t.slots) - 1)
}

func (t *table) len() int { return len(t.ends) }

func (t *table) token(n uint32) []byte {
	from := uint32(0)
	if n > 0 {
		from = t.ends[n-1]
	}
	return t.letters[from:t.ends[n]]
}

// number returns the number of a token. A new token gets the next number.
func (t *table) number(token []byte, k kind) uint32 {
	if 2*len(t.ends) >= len(t.slots) {
		t.grow()
	}
	key := keyOf(token)
	at := t.first(key)
	for ; t.slots[at].number != 0; at = (at + 1) & (len(t.slots) - 1) {
		if s := t.slots[at]; s.key == key && (key < hashed || bytes.Equal(t.token(s.number-1), token)) {
			return s.number - 1
		}
	}
	t.letters = append(t.letters, token...)
	t.ends, t.kinds, t.counts = append(t.ends, uint32(len(t.letters))), append(t.kinds, k), append(t.counts, 0)
	t.slots[at] = slot{key, uint32(len(t.ends))}
	return uint32(len(t.ends)) - 1
}

func (t *table) grow() {
	before := t.slots
	t.slots = make([]slot, max(1024, 2*len(before)))
	for _, s := range before {
		if s.number == 0 {
			continue
		}
		at := t.first(s.key)
		for t.slots[at].number != 0 {
			at = (at + 1) & (len(t.slots) - 1)
		}
		t.slots[at] = s
	}
}

func (t *table) reset() {
	clear(t.slots)
	*t = table{letters: t.letters[:0], ends: t.ends[:0], kinds: t.kinds[:0], counts: t.counts[:0], slots: t.slots}
}
