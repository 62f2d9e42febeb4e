package fair

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// work uses a processor for total, and calls Pause after each step. Under synctest its time is exact, because no processor is ever busy.
func work(ctx context.Context, turn *Turn, total, step time.Duration) error {
	for ; total > 0; total -= step {
		time.Sleep(step)
		if err := turn.Pause(ctx); err != nil {
			return err
		}
	}
	return nil
}

func begin(t *testing.T, turns *Turns, n int) *Turn {
	t.Helper()
	turn, err := turns.Begin(t.Context(), address(n))
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

// idle fails the test when a turn is still held, or a request still waits.
func idle(t *testing.T, turns *Turns) {
	t.Helper()
	if turns.running != 0 || turns.long != 0 || turns.waiting != 0 || len(turns.queued) != 0 {
		t.Errorf("%d turns are held, %d of them for long, %d wait, %d addresses queue", turns.running, turns.long, turns.waiting, len(turns.queued))
	}
}

// One address always sends eight requests at a time, another one two: each gets half, although the first wants four times as much. The second may get
// somewhat more, because more of its requests have just begun, and still count as short.
func TestAnAddressGetsNoMoreForAskingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		ctx, cancel := context.WithCancel(t.Context())
		var used [3]time.Duration
		var mu sync.Mutex
		var group sync.WaitGroup
		send := func(n int) {
			group.Go(func() {
				for ctx.Err() == nil {
					turn, err := turns.Begin(ctx, address(n))
					if err != nil {
						return
					}
					for range 50 {
						time.Sleep(10 * time.Millisecond)
						mu.Lock()
						used[n] += 10 * time.Millisecond
						mu.Unlock()
						if turn.Pause(ctx) != nil {
							break
						}
					}
					turn.End()
				}
			})
		}
		for range 8 {
			send(1)
		}
		send(2)
		send(2)
		time.Sleep(time.Minute)
		cancel()
		group.Wait()
		idle(t, turns)
		if share := used[2].Seconds() / (used[1] + used[2]).Seconds(); share < 0.45 || share > 0.65 {
			t.Errorf("the modest address got %.0f%% of %v", 100*share, used[1]+used[2])
		}
	})
}

// An address that is alone uses all processors: as many of its requests work at a time as there are processors, one after the other without a gap.
func TestNothingIsLeftUnused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		start := time.Now()
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				turn := begin(t, turns, 1)
				defer turn.End()
				if err := work(t.Context(), turn, time.Second, time.Millisecond); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		idle(t, turns)
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("20 s of work on two processors took %v", took)
		}
	})
}

// While an address that uses little is present, long work has one of two processors, and rests two thirds of the time. When that address is gone,
// long work has both. The same applies to the work of an address that sends only short requests, but many of them.
func TestLongWorkLeavesAProcessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				turn := begin(t, turns, 0)
				defer turn.End()
				_ = work(ctx, turn, time.Hour, time.Millisecond)
			})
			group.Go(func() {
				for ctx.Err() == nil {
					turn, err := turns.Begin(ctx, address(1))
					if err == nil {
						_ = work(ctx, turn, 5*time.Millisecond, time.Millisecond)
						turn.End()
					}
				}
			})
		}
		running := func() (long, all int) {
			turns.mu.Lock()
			defer turns.mu.Unlock()
			return turns.long, turns.running
		}
		time.Sleep(10 * time.Second)
		begin(t, turns, 100).End()
		time.Sleep(2 * slice) // until working requests pause
		worked := 0
		for range 3000 {
			turn := begin(t, turns, 100)
			long, all := running()
			if worked += long; long > 1 || all > 3 {
				t.Fatalf("%d work for long, %d altogether", long, all)
			}
			turn.End()
			time.Sleep(999 * time.Microsecond)
		}
		if worked > 1100 {
			t.Errorf("long work went on in %d of 3000 milliseconds", worked)
		}
		time.Sleep(2 * lately)
		if long, all := running(); long != 2 || all != 2 {
			t.Errorf("by themselves %d work for long, %d altogether", long, all)
		}
		cancel()
		group.Wait()
		idle(t, turns)
	})
}

// While others work without a pause, a request of an address that uses little begins at once.
func TestLittleWorkDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		var group sync.WaitGroup
		for n := range 8 {
			group.Go(func() {
				turn := begin(t, turns, n)
				defer turn.End()
				time.Sleep(10 * time.Second)
			})
		}
		synctest.Wait()
		time.Sleep(time.Second)
		turns.mu.Lock()
		if turns.running > 4 {
			t.Errorf("%d at a time on two processors", turns.running)
		}
		turns.mu.Unlock()
		group.Wait()
		// Now one address is alone: two of its requests work, and no other address was present recently.
		for range 2 {
			group.Go(func() {
				turn := begin(t, turns, 1)
				defer turn.End()
				time.Sleep(10 * time.Second)
			})
		}
		synctest.Wait()
		start := time.Now()
		begin(t, turns, 100).End()
		if took := time.Since(start); took != 0 {
			t.Errorf("waited %v", took)
		}
		group.Wait()
		idle(t, turns)
	})
}

