package derive

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/link/words"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// mostShown limits how many clues of recordings wait for the lookup of traces with the same clues: 8 bytes each. A trace without a link is derived
// once more after link.AgainFor anyway.
const mostShown = 200_000

// shownLately are the clues of recordings that were stored recently.
type shownLately struct {
	mu  sync.Mutex
	all map[string]*shownIn // by project
	n   int
}

type shownIn struct {
	hashes       map[int64]struct{}
	fromMS, toMS int64
}

// Shown tells the deriver which clues of recordings were stored. Traces with the same clues may be linked now.
func (d *Deriver) Shown(clues []model.Clue) {
	s := &d.shown
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range clues {
		c := &clues[i]
		if s.n >= mostShown {
			return
		}
		if s.all == nil {
			s.all = map[string]*shownIn{}
		}
		in := s.all[c.Project]
		if in == nil {
			in = &shownIn{map[int64]struct{}{}, c.AtMS, c.EndMS}
			s.all[c.Project] = in
		}
		if _, ok := in.hashes[c.Hash]; !ok {
			in.hashes[c.Hash] = struct{}{}
			s.n++
		}
		in.fromMS, in.toMS = min(in.fromMS, c.AtMS), max(in.toMS, c.EndMS)
	}
}

func (s *shownLately) take() map[string]*shownIn {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.all
	s.all, s.n = nil, 0
	return all
}

// putBack puts back clues that could not be looked up.
func (s *shownLately) putBack(project string, in *shownIn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[string]*shownIn{}
	}
	if now := s.all[project]; now != nil {
		for hash := range now.hashes {
			in.hashes[hash] = struct{}{}
		}
		in.fromMS, in.toMS = min(in.fromMS, now.fromMS), max(in.toMS, now.toMS)
	}
	s.all[project] = in
	s.n = 0
	for _, each := range s.all {
		s.n += len(each.hashes)
	}
}

// mostRecognized is the largest number of clues of traces that are read at once.
const mostRecognized = 20_000

// recordingsShown derives the links of traces without a session id that share clues with recordings stored since the last call, with one read for
// each project.
func (d *Deriver) recordingsShown(ctx context.Context) error {
	all := d.shown.take()
	for project, in := range all {
		if err := d.shownIn(ctx, project, in); err != nil {
			for project, in := range all {
				d.shown.putBack(project, in)
			}
			return err
		}
	}
	return nil
}

func (d *Deriver) shownIn(ctx context.Context, project string, in *shownIn) error {
	q := store.ClueQuestion{FromMS: in.fromMS - link.SeenAfter, ToMS: in.toMS + link.SeenBefore, Limit: mostRecognized}
	for hash := range in.hashes {
		q.Hashes = append(q.Hashes, hash)
	}
	found, err := d.options.Store.Clues(ctx, project, q)
	if err != nil {
		return fmt.Errorf("look for the traces of recordings: %w", err)
	}
	seen := map[model.Subject]bool{}
	var of []model.Subject
	for i := range found {
		s := model.Subject{Project: project, TraceID: found[i].TraceID}
		if s.TraceID == "" {
			s.UUID = found[i].UUID
		}
		if !seen[s] {
			seen[s] = true
			of = append(of, s)
		}
	}
	if _, framed := in.hashes[words.ID(words.Framed, "")]; framed {
		waiting, err := d.waiting(ctx, project)
		if err != nil {
			return err
		}
		of = append(of, slices.DeleteFunc(waiting, func(s model.Subject) bool { return seen[s] })...)
	}
	_, err = d.Derive(ctx, project, of)
	return err
}
