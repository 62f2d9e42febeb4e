package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
)

// inBubble runs a test of the committer with a pipeline that is closed when the test ends. Commits wait until open is called.
func inBubble(t *testing.T, l Limits, m *memory, f func(t *testing.T, p *Pipeline, open func())) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		m.Gate = make(chan struct{}) // it must belong to this bubble
		p := New(Options{Store: m, Blocks: m, Limits: l})
		f(t, p, func() { close(m.Gate) })
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if p.committer.waiting != 0 || p.committer.large != 0 {
			t.Errorf("%d bytes wait after the end, %d of large requests", p.committer.waiting, p.committer.large)
		}
	})
}

// send ingests a delivery of events in a new goroutine, until the goroutine waits, and returns the channel for its answer.
func send(t *testing.T, ctx context.Context, p *Pipeline, arrivals ...model.Arrival) chan error {
	t.Helper()
	return sendDelivery(ctx, p, delivery(arrivals...))
}

func sendDelivery(ctx context.Context, p *Pipeline, d *model.Delivery) chan error {
	answer := make(chan error, 1)
	go func() {
		_, err := p.Ingest(ctx, d)
		answer <- err
	}()
	synctest.Wait()
	return answer
}

func TestRequestsShareCommits(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{GroupRows: 4}, m, func(t *testing.T, p *Pipeline, open func()) {
		var answers []chan error
		for i := range 10 {
			answers = append(answers, send(t, t.Context(), p, event(i)))
		}
		for _, a := range answers {
			select {
			case err := <-a:
				t.Fatalf("answered before it was durable: %v", err)
			default:
			}
		}
		open()
		for _, a := range answers {
			if err := <-a; err != nil {
				t.Error(err)
			}
		}
		if !slices.Equal(m.Commits, []int{1, 4, 4, 1}) || len(m.Events) != 10 {
			t.Errorf("commits %v", m.Commits)
		}
	})
	m = newMemory()
	inBubble(t, Limits{GroupBytes: 2000}, m, func(t *testing.T, p *Pipeline, open func()) {
		first := send(t, t.Context(), p, event(1))
		big := send(t, t.Context(), p, event(2), event(3), event(4), event(5)) // more than a group, never split
		last := send(t, t.Context(), p, event(6))
		open()
		if err := errors.Join(<-first, <-big, <-last); err != nil || !slices.Equal(m.Commits, []int{1, 4, 1}) {
			t.Errorf("%v, commits %v", err, m.Commits)
		}
	})
}

// Small requests find room, however much large requests bring.
func TestLargeRequestsLeaveRoom(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{WaitingBytes: 100 * rowBytes}, m, func(t *testing.T, p *Pipeline, open func()) {
		many := func(from, n int) (all []model.Arrival) {
			for i := range n {
				all = append(all, event(from+i))
			}
			return all
		}
		answers := []chan error{send(t, t.Context(), p, many(1, 200)...)} // accepted because nothing waits
		if err := <-send(t, t.Context(), p, many(1000, 20)...); !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("another large one: %v", err)
		}
		for i := range 10 {
			answers = append(answers, send(t, t.Context(), p, event(2000+i)))
		}
		open()
		for i, answer := range answers {
			if err := <-answer; err != nil {
				t.Errorf("request %d: %v", i, err)
			}
		}
	})
}

func TestBackpressure(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{WaitingBytes: 3 * rowBytes}, m, func(t *testing.T, p *Pipeline, open func()) {
		// The first request is larger than all that may wait, and accepted because nothing waits.
		first := send(t, t.Context(), p, event(1), event(2), event(3), event(4), event(5))
		if err := <-send(t, t.Context(), p, event(6)); !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("over the limit: %v", err)
		}
		open()
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := <-send(t, t.Context(), p, event(6)); err != nil {
			t.Errorf("after the queue emptied: %v", err)
		}
		if len(m.Events) != 6 {
			t.Errorf("%d events", len(m.Events))
		}
	})
}

