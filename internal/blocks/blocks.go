// Package blocks is the port for the bytes of recordings: append-only, addressed by location. Its subpackages
// implement it (dir, s3); blockstest is the suite that an implementation passes.
package blocks

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/model"
)

// Errors an implementation returns, wrapped.
var (
	// ErrFull: the store is full. A later retry is safe.
	ErrFull = errors.New("block storage full")
	// ErrUnavailable: the store cannot be reached now. A later retry is safe.
	ErrUnavailable = errors.New("block storage unavailable")
	// ErrNotFound: there is nothing at that location.
	ErrNotFound = errors.New("block not found")
)

// Writer is the writing part of a Store.
type Writer interface {
	// Write makes all bodies durable and returns their locations, in order. Bodies of different projects are separate: keys begin with the project's
	// name and the day (UTC): "default/2025-10-09/…". After an error no location may be used: written parts are never read and only take space. A
	// project that cannot be the name of a directory (see CheckProject) is an error.
	Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error)
}

// Store keeps blocks. It is safe for concurrent use, but writes may wait for each other: the caller should write many bodies at a time.
type Store interface {
	Writer
	// Read returns the bytes at a location.
	Read(ctx context.Context, at model.Location) ([]byte, error)
	Close() error
}
