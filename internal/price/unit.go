package price

import "math/bits"

// Unit is something that is counted and has a price.
type Unit uint8

// Units. Input is the prompt without the parts that have prices of their own, Output the answer without such parts.
const (
	Input Unit = iota
	Output
	CacheRead
	CacheWrite
	CacheWrite1h
	CacheReadAudio
	InputAudio
	OutputAudio
	InputImage
	OutputImage
	Reasoning
	WebSearch
	Request
	units
)

var unitNames = [units]string{
	"input", "output", "cache_read", "cache_write", "cache_write_1h", "cache_read_audio", "input_audio", "output_audio", "input_image", "output_image",
	"reasoning", "web_search", "request",
}

// String is the unit's name in tables, settings and the API.
func (u Unit) String() string { return unitNames[u] }

// Per is the number of units that a price is for.
func (u Unit) Per() int64 {
	if u == WebSearch || u == Request {
		return 1000
	}
	return 1_000_000
}

// Units returns all units.
func Units() []Unit {
	all := make([]Unit, units)
	for u := range units {
		all[u] = u
	}
	return all
}

func unitOf(name string) (Unit, bool) {
	for u, n := range unitNames {
		if n == name {
			return Unit(u), true
		}
	}
	return 0, false
}

// Rates are prices in US dollars: for a million tokens, or for a thousand searches or requests.
type Rates struct {
	has   uint16 // a bit for each unit that has a price
	price [units]float64
}

// Has reports whether a unit has a price of its own.
func (r *Rates) Has(u Unit) bool { return r.has&(1<<u) != 0 }

// Of returns a unit's price, 0 if it has none.
func (r *Rates) Of(u Unit) float64 { return r.price[u] }

func (r *Rates) set(u Unit, dollars float64) { r.has, r.price[u] = r.has|1<<u, dollars }

// Empty reports whether nothing has a price.
func (r *Rates) Empty() bool { return bits.OnesCount16(r.has) == 0 }
