package edge

import (
	"log/slog"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/playheadhq/playhead/internal/remote"
)

// metrics are those of requests. Other parts register their own.
type metrics struct {
	logger   *slog.Logger
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

// Observed counts and logs the requests that next answers. Call it once for a registry.
func Observed(registry *prometheus.Registry, version string, logger *slog.Logger, next http.Handler) http.Handler {
	return newMetrics(registry, version, logger).observe(next)
}

func newMetrics(registry *prometheus.Registry, version string, logger *slog.Logger) *metrics {
	m := &metrics{
		logger: logger,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "playhead_http_requests_total", Help: "Requests by route, method and status.",
		}, []string{"route", "method", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "playhead_http_request_seconds", Help: "Time to answer a request, from its header's arrival.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "playhead_http_requests_running", Help: "Requests being answered.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "playhead_build_info", Help: "1, with the version.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	registry.MustRegister(m.requests, m.seconds, m.running, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Metrics serves the metrics of a registry.
func Metrics(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{Registry: registry})
}

// observe counts requests. The label is the matched pattern, not the path: clients could create any number of paths.
func (m *metrics) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		m.running.Inc()
		recorder := &statusRecorder{ResponseWriter: w}
		defer func() {
			m.running.Dec()
			route := strings.TrimSuffix(r.Pattern, "{$}")
			if route == "" {
				route = "none"
			}
			took := time.Since(start)
			m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(recorder.code())).Inc()
			m.seconds.WithLabelValues(route).Observe(took.Seconds())
			// Only the path: queries contain sign-in links and search terms.
			m.logger.LogAttrs(r.Context(), slog.LevelDebug, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.Int("status", recorder.code()), slog.Duration("took", took), slog.String("remote", remote.From(r).String()))
		}()
		next.ServeHTTP(recorder, r)
	})
}

// method bounds the label: a client may send any word as a method.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions:
		return name
	}
	return "other"
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (s *statusRecorder) WriteHeader(status int) {
	if s.status == 0 && status >= 200 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(b)
}

func (s *statusRecorder) code() int {
	if s.status == 0 {
		return http.StatusOK
	}
	return s.status
}

// Flush is for users of http.Flusher; http.ResponseController finds the rest through Unwrap.
func (s *statusRecorder) Flush() { _ = http.NewResponseController(s.ResponseWriter).Flush() }

func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }
