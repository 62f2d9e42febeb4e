package cli

import (
	"runtime/debug"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/config"
)

// besideRequests is the part of the heap that does not belong to requests, in bytes: a commit in progress, which needs several times the size of its
// rows for columns and their compressed form, an index that is being read, and garbage. The process may use max_in_flight and 200 MB. With 160 MiB a
// process under attack used 274 MB more than max_in_flight, of which 60 are pages of the program's file; with 80 MiB it used 198 to 222 MB more.
const besideRequests = 80 << 20

// untouched is by how much garbage may exceed the memory in use. With 32 MiB, a process under attack used a megabyte too much.
const untouched = 16 << 20

// limitMemory makes the garbage collector respect limits.max_in_flight. By default garbage may grow as large as the
// memory in use, and a server with a hanging storage and many senders used 1,140 MB where 480 are enough. DuckDB's memory
// is not part of the heap. If GOMEMLIMIT is set, it overrides this.
//
// It returns bytes that must be kept for as long as the process runs. They are never written, so they take no memory. The collector allows as much
// garbage as there is memory in use, including them; without them, 10 MB of live heap were collected after each 900 events of 2.3 kB, which was a
// tenth of the processor time of storing them.
func limitMemory(c *config.Config, environ []string) (kept []byte) {
	kept = make([]byte, untouched)
	if slices.ContainsFunc(environ, func(v string) bool { return strings.HasPrefix(v, "GOMEMLIMIT=") }) {
		return kept
	}
	debug.SetMemoryLimit(int64(c.Limits.MaxInFlight) + besideRequests)
	return kept
}
