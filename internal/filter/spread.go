package filter

import (
	"math"
	"slices"
)

// Bin is how many values of a field lie between two bounds. Bounds grow by 4 %, so that one value stands for all of a bin.
type Bin struct {
	// N is the whole number below PerBin times the natural logarithm of the values, NoneBin of 0.
	N    int16
	Rows uint32
}

const (
	binGrowth = 1.04
	// NearShare is how far a percentile of bins lies from the exact one at most, as a share of it: 2 %.
	NearShare = (binGrowth - 1) / (binGrowth + 1)
	// NoneBin is the bin of 0, of which there is no logarithm. Those of others are between -18,200 and 18,200.
	NoneBin = math.MinInt16
)

// PerBin is by how much the logarithm of the bounds of a bin differs, as a divisor.
var PerBin = 1 / math.Log(binGrowth)

// value stands for all in a bin: no value of it is further away than NearShare.
func (b Bin) value() float64 {
	if b.N == NoneBin {
		return 0
	}
	return math.Pow(binGrowth, float64(b.N)) * (1 + NearShare)
}

// Spread says how the values of a field that are never negative are spread: its bins, in the order of their values. Spreads of parts add up
// to that of the whole, which percentiles do not.
type Spread []Bin

// AddSpreads is the spread of all that parts are of.
func AddSpreads(parts ...Spread) Spread {
	first, last := int16(math.MaxInt16), int16(math.MinInt16)
	for _, s := range parts {
		if len(s) > 0 {
			first, last = min(first, s[0].N), max(last, s[len(s)-1].N)
		}
	}
	if first > last {
		return nil
	}
	// NoneBin is far below the others.
	low := first
	if first == NoneBin {
		low = math.MaxInt16
		for _, s := range parts {
			for _, b := range s {
				if b.N != NoneBin {
					low = min(low, b.N)
					break
				}
			}
		}
	}
	none, rows := uint32(0), make([]uint32, max(0, int(last)-int(low)+1))
	for _, s := range parts {
		for _, b := range s {
			if b.N == NoneBin {
				none += b.Rows
			} else {
				rows[int(b.N)-int(low)] += b.Rows
			}
		}
	}
	var all Spread
	if none > 0 {
		all = append(all, Bin{NoneBin, none})
	}
	for i, n := range rows {
		if n > 0 {
			all = append(all, Bin{low + int16(i), n})
		}
	}
	return all
}

// NewSpread makes a spread of bins in any order, each once.
func NewSpread(bins []Bin) Spread {
	slices.SortFunc(bins, func(a, b Bin) int { return int(a.N) - int(b.N) })
	return bins
}

// Percentile is the value below which a share of all lies, interpolated like that of Compute; nil of none.
func (s Spread) Percentile(share float64) Cell {
	n := int64(0)
	for _, b := range s {
		n += int64(b.Rows)
	}
	if n == 0 {
		return nil
	}
	at := share * float64(n-1)
	low, high := s.nth(int64(math.Floor(at))), s.nth(int64(math.Ceil(at)))
	return low + (high-low)*(at-math.Floor(at))
}

// nth stands for the nth value, from 0.
func (s Spread) nth(n int64) float64 {
	for _, b := range s {
		if n -= int64(b.Rows); n < 0 {
			return b.value()
		}
	}
	return s[len(s)-1].value()
}
