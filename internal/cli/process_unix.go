//go:build unix

package cli

import (
	"os/signal"
	"syscall"
)

// prepareProcess configures the process: files that it creates can be read only by its user, because recordings show what
// people did; and reaching the file size limit (ulimit -f) is an error like a full disk, and does not end the process.
func prepareProcess() {
	syscall.Umask(0o077)
	signal.Ignore(syscall.SIGXFSZ)
}
