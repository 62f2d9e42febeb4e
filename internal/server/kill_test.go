//go:build unix

package server

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// sender is one SDK or browser tab: it sends one request after the other, and again what was not acknowledged.
type sender struct {
	session string
	at      time.Time // of the next event
	first   bool      // the next snapshot is the first
	pending []byte    // sent, not acknowledged
	path    string
	ids     []string // in pending: uuids of generations, or one marker
	acked   []string
	retries int
}

// next makes a request when none is pending.
func (s *sender) next(n int) {
	if s.pending != nil {
		s.retries++
		return
	}
	s.ids = nil
	s.at = s.at.Add(time.Second)
	if n%3 == 0 {
		marker := fmt.Sprintf("%s-%d", s.session, n)
		s.path, s.pending, s.ids = "/s/", batch(snapshot(s.at, s.session, "w", s.first, marker)), []string{marker}
		s.first = false
		return
	}
	var events []event
	for range 20 {
		e := generation(s.at, "trace-"+s.session, map[string]any{"$session_id": s.session, "$ai_input": strings.Repeat("prompt ", 250)})
		events = append(events, e)
		s.ids = append(s.ids, e.UUID)
	}
	s.path, s.pending = "/batch/", batch(events...)
}

// sendUntilDead sends until the server is gone.
func (s *sender) sendUntilDead(c *client, count *atomic.Int64) error {
	for n := int(count.Add(1)); ; n = int(count.Add(1)) {
		s.next(n)
		r, err := http.NewRequest("POST", c.base+s.path, bytes.NewReader(s.pending))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := c.send(r)
		switch {
		case err != nil:
			return nil // killed: whether it was stored is not known
		case res.status == 200:
			s.acked = append(s.acked, s.ids...)
			s.pending = nil
		case res.status != 503:
			return fmt.Errorf("%d %s", res.status, res.body)
		}
	}
}

// A server is killed at a random moment while several clients send events and recordings, and started again, several times. Everything
// that was acknowledged is there, once, also what was sent a second time because the answer to the first was lost.
func TestKillingLosesNothingThatWasAcknowledged(t *testing.T) { killing(t) }

// The same with recordings in S3, whose answers come when an object and its rows are stored.
func TestKillingLosesNothingThatS3Took(t *testing.T) {
	s3, _ := inS3(t)
	killing(t, "--blocks", s3.URL("", "killed"), "--s3-window", "50ms")
}

func killing(t *testing.T, args ...string) {
	const rounds = 4
	dir, listen := t.TempDir(), freePort(t)
	began := time.Now().Add(-24 * time.Hour)
	senders := make([]*sender, 5)
	for i := range senders {
		senders[i] = &sender{session: fmt.Sprintf("s%d", i), at: began, first: true}
	}
	var count atomic.Int64
	for round := range rounds {
		p := run(t, listen, dir, args...)
		var running sync.WaitGroup
		var started sync.WaitGroup
		started.Add(len(senders))
		for _, s := range senders {
			running.Go(func() {
				started.Done()
				if err := s.sendUntilDead(p.client, &count); err != nil {
					t.Error(err)
				}
			})
		}
		started.Wait()
		life := time.Duration(100+rand.IntN(900)) * time.Millisecond
		<-time.After(life) // the moment of the kill is the one thing that is left to chance
		if err := p.end(syscall.SIGKILL); err == nil {
			t.Fatal("the server was not killed")
		}
		running.Wait()
		acked := 0
		for _, s := range senders {
			acked += len(s.acked)
		}
		t.Logf("round %d: killed after %v, %d acknowledged so far", round, life, acked)
		check(t, run(t, listen, dir, args...), senders)
	}
}

// check reads everything back through the API, and ends the process.
func check(t *testing.T, p *process, senders []*sender) {
	t.Helper()
	generations := p.all(t, "/api/generations")
	lost, repeated := 0, 0
	for id, n := range generations {
		if n != 1 {
			repeated++
			t.Logf("%s is there %d times", id, n)
		}
	}
	for _, s := range senders {
		markers := p.markers(t, s.session, "w")
		for marker, n := range markers {
			if n != 1 {
				repeated++
				t.Logf("%s is there %d times", marker, n)
			}
		}
		for _, id := range s.acked {
			if generations[id] == 0 && markers[id] == 0 {
				lost++
				t.Logf("%s was acknowledged and is lost", id)
			}
		}
	}
	if lost > 0 || repeated > 0 {
		t.Fatalf("%d lost, %d repeated", lost, repeated)
	}
	// Orderly this time, so that both ways of ending alternate.
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}
