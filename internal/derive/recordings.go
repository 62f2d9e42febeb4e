package derive

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// RecordingStore is where activity and clues of recordings are stored.
type RecordingStore interface {
	store.Activity
	store.Clues
}

// RecordingOptions of NewRecordings. Store and Blocks are required.
type RecordingOptions struct {
	Store  RecordingStore
	Blocks blocks.Reader
	// Shown is called with clues that were stored. May be nil.
	Shown func([]model.Clue)
	// Event is called with each event of a recording that changes its page, once or more often. Event must not keep the bytes and must not block. May
	// be nil.
	Event func(project, session string, event []byte)
	// Gather is how long changes are collected before they are derived, a second if zero.
	Gather time.Duration
	// SearchEvery is the time between two searches for blocks that no server derived, a minute when zero.
	SearchEvery time.Duration
	// KeepBytes limits the memory of the pages that are kept from one block of a window to the next, 16 MiB when zero.
	KeepBytes int
	// Now is the clock, time.Now when nil.
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Recordings derives the activity of recordings while their blocks arrive. It works beside a Deriver of links, so that links need not wait for it:
// reading recordings takes longer than reading rows.
type Recordings struct {
	loop
	options RecordingOptions
	metrics *recordingMetrics
	arrived arrived
	kept    kept
}

// NewRecordings returns a Recordings that does nothing until Start.
func NewRecordings(o RecordingOptions) *Recordings {
	if o.KeepBytes == 0 {
		o.KeepBytes = 16 << 20
	}
	r := &Recordings{options: o, arrived: newArrived(), kept: newKept(o.KeepBytes)}
	r.metrics = newRecordingMetrics(o.Registerer, r.arrived.waiting)
	r.loop = loop{
		pacing: pacing{o.Gather, o.SearchEvery, o.Now, o.Logger}.orDefaults(), metrics: r.metrics.workMetrics,
		failed: "activity of recordings cannot be derived; this will be retried", again: "activity of recordings is derived again",
		work: func(ctx context.Context) error {
			if err := r.changes(ctx); err != nil {
				return err
			}
			return r.look(ctx)
		},
	}
	return r
}

// changes derives what was committed since the last call.
func (r *Recordings) changes(ctx context.Context) error {
	all := r.arrived.take()
	if len(all) == 0 {
		return nil
	}
	defer r.arrived.done()
	rest, err := r.derive(ctx, all)
	if err != nil {
		r.kept.clear() // the kept windows may be ahead of what is stored
		r.arrived.putBack(all)
		return err
	}
	r.arrived.putBack(rest)
	now := time.Now()
	for key, f := range all {
		if rest[key] == nil {
			r.metrics.delay.Observe(now.Sub(f.since).Seconds())
		}
	}
	return nil
}

// look continues a search for a while, or starts one when it is due. The first search lists all blocks, of which it reads only ids: blocks may have
// been imported, or derived by earlier rules.
func (r *Recordings) look(ctx context.Context) error {
	begin := func() (int64, error) { return r.missing.checkedMS - overlap.Milliseconds(), nil }
	return r.continueSearch(ctx, begin, r.page)
}

// underivedAtOnce is how many blocks are listed at a time: some 20 MB of recordings.
const underivedAtOnce = 200

// page derives the activity of the next blocks of a walk.
func (r *Recordings) page(ctx context.Context, w *walk) (done bool, err error) {
	which := w.which()
	found, err := r.options.Store.Underived(ctx, which.FromMS, which.ToMS, underivedAtOnce)
	if err != nil {
		return false, err
	}
	if len(found) > 0 && (w.lastFound != found[0].UUID || len(found) < underivedAtOnce) {
		w.lastFound = found[0].UUID
		w.add(len(found))
		all := map[windowKey]*fresh{}
		for i := range found {
			addTo(all, &found[i], time.Now())
		}
		if all, err = r.derive(ctx, all); err != nil {
			r.kept.clear()
			return false, err
		}
		r.arrived.putBack(all)
		if len(found) == underivedAtOnce {
			return false, nil
		}
	}
	return w.turn(), nil
}

// Writer returns a writer over w that reports commits to Recordings.
func (r *Recordings) Writer(w store.Writer) store.Writer {
	return noticing{w, func(b *store.Batch, at time.Time) { r.arrived.notice(b.Blocks, at) }}
}