func TestTemporaryFailuresFailOneGroup(t *testing.T) {
	for _, failure := range []error{store.ErrUnavailable, store.ErrFull} {
		m := newMemory()
		var calls atomic.Int32
		m.OnCommit = func(b *store.Batch) error {
			if calls.Add(1) == 2 {
				return fmt.Errorf("disk: %w", failure)
			}
			return nil
		}
		inBubble(t, Limits{GroupRows: 2}, m, func(t *testing.T, p *Pipeline, open func()) {
			var answers []chan error
			for i := range 5 {
				answers = append(answers, send(t, t.Context(), p, event(i)))
			}
			open()
			var failed []bool
			for _, a := range answers {
				err := <-a
				failed = append(failed, err != nil)
				if err != nil && (!errors.Is(err, model.ErrUnavailable) || !errors.Is(err, failure)) {
					t.Error(err)
				}
			}
			if want := []bool{false, true, true, false, false}; !slices.Equal(failed, want) || calls.Load() != 3 {
				t.Errorf("failed %v, want %v", failed, want)
			}
		})
	}
}

// A request that has waited long when a commit fails does not wait for the next commit to fail, too.
func TestAHangingStorageIsWaitedForOnce(t *testing.T) {
	m := newMemory()
	var hangs atomic.Bool
	hangs.Store(true)
	m.OnCommit = func(*store.Batch) error {
		if !hangs.Load() {
			return nil
		}
		time.Sleep(30 * time.Second)
		return store.ErrUnavailable
	}
	inBubble(t, Limits{GroupRows: 1}, m, func(t *testing.T, p *Pipeline, open func()) {
		open()
		var waited [4]time.Duration
		var errs [4]error
		var all sync.WaitGroup
		for i, after := range []time.Duration{0, time.Second, 25 * time.Second, 26 * time.Second} {
			all.Go(func() {
				time.Sleep(after)
				began := time.Now()
				_, errs[i] = p.Ingest(t.Context(), delivery(event(i)))
				waited[i] = time.Since(began)
			})
		}
		time.Sleep(45 * time.Second) // the third is being committed
		hangs.Store(false)
		all.Wait()
		if want := [4]time.Duration{30 * time.Second, 29 * time.Second, 35 * time.Second, 34 * time.Second}; waited != want {
			t.Errorf("waited %v, want %v", waited, want)
		}
		for i, err := range errs {
			if !errors.Is(err, model.ErrUnavailable) {
				t.Errorf("%d: %v", i, err)
			}
		}
		if len(m.Events) != 0 {
			t.Errorf("%d events", len(m.Events))
		}
		if err := <-send(t, t.Context(), p, event(9)); err != nil {
			t.Errorf("with storage again: %v", err)
		}
	})
}

func TestBlocksFailure(t *testing.T) {
	m := newMemory()
	full := true
	m.OnWrite = func([][]byte) error {
		if full {
			return blocks.ErrFull
		}
		return nil
	}
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		first := send(t, t.Context(), p, event(1))
		with, without := send(t, t.Context(), p, recording(1), event(2)), send(t, t.Context(), p, event(3))
		open()
		if err := errors.Join(<-first, <-without); err != nil {
			t.Errorf("events need no room for recordings: %v", err)
		}
		if err := <-with; !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, blocks.ErrFull) {
			t.Error(err)
		}
		if len(m.Blocks) != 0 || len(m.Events) != 2 {
			t.Errorf("%d blocks, %d events", len(m.Blocks), len(m.Events))
		}
		full = false
		if err := <-send(t, t.Context(), p, recording(1), event(2)); err != nil || len(m.Blocks) != 1 || len(m.Events) != 3 {
			t.Errorf("with room again: %v, %d blocks", err, len(m.Blocks))
		}
	})
}

func TestPoisonFailsAlone(t *testing.T) {
	m := newMemory()
	poison := errors.New("value out of range")
	m.OnCommit = func(b *store.Batch) error {
		for _, e := range b.Events {
			if e.Name == "e2" {
				return poison
			}
		}
		return nil
	}
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		first := send(t, t.Context(), p, event(0))
		good, bad, recorded := send(t, t.Context(), p, event(1)), send(t, t.Context(), p, event(2)), send(t, t.Context(), p, event(3), recording(1))
		open()
		if err := errors.Join(<-first, <-good, <-recorded); err != nil {
			t.Error(err)
		}
		if err := <-bad; !errors.Is(err, poison) || errors.Is(err, model.ErrUnavailable) {
			t.Errorf("the poison: %v", err)
		}
		if len(m.Events) != 3 || len(m.Bodies) != 1 {
			t.Errorf("%d events, %d bodies", len(m.Events), len(m.Bodies))
		}
		for _, b := range m.Blocks {
			if b.Location.Length == 0 {
				t.Error("a block lost its place when it was tried again")
			}
		}
	})
}

