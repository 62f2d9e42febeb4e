package ingest

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/store"
)

type metrics struct {
	events       *prometheus.CounterVec // kind
	refused      *prometheus.CounterVec // reason
	blocks       prometheus.Counter
	eventBytes   prometheus.Counter
	rrwebBytes   prometheus.Counter
	blockBytes   prometheus.Counter
	undecoded    prometheus.Counter
	duplicates   prometheus.Counter
	turnedAway   prometheus.Counter
	failures     *prometheus.CounterVec // of, reason
	waiting      prometheus.Gauge
	commitSecond prometheus.Histogram
	blockSeconds prometheus.Histogram
	commitRows   prometheus.Histogram
	commitJoined prometheus.Histogram
}

func newMetrics(r prometheus.Registerer) *metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "playhead", Subsystem: "ingest", Name: name, Help: help})
	}
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "playhead", Subsystem: "ingest", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "playhead", Subsystem: "ingest", Name: name, Help: help, Buckets: buckets})
	}
	seconds := prometheus.ExponentialBuckets(0.001, 2, 14)
	sizes := prometheus.ExponentialBuckets(1, 4, 9)
	m := &metrics{
		events:       vec("events_total", "Events accepted, before duplicates are found.", "kind"),
		refused:      vec("refused_total", "Events refused or cut.", "reason"),
		blocks:       counter("blocks_total", "Recording blocks accepted, before duplicates are found."),
		eventBytes:   counter("event_bytes_total", "Content of accepted events."),
		rrwebBytes:   counter("recording_bytes_total", "Accepted recordings, decoded."),
		blockBytes:   counter("block_bytes_total", "Accepted recordings, as stored."),
		undecoded:    counter("undecoded_rrweb_events_total", "rrweb events that could not be decompressed and were kept as they came."),
		duplicates:   counter("duplicates_total", "Events and blocks that were already stored."),
		turnedAway:   counter("turned_away_total", "Requests asked to retry because too many data were waiting or the server was closing."),
		failures:     vec("commit_failures_total", "Failed commits of blocks or of the store: full or unavailable (clients retry), or refused.", "of", "reason"),
		waiting:      prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "playhead", Subsystem: "ingest", Name: "waiting_bytes", Help: "Accepted data that are not yet durable."}),
		commitSecond: histogram("commit_seconds", "Time of one commit of rows.", seconds),
		blockSeconds: histogram("block_write_seconds", "Time of one write of recording blocks.", seconds),
		commitRows:   histogram("commit_rows", "Events and blocks in one commit.", sizes),
		commitJoined: histogram("commit_requests", "Requests answered by one commit.", sizes),
	}
	r.MustRegister(m.events, m.refused, m.blocks, m.eventBytes, m.rrwebBytes, m.blockBytes, m.undecoded, m.duplicates, m.turnedAway,
		m.failures, m.waiting, m.commitSecond, m.blockSeconds, m.commitRows, m.commitJoined)
	return m
}

func (m *metrics) committed(g *group, done store.Committed, took time.Duration) {
	m.commitSecond.Observe(took.Seconds())
	m.commitRows.Observe(float64(len(g.batch.Events) + len(g.batch.Blocks)))
	m.commitJoined.Observe(float64(len(g.requests)))
	m.duplicates.Add(float64(done.Duplicates + g.repeated))
}

// failed counts a commit that failed, and why.
func (m *metrics) failed(of string, err error) {
	reason := "refused"
	switch {
	case errors.Is(err, store.ErrFull), errors.Is(err, blocks.ErrFull):
		reason = "full"
	case temporary(err), of == "blocks":
		reason = "unavailable"
	}
	m.failures.WithLabelValues(of, reason).Inc()
}
