// Package compact rewrites the recordings of sessions that have ended. The blocks of a session came in many writes, and so they are in many objects,
// among blocks of other sessions. They are written once more as one object. The package also removes objects that no location refers to.
//
// # Any number of nodes, and crashes
//
// There are no locks and no leader. Each step leaves everything readable, and can be done twice or by two servers at once:
//
//  1. The session's blocks are read and written as a new object. A crash leaves an object that no location refers to.
//  2. The new locations are written to the index. If two servers did the same, the object of the later one is used, and no location
//     refers to the other. A crash between two objects of one session leaves the session scattered; the next pass rewrites it.
//  3. An object is deleted if one sweep finds no location of it in the index, and another sweep after the grace period finds none
//     either. After a crash, the next process begins to count the grace period again.
//
// Readers can use old locations during the grace period, and then look into the index again. A writer must put its locations into the index within
// the grace period; it gives up long before (see Options.Grace).
package compact

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Index stores locations; store.Store is one.
type Index interface {
	store.Compaction
	Recordings(ctx context.Context, project string, sessionIDs []string) ([]model.Recording, error)
	Blocks(ctx context.Context, project, sessionID, windowID string) ([]model.Block, error)
}

// Objects stores bytes; s3.Store is one.
type Objects interface {
	blocks.Reader
	blocks.Writer
	// Keys lists the keys of all objects.
	Keys(ctx context.Context) iter.Seq2[string, error]
	// Delete removes an object. It is not an error if the object does not exist.
	Delete(ctx context.Context, key string) error
}

