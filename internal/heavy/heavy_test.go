package heavy

import (
	"encoding/json"
	"testing"
)

func TestShapes(t *testing.T) {
	names := map[string]bool{}
	for _, s := range Shapes {
		if names[s.Name] {
			t.Errorf("two shapes are called %s", s.Name)
		}
		names[s.Name] = true
		for _, size := range []int{4 << 10, 100_000, 1 << 20} {
			v := s.Value(size)
			if !json.Valid(v) {
				t.Errorf("%s of %d bytes is no JSON", s.Name, size)
			}
			if len(v) < size/2 || len(v) > size+1<<10 {
				t.Errorf("%s has %d bytes instead of about %d", s.Name, len(v), size)
			}
			if b := Batch("phc_x", Event(1, "$ai_input", v), Event(2, "custom", v)); !json.Valid(b) {
				t.Errorf("a batch with %s is no JSON", s.Name)
			}
		}
	}
}

// What is quadratic is found, and what is linear passes.
func TestLinearFinds(t *testing.T) {
	walk := func(v []byte) (n int) {
		for _, c := range v {
			n += int(c)
		}
		return n
	}
	sum := 0
	LinearIn(t, 1, Shapes[0].Value, func(v []byte) { sum += walk(v) })
	quadratic := func(v []byte) {
		for at := 0; at < len(v); at += 16 << 10 {
			sum += walk(v[at:])
		}
	}
	small, _ := cost(func() { quadratic(Shapes[0].Value(2 << 20)) })
	large, _ := cost(func() { quadratic(Shapes[0].Value(4 << 20)) })
	if float64(large) < growth*float64(small) {
		t.Errorf("quadratic work took %s and %s: it would pass", small, large)
	}
	_, bytes := cost(func() { kept = make([]byte, 3<<20) })
	if bytes < 3<<20 {
		t.Errorf("an allocation of 3 MiB counts as %d bytes", bytes)
	}
}

var kept []byte
