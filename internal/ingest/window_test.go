package ingest

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/playheadhq/playhead/internal/blocks"
	"github.com/playheadhq/playhead/internal/ingest/ingesttest"
	"github.com/playheadhq/playhead/internal/model"
)

// slow is a memory whose writes of bodies take some time and are counted.
type slow struct {
	*ingesttest.Memory
	latency time.Duration
	writes  []int
	failure error
}

func (s *slow) Write(ctx context.Context, project string, bodies [][]byte) ([]model.Location, error) {
	time.Sleep(s.latency)
	s.writes = append(s.writes, len(bodies))
	if s.failure != nil {
		return nil, s.failure
	}
	return s.Memory.Write(ctx, project, bodies)
}

// inWindow runs a test with recordings that gather for a second and take 200 ms to write.
func inWindow(t *testing.T, l Limits, f func(t *testing.T, p *Pipeline, s *slow)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &slow{Memory: newMemory(), latency: 200 * time.Millisecond}
		p := New(Options{Store: s, Blocks: s, Window: time.Second, Limits: l})
		f(t, p, s)
		if err := p.Close(context.Background()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if p.committer.waiting != 0 || p.recordings.waiting != 0 {
			t.Errorf("%d and %d bytes wait after the end", p.committer.waiting, p.recordings.waiting)
		}
	})
}

// after checks how long an answer took.
func after(t *testing.T, answer chan error, since time.Time, want time.Duration) {
	t.Helper()
	if err := <-answer; err != nil {
		t.Error(err)
	}
	if took := time.Since(since); took != want {
		t.Errorf("answered after %v, want %v", took, want)
	}
}

func TestWindow(t *testing.T) {
	inWindow(t, Limits{}, func(t *testing.T, p *Pipeline, s *slow) {
		start := time.Now()
		first := send(t, t.Context(), p, recording(1), event(1))
		time.Sleep(900 * time.Millisecond)
		second := send(t, t.Context(), p, recording(2))
		after(t, send(t, t.Context(), p, event(2)), start, 900*time.Millisecond) // waits for nothing
		time.Sleep(150 * time.Millisecond)
		third := send(t, t.Context(), p, recording(3)) // while the others are written
		after(t, first, start, 1200*time.Millisecond)
		after(t, second, start, 1200*time.Millisecond)
		after(t, third, start, 2250*time.Millisecond) // a second after it came, plus the write
		if !slices.Equal(s.writes, []int{2, 1}) || len(s.Blocks) != 3 || len(s.Events) != 2 {
			t.Errorf("writes %v, %d blocks, %d events", s.writes, len(s.Blocks), len(s.Events))
		}
	})
}

// TestWindowEndsWhenFull: a full group is written at once, so that its memory is not held until the window ends.
func TestWindowEndsWhenFull(t *testing.T) {
	inWindow(t, Limits{GroupRows: 2}, func(t *testing.T, p *Pipeline, s *slow) {
		start := time.Now()
		a, b, c := send(t, t.Context(), p, recording(1)), send(t, t.Context(), p, recording(2)), send(t, t.Context(), p, recording(3))
		after(t, a, start, 200*time.Millisecond)
		after(t, b, start, 200*time.Millisecond)
		after(t, c, start, 1200*time.Millisecond)
	})
}

// TestRecordingsHaveTheirOwnRoom: recordings that cannot be written do not affect events, also when no more recordings may wait.
func TestRecordingsHaveTheirOwnRoom(t *testing.T) {
	inWindow(t, Limits{WaitingBytes: 3 * rowBytes}, func(t *testing.T, p *Pipeline, s *slow) {
		s.failure = blocks.ErrUnavailable
		waits := send(t, t.Context(), p, recording(1), recording(2))
		if err := <-send(t, t.Context(), p, recording(3)); !errors.Is(err, model.ErrUnavailable) {
			t.Errorf("over the limit: %v", err)
		}
		if err := <-send(t, t.Context(), p, event(1)); err != nil {
			t.Errorf("an event beside: %v", err)
		}
		if err := <-waits; !errors.Is(err, model.ErrUnavailable) || len(s.Blocks) != 0 {
			t.Errorf("%v, %d blocks", err, len(s.Blocks))
		}
		s.failure = nil
		if err := <-send(t, t.Context(), p, recording(1), recording(2)); err != nil || len(s.Blocks) != 2 {
			t.Errorf("with storage again: %v, %d blocks", err, len(s.Blocks))
		}
	})
}

// TestCloseEndsTheWindow: a server that stops does not wait for more recordings.
func TestCloseEndsTheWindow(t *testing.T) {
	inWindow(t, Limits{}, func(t *testing.T, p *Pipeline, s *slow) {
		start := time.Now()
		a := send(t, t.Context(), p, recording(1))
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		after(t, a, start, 200*time.Millisecond)
	})
}

// TestPutsPerHour: what a window of a second costs. Each browser sends what it recorded every two seconds, and a write takes 80 ms. However many
// browsers there are, a server makes fewer than 3,600 writes an hour.
func TestPutsPerHour(t *testing.T) {
	for _, browsers := range []int{1, 10, 100} {
		synctest.Test(t, func(t *testing.T) {
			s := &slow{Memory: newMemory(), latency: 80 * time.Millisecond}
			p := New(Options{Store: s, Blocks: s, Window: time.Second})
			const minutes = 2
			random := rand.New(rand.NewPCG(1, 1))
			ends := time.Now().Add(minutes * time.Minute)
			var sent, waits, longest atomic.Int64
			var all sync.WaitGroup
			for range browsers {
				offset := time.Duration(random.IntN(2000)) * time.Millisecond
				all.Go(func() {
					time.Sleep(offset)
					for time.Now().Before(ends) {
						d := delivery(recording(int(sent.Add(1))))
						start := time.Now()
						if _, err := p.Ingest(t.Context(), d); err != nil {
							t.Error(err)
						}
						took := int64(time.Since(start))
						waits.Add(took)
						longest.Store(max(longest.Load(), took))
						time.Sleep(2 * time.Second)
					}
				})
			}
			all.Wait()
			if err := p.Close(context.Background()); err != nil {
				t.Error(err)
			}
			perHour := len(s.writes) * 60 / minutes
			t.Logf("%d browsers: %d requests in %d minutes, %d writes an hour, answered after %v, %v at most",
				browsers, sent.Load(), minutes, perHour, time.Duration(waits.Load()/sent.Load()).Round(time.Millisecond), time.Duration(longest.Load()).Round(time.Millisecond))
			if perHour > 3600 || longest.Load() > int64(1300*time.Millisecond) {
				t.Errorf("%d writes an hour, %v", perHour, time.Duration(longest.Load()))
			}
		})
	}
}
