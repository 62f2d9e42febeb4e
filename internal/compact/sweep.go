package compact

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
)

const (
	// asked is how many keys are looked up in the index at a time.
	asked = 1000
	// remembered limits the objects that wait for the end of their grace. Later sweeps find the others.
	remembered = 1_000_000
)

// Sweep lists every object, and deletes those that were unused for the grace period. It returns how many it deleted.
// Recordings that the index dropped because of their age are deleted in this way too.
func (c *Compactor) Sweep(ctx context.Context) (deleted int, err error) {
	s := sweep{c: c, now: c.options.Now(), unused: map[string]time.Time{}}
	keys := make([]string, 0, asked)
	for key, err := range c.options.Objects.Keys(ctx) {
		if err != nil {
			return 0, fmt.Errorf("list objects: %w", err)
		}
		if keys = append(keys, key); len(keys) < asked {
			continue
		}
		if err := s.check(ctx, keys); err != nil {
			return 0, err
		}
		keys = keys[:0]
	}
	if len(keys) > 0 {
		if err := s.check(ctx, keys); err != nil {
			return 0, err
		}
	}
	if s.used == 0 && len(s.expired) > 0 {
		// An empty database, perhaps the wrong one, must not cause the deletion of all recordings. Only objects beyond retention may be deleted, two days
		// later: one day for the object's own day, and one because rows may be dropped late.
		due, young := s.expired[:0:0], false
		for _, key := range s.expired {
			if c.outlived(key, 48*time.Hour) {
				due = append(due, key)
			}
			young = young || !c.outlived(key, 0)
		}
		if young && len(due) == 0 {
			return 0, fmt.Errorf("the index refers to none of %d objects: nothing is deleted; remove unwanted objects by hand", s.objects)
		}
		s.expired = due
	}
	c.unused = s.unused
	c.metrics.objects.Set(float64(s.objects))
	c.metrics.unused.Set(float64(len(s.unused)))
	for _, key := range s.expired {
		if err := c.options.Objects.Delete(ctx, key); err != nil {
			return deleted, err
		}
		deleted++
		c.metrics.deleted.Inc()
	}
	return deleted, nil
}

// outlived reports whether an object is older, by more than `by`, than the retention of its project's rows.
func (c *Compactor) outlived(key string, by time.Duration) bool {
	made, err := blocks.DayOf(key)
	kept := time.Duration(c.options.Retention[blocks.ProjectOf(key)]) * 24 * time.Hour
	return err == nil && kept > 0 && c.options.Now().Sub(made) > kept+by
}

// sweep is what one sweep has found so far.
type sweep struct {
	c   *Compactor
	now time.Time
	// unused are the unused objects, and since when. Objects that are used again are removed from it.
	unused        map[string]time.Time
	expired       []string
	objects, used int
}

// check looks up in the index which of the keys are used.
func (s *sweep) check(ctx context.Context, keys []string) error {
	referenced, err := s.c.options.Index.Referenced(ctx, keys)
	if err != nil {
		return fmt.Errorf("look up which of %d objects are used: %w", len(keys), err)
	}
	used := make(map[string]bool, len(referenced))
	for _, key := range referenced {
		used[key] = true
	}
	s.objects, s.used = s.objects+len(keys), s.used+len(used)
	for _, key := range keys {
		since, known := s.c.unused[key]
		switch {
		case used[key]:
		case known:
			s.unused[key] = since // also those that are deleted now, until they are no longer listed
			if s.now.Sub(since) >= s.c.options.Grace {
				s.expired = append(s.expired, key)
			}
		case len(s.unused) < remembered:
			s.unused[key] = s.now
		}
	}
	return nil
}
