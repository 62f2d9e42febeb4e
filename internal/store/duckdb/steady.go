//go:build cgo

package duckdb

import (
	"os"
	"path/filepath"
	"time"
)

// Until the log is moved into the database file, DuckDB keeps in memory what is in it. Under a load that is small and does not end,
// memory would grow for many minutes, up to CheckpointBytes and what DuckDB caches. So a short log is moved, too, where that is cheap.
const (
	// steadyEvery is how often the log is looked at.
	steadyEvery = 10 * time.Second
	// steadyLog is the length from which on it is moved. A checkpoint of 16 MB takes 0.1 s of processor time as a rule, 0.5 s and
	// more when it merges row groups: 20 µs an event more than checkpoints of 256 MB, 0.4 % of a core at 200 events/s.
	steadyLog = 4 << 20
	// steadyFill is how long the log must take to grow by CheckpointBytes. When it grows faster, DuckDB moves it soon enough, and
	// the processors are needed for what comes: at the highest rate a checkpoint of 16 MB would come twice a second.
	steadyFill = time.Minute
)

// steady is called every steadyEvery while the store is open.
func (s *Store) steady() {
	size, before := s.logSize(), s.logged
	if filled := float64(size-before) * float64(steadyFill/steadyEvery); size >= steadyLog && filled < float64(s.options.CheckpointBytes) {
		s.rest()
		size = s.logSize()
	}
	s.logged = size
}

func (s *Store) logSize() int64 {
	info, err := os.Stat(filepath.Join(s.options.Dir, fileName+".wal"))
	if err != nil {
		return 0 // there is none after a checkpoint
	}
	return info.Size()
}

// watchLog calls steady until closing is closed.
func (s *Store) watchLog(closing <-chan struct{}) {
	tick := time.NewTicker(steadyEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.steady()
		case <-closing:
			return
		}
	}
}
