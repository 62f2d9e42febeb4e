package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/playheadhq/playhead/internal/store"
)

// healthz says that the process runs and answers: restart it when this fails.
func healthz(w http.ResponseWriter, _ *http.Request) {
	answerHealth(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says that data can be taken and shown: send no traffic while this fails.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.drain.isDraining() {
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "reason": "the server is stopping"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := s.query.Ready(ctx); err != nil {
		s.logger.Warn("not ready", "error", err)
		// The log has the rest: anybody may ask here.
		reason := "storage cannot answer now"
		if errors.Is(err, store.ErrFull) {
			reason = "there is no room for more data"
		}
		answerHealth(w, http.StatusServiceUnavailable, map[string]string{"status": "unavailable", "reason": reason})
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
	json.NewEncoder(w).Encode(body)
}
