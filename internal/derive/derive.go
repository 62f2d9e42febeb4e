// Package derive stores as rows what follows from events and recordings. This includes the link of each generation, embedding and trace, by the rules
// of package link, so that lists can be filtered, sorted and counted by it.
//
// A server derives the changes of its own commits after a second, or when a thousand traces have changed, so that data that arrive together are
// derived together. From time to time it searches for links that no server derived: because a server ended too early, because a link changes as time
// passes, or because the rules are new. Several servers may derive the same link: they read the same rows, and the result of the later reading is
// kept.
package derive

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/link"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// Store is where the inputs of links are read and links are stored.
type Store interface {
	store.Events
	store.Sessions
	store.Links
	store.Clues
	SetReports(ctx context.Context, events []model.Event) error
	Identities(ctx context.Context, project string, ids []string) ([]model.Identity, error)
}

// Options of New. Store is required.
type Options struct {
	Store Store
	// Lead is how long before a call's start its moment lies; link.DefaultLead when zero.
	Lead time.Duration
	// Gather is how long changes are collected before they are derived, a second if zero.
	Gather time.Duration
	// SearchEvery is the time between two searches for links that no server derived, a minute when zero.
	SearchEvery time.Duration
	// Now is the clock, time.Now when nil.
	Now        func() time.Time
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Deriver derives links.
type Deriver struct {
	loop
	options Options
	metrics *metrics
	changed changed
	shown   shownLately
}

// New returns a deriver that does nothing until Start.
func New(o Options) *Deriver {
	if o.Lead == 0 {
		o.Lead = link.DefaultLead
	}
	d := &Deriver{options: o, changed: newChanged()}
	d.metrics = newMetrics(o.Registerer, d.changed.len)
	d.loop = loop{
		pacing: pacing{o.Gather, o.SearchEvery, o.Now, o.Logger}.orDefaults(), metrics: d.metrics.workMetrics, enough: d.changed.enough,
		failed: "links cannot be derived; this will be retried", again: "links are derived again",
		work: func(ctx context.Context) error {
			if err := d.changes(ctx); err != nil {
				return err
			}
			if err := d.recordingsShown(ctx); err != nil {
				return err
			}
			return d.search(ctx)
		},
	}
	return d
}
