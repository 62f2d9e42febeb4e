package heavy

import (
	"runtime"
	"testing"
	"time"
)

const (
	// growth is how many times the processor time may be at twice the size. Linear work takes 2, quadratic work 4.
	growth = 2.5
	// floor is what a run may take whatever its ratio: below it the clock and the caches decide. Quadratic work that matters
	// passes it by far at 4 MiB.
	floor = 50 * time.Millisecond
	// runs of each size; the fastest counts, because others on the machine only ever make a run slower. While it is too slow
	// there are more of them, up to mostRuns: what grows too fast by itself stays so.
	runs     = 3
	mostRuns = 12
)

// Linear fails a test when run does not work in proportion to its input, for any shape: when twice the input takes more than
// 2.5 times the processor time of its thread, or when a run allocates more than memory times the bytes of its input and a
// mebibyte. run must do its work in the goroutine that calls it.
func Linear(t *testing.T, memory float64, run func(value []byte)) {
	t.Helper()
	for _, s := range Shapes {
		t.Run(s.Name, func(t *testing.T) { LinearIn(t, memory, s.Value, run) })
	}
}

// LinearIn is Linear for inputs of one kind.
func LinearIn(t *testing.T, memory float64, input func(size int) []byte, run func(value []byte)) {
	t.Helper()
	var before time.Duration
	for _, size := range Sizes {
		value := input(size)
		least, allocated := time.Duration(1<<62), uint64(0)
		over := func() bool { return before > 0 && least > floor && float64(least) > growth*float64(before) }
		for n := 0; n < runs || n < mostRuns && over(); n++ {
			took, bytes := cost(func() { run(value) })
			least, allocated = min(least, took), bytes
			if took > time.Minute {
				t.Fatalf("%d bytes took %s of processor time", len(value), took)
			}
		}
		if most := uint64(memory*float64(len(value))) + 1<<20; allocated > most {
			t.Errorf("%d bytes made it allocate %d, which is %.1f times as much; %g times may be", len(value), allocated, float64(allocated)/float64(len(value)), memory)
		}
		if over() {
			t.Errorf("%d bytes took %s of processor time, half of them %s: that is more than %g times as much", len(value), least, before, growth)
		}
		before = max(least, floor/2)
	}
}

// cost is what f takes: processor time of this thread, and bytes allocated.
func cost(f func()) (time.Duration, uint64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	start := threadTime()
	f()
	took := threadTime() - start
	runtime.ReadMemStats(&b)
	return took, b.TotalAlloc - a.TotalAlloc
}
