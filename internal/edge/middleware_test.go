package edge

import (
	"io"
	"log/slog"
	"net"
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
		1000:     30 * time.Second,
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

// A request that has arrived is not canceled while it is answered, however long that takes. One whose body does not arrive is.
func TestAnswersTakeTheirTime(t *testing.T) {
	const slack = 100 * time.Millisecond
	errs := make(chan error, 1)
	s := httptest.NewServer(deadlines(slack, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			errs <- err
			return
		}
		select {
		case <-r.Context().Done():
			errs <- r.Context().Err()
		case <-time.After(4 * slack):
			errs <- nil
		}
	})))
	defer s.Close()
	for _, r := range []struct{ method, body string }{{"GET", ""}, {"POST", "some bytes"}} {
		req, err := http.NewRequest(r.method, s.URL, strings.NewReader(r.body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(req)
		if err != nil {
			t.Fatalf("%s: %v", r.method, err)
		}
		res.Body.Close()
		if err := <-errs; err != nil {
			t.Errorf("%s: %v", r.method, err)
		}
	}
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly a part"); err != nil {
		t.Fatal(err)
	}
	if err := <-errs; err == nil {
		t.Error("a body that does not arrive was waited for")
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
