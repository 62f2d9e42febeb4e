package server

import (
	"context"

	"github.com/playheadhq/playhead/internal/auth"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/store"
)

// save stores a saved view or a link. This is rare and small, so it does not wait for the commits of captured data.
func (s *Server) save(ctx context.Context, row model.Saved) error {
	_, err := s.store.Commit(ctx, &store.Batch{Saved: []model.Saved{row}})
	return err
}

// shares signs links for guests. It is nil if the links would become invalid when this process ends.
func (s *Server) shares() query.Shares {
	if !s.secrets.lasting {
		return nil
	}
	return auth.NewShares(s.secrets.key)
}
