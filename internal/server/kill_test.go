//go:build unix

package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/servertest"
)

// sendUntilDead sends until the server is gone. It is not known whether the request that was open then was stored.
func sendUntilDead(t *testing.T, s *servertest.Sender, c *client) {
	for {
		res, err := s.Try(t.Context(), c)
		if err != nil {
			return
		}
		if res.Status != http.StatusOK && res.Status != http.StatusServiceUnavailable {
			t.Errorf("%d %s", res.Status, res.Body)
			return
		}
	}
}

// A server is repeatedly killed at a random moment, while several clients send events and recordings, and started again. Everything that was
// acknowledged is there once, even if it was sent again because the first answer was lost.
func TestKillingLosesNothingThatWasAcknowledged(t *testing.T) { killing(t) }

// The same with recordings in S3, which are answered when an object and its rows are stored.
func TestKillingLosesNothingThatS3Took(t *testing.T) {
	s3, _ := inS3(t)
	killing(t, "--blocks", s3.URL("", "killed"), "--s3-window", "50ms")
}

func killing(t *testing.T, args ...string) {
	const rounds = 4
	dir, listen := t.TempDir(), freePort(t)
	began := time.Now().Add(-24 * time.Hour)
	senders := make([]*servertest.Sender, 5)
	for i := range senders {
		senders[i] = servertest.NewSender(fmt.Sprintf("s%d", i), began)
	}
	for round := range rounds {
		p := run(t, listen, dir, args...)
		var running sync.WaitGroup
		var started sync.WaitGroup
		started.Add(len(senders))
		for _, s := range senders {
			running.Go(func() {
				started.Done()
				sendUntilDead(t, s, p.Client)
			})
		}
		started.Wait()
		life := time.Duration(100+rand.IntN(900)) * time.Millisecond
		<-time.After(life) // the moment of the kill is random on purpose
		if err := p.end(syscall.SIGKILL); err == nil {
			t.Fatal("the server was not killed")
		}
		running.Wait()
		acked := 0
		for _, s := range senders {
			acked += len(s.Acked)
		}
		t.Logf("round %d: killed after %v, %d requests acknowledged so far", round, life, acked)
		check(t, run(t, listen, dir, args...), senders)
	}
}

// check reads everything back through the API, and stops the process properly, so that both kinds of ending alternate.
func check(t *testing.T, p *process, senders []*servertest.Sender) {
	t.Helper()
	servertest.CheckAcknowledged(t, p.Client, senders)
	if err := p.end(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}
