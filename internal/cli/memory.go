package cli

import (
	"runtime/debug"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
)

// besideRequests is what the heap may have beside what requests hold, in bytes: a commit under way, which the columns of a
// batch and their compressed form hold several times over, an index of what is being read, and what is garbage. With 160 MiB a process
// under attack had 274 MB where max_in_flight and 200 MB may be, 60 of which are pages of the program's file; with 80 it had 198 to 222.
const besideRequests = 80 << 20

// untouched is how much more garbage there may be than what is in use. With 32 MiB, a process under attack had a megabyte more than it may.
const untouched = 16 << 20

// limitMemory makes the garbage collector respect limits.max_in_flight. By default garbage may grow as large as the
// memory in use, and a server with a hanging storage and many senders used 1,140 MB where 480 are enough. DuckDB's memory
// is not part of the heap. If GOMEMLIMIT is set, it overrides this.
//
// It returns what must be kept for as long as the process runs: bytes that nobody touches, so that they take no memory. The collector lets
// garbage become as much as what is in use with them; without them, 10 MB of live heap were collected each 900 events of 2.3 kB, which was a
// tenth of the processor time of storing them.
func limitMemory(c *config.Config, environ []string) (kept []byte) {
	kept = make([]byte, untouched)
	if slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "GOMEMLIMIT=") }) {
		return kept
	}
	debug.SetMemoryLimit(int64(c.Limits.MaxInFlight) + besideRequests)
	return kept
}
