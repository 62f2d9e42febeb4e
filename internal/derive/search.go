package derive

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// settle is how long a search leaves received events to the server that received them.
	settle = 10 * time.Second
	// overlap is how much time the next search searches again: a commit may take a while after its events were received, and clocks differ.
	overlap = 2 * time.Minute
	// overlapFirst is how much time the first search searches again, for events that a server received but did not derive before it ended.
	overlapFirst = time.Hour
	// listedAtOnce is how many subjects are listed at a time, and derivedAtOnce how many of them are derived at a time. An engine reads all links for
	// each list: listing only those that are derived next took ClickHouse 1.2 s each time for a million generations.
	listedAtOnce, derivedAtOnce = 20_000, 1000
	// crowded is how many subjects or blocks a period may contain before the next ones are made shorter.
	crowded = 1000
	// shortest and widest are the limits for the length of one period of a search.
	shortest, widest = time.Minute, 100 * 365 * 24 * time.Hour
)

// search continues a search for a while, or starts one when it is due.
func (d *Deriver) search(ctx context.Context) error {
	begin := func() (int64, error) {
		if d.missing.checkedMS != 0 {
			return d.missing.checkedMS - overlap.Milliseconds(), nil
		}
		last, err := d.options.Store.LinksReceived(ctx)
		if err != nil {
			return 0, fmt.Errorf("read until when links were derived: %w", err)
		}
		return last - overlapFirst.Milliseconds(), nil
	}
	return d.continueSearch(ctx, begin, func(ctx context.Context, w *walk) (bool, error) {
		_, done, err := d.page(ctx, w)
		return done, err
	})
}

// Again derives everything with an event or a part of a recording received since a time, even if a link is stored. It calls report with the number of
// traces and single generations so far, and the number of links that had to be corrected.
func (d *Deriver) Again(ctx context.Context, since time.Time, report func(looked, stored int)) error {
	w := &walk{fromMS: max(since.UnixMilli(), 0), toMS: d.now().UnixMilli() + 1, width: time.Hour}
	looked, stored := 0, 0
	for {
		before := w.found
		n, done, err := d.page(ctx, w)
		looked, stored = looked+w.found-before, stored+n
		if err != nil {
			return err
		}
		if report(looked, stored); done {
			return nil
		}
	}
}

// page derives the next subjects of a walk.
func (d *Deriver) page(ctx context.Context, w *walk) (stored int, done bool, err error) {
	done, err = w.derive(ctx, d.options.Store.Subjects, func(project string, of []model.Subject) error {
		stored, err = d.Derive(ctx, project, of)
		return err
	})
	return stored, done, err
}

// walk goes back in time of receipt, period by period. An engine quickly finds what was received within a short period, and there may be years
// without data. Therefore the length of each period depends on how much the previous ones contained.
type walk struct {
	fromMS, toMS int64
	dueMS        int64
	width        time.Duration
	after        model.Subject   // the last subject listed in the current period
	next         []model.Subject // listed, but not derived yet
	more         bool            // the current period may have more subjects than were listed
	inTime       int             // found in the current period
	found        int             // found in all periods
	lastFound    uuid.UUID       // the first block of the previous page, if blocks are listed
}

func (w *walk) which() store.Which {
	return store.Which{FromMS: max(w.fromMS, w.toMS-w.width.Milliseconds()), ToMS: w.toMS, DueMS: w.dueMS}
}

// listing lists the subjects that come after another one.
type listing func(ctx context.Context, of store.Which, after model.Subject, limit int) ([]model.Subject, error)

// derive derives the next subjects of one project, which it lists if none are left. It reports whether all are derived.
func (w *walk) derive(ctx context.Context, list listing, derive func(project string, of []model.Subject) error) (done bool, err error) {
	if len(w.next) == 0 {
		if w.next, err = list(ctx, w.which(), w.after, listedAtOnce); err != nil {
			return false, fmt.Errorf("list what is derived: %w", err)
		}
		if w.more = len(w.next) == listedAtOnce; len(w.next) > 0 {
			w.after = w.next[len(w.next)-1]
		}
	}
	if len(w.next) > 0 {
		n := 1
		for n < min(len(w.next), derivedAtOnce) && w.next[n].Project == w.next[0].Project {
			n++
		}
		if err := derive(w.next[0].Project, w.next[:n]); err != nil {
			return false, err
		}
		w.add(n)
		w.next = w.next[n:]
	}
	if len(w.next) > 0 || w.more {
		return false, nil
	}
	return w.turn(), nil
}

// add counts what was found.
func (w *walk) add(n int) { w.inTime, w.found = w.inTime+n, w.found+n }

// turn continues with the preceding period. It reports whether all are finished.
func (w *walk) turn() (done bool) {
	w.toMS = w.which().FromMS
	switch {
	case w.inTime == 0:
		w.width = min(4*w.width, widest)
	case w.inTime > crowded:
		w.width = max(w.width/2, shortest)
	}
	w.after, w.inTime = model.Subject{}, 0
	w.dueMS = min(w.dueMS, 1) // subjects that change with time were listed in the first period
	return w.toMS <= w.fromMS
}
