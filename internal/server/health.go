package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/store"
)

// healthz says that the process runs and answers: restart it when this fails.
func healthz(w http.ResponseWriter, _ *http.Request) {
	answerHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says that data can be taken and shown: send no traffic while this fails.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	// All at once, so that one that hangs does not take the others' time.
	errs := make([]error, len(s.probes))
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		var asking sync.WaitGroup
		for i, p := range s.probes {
			asking.Go(func() { errs[i] = p.ask(r.Context()) })
		}
		asking.Wait()
	}()
	select {
	case <-answered:
	case <-s.drain.told: // also while a storage keeps one waiting: whoever asks is to know at once
	}
	if s.drain.isTold() {
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "stopping", "reason": "the server is stopping"})
		return
	}
	for i, p := range s.probes {
		if errs[i] == nil {
			continue
		}
		// The log has the rest: anybody may ask here.
		reason := p.name + " cannot be reached or does not answer now"
		if errors.Is(errs[i], store.ErrFull) || errors.Is(errs[i], blocks.ErrFull) {
			reason = p.name + " has no room for more data"
		}
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "dependency": p.setting, "reason": reason})
		return
	}
	answerHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *Server) startProbes() {
	ready := prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "playhead_dependency_ready", Help: "1 for a storage that answered and had room when /readyz was last asked, 0 for one that did not.",
	}, []string{"dependency"})
	s.metrics.MustRegister(ready)
	for _, d := range s.dependencies() {
		s.probes = append(s.probes, newProbe(d, s.logger, ready))
	}
}

// dependency is something without which nothing can be taken or shown.
type dependency struct {
	setting string // that names it
	name    string // for people
	ping    func(context.Context) error
}

func (s *Server) dependencies() []dependency {
	events := "the data directory"
	if s.config.Clustered() {
		events = "the storage of events (ClickHouse)"
	}
	all := []dependency{{"store", events, s.storeReady}}
	if p, ok := s.blocks.(interface{ Ping(context.Context) error }); ok {
		all = append(all, dependency{"blocks", "the storage of recordings", p.Ping})
	}
	return all
}

// storeReady is query.Ready with the half of its error that is for the log.
func (s *Server) storeReady(ctx context.Context) error {
	err := s.query.Ready(ctx)
	var worded *query.Error
	if errors.As(err, &worded) && worded.Err != nil {
		return worded.Err
	}
	return err
}

func answerHealth(w http.ResponseWriter, status int, body map[string]string) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error says that the client left
}
