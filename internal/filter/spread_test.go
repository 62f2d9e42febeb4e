package filter

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestSpread: the percentiles of added spreads differ from those of all values by NearShare at most.
func TestSpread(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var parts []Spread
		var all []float64
		for range random.IntN(5) {
			bins := map[int16]uint32{}
			for range random.IntN(40) {
				v := math.Exp(8 * random.NormFloat64())
				if random.IntN(5) == 0 {
					v = 0
				}
				all = append(all, v)
				n := int16(NoneBin)
				if v > 0 {
					n = int16(math.Floor(math.Log(v) * PerBin))
				}
				bins[n]++
			}
			var part []Bin
			for n, rows := range bins {
				part = append(part, Bin{n, rows})
			}
			parts = append(parts, NewSpread(part))
		}
		slices.Sort(all)
		whole := AddSpreads(parts...)
		for _, share := range []float64{0, 0.5, 0.95, 0.99, 1} {
			got := whole.Percentile(share)
			if len(all) == 0 {
				if got != nil {
					t.Fatalf("%v of no values", got)
				}
				continue
			}
			at := share * float64(len(all)-1)
			low, high := all[int(math.Floor(at))], all[int(math.Ceil(at))]
			want := low + (high-low)*(at-math.Floor(at))
			if v, ok := got.(float64); !ok || math.Abs(v-want) > want*(NearShare+1e-9) {
				t.Fatalf("%v of %d values: %v, want %v", share, len(all), got, want)
			}
		}
	}
}

func TestRange(t *testing.T) {
	for q, want := range map[string]struct {
		from, to int64
		only     bool
	}{
		"":                                 {0, 0, true},
		"start:>=2026-01-01T00:00:00Z":     {1767225600000, 0, true},
		"start:<2026-01-01T00:00:00Z":      {0, 1767225600000, true},
		"start:>2026-01-01T00:00:00Z":      {},
		"-start:<2026-01-01T00:00:00Z":     {},
		"model:gpt-4o":                     {},
		"start:<2026-01-01T00:00:00Z chat": {},
	} {
		e, err := Parse(Generations, q)
		if err != nil {
			t.Fatal(err)
		}
		if from, to, only := Range(e); from != want.from || to != want.to || only != want.only {
			t.Errorf("%q: %d to %d, %t", q, from, to, only)
		}
		if from, to, only := Range(Between(e, Generations, 5, 9_000_000_000_000)); only != want.only || only && (from != max(5, want.from) || to == 0) {
			t.Errorf("%q between: %d to %d, %t", q, from, to, only)
		}
	}
}

func TestNamed(t *testing.T) {
	for q, want := range map[string]string{
		"conversation:c,d model:m": "c,d model:m", "conversation:c": "c ", "conversation:c* model:m": " conversation:c* model:m", "-conversation:c": " -conversation:c",
		"conversation:c OR model:m": " conversation:c OR model:m", "conversation:*": " conversation:*", "conversation:c -conversation:d": "c -conversation:d",
	} {
		e, err := Parse(Generations, q)
		if err != nil {
			t.Fatal(err)
		}
		values, rest := Named(Between(e, Generations, 0, 0), "conversation")
		if got := strings.Join(values, ",") + " " + String(rest); got != want {
			t.Errorf("%q names %q, want %q", q, got, want)
		}
	}
}
