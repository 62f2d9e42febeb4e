// Package waiting stands for a store that cannot be reached yet: everything is answered with store.ErrUnavailable until it
// is there, and from then on by the store.
package waiting

import (
	"context"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/later"
	"github.com/playheadhq/playhead/internal/store"
)

// Options are those of later.Open; Again is set here.
type Options = later.Options[store.Store]

// Store implements store.Store.
type Store struct{ thing *later.Thing[store.Store] }

var _ store.Store = (*Store)(nil)

// Open tries once, and when the store cannot be reached or is full, goes on trying in the background.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.Again = func(err error) bool { return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) }
	thing, err := later.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Store{thing}, nil
}

// get returns the store, or why there is none.
func (s *Store) get() (store.Store, error) {
	opened, err := s.thing.Get()
	if err != nil && !errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrFull) {
		err = fmt.Errorf("%w: %w", store.ErrUnavailable, err)
	}
	return opened, err
}

// Close stops waiting, or closes the store.
func (s *Store) Close() error { return s.thing.Close() }
