package query

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/access"
	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
)

// source reads the blocks of one window for one reader. Recordings may be rewritten while they are read: what is not
// found where it was is looked for once where the index says that it is now.
type source struct {
	service           *Service
	scope             access.Scope
	sessionID, window string
	rows              []model.Block
	from              Blocks
	ahead             *blocks.Ahead // nil when blocks are read one by one
	// moved is where blocks lie by a second look at the index; nil before it.
	moved map[model.Location]model.Location
}

// source reads rows, of which the reader wants those until a time, 0 for all.
func (s *Service) source(ctx context.Context, scope access.Scope, sessionID, windowID string, rows []model.Block, untilMS int64) *source {
	src := &source{service: s, scope: scope, sessionID: sessionID, window: windowID, rows: rows, from: s.blocks}
	if s.atOnce > 0 {
		locations := make([]model.Location, 0, len(rows))
		for i := range rows { // by FirstMS, as they are played
			if untilMS == 0 || rows[i].FirstMS <= untilMS {
				locations = append(locations, rows[i].Location)
			}
		}
		src.ahead = blocks.NewAhead(ctx, s.blocks, locations, s.atOnce)
		src.from = src.ahead
	}
	return src
}

// Read implements replay.Source.
func (s *source) Read(ctx context.Context, at model.Location) ([]byte, error) {
	if blocks.ProjectOf(at.Key) != s.scope.Project {
		return nil, fmt.Errorf("%w: the index of %s names a block of another project, %+v", blocks.ErrNotFound, s.scope.Project, at)
	}
	if now, ok := s.moved[at]; ok {
		return s.service.blocks.Read(ctx, now)
	}
	body, err := s.from.Read(ctx, at)
	if !errors.Is(err, blocks.ErrNotFound) || s.moved != nil {
		return body, err
	}
	if failed := s.lookAgain(ctx); failed != nil {
		return nil, fmt.Errorf("%w: looking for a block that was moved: %w", blocks.ErrUnavailable, failed)
	}
	if now, ok := s.moved[at]; ok {
		return s.service.blocks.Read(ctx, now)
	}
	return nil, err
}

// lookAgain reads the index a second time.
func (s *source) lookAgain(ctx context.Context) error {
	rows, err := s.service.store.Blocks(ctx, s.scope.Project, s.sessionID, s.window)
	if err != nil {
		return err
	}
	now := make(map[uuid.UUID]model.Location, len(rows))
	for i := range rows {
		now[rows[i].UUID] = rows[i].Location
	}
	s.moved = map[model.Location]model.Location{}
	for i := range s.rows {
		if at, ok := now[s.rows[i].UUID]; ok && at != s.rows[i].Location {
			s.moved[s.rows[i].Location] = at
		}
	}
	return nil
}

func (s *source) close() {
	if s.ahead != nil {
		s.ahead.Close()
	}
}
