//go:build cgo

package duckdb

import (
	"os"
	"path/filepath"
	"time"
)

// DuckDB keeps the content of its log in memory until the log is moved into the database file. Under a small continuous load memory would grow for
// many minutes, up to CheckpointBytes and DuckDB's cache. Therefore a short log is also moved if that is cheap.
const (
	// steadyEvery is how often the log is checked.
	steadyEvery = 10 * time.Second
	// steadyLog is the minimum length of the log for moving it. A checkpoint of 16 MB usually takes 0.1 s of processor time, and 0.5 s or more if it
	// merges row groups: 20 µs an event more than checkpoints of 256 MB, 0.4 % of a core at 200 events/s.
	steadyLog = 4 << 20
	// steadyFill is the shortest time in which the log may grow by CheckpointBytes. If it grows faster, DuckDB soon moves it anyway, and the
	// processors are needed for incoming data: at the highest rate a checkpoint of 16 MB would happen twice a second.
	steadyFill = time.Minute
)

// steady is called every steadyEvery while the store is open.
func (s *Store) steady() {
	size, before := s.logSize(), s.logged
	if filled := float64(size-before) * float64(steadyFill/steadyEvery); size >= steadyLog && filled < float64(s.options.CheckpointBytes) {
		// Use all memory: with less, checkpoints of data that arrived at the same time failed, and everybody waited until the database had been
		// opened again.
		s.restWith(s.options.MemoryBytes)
		size = s.logSize()
	}
	s.logged = size
}

func (s *Store) logSize() int64 {
	info, err := os.Stat(filepath.Join(s.options.Dir, fileName+".wal"))
	if err != nil {
		return 0 // there is no log after a checkpoint
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
