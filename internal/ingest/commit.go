package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// request is the rows of one delivery, or of a part of one, and the caller that waits for them.
type request struct {
	rows *rows
	at   time.Time  // when it began to wait
	done chan error // takes one value without blocking
	// rest is the remainder of the delivery if these rows are a part of it; otherwise nil.
	rest *request
	// large means that the request must leave space for small ones, see refuse.
	large bool
}

// committer commits waiting requests, group by group, in one goroutine. While a group is being committed the next one gathers, so groups grow with
// the load, and without a window a single request does not wait for others.
type committer struct {
	// window is how long the first request of a group waits for others.
	window  time.Duration
	store   store.Writer
	blocks  blocks.Writer
	limits  Limits
	log     *slog.Logger
	metrics *metrics
	// noBlocks and noRows log outages of storage.
	noBlocks, noRows outage

	ctx    context.Context // ends when Close stops waiting
	cancel context.CancelFunc
	ended  chan struct{}

	mu      sync.Mutex
	waiting int64 // bytes accepted and not yet answered
	large   int64 // the bytes of large requests, which are part of waiting
	// smallAt is the time of the latest request that fits into one part.
	smallAt time.Time
	queue   []*request
	closing bool
	wake    chan struct{} // holds one token while there may be something to do
}

func startCommitter(window time.Duration, s store.Writer, b blocks.Writer, l Limits, log *slog.Logger, m *metrics) *committer {
	c := &committer{window: window, store: s, blocks: b, limits: l, log: log, metrics: m, ended: make(chan struct{}), wake: make(chan struct{}, 1)}
	c.noBlocks = outage{log: log, what: "recordings cannot be stored", over: "recordings can be stored again"}
	c.noRows = outage{log: log, what: "events and the index of recordings cannot be stored", over: "events and the index of recordings can be stored again"}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	go c.run()
	return c
}

// ready returns the error that submit would return for any request, before work is spent on one.
func (c *committer) ready() error {
	c.mu.Lock()
	err := c.refuse(1)
	c.mu.Unlock()
	if err != nil {
		c.metrics.turnedAway.Inc()
	}
	return err
}

// A request is small up to 1/small of the bytes that may wait. Larger requests leave 1/keptBack of them to small ones; otherwise a few large requests
// would keep everybody else out.
const (
	small    = 16
	keptBack = 8
)

// refuse returns why n more bytes cannot wait. A request larger than the limit is accepted if nothing else waits.
func (c *committer) refuse(n int64) error {
	most, waiting := c.limits.WaitingBytes, c.waiting
	forLarge := most - most/keptBack
	if c.isLarge(n) {
		most = forLarge
	} else {
		waiting -= max(0, c.large-forLarge) // the excess of a request that was accepted because nothing else waited
	}
	switch {
	case c.closing:
		return fmt.Errorf("%w: %w", model.ErrUnavailable, errClosing)
	case waiting > 0 && waiting+n > most:
		return fmt.Errorf("%w: %d bytes are waiting for their commit, %d are allowed", model.ErrUnavailable, c.waiting, most)
	}
	return nil
}

func (c *committer) isLarge(bytes int64) bool { return bytes > c.limits.WaitingBytes/small }

// submit waits until the rows are durable or ctx ends.
func (c *committer) submit(ctx context.Context, r *rows) error {
	q := &request{rows: r, at: time.Now(), done: make(chan error, 1)}
	c.mu.Lock()
	if err := c.refuse(r.bytes); err != nil {
		c.mu.Unlock()
		c.metrics.turnedAway.Inc()
		return err
	}
	c.waiting += r.bytes
	if q.large = c.isLarge(r.bytes); q.large {
		c.large += r.bytes
	}
	c.metrics.waiting.Add(float64(r.bytes))
	if littlePart.holds(r) {
		c.smallAt = q.at
	}
	c.queue = append(c.queue, q)
	c.mu.Unlock()
	c.signal()
	select {
	case err := <-q.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: stopped waiting for the commit: %w", model.ErrUnavailable, context.Cause(ctx))
	}
}

func (c *committer) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *committer) run() {
	defer close(c.ended)
	for {
		requests, closing, early := c.take()
		switch {
		case len(requests) > 0:
			c.commit(join(requests))
		case early > 0:
			c.wait(early)
		case closing:
			return
		default:
			<-c.wake
		}
	}
}

// wait waits for the given time, or until something changes.
func (c *committer) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-c.wake:
	case <-t.C:
	}
}

// take removes the next group from the queue. If it is too early to commit, it returns the remaining time. A group takes at most one part of each
// large request, so that the commit does not take much longer. Requests with recordings that gather for a window are not divided, because each part
// would be an object of its own.
func (c *committer) take() (requests []*request, closing bool, early time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	count, bytes, parted, full := 0, int64(0), false, false
	most := largePart
	if time.Since(c.smallAt) < lately {
		most = littlePart
	}
	kept := make([]*request, 0, len(c.queue))
	for i, q := range c.queue {
		large := c.window == 0 && !most.holds(q.rows)
		if large && parted {
			kept = append(kept, q)
			continue
		}
		rows, size := q.rows.count(), q.rows.bytes
		if large {
			rows, size = most.rows, min(size, most.bytes)
		}
		if len(requests) > 0 && (count+rows > c.limits.GroupRows || bytes+size > c.limits.GroupBytes) {
			kept, full = append(kept, c.queue[i:]...), true
			break
		}
		count, bytes, parted = count+rows, bytes+size, parted || large
		requests = append(requests, q)
	}
	full = full || count >= c.limits.GroupRows || bytes >= c.limits.GroupBytes
	if c.window > 0 && len(requests) > 0 && !full && !c.closing {
		if early = c.window - time.Since(c.queue[0].at); early > 0 {
			return nil, false, early
		}
	}
	for i, q := range requests {
		if c.window == 0 && !most.holds(q.rows) {
			requests[i] = &request{rows: q.rows.cut(most), at: q.at, done: q.done, rest: q, large: q.large}
		}
	}
	clear(c.queue) // answered rows must not stay in memory
	c.queue = kept
	return requests, c.closing, 0
}

