package server

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/derive"
)

// DeriveAgain derives the links of all traces and sessions with data received since a time. It returns the number of traces and of
// generations without a trace, and the number of links that were new or changed. No server may be using a data directory meanwhile;
// servers of a cluster may be running.
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
