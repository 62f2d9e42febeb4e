package duckdb

import (
	"cmp"
	"log/slog"
	"runtime"

	"github.com/playheadhq/playhead/internal/store"
)

// Options say where the data lie and what they may use. Only Dir is needed.
type Options struct {
	// Dir holds the database. It is made when missing, and belongs to one process at a time.
	Dir string
	// MinFreeBytes is the room that must be left on the file system for a commit to be tried; below it the answer is
	// store.ErrFull. Less than 0 is no minimum, 0 is the default of 256 MiB: what a checkpoint may need at most.
	MinFreeBytes int64
	// MemoryBytes bounds DuckDB's buffers (not its threads' stacks, nor the Go heap); 0 is the default.
	MemoryBytes int64
	// CheckpointBytes is the length of the log at which DuckDB moves it into the database file; 0 is the default.
	CheckpointBytes int64
	// Retention is after how many days rows are dropped.
	Retention store.Retention
	// Threads is how many threads work on a query; 0 is one less than processors, at least 1 and at most 8. With more,
	// a commit costs nearly twice the processor time: DuckDB hands it to a worker and spins until that is done. Measured
	// on 2 busy processors, 500 events of 2.3 kB a commit: 54 µs of processor time an event with two threads, 29 with one.
	Threads int
	// AcceptLoss are the codes of losses to go on without, see package damage.
	AcceptLoss []string
	// Logger gets what an operator should know: a reopened database. Nil discards.
	Logger *slog.Logger
}

const (
	defaultMinFree    = 256 << 20
	defaultMemory     = 384 << 20
	defaultCheckpoint = 256 << 20
)

func (o Options) withDefaults() Options {
	o.MinFreeBytes = cmp.Or(o.MinFreeBytes, defaultMinFree)
	o.MemoryBytes = cmp.Or(o.MemoryBytes, defaultMemory)
	o.CheckpointBytes = cmp.Or(o.CheckpointBytes, defaultCheckpoint)
	o.Threads = cmp.Or(o.Threads, min(max(runtime.NumCPU()-1, 1), 8))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
