package server

import (
	"time"

	"github.com/playheadhq/playhead/internal/assets"
	"github.com/playheadhq/playhead/internal/query"
)

// startAssets starts fetching what recorded pages refer to on hosts, and returns what is to be told of the events of recordings; nil when no host may be asked.
func (s *Server) startAssets(hosts assets.Hosts) (changed func(project, session string, event []byte)) {
	if len(hosts) == 0 {
		return nil
	}
	c := s.config.Assets
	s.assets = assets.NewWorker(assets.Options{
		To: s.named, Hosts: hosts, MaxBytes: int64(c.MaxSize), Timeout: time.Duration(c.Timeout), PerSession: c.PerSession, RetentionDays: retention(s.config),
		Logger: s.logger, Registerer: s.metrics,
	})
	s.assets.Start()
	return s.assets.Event
}

// assetCounts tells Status what became of what recorded pages refer to.
func (s *Server) assetCounts() (all []query.AssetCount) {
	if s.assets == nil {
		return nil
	}
	counts := s.assets.Counts()
	for _, outcome := range assets.Outcomes {
		if n := counts[outcome]; n > 0 {
			all = append(all, query.AssetCount{Outcome: string(outcome), Count: n})
		}
	}
	return all
}
