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
	// listedAtOnce is how many subjects are listed at a time.
	listedAtOnce = 1000
	// shortest and widest are the limits for the length of one period of a search.
	shortest, widest = time.Minute, 1000 * 24 * time.Hour
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
		before := w.listed
		n, done, err := d.page(ctx, w)
		looked, stored = looked+w.listed-before, stored+n
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
	of, err := d.options.Store.Subjects(ctx, w.which(), w.after, listedAtOnce)
	if err != nil {
		return 0, false, fmt.Errorf("list what links are derived of: %w", err)
	}
	for len(of) > 0 {
		n := 1
		for n < len(of) && of[n].Project == of[0].Project {
			n++
		}
		changed, err := d.Derive(ctx, of[0].Project, of[:n])
		stored += changed
		if err != nil {
			return stored, false, err
		}
		w.derived(of[:n])
		of = of[n:]
	}
	return stored, w.turn(), nil
}

// walk goes back in time of receipt, period by period. An engine quickly finds what was received within a short period, and there may be years
// without data. Therefore the length of each period depends on how much the previous ones contained.
type walk struct {
	fromMS, toMS int64
	dueMS        int64
	width        time.Duration
	after        model.Subject // the last subject listed in the current period
	inTime       int           // listed in the current period
	onPage       int           // listed since the last turn
	listed       int           // listed in all periods
	lastFound    uuid.UUID     // the first block of the previous page, if blocks are listed
}

func (w *walk) which() store.Which {
	return store.Which{FromMS: max(w.fromMS, w.toMS-w.width.Milliseconds()), ToMS: w.toMS, DueMS: w.dueMS}
}

// derived records that the subjects listed last have their links.
func (w *walk) derived(of []model.Subject) {
	w.after = of[len(of)-1]
	w.found(len(of))
}

// found counts what was listed.
func (w *walk) found(n int) { w.inTime, w.onPage, w.listed = w.inTime+n, w.onPage+n, w.listed+n }

// turn continues with the preceding period when the current one is finished. It reports whether all are finished.
func (w *walk) turn() (done bool) {
	full := w.onPage == listedAtOnce
	w.onPage = 0
	if full {
		return false
	}
	w.toMS = w.which().FromMS
	switch {
	case w.inTime == 0:
		w.width = min(2*w.width, widest)
	case w.inTime > listedAtOnce:
		w.width = max(w.width/2, shortest)
	}
	w.after, w.inTime = model.Subject{}, 0
	w.dueMS = min(w.dueMS, 1) // subjects that change with time were listed in the first period
	return w.toMS <= w.fromMS
}
