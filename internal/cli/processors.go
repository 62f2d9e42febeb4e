package cli

import (
	"runtime"

	"github.com/playheadhq/playhead/internal/fair"
)

// takeProcessors returns the number of processors for requests, and raises GOMAXPROCS above it for short requests during long
// work (see fair.Spare). If GOMAXPROCS is set, it is used.
func takeProcessors() int {
	n := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(n + fair.Spare(n))
	return n
}
