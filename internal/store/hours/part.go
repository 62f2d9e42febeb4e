package hours

import (
	"math"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// part has the sums of the generations of one hour with one value of the field by which they are grouped.
type part struct {
	value   filter.Cell
	numbers []float64       // of counts, sums and extremes, then of links; NaN for an extreme of nothing
	spreads []filter.Spread // by field
	values  [][]uint64      // by field, the hashes of its distinct values
}

// none are the numbers of no generations.
func (s *sums) none() []float64 {
	all := make([]float64, len(s.numbers)+len(s.links))
	for i, m := range s.numbers {
		if m.Name == "min" || m.Name == "max" {
			all[i] = math.NaN()
		}
	}
	return all
}

// addTo adds the numbers of a part to others.
func (s *sums) addTo(all, numbers []float64) {
	for i, n := range numbers {
		name := ""
		if i < len(s.numbers) {
			name = s.numbers[i].Name
		}
		switch {
		case math.IsNaN(all[i]):
			all[i] = n
		case math.IsNaN(n):
		case name == "min":
			all[i] = min(all[i], n)
		case name == "max":
			all[i] = max(all[i], n)
		default:
			all[i] += n
		}
	}
}

// bytes is the size of an hour, roughly.
func (x *hour) bytes() int64 {
	const ofHour, ofPart, ofBin, ofSlice = 64, 160, 8, 24
	n := int64(ofHour)
	for _, p := range x.parts {
		n += ofPart + 8*int64(len(p.numbers))
		for _, s := range p.spreads {
			n += ofSlice + ofBin*int64(len(s))
		}
		for _, v := range p.values {
			n += ofSlice + 8*int64(len(v))
		}
	}
	return n
}

// renaming maps the hashes of distinct ids to those of their persons; it is nil if nobody is counted.
func renaming(people map[string]string, counted []filter.Field) map[uint64]uint64 {
	for _, f := range counted {
		if f.Name == "person" {
			names := make(map[uint64]uint64, len(people))
			for was, now := range people {
				names[sqlgen.Hash(was)] = sqlgen.Hash(now)
			}
			return names
		}
	}
	return nil
}

// union is how many different hashes there are in all sets, after some were renamed.
func union(sets [][]uint64, names map[uint64]uint64) int64 {
	if len(sets) == 1 && len(names) == 0 {
		return int64(len(sets[0]))
	}
	all := map[uint64]struct{}{}
	for _, s := range sets {
		for _, x := range s {
			if now, renamed := names[x]; renamed {
				x = now
			}
			all[x] = struct{}{}
		}
	}
	return int64(len(all))
}