// Options of New. Index and Objects are required.
type Options struct {
	Index   Index
	Objects Objects
	// After is how long a session must have sent nothing before it is rewritten; 0 is the default of 30 minutes. A session that
	// continues later is rewritten again.
	After time.Duration
	// Grace is how long an object is kept after the last location that refers to it is gone; 0 is the default of 24 hours. It must be longer than any
	// read or write takes: if a writer were suspended for longer between writing an object and updating the index, the index would refer to a deleted
	// object.
	Grace time.Duration
	// SweepOnly disables rewriting: for a directory, where it has no benefit.
	SweepOnly bool
	// Retention is after how long the index drops rows. An unused object older than this may be deleted even if no object is in use.
	Retention store.Retention
	// ObjectBytes is the maximal size of an object, unless a single block is larger, and about half of the memory of a pass; 0 is the
	// default of 32 MiB. Longer sessions become several objects.
	ObjectBytes int64
	// Every is how often sessions are looked for; 0 is the default: 5 minutes, or After if that is shorter. Sweeps are a quarter of Grace apart.
	Every      time.Duration
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Compactor rewrites and sweeps until it is closed.
type Compactor struct {
	options Options
	metrics *metrics
	// fromMS is where the next pass begins: an earlier pass has seen the sessions that ended before it.
	fromMS int64
	// failed holds sessions that could not be rewritten, and when they are tried again.
	failed map[key]time.Time
	// failing guards failed, because several sessions are rewritten at a time.
	failing sync.Mutex
	// alone is held shared while a session is rewritten, and exclusively for a large one.
	alone sync.RWMutex
	// unused has the unused objects, and since when they are unused.
	unused map[string]time.Time

	cancel context.CancelFunc
	ended  chan struct{}
}

// key names a session of a project.
type key struct{ project, id string }

const (
	page = 200
	// sessionsAtOnce is how many sessions are rewritten at a time; nearly all of the time is waiting for the storage. Together they use no more memory
	// than one session that fills an object: a session that is larger than its part of this is rewritten alone.
	sessionsAtOnce = 8
	// atOnce is how many objects are read at a time for each of them.
	atOnce = 8
	// patience is how long a session may take.
	patience = 10 * time.Minute
)

// New returns a compactor that does nothing by itself until Start.
func New(o Options) *Compactor {
	o.After = cmp.Or(o.After, 30*time.Minute)
	o.Grace = cmp.Or(o.Grace, 24*time.Hour)
	o.ObjectBytes = cmp.Or(o.ObjectBytes, 32<<20)
	o.Every = cmp.Or(o.Every, min(5*time.Minute, o.After))
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	return &Compactor{options: o, metrics: newMetrics(o.Registerer), failed: map[key]time.Time{}, unused: map[string]time.Time{}}
}

// Compact makes one pass over the sessions that ended since the previous pass; the first pass covers all sessions. It returns how many sessions it
// rewrote. A session that fails is retried later; the error is that of the pass.
func (c *Compactor) Compact(ctx context.Context) (rewritten int, err error) {
	now := c.options.Now()
	f := store.Scattered{FromMS: c.fromMS, ToMS: now.Add(-c.options.After).UnixMilli(), PackBytes: c.options.ObjectBytes, Limit: page}
	seen := map[key]bool{}
	for {
		sessions, err := c.options.Index.Scattered(ctx, f)
		if err != nil {
			return rewritten, fmt.Errorf("look for sessions to rewrite: %w", err)
		}
		var fresh []key
		for _, found := range sessions {
			s := key{found.Project, found.ID}
			if !seen[s] && !now.Before(c.failed[s]) {
				fresh = append(fresh, s)
			}
			seen[s] = true
		}
		rewritten += c.tryAll(ctx, fresh)
		if ctx.Err() != nil {
			return rewritten, ctx.Err()
		}
		if len(sessions) < f.Limit {
			break
		}
		last := sessions[len(sessions)-1].LastMS
		if last == f.FromMS && len(fresh) == 0 {
			f.Limit *= 2 // more sessions ended in one millisecond than fit on a page
		}
		f.FromMS = last
	}
	// Sessions that ended before are rewritten or will be retried; a session that continues gets a later end. The hour allows for clocks that differ.
	c.fromMS = max(f.ToMS-time.Hour.Milliseconds(), 0)
	for s, again := range c.failed {
		if now.After(again) {
			delete(c.failed, s)
			c.fromMS = 0
		}
	}
	return rewritten, nil
}

// tryAll rewrites sessions, several at a time, and returns how many it rewrote.
func (c *Compactor) tryAll(ctx context.Context, all []key) int {
	// In random order, so that servers that do this at the same time rarely choose the same session. The second one finds nothing to do.
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var running sync.WaitGroup
	var done atomic.Int64
	next := make(chan key)
	for range min(sessionsAtOnce, len(all)) {
		running.Go(func() {
			for s := range next {
				if ctx.Err() == nil && c.try(ctx, s) {
					done.Add(1)
				}
			}
		})
	}
	for _, s := range all {
		next <- s
	}
	close(next)
	running.Wait()
	return int(done.Load())
}

// try rewrites a session, and remembers a failure.
func (c *Compactor) try(ctx context.Context, s key) bool {
	limited, cancel := context.WithTimeout(ctx, min(patience, c.options.Grace/4))
	defer cancel()
	done, err := c.rewrite(limited, s)
	switch {
	case err == nil:
		return done
	case ctx.Err() != nil:
		return false
	}
	c.metrics.failures.Inc()
	c.options.Logger.Warn("a recording cannot be rewritten now", "project", s.project, "session", s.id, "error", err)
	c.failing.Lock()
	defer c.failing.Unlock()
	c.failed[s] = c.options.Now().Add(time.Hour)
	return false
}

// rewrite joins a session's blocks. It returns false when another server has done so, or when the session continues.
func (c *Compactor) rewrite(ctx context.Context, s key) (bool, error) {
	start := c.options.Now()
	all, err := c.blocks(ctx, s)
	if err != nil {
		return false, err
	}
	keys, size := map[string]bool{}, int64(0)
	for _, b := range all {
		keys[b.Location.Key] = true
		size += b.Location.Length
		if b.ReceivedMS >= start.Add(-c.options.After).UnixMilli() {
			return false, nil
		}
	}
	if int64(len(keys)) <= 1+2*(size/c.options.ObjectBytes) {
		return false, nil
	}
	if size > c.options.ObjectBytes/sessionsAtOnce {
		c.alone.Lock()
		defer c.alone.Unlock()
	} else {
		c.alone.RLock()
		defer c.alone.RUnlock()
	}
	for part := range c.parts(all) {
		if err := c.move(ctx, s.project, part, start); err != nil {
			return false, err
		}
	}
	c.metrics.sessions.Inc()
	return true, nil
}

// blocks reads a session's index rows in the order in which they are played, window by window.
func (c *Compactor) blocks(ctx context.Context, s key) ([]model.Block, error) {
	recordings, err := c.options.Index.Recordings(ctx, s.project, []string{s.id})
	if err != nil {
		return nil, err
	}
	var all []model.Block
	for _, r := range recordings {
		for _, w := range r.Windows {
			rows, err := c.options.Index.Blocks(ctx, s.project, s.id, w.ID)
			if err != nil {
				return nil, err
			}
			slices.SortStableFunc(rows, func(a, b model.Block) int {
				return cmp.Or(cmp.Compare(a.FirstMS, b.FirstMS), cmp.Compare(a.ReceivedMS, b.ReceivedMS))
			})
			all = append(all, rows...)
		}
	}
	return all, nil
}

// parts divides blocks into the contents of objects.
func (c *Compactor) parts(all []model.Block) iter.Seq[[]model.Block] {
	return func(yield func([]model.Block) bool) {
		for len(all) > 0 {
			n, size := 0, int64(0)
			for n < len(all) && (n == 0 || size+all[n].Location.Length <= c.options.ObjectBytes) {
				size += all[n].Location.Length
				n++
			}
			if !yield(all[:n:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// move writes blocks as one object and updates the index.
func (c *Compactor) move(ctx context.Context, project string, part []model.Block, start time.Time) error {
	locations := make([]model.Location, len(part))
	for i := range part {
		locations[i] = part[i].Location
	}
	bodies, err := blocks.ReadAll(ctx, c.options.Objects, locations, atOnce)
	if err != nil {
		return err
	}
	for i, body := range bodies {
		if int64(len(body)) != locations[i].Length {
			return fmt.Errorf("block %s has %d bytes, its location %+v", part[i].UUID, len(body), locations[i])
		}
	}
	if locations, err = c.options.Objects.Write(ctx, project, bodies); err != nil {
		return err
	}
	for i := range part {
		part[i].Location = locations[i]
		c.metrics.bytes.Add(float64(locations[i].Length))
	}
	// The process may have been suspended, and its object may have been swept in the meantime.
	if took := c.options.Now().Sub(start); took > c.options.Grace/2 {
		return fmt.Errorf("took %v, longer than is safe", took)
	}
	return c.options.Index.Relocate(ctx, part)
}
