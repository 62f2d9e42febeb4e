package duckdb

import (
	"cmp"
	"log/slog"
	"runtime"
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
	// Threads is how many of DuckDB's threads may work; 0 is one for each processor, at most 8.
	Threads int
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
	o.Threads = cmp.Or(o.Threads, min(runtime.NumCPU(), 8))
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
