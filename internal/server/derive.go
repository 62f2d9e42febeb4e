package server

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/derive"
)

// DeriveAgain derives the links of everything of which something was received since a time. It returns how many traces, and generations
// outside of traces, these were, and how many links were not stored as they are now. Of a data directory no server may be running; a
// server of a cluster may.
func DeriveAgain(ctx context.Context, m Move, since time.Time) (looked, changed int, err error) {
	err = m.with(ctx, func(s *storages, _ string) error {
		d := derive.New(derive.Options{Store: s.store, Logger: m.Logger})
		return d.Again(ctx, since, func(l, c int) { looked, changed = l, c })
	}, true)
	return looked, changed, err
}

func (s *Server) startDeriving() {
	s.deriver = derive.New(derive.Options{Store: s.store, Logger: s.logger, Registerer: s.metrics})
	s.deriver.Start()
}
