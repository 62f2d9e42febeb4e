package derive

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// mostChanged is the largest number of changes that wait to be derived: 10 MB. The next search finds the others.
const mostChanged = 50_000

// changeOf is a subject, or a session whose recording has a new part.
type changeOf struct {
	model.Subject
	session string
}

// changed are the committed changes that are not derived yet, each with the time at which its first part was acknowledged.
type changed struct {
	mu  sync.Mutex
	all map[changeOf]time.Time
	// enough receives a token when there are enough changes to derive without waiting longer.
	enough chan struct{}
}

func newChanged() changed {
	return changed{all: map[changeOf]time.Time{}, enough: make(chan struct{}, 1)}
}

func (c *changed) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

func (c *changed) take() map[changeOf]time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = map[changeOf]time.Time{}
	return all
}

// add records a change, with the earlier time if it was recorded before.
func (c *changed) add(what changeOf, at time.Time) {
	if before, known := c.all[what]; known && before.Before(at) || !known && len(c.all) >= mostChanged {
		return
	}
	c.all[what] = at
}

func (c *changed) addAll(all map[changeOf]time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for what, at := range all {
		c.add(what, at)
	}
}

// notice records the changes of a committed batch.
func (c *changed) notice(b *store.Batch, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range b.Events {
		e := &b.Events[i]
		if s, ok := model.SubjectOf(e); ok {
			c.add(changeOf{Subject: s}, at)
		}
		if e.SessionID != "" && e.RecordingStatus != "" {
			c.add(changeOf{model.Subject{Project: e.Project}, e.SessionID}, at)
		}
	}
	for i := range b.Blocks {
		c.add(changeOf{model.Subject{Project: b.Blocks[i].Project}, b.Blocks[i].SessionID}, at)
	}
	if len(c.all) >= together {
		wake(c.enough)
	}
}

// Writer returns a writer over w that notifies the deriver of commits.
func (d *Deriver) Writer(w store.Writer) store.Writer { return noticing{w, d.changed.notice} }

// sessionsAtOnce is the number of sessions whose subjects are looked up together, and mostSubjects the largest number of their subjects.
const (
	sessionsAtOnce = 500
	mostSubjects   = 100_000
)

// changes derives what was committed since the last call.
func (d *Deriver) changes(ctx context.Context) error {
	all := d.changed.take()
	if len(all) == 0 {
		return nil
	}
	if err := d.deriveAll(ctx, all); err != nil {
		d.changed.addAll(all)
		return err
	}
	now := time.Now()
	for _, at := range all {
		d.metrics.delay.Observe(now.Sub(at).Seconds())
	}
	return nil
}

func (d *Deriver) deriveAll(ctx context.Context, all map[changeOf]time.Time) error {
	subjects := map[model.Subject]time.Time{} // with the times of their changes
	sessions := map[string][]string{}
	for what, at := range all {
		if what.session == "" {
			subjects[what.Subject] = at
		} else {
			sessions[what.Project] = append(sessions[what.Project], what.session)
		}
	}
	for project, ids := range sessions {
		for len(ids) > 0 {
			n := min(len(ids), sessionsAtOnce)
			of, err := d.options.Store.SubjectsOf(ctx, project, ids[:n], mostSubjects)
			if err != nil {
				return err
			}
			for _, s := range of {
				if _, ok := subjects[s]; !ok {
					subjects[s] = time.Now()
				}
			}
			ids = ids[n:]
		}
	}
	byProject := map[string][]model.Subject{}
	for s := range subjects {
		byProject[s.Project] = append(byProject[s.Project], s)
	}
	for project, of := range byProject {
		// Rows of subjects that changed at the same time are stored near each other.
		slices.SortFunc(of, func(a, b model.Subject) int { return subjects[a].Compare(subjects[b]) })
		if _, err := d.Derive(ctx, project, of); err != nil {
			return err
		}
	}
	return nil
}
