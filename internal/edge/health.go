package edge

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Dependency is a storage that the server needs to accept or show data.
type Dependency struct {
	Setting string // that names it
	Name    string // for people
	Ping    func(context.Context) error
}

// HealthOptions are those of NewHealth.
type HealthOptions struct {
	Dependencies []Dependency
	Drain        *Drain
	// Full reports whether an error of Ping means that the storage is full.
	Full       func(error) bool
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Health answers whether the server works, for load balancers and process managers.
type Health struct {
	probes []*probe
	drain  *Drain
	full   func(error) bool
}

// NewHealth starts to check the dependencies. Close ends this.
func NewHealth(o HealthOptions) *Health {
	ready := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "playhead_dependency_ready", Help: "1 for a storage that answered and had free space at the last check of /readyz, 0 for one that did not.",
	}, []string{"dependency"})
	o.Registerer.MustRegister(ready)
	h := &Health{drain: o.Drain, full: o.Full}
	for _, d := range o.Dependencies {
		h.probes = append(h.probes, newProbe(d, o.Logger, ready))
	}
	return h
}

// Register adds the two routes.
func (h *Health) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", healthz)
	mux.HandleFunc("GET /readyz", h.readyz)
}

// Close ends open checks.
func (h *Health) Close() {
	for _, p := range h.probes {
		p.end()
	}
}

// healthz says that the process runs and answers: restart it when this fails.
func healthz(w http.ResponseWriter, _ *http.Request) {
	answerHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says that data can be accepted and shown: send no traffic while this fails.
func (h *Health) readyz(w http.ResponseWriter, r *http.Request) {
	// In parallel, so that a slow one does not delay the others.
	errs := make([]error, len(h.probes))
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		var asking sync.WaitGroup
		for i, p := range h.probes {
			asking.Go(func() { errs[i] = p.ask(r.Context()) })
		}
		asking.Wait()
	}()
	select {
	case <-answered:
	case <-h.drain.Told(): // also while waiting for a storage, so that the answer is immediate
	}
	if h.drain.IsTold() {
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping", "reason": "the server is stopping"})
		return
	}
	for i, p := range h.probes {
		if errs[i] == nil {
			continue
		}
		// Details are only in the log, because anybody can read this answer.
		reason := p.Name + " cannot be reached or does not answer now"
		if h.full(errs[i]) {
			reason = p.Name + " has no room for more data"
		}
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "dependency": p.Setting, "reason": reason})
		return
	}
	answerHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

func answerHealth(w http.ResponseWriter, status int, body map[string]string) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the client disconnected
}
