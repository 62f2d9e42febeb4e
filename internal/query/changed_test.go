package query

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/model"
)

func TestChanged(t *testing.T) {
	w := newWorld(t)
	r := rand.New(rand.NewPCG(1, 9))
	for n := range 2 { // the hour before, and the hour asked about
		for i := range 600 {
			w.event(model.KindGeneration, fmt.Sprint("t", n, i), int64(n)*3_600_000+int64(i)*1000, priced(0.01+0.002*r.Float64()), func(e *model.Event) {
				e.Model, e.Env = []string{"gpt-4o", "claude"}[i%2], []string{"production", "staging"}[r.IntN(2)]
				e.LatencyMS = 800 + 400*r.Float64()
				e.IsError = r.IntN(20) == 0
				if n == 1 && e.Model == "claude" {
					e.LatencyMS *= 1.5
					e.IsError = r.IntN(4) == 0
				}
				if n == 1 && i%10 == 0 {
					e.Release = "v2"
				}
			})
		}
	}
	w.commit()
	at := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) }
	ask := ChangedRequest{Narrowing: Narrowing{From: at(now), To: at(now + 3_600_000)}}
	c, err := w.Changed(t.Context(), scope, ask)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]Change{}
	for i, x := range c.Changes {
		found[fmt.Sprint(x.Field, " ", x.Value, " ", x.Figure)] = x
		if i > 0 && x.P < c.Changes[i-1].P {
			t.Errorf("%s comes after one that is less certain", shownAs(t, x))
		}
	}
	slow := found["model claude latency"]
	if math.Abs(slow.Before-1) > 0.05 || math.Abs(slow.After-1.5) > 0.05 || slow.Score < 10 || slow.P > 1e-9 || slow.GenerationsAfter != 300 || slow.Q != "model:claude" {
		t.Errorf("claude is slower: %s", shownAs(t, slow))
	}
	if bad := found["model claude error_rate"]; bad.Before > 0.1 || bad.After < 0.2 || bad.Score < 3 {
		t.Errorf("claude fails more often: %s", shownAs(t, bad))
	}
	if new := found["release v2 share"]; new.Before != 0 || new.After != 0.1 {
		t.Errorf("a release is new: %s", shownAs(t, new))
	}
	for name := range found {
		if name == "model gpt-4o latency" || name == "model gpt-4o error_rate" || name == "model claude cost" || name == "model gpt-4o share" {
			t.Errorf("%s did not change", name)
		}
	}
	if c.Tested < 10 {
		t.Errorf("%d figures were compared", c.Tested)
	}
	// A range compared with itself has no changes.
	ask.BaseFrom, ask.BaseTo = ask.From, ask.To
	if c, err := w.Changed(t.Context(), scope, ask); err != nil || len(c.Changes) != 0 || c.Tested == 0 {
		t.Errorf("against itself: %s, %v", shownAs(t, c), err)
	}
	for what, bad := range map[string]ChangedRequest{
		"no range": {}, "limit": {Limit: 1000, Narrowing: ask.Narrowing}, "fields": {Fields: "nothing", Narrowing: ask.Narrowing}, "base": {BaseFrom: ask.To, BaseTo: ask.From, Narrowing: ask.Narrowing},
		"base_from": {BaseFrom: "x", Narrowing: ask.Narrowing},
	} {
		if _, err := w.Changed(t.Context(), scope, bad); !is(err, CodeBadInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// If the two ranges are generated alike, changes are hardly ever found. With 5 % false changes in the results, about ten of 200 comparisons of 60
// figures may find one.
func TestNoiseIsNoChange(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	wrong := 0
	for range 200 {
		var all []Change
		for range 60 {
			draw := func() (n, k int64) {
				n = 200 + r.Int64N(400)
				for range n {
					if r.Float64() < 0.2 {
						k++
					}
				}
				return n, k
			}
			na, a := draw()
			nb, b := draw()
			z := proportions(a, na, b, nb)
			all = append(all, Change{Score: z, P: math.Erfc(math.Abs(z) / math.Sqrt2)})
		}
		if len(significant(all, 100)) > 0 {
			wrong++
		}
	}
	if wrong > 20 {
		t.Errorf("%d of 200 comparisons of equals found a change", wrong)
	}
}
