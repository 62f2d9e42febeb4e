package edge

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// While a slow storage keeps /readyz waiting, a client learns at once that the server is stopping.
func TestReadyzDoesNotWaitWhileStopping(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	drain := NewDrain()
	h := NewHealth(HealthOptions{
		Dependencies: []Dependency{{Setting: "store", Name: "the storage", Ping: func(context.Context) error { close(asked); <-answer; return nil }}},
		Drain:        drain, Full: func(error) bool { return false }, Logger: slog.New(slog.DiscardHandler), Registerer: prometheus.NewRegistry(),
	})
	mux := http.NewServeMux()
	h.Register(mux)
	said := make(chan *httptest.ResponseRecorder)
	go func() {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
		said <- w
	}()
	<-asked
	drain.Tell()
	if w := <-said; w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), `"stopping"`) {
		t.Errorf("readyz: %d %s", w.Code, w.Body)
	}
	close(answer)
	h.Close()
}
