package server

import (
	"context"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/derive"
	"github.com/playheadhq/playhead/internal/posthog"
)

// DeriveAgain derives the links of all traces and sessions with data received since a time. It returns the number of traces and of generations
// without a trace, and the number of new or changed links. No server may be using the data directory meanwhile; servers of a cluster may be running.
func DeriveAgain(ctx context.Context, m Move, since time.Time) (looked, changed int, err error) {
	err = m.with(ctx, func(s *storages, _ string) error {
		d := derive.New(derive.Options{Store: s.store, Logger: m.Logger})
		return d.Again(ctx, since, func(l, c int) { looked, changed = l, c })
	}, true)
	return looked, changed, err
}

// recentBytes is how much of the data written to a bucket is kept in memory until its activity is derived, some seconds later.
const recentBytes = 16 << 20

// startDeriving starts the derivers. Two of them tell the third what they store. changed is told of the events of recordings.
func (s *Server) startDeriving(changed func(project, session string, event []byte)) {
	s.written = s.blocks
	if s.inS3 {
		s.written = blocks.NewRecent(s.blocks, recentBytes)
	}
	s.experiences = derive.NewExperiences(derive.ExperienceOptions{
		Store: s.store, Blocks: s.written, ActivityOf: posthog.ActivityOf, Leaves: posthog.Leaves, Logger: s.logger, Registerer: s.metrics,
	})
	s.deriver = derive.New(derive.Options{Store: s.experiences.Links(s.store), Logger: s.logger, Registerer: s.metrics})
	s.recordings = derive.NewRecordings(derive.RecordingOptions{
		Store: s.experiences.Activity(s.store), Blocks: s.written, Shown: s.deriver.Shown, Event: changed, Logger: s.logger, Registerer: s.metrics,
	})
	s.deriver.Start()
	s.recordings.Start()
	s.experiences.Start()
}
