package compact

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Start makes passes and sweeps from time to time, until Close. Each server first waits for a random part of the interval, so that
// servers that were started together do not run at the same time.
func (c *Compactor) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.ended = cancel, make(chan struct{})
	go func() {
		defer close(c.ended)
		pass := time.NewTimer(rand.N(c.options.Every))
		defer pass.Stop()
		if c.options.SweepOnly {
			pass.Stop()
		}
		sweep := time.NewTimer(rand.N(c.options.Grace / 4))
		defer sweep.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-pass.C:
				c.log(ctx, "rewriting recordings", c.Compact)
				pass.Reset(c.options.Every)
			case <-sweep.C:
				c.log(ctx, "removing unused objects", c.Sweep)
				sweep.Reset(c.options.Grace / 4)
			}
		}
	}()
}

func (c *Compactor) log(ctx context.Context, doing string, do func(context.Context) (int, error)) {
	limited, cancel := context.WithTimeout(ctx, max(c.options.Grace/4, time.Hour))
	defer cancel()
	n, err := do(limited)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		c.metrics.failures.Inc()
		c.options.Logger.Warn(doing+" failed, it will be retried", "error", err)
	case n > 0:
		c.options.Logger.Debug(doing, "count", n)
	}
}

// Close stops at once, even within a step: every step may be interrupted.
func (c *Compactor) Close() {
	if c.cancel != nil {
		c.cancel()
		<-c.ended
	}
}

type metrics struct {
	sessions, bytes, deleted, failures prometheus.Counter
	objects, unused                    prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "playhead", Subsystem: "compact", Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "playhead", Subsystem: "compact", Name: name, Help: help})
	}
	m := &metrics{
		sessions: counter("sessions_total", "Sessions whose recordings were rewritten."),
		bytes:    counter("bytes_total", "Bytes of recordings that were rewritten."),
		deleted:  counter("deleted_objects_total", "Unused objects that were deleted."),
		failures: counter("failures_total", "Sessions and passes that failed and will be retried."),
		objects:  gauge("objects", "Objects found by the last sweep."),
		unused:   gauge("unused_objects", "Unused objects found by the last sweep."),
	}
	r.MustRegister(m.sessions, m.bytes, m.deleted, m.failures, m.objects, m.unused)
	return m
}