func TestRepeatedBlocksAreWrittenOnce(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		first := send(t, t.Context(), p, event(0))
		a, b := send(t, t.Context(), p, recording(1), recording(2)), send(t, t.Context(), p, recording(2), recording(3), recording(3))
		open()
		if err := errors.Join(<-first, <-a, <-b); err != nil || len(m.Blocks) != 3 || len(m.Bodies) != 3 {
			t.Errorf("%v, %d blocks, %d bodies", err, len(m.Blocks), len(m.Bodies))
		}
		for id, k := range m.Blocks {
			if !strings.HasSuffix(id.String(), fmt.Sprint(k.Location.Offset+1)) {
				t.Errorf("block %s lies at %d", id, k.Location.Offset)
			}
		}
	})
}

func TestCallerThatLeaves(t *testing.T) {
	m := newMemory()
	inBubble(t, Limits{}, m, func(t *testing.T, p *Pipeline, open func()) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		first, left := send(t, t.Context(), p, event(0)), send(t, ctx, p, event(1))
		if err := <-left; !errors.Is(err, model.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		open()
		if err := <-first; err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if len(m.Events) != 2 {
			t.Error("what was accepted was not committed")
		}
	})
}

func TestClose(t *testing.T) {
	t.Run("commits what was accepted", func(t *testing.T) {
		m := newMemory()
		inBubble(t, Limits{GroupRows: 1}, m, func(t *testing.T, p *Pipeline, open func()) {
			a, b := send(t, t.Context(), p, event(0)), send(t, t.Context(), p, event(1))
			closed := make(chan error, 1)
			go func() { closed <- p.Close(t.Context()) }()
			synctest.Wait()
			if err := <-send(t, t.Context(), p, event(2)); !errors.Is(err, model.ErrUnavailable) {
				t.Errorf("after closing: %v", err)
			}
			open()
			if err := errors.Join(<-a, <-b, <-closed); err != nil || len(m.Events) != 2 {
				t.Errorf("%v, %d events", err, len(m.Events))
			}
		})
	})
	t.Run("gives up when its time is over", func(t *testing.T) {
		m := newMemory()
		synctest.Test(t, func(t *testing.T) {
			p := New(Options{Store: stuck{}, Blocks: m})
			a := send(t, t.Context(), p, event(0))
			b := send(t, t.Context(), p, event(1))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := p.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			for _, answer := range []chan error{a, b} {
				if err := <-answer; !errors.Is(err, model.ErrUnavailable) {
					t.Error(err)
				}
			}
		})
	})
}

// stuck is a store that does nothing until it is told to stop.
type stuck struct{}

func (stuck) Commit(ctx context.Context, _ *store.Batch) (store.Committed, error) {
	<-ctx.Done()
	return store.Committed{}, ctx.Err()
}

func TestMetrics(t *testing.T) {
	m := newMemory()
	r := prometheus.NewPedanticRegistry()
	p := New(Options{Store: m, Blocks: m, Registerer: r})
	call := generation(`"x"`)
	for range 2 {
		if _, err := p.Ingest(t.Context(), delivery(event(1), call, recording(1), nameless())); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, k := range f.GetMetric() {
			name := strings.TrimPrefix(f.GetName(), "playhead_ingest_")
			for _, l := range k.GetLabel() {
				name += " " + l.GetValue()
			}
			switch {
			case k.GetCounter() != nil:
				got[name] = k.GetCounter().GetValue()
			case k.GetGauge() != nil:
				got[name] = k.GetGauge().GetValue()
			case k.GetHistogram() != nil:
				got[name] = k.GetHistogram().GetSampleSum()
			}
		}
	}
	for name, want := range map[string]float64{
		"duplicates_total": 3, "events_total event": 2, "events_total generation": 2, "refused_total no_event_name": 2, "waiting_bytes": 0,
		"blocks_total": 2, "commit_rows": 6, "commit_requests": 2, "undecoded_rrweb_events_total": 0,
	} {
		if v, ok := got[name]; !ok || v != want {
			t.Errorf("%s is %v, want %v", name, v, want)
		}
	}
	if _, ok := m.Blocks[uuid.MustParse("00000000-0000-4000-9000-000000000001")]; !ok {
		t.Error("no block")
	}
}
