// Package waiting stands for a store of blocks that cannot be reached yet: everything is answered with
// blocks.ErrUnavailable until it is there, and from then on by the store.
package waiting

import (
	"context"
	"errors"
	"fmt"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/later"
	"github.com/playheadhq/playhead/internal/model"
)

// Options are those of later.Open; Again is set here.
type Options = later.Options[blocks.Store]

// Store implements blocks.Store.
type Store struct{ thing *later.Thing[blocks.Store] }

var _ blocks.Store = (*Store)(nil)

// Open tries once, and when the store cannot be reached or is full, goes on trying in the background.
func Open(ctx context.Context, o Options) (*Store, error) {
	o.Again = temporary
	thing, err := later.Open(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Store{thing}, nil
}

func temporary(err error) bool {
	return errors.Is(err, blocks.ErrUnavailable) || errors.Is(err, blocks.ErrFull)
}

func (s *Store) get() (blocks.Store, error) {
	opened, err := s.thing.Get()
	if err != nil && !temporary(err) {
		err = fmt.Errorf("%w: %w", blocks.ErrUnavailable, err)
	}
	return opened, err
}

// Write implements blocks.Store.
func (s *Store) Write(ctx context.Context, bodies [][]byte) ([]model.Place, error) {
	opened, err := s.get()
	if err != nil {
		return nil, err
	}
	return opened.Write(ctx, bodies)
}

// Read implements blocks.Store.
func (s *Store) Read(ctx context.Context, at model.Place) ([]byte, error) {
	opened, err := s.get()
	if err != nil {
		return nil, err
	}
	return opened.Read(ctx, at)
}

// Ping returns nil when the store can be reached, as far as it can say.
func (s *Store) Ping(ctx context.Context) error {
	opened, err := s.get()
	if err != nil {
		return err
	}
	if p, ok := opened.(interface{ Ping(context.Context) error }); ok {
		return p.Ping(ctx)
	}
	return nil
}

// Close stops waiting, or closes the store.
func (s *Store) Close() error { return s.thing.Close() }
