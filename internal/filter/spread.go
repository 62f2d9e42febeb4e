package filter

import (
	"math"
	"slices"
)

// Bin counts the values of a field between two bounds. Each bound is 4 % above the one before, so that one value can stand for all values of a bin.
type Bin struct {
	// N is PerBin times the natural logarithm of a value, rounded down. It is NoneBin for the value 0.
	N    int16
	Rows uint32
}

const (
	binGrowth = 1.04
	// NearShare is the largest distance of a percentile of bins from the exact one, as a share of the exact one: 2 %.
	NearShare = (binGrowth - 1) / (binGrowth + 1)
	// NoneBin is the bin of 0, which has no logarithm. The N of other bins is between -18,200 and 18,200.
	NoneBin = math.MinInt16
)

// PerBin is the number of bins for each unit of the natural logarithm: 1 divided by the difference between the logarithms of a bin's bounds.
var PerBin = 1 / math.Log(binGrowth)

// value returns the number that stands for all values of a bin: none of them is further away from it than NearShare.
func (b Bin) value() float64 {
	if b.N == NoneBin {
		return 0
	}
	return math.Pow(binGrowth, float64(b.N)) * (1 + NearShare)
}

// Spread is the distribution of a field's values, which are never negative: its bins, in the order of their values. The spreads of parts can be
// added to get the spread of the whole. Percentiles cannot be added in this way.
type Spread []Bin

// AddSpreads returns the spread of all values of the parts together.
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

// NewSpread makes a spread from bins. The bins may be in any order, and each may occur once.
func NewSpread(bins []Bin) Spread {
	slices.SortFunc(bins, func(a, b Bin) int { return int(a.N) - int(b.N) })
	return bins
}

// Percentile returns the value below which a share (0 to 1) of all values lies, interpolated as in Compute. It is nil for an empty spread.
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

// nth returns the number that stands for the nth value, counted from 0.
func (s Spread) nth(n int64) float64 {
	for _, b := range s {
		if n -= int64(b.Rows); n < 0 {
			return b.value()
		}
	}
	return s[len(s)-1].value()
}
