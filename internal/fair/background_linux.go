package fair

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// niceness of what takes longer than what browsers and SDKs send: a quarter of a processor where others want it (weight 272 beside
// 1024, sched(7)), all that is left otherwise. While bodies of 250 MB are read, others' 95th percentile is 2.2 times the quiet one; 8
// times without. With 10 it is as bad again: the garbage collector stops all threads, and waits until this one has had its turn.
const niceness = 6

// toBackground has the kernel prefer other threads to that of this goroutine, until the goroutine ends: it may not leave the thread,
// whose niceness cannot be taken back without privileges, and the thread ends with it.
func toBackground() {
	runtime.LockOSThread()
	// Where it is not permitted, long work is as it is without.
	_ = unix.Setpriority(unix.PRIO_PROCESS, unix.Gettid(), niceness)
}
