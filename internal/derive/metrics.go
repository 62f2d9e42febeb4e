package derive

import "github.com/prometheus/client_golang/prometheus"

// workMetrics are the metrics that all derivers have.
type workMetrics struct {
	counters []prometheus.Collector
	of       string
	failures prometheus.Counter
	delay    prometheus.Histogram
}

// newWorkMetrics makes the metrics of a subsystem. The help texts are for its failures, its delay and its queue.
func newWorkMetrics(of, failures, delay, waits string, waiting func() int) *workMetrics {
	m := &workMetrics{of: of}
	m.failures = m.counter("failures_total", failures)
	m.delay = prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "playhead", Subsystem: of, Name: "delay_seconds", Buckets: prometheus.ExponentialBuckets(0.125, 2, 12), Help: delay,
	})
	m.counters = append(m.counters, m.delay, prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "playhead", Subsystem: of, Name: "waiting", Help: waits},
		func() float64 { return float64(waiting()) }))
	return m
}

func (m *workMetrics) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: "playhead", Subsystem: m.of, Name: name, Help: help})
	m.counters = append(m.counters, c)
	return c
}

func (m *workMetrics) register(r prometheus.Registerer) {
	if r != nil {
		r.MustRegister(m.counters...)
	}
}

type metrics struct {
	*workMetrics
	stored, joined prometheus.Counter
}

func newMetrics(r prometheus.Registerer, waiting func() int) *metrics {
	m := &metrics{workMetrics: newWorkMetrics("derive", "Failed attempts to derive links, which are retried.", "Time from a commit that changes a link until the link is stored.",
		"Traces, generations and sessions whose links are waiting to be derived.", waiting)}
	m.stored = m.counter("links_total", "New or changed links that were stored.")
	m.joined = m.counter("reports_joined_total", "Stored events that were changed because another request had another report of the same call.")
	m.register(r)
	return m
}

type recordingMetrics struct {
	*workMetrics
	rows, bytes prometheus.Counter
}

func newRecordingMetrics(r prometheus.Registerer, waiting func() int) *recordingMetrics {
	m := &recordingMetrics{workMetrics: newWorkMetrics("activity", "Failed attempts to derive activity, which are retried.",
		"Time from the commit of a part of a recording until its activity is stored.", "Parts of recordings whose activity is waiting to be derived.", waiting)}
	m.rows = m.counter("rows_total", "Rows of activity that were stored.")
	m.bytes = m.counter("read_bytes_total", "Bytes of recordings, decompressed, that were read to derive activity.")
	m.register(r)
	return m
}

type experienceMetrics struct {
	*workMetrics
	stored, bytes prometheus.Counter
}

func newExperienceMetrics(r prometheus.Registerer, waiting func() int) *experienceMetrics {
	m := &experienceMetrics{workMetrics: newWorkMetrics("experience", "Failed attempts to derive what users saw of answers, which are retried.",
		"Time from storing a link or activity that changes what is known of an answer until the new row is stored.",
		"Sessions, traces and generations that wait for deriving what users saw.", waiting)}
	m.stored = m.counter("rows_total", "New or changed experiences of answers that were stored.")
	m.bytes = m.counter("read_bytes_total", "Bytes of recordings, decompressed, that were read to find answers.")
	m.register(r)
	return m
}
