package server

import (
	"context"
	"errors"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/edge"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/store"
)

func (s *Server) startHealth() {
	s.health = edge.NewHealth(edge.HealthOptions{
		Dependencies: s.dependencies(), Drain: s.drain, Logger: s.logger, Registerer: s.metrics,
		Full: func(err error) bool { return errors.Is(err, store.ErrFull) || errors.Is(err, blocks.ErrFull) },
	})
}

func (s *Server) dependencies() []edge.Dependency {
	events := "the data directory"
	if s.config.Clustered() {
		events = "the storage of events (ClickHouse)"
	}
	all := []edge.Dependency{{Setting: "store", Name: events, Ping: s.storeReady}}
	if p, ok := s.blocks.(interface{ Ping(context.Context) error }); ok {
		all = append(all, edge.Dependency{Setting: "blocks", Name: "the storage of recordings", Ping: p.Ping})
	}
	return all
}

// storeReady is query.Ready with the part of its error for the log.
func (s *Server) storeReady(ctx context.Context) error {
	err := s.query.Ready(ctx)
	var worded *query.Error
	if errors.As(err, &worded) && worded.Err != nil {
		return worded.Err
	}
	return err
}
