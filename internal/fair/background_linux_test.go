package fair

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"
)

// Work that takes long gives way to all other threads; what is short does not. No thread is left behind with less than others have.
func TestLongWorkGivesWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := NewTurns(2)
		own := func() int { // 20 minus the niceness
			n, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid())
			if err != nil {
				t.Error(err)
			}
			return n
		}
		normal := own()
		after := func(total time.Duration) (n int, gaveWay bool) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				turn, err := turns.Begin(t.Context(), address(1))
				if err != nil {
					t.Error(err)
					return
				}
				defer turn.End()
				if err := work(context.Background(), turn, total, time.Millisecond); err != nil {
					t.Error(err)
				}
				n, gaveWay = own(), turn.GaveWay()
			}()
			<-done
			return n, gaveWay
		}
		if n, gaveWay := after(5 * time.Millisecond); n != normal || gaveWay {
			t.Errorf("short work has priority %d, others %d; it gave way: %v", n, normal, gaveWay)
		}
		if n, gaveWay := after(20 * time.Millisecond); n != normal-niceness || !gaveWay {
			t.Errorf("long work has priority %d, others %d; it gave way: %v", n, normal, gaveWay)
		}
		if n, _ := after(time.Millisecond); n != normal {
			t.Errorf("after it a goroutine has priority %d, others %d", n, normal)
		}
	})
}
