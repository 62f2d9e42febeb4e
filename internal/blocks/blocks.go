// Package blocks is the port behind which the bytes of recordings lie: append-only, addressed by location. Its subpackages
// implement it (dir, s3); blockstest is the suite that an implementation passes.
package blocks

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/model"
)

// Errors an implementation returns, wrapped.
var (
	// ErrFull: there is no room. Trying again later is safe.
	ErrFull = errors.New("block storage full")
	// ErrUnavailable: the store cannot be reached now. Trying again later is safe.
	ErrUnavailable = errors.New("block storage unavailable")
	// ErrNotFound: nothing lies at that location.
	ErrNotFound = errors.New("block not found")
)

// Writer is what of a Store writes.
type Writer interface {
	// Write makes all bodies durable and returns their locations, in order. They lie apart from those of other projects, under
	// keys that begin with the project's name and the day (UTC): "default/2025-10-09/…". On an error none of them is referenced by anyone: what part of them
	// lies there is never read and costs only room. A project that cannot be the name of a directory (see Project) is an error.
	Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error)
}

// Store keeps blocks. Safe for concurrent use, but writes may wait for each other: grouping is the caller's.
type Store interface {
	Writer
	// Read returns the bytes at a location.
	Read(ctx context.Context, at model.Location) ([]byte, error)
	Close() error
}
