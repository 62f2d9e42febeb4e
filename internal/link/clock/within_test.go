package clock

import (
	"math/rand/v2"
	"testing"
)

// Whatever is true of an offset stays within what is said of it, and every bound that fits makes it more certain or changes nothing.
func TestWithin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	narrowed := 0
	for range 20_000 {
		truth := r.Int64N(7_200_000) - 3_600_000
		was := Offset{UncertaintyMS: 40 + r.Int64N(2000)}
		was.MS = truth + r.Int64N(2*was.UncertaintyMS+1) - was.UncertaintyMS
		var bounds []Bound
		for range r.IntN(5) {
			b := Bound{Unbounded, -Unbounded}
			if r.IntN(3) > 0 {
				b.LowMS = truth - r.Int64N(1000)
			}
			if r.IntN(3) > 0 {
				b.HighMS = truth + r.Int64N(1000)
			}
			bounds = append(bounds, b)
		}
		got := was.Within(bounds...)
		if off := max(got.MS-truth, truth-got.MS); off > got.UncertaintyMS || got.UncertaintyMS > was.UncertaintyMS {
			t.Fatalf("%+v within %+v is %+v, but it is %d ahead", was, bounds, got, truth)
		}
		if got.UncertaintyMS < was.UncertaintyMS {
			narrowed++
		}
	}
	if narrowed < 5000 {
		t.Errorf("only %d offsets became more certain", narrowed)
	}
	was := Offset{100, 50}
	if got := was.Within(Bound{LowMS: 400, HighMS: 500}); got != was {
		t.Errorf("a bound that contradicts the offset made it %+v", got)
	}
	far := Offset{-3_599_662, 350} // by what was sent, of a clock that is an hour ahead
	if got := far.Within(Bound{LowMS: Unbounded, HighMS: -3_600_028}); got != (Offset{-3_600_020, 100}) {
		t.Errorf("a bound that misses the offset by 16 ms made it %+v", got)
	}
	if got := was.Within(Bound{LowMS: Unbounded, HighMS: 110}, Bound{LowMS: 90, HighMS: -Unbounded}); got != (Offset{100, 10}) {
		t.Errorf("bounds that agree with it: %+v", got)
	}
	if got := was.Within(Bound{LowMS: 120, HighMS: 121}); got != (Offset{120, surest}) {
		t.Errorf("two close bounds: %+v", got)
	}
}
