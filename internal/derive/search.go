package derive

import (
	"context"
	"fmt"
	"time"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// settle is how long what was received is left to the server that received it.
	settle = 10 * time.Second
	// overlap is looked at again by the next search: a commit may take a while after its events were received, and clocks differ.
	overlap = 2 * time.Minute
	// overlapFirst is what the first search looks at again: what a server that ended left behind.
	overlapFirst = time.Hour
	// page is how many subjects are listed at a time.
	page = 1000
	// shortest and widest are how long a time is looked at at once.
	shortest, widest = time.Minute, 1000 * 24 * time.Hour
)

// missing is the looking for what nobody derived.
type missing struct {
	next    time.Time // when the next search begins
	walk    *walk     // the one that was begun
	beganMS int64
	// checkedMS is until when all that was received has links; 0 is not known.
	checkedMS int64
}

// search goes on with a search for a while, or begins one when it is time.
func (d *Deriver) search(ctx context.Context) error {
	m := &d.missing
	if m.walk == nil {
		if time.Now().Before(m.next) {
			return nil
		}
		from := m.checkedMS - overlap.Milliseconds()
		if m.checkedMS == 0 {
			last, err := d.options.Store.LinksReceived(ctx)
			if err != nil {
				return fmt.Errorf("read until when links were derived: %w", err)
			}
			from = last - overlapFirst.Milliseconds()
		}
		now := d.options.Now()
		m.beganMS = now.Add(-settle).UnixMilli()
		m.walk = &walk{fromMS: max(from, 0), toMS: m.beganMS, dueMS: now.UnixMilli(), width: time.Hour}
	}
	for until := time.Now().Add(d.options.Gather); time.Now().Before(until); {
		_, done, err := d.page(ctx, m.walk)
		if err != nil {
			return err
		}
		if done {
			m.checkedMS, m.walk, m.next = m.beganMS, nil, time.Now().Add(d.options.SearchEvery)
			return nil
		}
	}
	return nil
}

// Again derives everything of which an event or a part of the recording was received since a time, whatever is stored of it. It tells
// report how many traces and generations outside of traces that are so far, and how many links were not as they are now.
func (d *Deriver) Again(ctx context.Context, since time.Time, report func(looked, stored int)) error {
	w := &walk{fromMS: max(since.UnixMilli(), 0), toMS: d.options.Now().UnixMilli() + 1, width: time.Hour}
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

// page derives what a walk lists next.
func (d *Deriver) page(ctx context.Context, w *walk) (stored int, done bool, err error) {
	of, err := d.options.Store.Subjects(ctx, w.which(), w.after, page)
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

// walk goes from what was received last to what was received first. An engine finds quickly what was received within a short time, and
// there may be years without anything: so each time is as long as those before let expect it to be of use.
type walk struct {
	fromMS, toMS int64
	dueMS        int64
	width        time.Duration
	after        model.Subject // within the time that is looked at
	inTime       int           // how many were listed of it
	onPage       int           // since the last turn
	listed       int           // of all times
}

func (w *walk) which() store.Which {
	return store.Which{FromMS: max(w.fromMS, w.toMS-w.width.Milliseconds()), ToMS: w.toMS, DueMS: w.dueMS}
}

// derived says that what was listed next has its links.
func (w *walk) derived(of []model.Subject) {
	w.after = of[len(of)-1]
	w.inTime, w.onPage, w.listed = w.inTime+len(of), w.onPage+len(of), w.listed+len(of)
}

// turn goes on to the time before, when the one looked at has no more. It says whether there is none.
func (w *walk) turn() (done bool) {
	full := w.onPage == page
	w.onPage = 0
	if full {
		return false
	}
	w.toMS = w.which().FromMS
	switch {
	case w.inTime == 0:
		w.width = min(2*w.width, widest)
	case w.inTime > page:
		w.width = max(w.width/2, shortest)
	}
	w.after, w.inTime = model.Subject{}, 0
	w.dueMS = min(w.dueMS, 1) // what time changes was listed with the first
	return w.toMS <= w.fromMS
}
