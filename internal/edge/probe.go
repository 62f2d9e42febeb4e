package edge

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// probePatience is how long a dependency may take to answer. It is usually longer than load balancers wait, so a check continues
// when its client has disconnected.
const probePatience = 5 * time.Second

// probe checks a dependency. Only one check runs at a time, and its result answers all requests that arrive meanwhile: with a
// hanging storage, each check would hold a connection. It logs changes, not every result.
type probe struct {
	Dependency
	log   *slog.Logger
	ready *prometheus.GaugeVec // by setting; nothing before the first answer

	mu      sync.Mutex
	current *answer   // nil while nobody asks
	away    bool      // the last answer was an error
	since   time.Time // of the first error in a row
	closed  context.Context
	close   context.CancelFunc
	running sync.WaitGroup
}

type answer struct {
	done chan struct{}
	err  error // once done is closed
}

func newProbe(d Dependency, log *slog.Logger, ready *prometheus.GaugeVec) *probe {
	p := &probe{Dependency: d, log: log, ready: ready}
	p.closed, p.close = context.WithCancel(context.Background())
	return p
}

// ask returns nil when the dependency answers. After end it returns context.Canceled: a stopping server answers without waiting for its probes, which
// may only then begin to ask.
func (p *probe) ask(ctx context.Context) error {
	p.mu.Lock()
	a := p.current
	if a == nil {
		if err := p.closed.Err(); err != nil {
			p.mu.Unlock()
			return err
		}
		a = &answer{done: make(chan struct{})}
		p.current = a
		p.running.Go(func() { p.run(a) })
	}
	p.mu.Unlock()
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *probe) run(a *answer) {
	ctx, cancel := context.WithTimeout(p.closed, probePatience)
	defer cancel()
	a.err = p.Ping(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.current = nil
	defer close(a.done) // last, so that log and metrics are up to date when the answer is sent
	if p.closed.Err() != nil {
		return
	}
	switch {
	case a.err != nil && !p.away:
		p.away, p.since = true, time.Now()
		p.log.Warn("not ready", "dependency", p.Setting, "error", a.err)
	case a.err == nil && p.away:
		p.away = false
		p.log.Info("ready again", "dependency", p.Setting, "after", time.Since(p.since).Round(time.Millisecond))
	}
	there := 1.0
	if a.err != nil {
		there = 0
	}
	p.ready.WithLabelValues(p.Setting).Set(there)
}

// end ends an open check. No other begins after it.
func (p *probe) end() {
	p.mu.Lock()
	p.close()
	p.mu.Unlock()
	p.running.Wait()
}
