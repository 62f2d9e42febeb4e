package edge

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// timed is an answer that records its deadlines.
type timed struct {
	*httptest.ResponseRecorder
	read, write time.Time
}

func (d *timed) SetReadDeadline(t time.Time) error  { d.read = t; return nil }
func (d *timed) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

func TestDeadlinesGrowWithTheBody(t *testing.T) {
	for length, want := range map[int64]time.Duration{
		0:        30 * time.Second,
		1 << 20:  46 * time.Second,
		64 << 20: 30*time.Second + 1024*time.Second,
		-1:       30*time.Second + 5*time.Minute,
	} {
		synctest.Test(t, func(t *testing.T) {
			w, r := &timed{ResponseRecorder: httptest.NewRecorder()}, httptest.NewRequest("POST", "/", nil)
			r.ContentLength = length
			start := time.Now()
			Deadlines(http.NotFoundHandler()).ServeHTTP(w, r)
			if got := w.read.Sub(start); got != want {
				t.Errorf("%d bytes: %v to arrive, want %v", length, got, want)
			}
			if got := w.write.Sub(w.read); got != writing {
				t.Errorf("%d bytes: %v for the answer", length, got)
			}
		})
	}
}

func TestAPanicIsAnswered(t *testing.T) {
	var log strings.Builder
	logger := slog.New(slog.NewTextHandler(&log, nil))
	serve := func(h http.HandlerFunc) (w *httptest.ResponseRecorder, aborted bool) {
		defer func() { aborted = recover() == any(http.ErrAbortHandler) }()
		w = httptest.NewRecorder()
		Observed(prometheus.NewRegistry(), "test", logger, Recovered(logger, h)).ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		return w, false
	}
	if w, _ := serve(func(http.ResponseWriter, *http.Request) { panic("oh") }); w.Code != 500 || strings.Contains(w.Body.String(), "oh") || !strings.Contains(log.String(), "panic=oh") {
		t.Errorf("%d %s\n%s", w.Code, w.Body, &log)
	}
	if _, aborted := serve(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("part")); panic("oh") }); !aborted {
		t.Error("a client would mistake the part for the whole")
	}
	if _, aborted := serve(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }); !aborted {
		t.Error("the handler's own abort was swallowed")
	}
}
