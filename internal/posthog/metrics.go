package posthog

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/fair"
	"github.com/playheadhq/playhead/internal/model"
)

// metrics count what came and what became of it. Labels are bounded: routes and outcomes are ours.
type metrics struct {
	requests *prometheus.CounterVec // by route and outcome
	wire     *prometheus.CounterVec // by route
	decoded  *prometheus.CounterVec // by route
	events   *prometheus.CounterVec // by route
	refused  *prometheus.CounterVec // by reason

	// warned holds the outcomes that were logged as warnings already.
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

// delivered counts a request that was stored.
func (m *metrics) delivered(path string, d *model.Delivery, outcomes []model.Outcome) {
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

// level says how loudly a failure is logged. The first rejection of a kind is a warning, since browsers drop for good
// what is rejected; more of it are for debugging and for the metrics, or one misconfigured page would fill the disk.
func (h *Handler) level(p *failure) (slog.Level, string) {
	if p.status == http.StatusInternalServerError {
		return slog.LevelError, "request failed"
	}
	if p.outcome == "client_gone" {
		return slog.LevelDebug, "client disconnected"
	}
	if _, again := h.metrics.warned.LoadOrStore(p.outcome, true); again {
		return slog.LevelDebug, "request rejected"
	}
	return slog.LevelWarn, "request rejected; more of this kind are counted and logged at debug level"
}
