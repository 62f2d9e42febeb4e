package derive

import "github.com/prometheus/client_golang/prometheus"

type metrics struct {
	stored, failures prometheus.Counter
	delay            prometheus.Histogram
}

func newMetrics(r prometheus.Registerer, waiting func() int) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "playhead", Subsystem: "derive", Name: name, Help: help})
	}
	m := &metrics{
		stored:   counter("links_total", "New or changed links that were stored."),
		failures: counter("failures_total", "Failed attempts to derive links, which are retried."),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "playhead", Subsystem: "derive", Name: "delay_seconds", Buckets: prometheus.ExponentialBuckets(0.125, 2, 12),
			Help: "Time from a commit that changes a link until the link is stored.",
		}),
	}
	waits := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Namespace: "playhead", Subsystem: "derive", Name: "waiting", Help: "Traces, generations and sessions whose links are waiting to be derived.",
	}, func() float64 { return float64(waiting()) })
	if r != nil {
		r.MustRegister(m.stored, m.failures, m.delay, waits)
	}
	return m
}
