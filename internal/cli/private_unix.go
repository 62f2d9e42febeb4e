//go:build unix

package cli

import "syscall"

// keepPrivate makes every file of this process readable by its user alone: recordings show what people did.
func keepPrivate() { syscall.Umask(0o077) }
