//go:build unix

package cli

import (
	"os/signal"
	"syscall"
)

// prepareProcess sets what holds for the process as a whole: every file it makes is readable by its user alone, since recordings
// show what people did; and a file that reaches a limit of size (ulimit -f) is an error like a full disk, not the end of the process.
func prepareProcess() {
	syscall.Umask(0o077)
	signal.Ignore(syscall.SIGXFSZ)
}
