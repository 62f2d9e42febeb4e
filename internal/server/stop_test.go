package server

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A server stops while clients send. Each of them gets an answer to each request: what was answered with 200 is there after a
// restart, everybody else was asked to come back.
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
					return // the socket is closed: the server is gone
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
	t.Logf("%d acknowledged, %d asked to come back", len(acknowledged), refusals.Load())
	_, c = start(t, cfg)
	counts := c.All(t, "/api/generations")
	for _, id := range acknowledged {
		if counts[id] != 1 {
			t.Errorf("%s is there %d times", id, counts[id])
		}
	}
}

// While a request runs, a stopping server answers others.
func TestAStoppingServerAsksToComeBack(t *testing.T) {
	s, c := start(t, testConfig(t.TempDir()))
	if !s.drain.enter() { // a request that takes its time
		t.Fatal("draining")
	}
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.drain.wait(canceled); err == nil {
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
	s.drain.leave()
	stop(t, s)
}

func TestStoppingDoesNotWaitForEver(t *testing.T) {
	s, _ := start(t, testConfig(t.TempDir()))
	s.drain.enter()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(ctx); err == nil {
		t.Error("closed, although a request is running")
	}
	s.drain.leave()
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
