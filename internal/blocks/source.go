package blocks

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Source reads the blocks of one window for one reader. Recordings may be rewritten while they are read: if a block is not at its old location, the
// index is read again, once. Only one goroutine may use it.
type Source struct {
	o    SourceOptions
	from Reader
	// ahead is nil when blocks are read one by one.
	ahead *Ahead
	// moved has the locations after a second read of the index; nil before it.
	moved map[model.Location]model.Location
}

// SourceOptions are the options of NewSource.
type SourceOptions struct {
	Blocks Reader
	// Project is the only project whose blocks may be read, whatever the index says.
	Project string
	// Rows are the window's blocks by FirstMS, as they are played.
	Rows []model.Block
	// UntilMS is the end of the requested time; 0 means all blocks.
	UntilMS int64
	// AtOnce is how many requests read ahead at a time; 0 reads each block only when it is needed.
	AtOnce int
	// Index reads the rows again.
	Index func(context.Context) ([]model.Block, error)
}

// NewSource returns a source. Close ends it.
func NewSource(ctx context.Context, o SourceOptions) *Source {
	s := &Source{o: o, from: o.Blocks}
	if o.AtOnce > 0 {
		locations := make([]model.Location, 0, len(o.Rows))
		for i := range o.Rows {
			if o.UntilMS == 0 || o.Rows[i].FirstMS <= o.UntilMS {
				locations = append(locations, o.Rows[i].Location)
			}
		}
		s.ahead = NewAhead(ctx, o.Blocks, locations, o.AtOnce)
		s.from = s.ahead
	}
	return s
}

// Read returns the bytes of a block. Errors: ErrNotFound, also for a block of another project; ErrUnavailable.
func (s *Source) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if ProjectOf(at.Key) != s.o.Project {
		return nil, fmt.Errorf("%w: the index of %s names a block of another project, %+v", ErrNotFound, s.o.Project, at)
	}
	if now, ok := s.moved[at]; ok {
		return s.o.Blocks.Read(ctx, now)
	}
	body, err := s.from.Read(ctx, at)
	if !errors.Is(err, ErrNotFound) || s.moved != nil {
		return body, err
	}
	if failed := s.lookAgain(ctx); failed != nil {
		return nil, fmt.Errorf("%w: looking for a moved block: %w", ErrUnavailable, failed)
	}
	if now, ok := s.moved[at]; ok {
		return s.o.Blocks.Read(ctx, now)
	}
	return nil, err
}

// lookAgain reads the index a second time.
func (s *Source) lookAgain(ctx context.Context) error {
	rows, err := s.o.Index(ctx)
	if err != nil {
		return err
	}
	now := make(map[uuid.UUID]model.Location, len(rows))
	for i := range rows {
		if ProjectOf(rows[i].Location.Key) == s.o.Project {
			now[rows[i].UUID] = rows[i].Location
		}
	}
	s.moved = map[model.Location]model.Location{}
	for i := range s.o.Rows {
		if at, ok := now[s.o.Rows[i].UUID]; ok && at != s.o.Rows[i].Location {
			s.moved[s.o.Rows[i].Location] = at
		}
	}
	return nil
}

// Close cancels reads ahead.
func (s *Source) Close() {
	if s.ahead != nil {
		s.ahead.Close()
	}
}
