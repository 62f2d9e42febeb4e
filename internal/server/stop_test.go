package server

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/config"
)

// A server stops while clients send. Every request is answered: data that were answered with 200 are there after a restart, and all other clients
// were asked to retry.
func TestStoppingUnderLoadLosesNothing(t *testing.T) {
	cfg := testConfig(t.TempDir())
	s, c := start(t, cfg)
	var (
		senders      sync.WaitGroup
		mu           sync.Mutex
		acknowledged []string
		refusals     atomic.Int64
		enough       = make(chan struct{})
		once         sync.Once
	)
	for range 4 {
		senders.Go(func() {
			for {
				e := generation(time.Now(), "t", nil)
				r, _ := http.NewRequest("POST", c.Base+"/batch/", bytes.NewReader(batch(e)))
				r.Header.Set("Content-Type", "application/json")
				res, err := c.Send(r)
				if err != nil {
					return // the port is closed: the server is gone
				}
				switch res.Status {
				case 200:
					mu.Lock()
					acknowledged = append(acknowledged, e.UUID)
					if len(acknowledged) == 50 {
						once.Do(func() { close(enough) })
					}
					mu.Unlock()
				case 503:
					refusals.Add(1)
					if res.Header.Get("Retry-After") == "" || res.Header.Get("Access-Control-Allow-Origin") != "*" ||
						res.Header.Get("Access-Control-Expose-Headers") != "Retry-After" {
						t.Errorf("503 with %v", res.Header)
					}
				default:
					t.Errorf("%d %s", res.Status, res.Body)
				}
			}
		})
	}
	<-enough
	stop(t, s)
	senders.Wait()
	t.Logf("%d acknowledged, %d asked to retry", len(acknowledged), refusals.Load())
	_, c = start(t, cfg)
	counts := c.All(t, "/api/generations")
	for _, id := range acknowledged {
		if counts[id] != 1 {
			t.Errorf("%s is there %d times", id, counts[id])
		}
	}
}

// When it is told to stop, a server serves as usual for shutdown_delay, reports on /readyz that it will stop, and keeps no connection open after an
// answer.
func TestAServerServesWhileBalancersFindOut(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.ShutdownDelay, cfg.ShutdownTimeout = config.Duration(time.Hour), config.Duration(2*time.Hour)
	s, c := start(t, cfg)
	kept, err := net.Dial("tcp", s.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer kept.Close()
	hurry, cancel := context.WithCancel(context.Background())
	closed := make(chan error)
	go func() { closed <- s.Close(hurry) }()
	<-s.drain.Told()
	if res := c.Get(t, "/readyz"); res.Status != 503 || !bytes.Contains(res.Body, []byte(`"stopping"`)) {
		t.Errorf("readyz: %d %s", res.Status, res.Body)
	}
	e := generation(time.Now(), "t", nil)
	request, _ := http.NewRequest("POST", c.Base+"/batch/", bytes.NewReader(batch(e)))
	if err := request.Write(kept); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(kept), request)
	if err != nil || res.StatusCode != 200 || !res.Close {
		t.Errorf("capture: %+v %v", res, err)
	}
	if n := c.All(t, "/api/generations")[e.UUID]; n != 1 {
		t.Errorf("what was taken meanwhile is there %d times", n)
	}
	cancel() // a second signal
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// While requests are still open, a stopping server answers new ones with 503.
func TestAStoppingServerAsksToComeBack(t *testing.T) {
	s, c := start(t, testConfig(t.TempDir()))
	slow := httptest.NewRequest("GET", "/api/slow", nil)
	if !s.drain.Enter(slow) {
		t.Fatal("draining")
	}
	s.drain.Tell()
	if s.drain.Wait(t.Context(), 0) {
		t.Fatal("does not wait for the request")
	}
	if res := c.Do(t, "POST", "/s/", batch(generation(time.Now(), "t", nil))); res.Status != 503 || res.Header.Get("Retry-After") != "5" || res.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("capture: %d %v", res.Status, res.Header)
	}
	if res := c.Do(t, "OPTIONS", "/s/", nil, "Origin: http://app.test", "Access-Control-Request-Method: POST"); res.Status != 204 {
		t.Errorf("preflight: %d", res.Status)
	}
	if res := c.Get(t, "/api/traces"); res.Status != 503 || res.Header.Get("Retry-After") != "5" {
		t.Errorf("api: %d %v", res.Status, res.Header)
	}
	if res := c.Get(t, "/readyz"); res.Status != 503 || !bytes.Contains(res.Body, []byte("stopping")) {
		t.Errorf("readyz: %d %s", res.Status, res.Body)
	}
	if res := c.Get(t, "/healthz"); res.Status != 200 {
		t.Errorf("healthz: %d", res.Status)
	}
	s.drain.Leave(slow)
	stop(t, s)
}

// A request is told that its server is stopping, and its answer still arrives.
func TestRequestsAreToldToGiveUp(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.ShutdownTimeout = config.Duration(time.Hour) // long enough that no stage ends by itself
	s, c := start(t, cfg)
	begun := make(chan struct{})
	s.http.Handler = s.drain.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
		http.Error(w, context.Cause(r.Context()).Error(), http.StatusServiceUnavailable)
	}), nil)
	said := make(chan *reply)
	go func() { said <- c.Get(t, "/slow") }()
	<-begun
	hurry, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(hurry); err != nil {
		t.Error(err)
	}
	if res := <-said; res.Status != 503 || !bytes.Contains(res.Body, []byte(errStopping.Error())) {
		t.Errorf("it was answered %d %s", res.Status, res.Body)
	}
}

// The server does not wait for a request that ignores the end of its context.
func TestStoppingDoesNotWaitForEver(t *testing.T) {
	cfg := testConfig(t.TempDir())
	cfg.ShutdownTimeout = config.Duration(time.Second)
	s, _ := start(t, cfg)
	s.drain.Enter(httptest.NewRequest("GET", "/api/slow", nil))
	stop(t, s)
}

func TestWait(t *testing.T) {
	s, _ := start(t, testConfig(t.TempDir()))
	waited := make(chan error)
	go func() { waited <- s.Wait(context.Background()) }()
	stop(t, s)
	if err := <-waited; err != nil {
		t.Error(err)
	}
	broken, _ := start(t, testConfig(t.TempDir()))
	broken.listener.Close()
	if err := broken.Wait(context.Background()); err == nil {
		t.Error("a dead listener is no error")
	}
}
