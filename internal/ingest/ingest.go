// Package ingest checks and enriches what the packages of protocols decoded, and stores it durably in groups. It knows no protocol: arrivals use the
// model's terms.
//
// Checks, times, limits, previews and encoding of recordings run in the caller's goroutine. One committer goroutine takes all waiting requests and
// commits them together: first the bodies of recordings, then the rows that refer to them. A request is answered when its rows are durable.
//
// If writing bodies is slow and costs money, as in S3, recordings gather for a window, and a second committer handles requests with recordings, so
// that other requests do not wait for them.
package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/price"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/store"
)

// Limits restricts what is accepted. Zero fields mean the default.
type Limits struct {
	// EventBytes is the most content of one event; the rest is cut off (16 MiB). It does not apply to recordings.
	EventBytes int
	// WaitingBytes is the most that may wait for a commit; senders of further requests are asked to retry (128 MiB). With a window, one half is for
	// requests with recordings, and the other half for all others.
	WaitingBytes int64
	// GroupRows and GroupBytes limit one commit (10,000 rows, 32 MiB). Larger requests are committed in parts.
	GroupRows  int
	GroupBytes int64
}

func (l Limits) withDefaults() Limits {
	if l.EventBytes <= 0 {
		l.EventBytes = 16 << 20
	}
	if l.WaitingBytes <= 0 {
		l.WaitingBytes = 128 << 20
	}
	if l.GroupRows <= 0 {
		l.GroupRows = 10_000
	}
	if l.GroupBytes <= 0 {
		l.GroupBytes = 32 << 20
	}
	return l
}

// Options of New. Store and Blocks are required.
type Options struct {
	Store  store.Writer
	Blocks blocks.Writer
	// Window is how long recordings gather before they are written together; 0 means not at all.
	Window time.Duration
	// Prices calculates costs; price.Default if nil.
	Prices *price.List
	// Now is the server's clock; time.Now if nil.
	Now        func() time.Time
	Limits     Limits
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Pipeline stores deliveries. It is safe for concurrent use.
type Pipeline struct {
	limits    Limits
	now       func() time.Time
	prices    *price.List
	metrics   *metrics
	committer *committer
	// recordings commits requests with recordings. Without a window it is the same committer.
	recordings *committer
}

// New starts a pipeline. Close stops it.
func New(o Options) *Pipeline {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Prices == nil {
		o.Prices = price.Default()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Registerer == nil {
		o.Registerer = prometheus.NewRegistry()
	}
	p := &Pipeline{
		limits:  o.Limits.withDefaults(),
		now:     o.Now,
		prices:  o.Prices,
		metrics: newMetrics(o.Registerer),
	}
	limits := p.limits
	if o.Window > 0 {
		limits.WaitingBytes /= 2
	}
	p.committer = startCommitter(0, o.Store, o.Blocks, limits, o.Logger, p.metrics)
	p.recordings = p.committer
	if o.Window > 0 {
		p.recordings = startCommitter(o.Window, o.Store, o.Blocks, limits, o.Logger, p.metrics)
	}
	return p
}

// Ingest stores a delivery durably and returns the outcome of each of its events, in their order. When ctx ends it stops working and waiting, but
// rows that were accepted are still committed. It does not keep the delivery's byte slices after it returns. It gives the delivery's turn back before
// it waits for the commit.
//
// The error is a model.ErrUnavailable if the same delivery should be sent again later: too much is waiting, storage cannot accept it now, or the
// pipeline is closing. Any other error means that storage will never accept this delivery.
func (p *Pipeline) Ingest(ctx context.Context, d *model.Delivery) ([]model.Outcome, error) {
	if err := pause(ctx, nil); err != nil { // the client has left already
		return nil, err
	}
	n := sizesOf(d, p.limits.EventBytes)
	if err := p.committerOf(n.recordings > 0).ready(); err != nil {
		return nil, err
	}
	if d.Reserve != nil {
		if err := d.Reserve(int64(n.arrivals) * eventBytes); err != nil {
			return nil, err
		}
	}
	b := newBuilder(p, d, n, rawjson.NewPace(func() error { return pause(ctx, d.Turn) }))
	outcomes, err := b.take(n.arrivals)
	if err != nil {
		return nil, err
	}
	r := b.finish()
	if d.Turn != nil {
		d.Turn.End()
	}
	if r.empty() {
		return outcomes, nil
	}
	if err := p.committerOf(len(r.bodies) > 0).submit(ctx, r); err != nil {
		return nil, err
	}
	return outcomes, nil
}

func (p *Pipeline) committerOf(recordings bool) *committer {
	if recordings {
		return p.recordings
	}
	return p.committer
}

// pause lets other requests run first, and stops the work if its client has left.
func pause(ctx context.Context, turn model.Turn) error {
	err := context.Cause(ctx)
	if err == nil && turn != nil {
		err = turn.Pause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w: stopped checking events: %w", model.ErrUnavailable, err)
	}
	return nil
}

// Close refuses new deliveries and commits what was accepted. If ctx ends first, the senders of the remaining requests are told to send them again.
func (p *Pipeline) Close(ctx context.Context) error {
	if p.recordings == p.committer {
		return p.committer.close(ctx)
	}
	recordings := make(chan error, 1)
	go func() { recordings <- p.recordings.close(ctx) }()
	return errors.Join(p.committer.close(ctx), <-recordings)
}

var errClosing = errors.New("shutting down")
