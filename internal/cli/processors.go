package cli

import (
	"runtime"

	"github.com/playheadhq/playhead/internal/fair"
)

// takeProcessors returns how many processors there are for requests, and tells Go of some more, which are for those that are short
// while long work has its turns (see fair.Spare). GOMAXPROCS counts where it is set.
func takeProcessors() int {
	n := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(n + fair.Spare(n))
	return n
}
