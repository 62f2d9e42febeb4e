//go:build !cgo

package duckdb

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/store"
)

// Store is not available without cgo.
type Store struct{ store.Store }

// Open fails: DuckDB is a C++ library.
func Open(context.Context, Options) (*Store, error) {
	return nil, errors.New("this build has no embedded storage, it is for nodes of a cluster: name a ClickHouse with --store, or use a build with DuckDB (CGO_ENABLED=1 and a C compiler)")
}