// Short requests of an address do not wait for the end of its long ones.
func TestLongRequestsLetShortOnesOfTheSameAddressGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(1)
		var group sync.WaitGroup
		group.Go(func() {
			turn := begin(t, turns, 1)
			defer turn.End()
			_ = work(t.Context(), turn, time.Minute, time.Millisecond)
		})
		synctest.Wait()
		start := time.Now()
		turn := begin(t, turns, 1)
		if waited := time.Since(start); waited > 2*ownSlice {
			t.Errorf("waited %v", waited)
		}
		turn.End()
		group.Wait()
		idle(t, turns)
	})
}

var errGone = errors.New("gone")

func TestWhoeverLeavesStopsWorkingAndWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(1)
		ctx, leave := context.WithCancelCause(t.Context())
		worker := begin(t, turns, 1)
		waited := make(chan error)
		go func() {
			_, err := turns.Begin(ctx, address(1))
			waited <- err
		}()
		synctest.Wait()
		leave(errGone)
		if err := <-waited; !errors.Is(err, errGone) {
			t.Errorf("waiting: %v", err)
		}
		if err := worker.Pause(ctx); !errors.Is(err, errGone) {
			t.Errorf("working: %v", err)
		}
		worker.End()
		worker.End()
		if _, err := turns.Begin(ctx, address(2)); !errors.Is(err, errGone) {
			t.Errorf("beginning: %v", err)
		}
		idle(t, turns)
	})
}

func TestOnlySoManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(1)
		worker := begin(t, turns, 1)
		var group sync.WaitGroup
		for range maxWaiting {
			group.Go(func() { begin(t, turns, 1).End() })
		}
		synctest.Wait()
		if _, err := turns.Begin(t.Context(), address(1)); !errors.Is(err, ErrCrowded) {
			t.Errorf("one more: %v", err)
		}
		begin(t, turns, 2).End() // other addresses may work
		worker.End()
		group.Wait()
		idle(t, turns)
	})
}

func TestANilTurnOnlyStopsWork(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var none *Turn
	if err := none.Pause(ctx); err != nil {
		t.Error(err)
	}
	cancel()
	if err := none.Pause(ctx); err == nil {
		t.Error("goes on")
	}
	none.End()
}

// Requests of many addresses begin, work, pause, and are cancelled while they wait or work. No turn is lost, there are never more turns than twice
// the processors, and all other requests finish.
func TestTurnsKeepCount(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			turns := NewTurns(1 + random.IntN(4))
			var group sync.WaitGroup
			for range 200 {
				n, total, leaves := random.IntN(8), time.Duration(random.IntN(200))*time.Millisecond, time.Duration(random.IntN(5000))*time.Millisecond
				if random.IntN(2) == 0 {
					leaves = 0
				}
				start := time.Duration(random.IntN(2000)) * time.Millisecond
				group.Go(func() {
					ctx := t.Context()
					time.Sleep(start)
					if leaves > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, leaves)
						defer cancel()
					}
					turn, err := turns.Begin(ctx, address(n))
					if err == nil {
						err = work(ctx, turn, total, 3*time.Millisecond)
						turns.mu.Lock()
						if turns.running > 2*turns.processors {
							t.Errorf("%d at a time on %d processors", turns.running, turns.processors)
						}
						turns.mu.Unlock()
						turn.End()
					}
					if err != nil && leaves == 0 {
						t.Error(err)
					}
				})
			}
			group.Wait()
			idle(t, turns)
		})
	}
}

// An address that has used nothing recently is forgotten, however much time passes.
func TestAddressesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(1)
		for n := range 5000 {
			turn := begin(t, turns, n)
			time.Sleep(10 * time.Millisecond)
			turn.End()
		}
		for range 20 {
			time.Sleep(100 * halfLife)
			begin(t, turns, 1).End()
		}
		if n := len(turns.clients); n > 1 {
			t.Errorf("%d addresses are remembered", n)
		}
		idle(t, turns)
	})
}

// BenchmarkTurn measures the cost of a turn for a request when nobody waits: some 200 ns on a Xeon of unknown model.
func BenchmarkTurn(b *testing.B) {
	turns := NewTurns(2)
	for b.Loop() {
		turn, err := turns.Begin(b.Context(), address(1))
		if err != nil {
			b.Fatal(err)
		}
		_ = turn.Pause(b.Context())
		turn.End()
	}
}