// answer gives the senders of a group their result. Requests with remaining parts go on waiting.
func (c *committer) answer(requests []*request, err error) {
	freed, large := int64(0), int64(0)
	var rests []*request
	for _, q := range requests {
		bytes := q.rows.bytes
		switch {
		case q.rest == nil:
		case err == nil && !q.rest.rows.empty():
			rests = append(rests, q.rest)
		default:
			bytes += q.rest.rows.bytes
		}
		if freed += bytes; q.large {
			large += bytes
		}
	}
	c.mu.Lock()
	c.waiting -= freed
	c.large -= large
	c.metrics.waiting.Sub(float64(freed))
	c.queue = append(c.queue, rests...)
	c.mu.Unlock()
	for _, q := range requests {
		if !slices.Contains(rests, q.rest) {
			q.done <- err
		}
	}
}

// tooLong is about how long SDKs wait for an answer.
const tooLong = 10 * time.Second

// sendAway answers requests that have waited too long, after storage has just failed. A storage that hangs fails each commit only after its deadline,
// and a client that waits for several of them disconnects before it gets an answer.
func (c *committer) sendAway(err error) {
	c.mu.Lock()
	n := 0
	for n < len(c.queue) && time.Since(c.queue[n].at) >= tooLong {
		n++
	}
	requests := slices.Clone(c.queue[:n])
	c.queue = slices.Delete(c.queue, 0, n)
	c.mu.Unlock()
	c.answer(requests, err)
}

func (c *committer) commit(g *group) {
	if len(g.bodies) > 0 {
		locations, err := c.write(g.batch.Blocks, g.bodies)
		if err != nil {
			c.withoutBodies(g, err)
			return
		}
		for i := range g.batch.Blocks {
			g.batch.Blocks[i].Location = locations[i]
		}
	}
	c.commitRows(g)
}

func (c *committer) write(of []model.Block, bodies [][]byte) ([]model.Location, error) {
	start := time.Now()
	projects := make([]string, len(of))
	for i := range of {
		projects[i] = of[i].Project
	}
	locations, err := blocks.WriteEach(c.ctx, c.blocks, projects, bodies)
	if err != nil {
		c.metrics.failed("blocks", err)
		return nil, fmt.Errorf("writing %d recording blocks: %w", len(bodies), err)
	}
	c.noBlocks.succeeded()
	c.metrics.blockSeconds.Observe(time.Since(start).Seconds())
	return locations, nil
}

// withoutBodies refuses the requests with recordings and commits the others.
func (c *committer) withoutBodies(g *group, err error) {
	var with, without []*request
	for _, q := range g.requests {
		if len(q.rows.bodies) > 0 {
			with = append(with, q)
		} else {
			without = append(without, q)
		}
	}
	c.noBlocks.failed(len(with), err)
	err = fmt.Errorf("%w: %w", model.ErrUnavailable, err)
	c.answer(with, err)
	c.sendAway(err)
	if len(without) > 0 {
		c.commitRows(join(without))
	}
}

// commitRows commits a group whose bodies are written. If storage refuses the group because of its content, some request is the cause, and each
// request is tried separately.
func (c *committer) commitRows(g *group) {
	start := time.Now()
	done, err := c.store.Commit(c.ctx, &g.batch)
	switch {
	case err == nil:
		c.noRows.succeeded()
		c.metrics.committed(g, done, time.Since(start))
		c.answer(g.requests, nil)
	case temporary(err):
		c.metrics.failed("store", err)
		c.noRows.failed(len(g.requests), err)
		err = fmt.Errorf("%w: committing: %w", model.ErrUnavailable, err)
		c.answer(g.requests, err)
		c.sendAway(err)
	case len(g.requests) == 1:
		c.metrics.failed("store", err)
		c.log.Error("the storage refuses a request", "events", len(g.batch.Events), "blocks", len(g.batch.Blocks), "error", err)
		c.answer(g.requests, fmt.Errorf("committing %d events and %d blocks: %w", len(g.batch.Events), len(g.batch.Blocks), err))
	default:
		c.log.Warn("the storage refuses a group; trying its requests one by one", "requests", len(g.requests), "error", err)
		c.retryEach(g)
	}
}

func (c *committer) retryEach(g *group) {
	locations := make(map[blockKey]model.Location, len(g.batch.Blocks))
	for i := range g.batch.Blocks {
		locations[keyOf(&g.batch.Blocks[i])] = g.batch.Blocks[i].Location
	}
	for _, q := range g.requests {
		alone := join([]*request{q})
		for i := range alone.batch.Blocks {
			alone.batch.Blocks[i].Location = locations[keyOf(&alone.batch.Blocks[i])]
		}
		c.commitRows(alone)
	}
}

// temporary reports whether the same commit may succeed later.
func temporary(err error) bool {
	return errors.Is(err, store.ErrUnavailable) || errors.Is(err, store.ErrFull) || errors.Is(err, model.ErrUnavailable) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (c *committer) close(ctx context.Context) error {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.signal()
	defer c.cancel()
	select {
	case <-c.ended:
		return nil
	case <-ctx.Done():
	}
	c.cancel()
	select {
	case <-c.ended: // storage gave up at once
	case <-time.After(giveUp):
	}
	return fmt.Errorf("closing ingest before everything was committed: %w", context.Cause(ctx))
}

// giveUp is how long Close waits for storage to react to its cancelled context.
const giveUp = time.Second
