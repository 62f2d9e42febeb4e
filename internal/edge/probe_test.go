package edge

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A storage hangs: however many requests arrive, one check is running. A request that disconnects does not cancel it, and the log reports the failure
// once and the recovery once.
func TestProbesShareOneQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		hangs := true
		var log bytes.Buffer
		p := newProbe(Dependency{"store", "the storage", func(ctx context.Context) error {
			asked.Add(1)
			if !hangs {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}}, slog.New(slog.NewTextHandler(&log, nil)), prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ready"}, []string{"dependency"}))
		defer p.end()
		for range 30 { // a balancer that asks every half second and waits for two seconds
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				if err := p.ask(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("ask: %v", err)
				}
			}()
			time.Sleep(500 * time.Millisecond)
		}
		time.Sleep(probePatience)
		synctest.Wait()
		if n := asked.Load(); n > 4 {
			t.Errorf("%d questions in 15 s, each of which takes 5", n)
		}
		hangs = false
		for range 3 {
			if err := p.ask(t.Context()); err != nil {
				t.Errorf("there again: %v", err)
			}
		}
		if said := log.String(); strings.Count(said, "\n") != 2 || !strings.Contains(said, `msg="not ready" dependency=store error="context deadline exceeded"`) || !strings.Contains(said, `msg="ready again" dependency=store after=`) {
			t.Errorf("the log says:\n%s", said)
		}
	})
}

func TestAProbeEndsWithItsServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProbe(Dependency{"store", "the storage", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }},
			slog.New(slog.DiscardHandler), prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ready"}, []string{"dependency"}))
		asked := make(chan error)
		go func() { asked <- p.ask(t.Context()) }()
		synctest.Wait()
		p.end()
		if err := <-asked; !errors.Is(err, context.Canceled) {
			t.Errorf("ask: %v", err)
		}
	})
}

// A stopping server answers without waiting for its probes. One that is asked only then does not use the storage, which may be closed.
func TestAnEndedProbeAsksNothing(t *testing.T) {
	p := newProbe(Dependency{"store", "the storage", func(context.Context) error { t.Error("asked"); return nil }},
		slog.New(slog.DiscardHandler), prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "ready"}, []string{"dependency"}))
	p.end()
	if err := p.ask(t.Context()); !errors.Is(err, context.Canceled) {
		t.Errorf("ask: %v", err)
	}
}
