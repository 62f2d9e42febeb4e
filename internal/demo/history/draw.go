package history

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// draw makes all random choices. Two with the same seed make the same choices, on every machine.
type draw struct{ *rand.Rand }

// newDraw has a seed made from a name and a number, so that the choices of one story do not affect another.
func newDraw(name string, n int64) draw {
	h := fnv.New64a()
	h.Write([]byte(name))
	return draw{rand.New(rand.NewPCG(h.Sum64(), uint64(n)))}
}

// chance is true with a given probability.
func (d draw) chance(share float64) bool { return d.Float64() < share }

// between gives a whole number from low to high, both included.
func (d draw) between(low, high int) int { return low + d.IntN(high-low+1) }

// lasts is a random duration between two, in whole milliseconds. Short ones are more frequent, as with real waits.
func (d draw) lasts(low, high time.Duration) time.Duration {
	f := d.Float64()
	return (low + time.Duration(f*f*float64(high-low))).Truncate(time.Millisecond)
}

func pick[T any](d draw, all []T) T { return all[d.IntN(len(all))] }

// weighted chooses an index by weights.
func (d draw) weighted(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := d.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// id is a UUID of version 4.
func (d draw) id() uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], d.Uint64())
	binary.BigEndian.PutUint64(id[8:], d.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// timeID is a UUID of version 7, which begins with a time, as posthog-js makes them for sessions and tabs.
func (d draw) timeID(at time.Time) string {
	id := d.id()
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (40 - 8*i))
	}
	id[6] = id[6]&0x0f | 0x70
	return id.String()
}

// number is a number with as many digits, which does not begin with 0.
func (d draw) number(digits int) string {
	low := 1
	for range digits - 1 {
		low *= 10
	}
	return strconv.Itoa(low + d.IntN(9*low))
}
