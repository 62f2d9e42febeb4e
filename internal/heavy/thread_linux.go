package heavy

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the processor time that the calling thread has used. Unlike a clock it does not run while others do.
func threadTime() time.Duration {
	var use unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_THREAD, &use); err != nil {
		panic("heavy: " + err.Error()) // the arguments are constant
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
