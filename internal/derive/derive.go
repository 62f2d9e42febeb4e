// Package derive keeps what follows from events and recordings as rows: the link of each generation, embedding and trace, by the rules of
// package link, so that lists can be filtered, sorted and counted by it.
//
// A server derives what its own commits changed, up to a second later or when it is a thousand traces, so that what arrives together is derived together. From time to
// time it looks for what nobody derived: because a server ended before it could, because time alone makes a link another one, or because
// the rules are new. Several servers may derive the same: they read the same rows, and of two answers the one whose reading began later
// stays.
package derive

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/store"
)

// Store is what links are derived of, and where they are stored.
type Store interface {
	store.Events
	store.Sessions
	store.Links
}

// Options of New. Store is required.
type Options struct {
	Store Store
	// Lead is how long before a call's start its moment lies; link.DefaultLead when zero.
	Lead time.Duration
	// Gather is how long what arrives is waited for, a second when zero.
	Gather time.Duration
	// SearchEvery is how often is looked for what nobody derived, a minute when zero.
	SearchEvery time.Duration
	// Now is the clock, time.Now when nil.
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Deriver derives.
type Deriver struct {
	options Options
	metrics *metrics
	changed changed
	missing missing
	failing bool

	cancel context.CancelFunc
	ended  chan struct{}
}

// New returns a deriver that does nothing by itself until Start.
func New(o Options) *Deriver {
	if o.Lead == 0 {
		o.Lead = link.DefaultLead
	}
	if o.Gather == 0 {
		o.Gather = time.Second
	}
	if o.SearchEvery == 0 {
		o.SearchEvery = time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	d := &Deriver{options: o, changed: newChanged()}
	d.metrics = newMetrics(o.Registerer, d.changed.len)
	return d
}

// Start derives until Close.
func (d *Deriver) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel, d.ended = cancel, make(chan struct{})
	// Servers that were started together do not meet.
	d.missing.next = time.Now().Add(rand.N(d.options.SearchEvery / 4))
	go func() {
		defer close(d.ended)
		d.run(ctx)
	}()
}

// Close stops at once. What was not derived yet is found by the next search of any server.
func (d *Deriver) Close() {
	if d.cancel != nil {
		d.cancel()
		<-d.ended
	}
}

// longestPause is how long is waited at most after the storage failed.
const longestPause = 15 * time.Second

func (d *Deriver) run(ctx context.Context) {
	tick := time.NewTicker(d.options.Gather)
	defer tick.Stop()
	pause := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-d.changed.enough: // what a storage still has in memory costs least
		}
		err := d.changes(ctx)
		if err == nil {
			err = d.search(ctx)
		}
		d.told(ctx, err)
		if err == nil {
			pause = 0
			continue
		}
		pause = min(max(2*pause, d.options.Gather), longestPause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

// told logs the beginning and the end of a time in which nothing can be derived.
func (d *Deriver) told(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.metrics.failures.Inc()
		if !d.failing {
			d.options.Logger.Warn("links cannot be derived; this will be retried", "error", err)
		}
		d.failing = true
	case d.failing:
		d.options.Logger.Info("links are derived again")
		d.failing = false
	}
}
