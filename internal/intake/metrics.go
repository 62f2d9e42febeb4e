package intake

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
)

// metrics count requests and their outcomes. Routes and outcomes are labels, so their numbers are limited.
type metrics struct {
	requests *prometheus.CounterVec // by route and outcome
	wire     *prometheus.CounterVec // by route
	decoded  *prometheus.CounterVec // by route
	events   *prometheus.CounterVec // by route
	refused  *prometheus.CounterVec // by reason

	// warned are the outcomes that were already logged as warnings.
	warned sync.Map
}

func newMetrics(r prometheus.Registerer, b *fair.Budget, t *fair.Turns) *metrics {
	if r == nil {
		r = prometheus.NewRegistry()
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "playhead", Subsystem: "capture", Name: name, Help: help}, labels)
		r.MustRegister(c)
		return c
	}
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "playhead", Subsystem: "capture", Name: name, Help: help}, value))
	}
	gauge("inflight_bytes", "Memory used by requests that are not answered yet.", func() float64 { n, _ := b.InFlight(); return float64(n) })
	gauge("inflight_requests", "Requests that are not answered yet.", func() float64 { _, n := b.InFlight(); return float64(n) })
	gauge("waiting_requests", "Requests that are waiting for a processor.", func() float64 { return float64(t.Waiting()) })
	return &metrics{
		requests: counter("requests_total", "Requests by route and outcome; ok means answered with 200.", "route", "outcome"),
		wire:     counter("wire_bytes_total", "Body bytes as received.", "route"),
		decoded:  counter("decoded_bytes_total", "Body bytes decompressed.", "route"),
		events:   counter("events_total", "Events kept.", "route"),
		refused:  counter("refused_total", "Events refused, or kept with part of them cut off, by reason.", "reason"),
	}
}

// Delivered counts a request that was stored.
func (g *Gate) Delivered(path string, d *model.Delivery, outcomes []model.Outcome) {
	m := g.metrics
	m.requests.WithLabelValues(path, "ok").Inc()
	kept := len(outcomes)
	for i := range outcomes {
		if r := outcomes[i].Refused; r != nil {
			kept--
			m.refused.WithLabelValues(string(r.Reason)).Inc()
		} else if outcomes[i].Truncated {
			m.refused.WithLabelValues(string(model.ReasonTruncated)).Inc()
		}
	}
	for i := range d.Refused {
		m.refused.WithLabelValues(string(d.Refused[i].Reason)).Add(float64(d.Refused[i].Count))
	}
	m.events.WithLabelValues(path).Add(float64(kept))
}

// level is the log level of a failure. The first rejection of each kind is a warning, because browsers drop rejected data. Later ones are logged for
// debugging and counted in metrics; otherwise one misconfigured page would fill the disk.
func (g *Gate) level(p *Failure) (slog.Level, string) {
	if p.Status == http.StatusInternalServerError {
		return slog.LevelError, "request failed"
	}
	if p.Outcome == "client_gone" {
		return slog.LevelDebug, "client disconnected"
	}
	if _, again := g.metrics.warned.LoadOrStore(p.Outcome, true); again {
		return slog.LevelDebug, "request rejected"
	}
	return slog.LevelWarn, "request rejected; more of this kind are counted and logged at debug level"
}
