// Package nodes lets servers that share a storage know of each other: each writes a heartbeat every few seconds, with its
// version, its clock and fingerprints of its settings, and differences are reported. Nothing depends on it: a server without
// heartbeats still serves.
package nodes

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

const (
	// every is the interval of heartbeats, and Within is how long a server counts as running after one: three may fail.
	every  = 10 * time.Second
	Within = 35 * time.Second
	// patience is how long one attempt may take.
	patience = 8 * time.Second
)

// Options of Watch.
type Options struct {
	Store store.Nodes
	// Self is this server, without the fields that Beat sets.
	Self       model.Node
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Watch is a server's view of all servers.
type Watch struct {
	options Options
	cancel  context.CancelFunc
	ended   chan struct{}
	metrics metrics

	mu       sync.Mutex
	all      []model.Node
	warnings []Warning
	failing  bool
}

// Start begins to watch; Close ends it.
func Start(o Options) *Watch {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Watch{options: o, cancel: cancel, ended: make(chan struct{}), metrics: newMetrics(o.Registerer)}
	go w.run(ctx)
	return w
}

// Close ends the heartbeats. Other servers still see this one for Within.
func (w *Watch) Close() {
	w.cancel()
	<-w.ended
}

// Known returns the servers that were running when the storage last answered, including this one, and their problems.
func (w *Watch) Known() ([]model.Node, []Warning) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all, w.warnings // replaced as a whole, never changed
}

func (w *Watch) run(ctx context.Context) {
	defer close(w.ended)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		w.beat(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (w *Watch) beat(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	all, err := w.options.Store.Beat(limited, w.options.Self, Within)
	if ctx.Err() != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if !w.failing {
			w.options.Logger.Warn("cannot write the heartbeat of this server", "error", err)
		}
		w.failing = true
		w.metrics.failures.Inc()
		return
	}
	w.failing = false
	warnings := Compare(all)
	w.report(warnings)
	w.all, w.warnings = all, warnings
	w.metrics.set(w.options.Self.ID, all, warnings)
}

// report logs problems that begin or end, so that a lasting difference is logged once.
func (w *Watch) report(now []Warning) {
	before := map[string]bool{}
	for _, x := range w.warnings {
		before[x.key()] = true
	}
	for _, x := range now {
		if !before[x.key()] {
			w.options.Logger.Warn(x.Detail, "node", x.Node, "kind", x.Kind)
		}
		delete(before, x.key())
	}
	if len(before) > 0 && len(now) == 0 {
		w.options.Logger.Info("all servers agree again")
	}
}

type metrics struct {
	nodes    prometheus.Gauge
	warnings *prometheus.GaugeVec
	clock    prometheus.Gauge
	failures prometheus.Counter
}

func newMetrics(r prometheus.Registerer) metrics {
	m := metrics{
		nodes: prometheus.NewGauge(prometheus.GaugeOpts{Name: "playhead_nodes", Help: "Servers that share the storage, as last seen by this one."}),
		warnings: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "playhead_node_warnings", Help: "Differences between servers: clock, version or settings.",
		}, []string{"kind"}),
		clock:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "playhead_clock_offset_seconds", Help: "How far this server's clock is ahead of the storage's."}),
		failures: prometheus.NewCounter(prometheus.CounterOpts{Name: "playhead_node_beat_failures_total", Help: "Heartbeats that this server could not write."}),
	}
	if r != nil {
		r.MustRegister(m.nodes, m.warnings, m.clock, m.failures)
	}
	return m
}

func (m *metrics) set(self string, all []model.Node, warnings []Warning) {
	m.nodes.Set(float64(len(all)))
	counts := map[Kind]int{KindClock: 0, KindVersion: 0, KindSettings: 0}
	for _, w := range warnings {
		counts[w.Kind]++
	}
	for kind, n := range counts {
		m.warnings.WithLabelValues(string(kind)).Set(float64(n))
	}
	for _, n := range all {
		if n.ID == self {
			m.clock.Set(float64(n.ClockMS) / 1000)
		}
	}
}

// Label is a server's name together with its id, because two may have the same name.
func Label(n *model.Node) string { return fmt.Sprintf("%s (%s)", n.Name, n.ID) }
