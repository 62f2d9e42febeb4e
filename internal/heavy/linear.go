package heavy

import (
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"
)

const (
	// growth is how many times the processor time may be at twice the size. Linear work takes 2, quadratic work 4.
	growth = 2.5
	// floor is what a run may take whatever its ratio: below it the clock and the caches decide. Linear work of 58 ms took 2.6 times as
	// much as half of it while other programs used the caches (load 20). Quadratic work that matters passes it by far at 4 MiB.
	floor = 100 * time.Millisecond
	// rounds are how often a size is compared with half of it. Both run one after the other, because what others do on the
	// machine changes from second to second what a thread's time is worth, and the median of the rounds counts. When that is too
	// much after the first few, more rounds decide.
	rounds     = 3
	mostRounds = 13
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
	var half []byte
	for _, size := range Sizes {
		value := input(size)
		took, allocated := cost(func() { run(value) })
		if most := uint64(memory*float64(len(value))) + 1<<20; allocated > most {
			t.Errorf("%d bytes made it allocate %d, which is %.1f times as much; %g times may be", len(value), allocated, float64(allocated)/float64(len(value)), memory)
		}
		if took > time.Minute {
			t.Fatalf("%d bytes took %s of processor time", len(value), took)
		}
		if half != nil && took > floor {
			if times := compare(half, value, run); times > growth {
				t.Errorf("%d bytes took %.1f times as much processor time as half of them, of which the first run took %s; %g times may be", len(value), times, took, growth)
			}
		}
		half = value
	}
}

// compare returns how many times the processor time of the one the other takes.
func compare(half, whole []byte, run func([]byte)) float64 {
	var times []float64
	for len(times) < rounds || len(times) < mostRounds && median(times) > growth {
		a, _ := cost(func() { run(half) })
		b, _ := cost(func() { run(whole) })
		times = append(times, float64(b)/float64(max(a, time.Microsecond)))
	}
	return median(times)
}

func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[len(sorted)/2]
}

// cost is what f takes: processor time of this thread, and bytes allocated. The garbage collector waits: it has threads that allocate
// help it, which at one size may be none and at twice the size half of the time.
func cost(f func()) (time.Duration, uint64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	start := threadTime()
	f()
	took := threadTime() - start
	runtime.ReadMemStats(&b)
	return took, b.TotalAlloc - a.TotalAlloc
}
