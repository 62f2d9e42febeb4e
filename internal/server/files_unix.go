//go:build unix

package server

import (
	"math"

	"golang.org/x/sys/unix"
)

// openFiles is how many files the process may have open. Go has raised the soft limit to the hard one when it started.
func openFiles() int {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	return int(min(uint64(limit.Cur), math.MaxInt32)) //nolint:unconvert // FreeBSD has it signed
}
