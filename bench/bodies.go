package main

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"time"

	"github.com/playheadhq/playhead/internal/heavy"
)

// memoryGoal is how much memory a server may use: the default of limits.max_in_flight, 256 MiB, and 200 MB.
const memoryGoal = "468 at most: max_in_flight and 200"

// bodyPatience is how long the bench waits for the answer to a body.
const bodyPatience = 3 * time.Minute

// measureBodies sends each heavy body once, alone, to a newly started server.
func measureBodies(ctx context.Context, o options, r *report) error {
	shapes, err := o.hostile.chosenShapes()
	if err != nil {
		return err
	}
	t := r.newComparison("each heavy body as the only request of a new server: "+
		"memory is the most that the process had, with what it has by itself; processor time is until it rests again",
		"body", "sent, kB", "decoded, MB", "peak memory, MB", "processor time, s", "answered", "after, s")
	var peaks []float64
	one := func(s heavy.Shape, property string) error {
		peak, err := o.measureBody(ctx, t, newHeavyBody(s, property, o.hostile.bodyMB*1e6, false))
		peaks = append(peaks, peak)
		debug.FreeOSMemory() // the body's memory, which the server may need
		return err
	}
	for _, s := range shapes {
		if err := one(s, "$ai_input"); err != nil {
			return err
		}
	}
	// The bodies with the highest peaks are repeated in positions that other code reads.
	for _, i := range dearest(peaks, 3) {
		for _, property := range []string{"$ai_output_choices", "$ai_error", "custom"} {
			if err := one(shapes[i], property); err != nil {
				return err
			}
		}
	}
	r.add("heavy bodies: peak memory of the worst", slices.Max(peaks), "MB", memoryGoal, below)
	return nil
}

// dearest are the indexes of the n largest values.
func dearest(values []float64, n int) []int {
	at := make([]int, len(values))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return int(values[b] - values[a]) })
	return at[:min(n, len(at))]
}

// measureBody adds a row, and returns the peak of memory in MB.
func (o options) measureBody(ctx context.Context, t *comparison, b *heavyBody) (peak float64, err error) {
	args, err := o.hostile.args()
	if err != nil {
		return 0, err
	}
	s, err := startEmpty(ctx, o, "bodies", args...)
	if err != nil {
		return 0, err
	}
	defer func() { _ = s.close() }()
	s.calm(ctx)
	cpu, begun := s.cpuSeconds(), time.Now()
	watched := s.watchPeak(ctx)
	patient, cancel := context.WithTimeout(ctx, bodyPatience)
	defer cancel()
	status, err := send(patient, http.DefaultClient, s, b.request(0))
	took := time.Since(begun)
	answered := fmt.Sprint(status)
	if err != nil {
		answered = "no answer"
	}
	s.calm(ctx)
	peak, used := watched()
	if s.dead() {
		answered = "the server died"
	}
	t.add(fmt.Sprintf("%s in %s", b.name, b.property), float64(len(b.zipped))/1e3, float64(b.decoded)/1e6, peak, used-cpu, answered, took.Seconds())
	return peak, ctx.Err()
}

// watchPeak watches the process until the returned function is called, which returns the peak memory in MB and the processor time in seconds. A
// process that has ended no longer reports them.
func (s *server) watchPeak(ctx context.Context) func() (peak, cpu float64) {
	ctx, stop := context.WithCancel(ctx)
	seen := make(chan [2]float64, 1)
	go func() {
		var most, cpu float64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			most, cpu = max(most, s.peakMB()), max(cpu, s.cpuSeconds())
			select {
			case <-tick.C:
			case <-ctx.Done():
				seen <- [2]float64{max(most, s.peakMB()), max(cpu, s.cpuSeconds())}
				return
			}
		}
	}()
	return func() (float64, float64) {
		stop()
		last := <-seen
		return last[0], last[1]
	}
}
