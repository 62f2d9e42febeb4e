package clock

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

const start = int64(1_795_418_800_000) // by the server's clock

// browser is a simulated clock: by how much it is ahead of the server's at an instant.
type browser struct {
	skew  float64
	drift float64 // a fraction: 100e-6 is 100 ppm
	jumps []jumpAt
}

type jumpAt struct{ atMS, byMS int64 }

func (b *browser) ahead(serverMS int64) int64 {
	ms := b.skew + b.drift*float64(serverMS-start)
	for _, j := range b.jumps {
		if serverMS >= j.atMS {
			ms += float64(j.byMS)
		}
	}
	return int64(math.Round(ms))
}

// network is how long a request takes: mostly some 80 ms, sometimes seconds.
func network(r *rand.Rand) int64 {
	if r.IntN(20) == 0 {
		return int64(500 + r.IntN(8000))
	}
	return int64(20 + math.Exp(r.NormFloat64()*0.7)*60)
}

// upload sends a request at an instant.
func (b *browser) upload(serverMS, takes int64) model.Upload {
	return model.Upload{SentMS: serverMS + b.ahead(serverMS), ReceivedMS: serverMS + takes}
}

func byArrival(all []model.Upload) []model.Upload {
	slices.SortFunc(all, func(a, b model.Upload) int { return int(a.ReceivedMS - b.ReceivedMS) })
	return all
}

// With an hour of skew, with drift and with jumps, the estimated offset is wrong by less than half a second, if there are a few requests around the instant.
func TestSimulatedClocks(t *testing.T) {
	wrong, untrue, n := 0, 0, 0
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := browser{skew: (r.Float64()*2 - 1) * 3_600_000, drift: (r.Float64()*2 - 1) * 100e-6}
		length := int64(5+r.IntN(55)) * 60_000
		if r.IntN(4) == 0 {
			by := int64(30_000 + r.IntN(3_600_000))
			if r.IntN(2) == 0 {
				by = -by
			}
			b.jumps = append(b.jumps, jumpAt{start + length/4 + r.Int64N(length/2), by})
		}
		var uploads []model.Upload
		for at := start; at < start+length; at += int64(2000 + r.IntN(8000)) {
			uploads = append(uploads, b.upload(at, network(r)))
		}
		c := Of(byArrival(uploads))
		for range 20 {
			at := start + r.Int64N(length)
			if len(b.jumps) > 0 && at > b.jumps[0].atMS-10_000 && at < b.jumps[0].atMS+10_000 {
				continue // between two requests the offset cannot be known
			}
			n++
			got := c.At(at)
			off := got.MS - b.ahead(at)
			if off < 0 {
				off = -off
			}
			if off > 500 {
				wrong++
			}
			if off > 3*got.UncertaintyMS {
				untrue++
			}
		}
	}
	if wrong*1000 > n || untrue*100 > n {
		t.Errorf("of %d instants %d are more than half a second wrong, and %d by more than three times the uncertainty", n, wrong, untrue)
	}
}

func TestOf(t *testing.T) {
	at := func(ahead ...int64) (all []model.Upload) {
		for i, ms := range ahead {
			received := start + int64(i)*5000
			all = append(all, model.Upload{SentMS: received + ms, ReceivedMS: received})
		}
		return all
	}
	tests := []struct {
		name    string
		uploads []model.Upload
		atMS    int64
		want    int64
		within  int64
	}{
		{"right, with a quick network", at(-30, -50, -80, -40), 10_000, 0, 0},
		{"right, with one request that took ten seconds", at(-30, -10_000, -80, -40), 5_000, 0, 0},
		{"an hour ahead", at(3_600_000-50, 3_600_000-90, 3_600_000-60), 5_000, 3_600_000, 100},
		{"right, with two slow requests of a busy machine", at(-870, -900), 3_000, 0, 0},
		{"right, with four of them", at(-870, -900, -940, -890), 3_000, 0, 0},
		{"ten minutes behind", at(-600_000-50, -600_000-90, -600_000-60), 5_000, -600_000, 100},
		{"put ahead by an hour, before", at(-30, -50, -40, 3_600_000-50, 3_600_000-60, 3_600_000-40), 5_000, 0, 0},
		{"put ahead by an hour, after", at(-30, -50, -40, 3_600_000-50, 3_600_000-60, 3_600_000-40), 24_000, 3_600_000, 100},
		{"put back by five seconds, after", at(-30, -50, -40, -5050, -5040, -5060), 24_000, -5000, 100},
		{"one slow request is no jump", at(-30, -50, -40, -5050, -30, -60), 15_000, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Of(tt.uploads).At(start + tt.atMS)
			if off := got.MS - tt.want; off > tt.within || off < -tt.within || !got.Known() {
				t.Errorf("got %+v, want %d", got, tt.want)
			}
		})
	}
	if got := Of(at(-870, -900)).At(start + 3000); got.UncertaintyMS < 870 {
		t.Errorf("the clock may be behind by 870 ms, got %+v", got)
	}
	if got := Of(append(at(-870, -900), model.Upload{SentMS: start + 120_000 - 890, ReceivedMS: start + 120_000})).At(start + 3000); got.MS != -830 {
		t.Errorf("two minutes later they are as late, so the clock is behind: %+v", got)
	}
	if got := Of(nil).At(start); got.Known() || got.MS != 0 {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestSender(t *testing.T) {
	for _, tt := range []struct {
		ahead        []int64
		want, within int64
	}{
		{[]int64{-1500}, 0, 0},
		{[]int64{-9000, -100}, 0, 0},
		{[]int64{3_600_000 - 80}, 3_600_000, 100},
		{[]int64{-600_000 - 80}, -600_000, 100},
	} {
		var all []model.Upload
		for _, ms := range tt.ahead {
			all = append(all, model.Upload{SentMS: start + ms, ReceivedMS: start})
		}
		if got := Sender(all); got.MS < tt.want-tt.within || got.MS > tt.want+tt.within || !got.Known() {
			t.Errorf("%v: got %+v, want %d", tt.ahead, got, tt.want)
		}
	}
	if got := Sender([]model.Upload{{ReceivedMS: start}}); got.Known() {
		t.Errorf("nothing is known, got %+v", got)
	}
}
