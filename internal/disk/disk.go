// Package disk is what stores need to know of disks: how much room there is, whether an error means that there was none, or
// was the last time it was tried; and how to make a directory's entries durable.
package disk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// SyncDir makes the entries of a directory (files made or renamed in it) durable.
func SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open directory to sync it: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// IsFull says that err came of a file system, a quota or a file size limit that has no room left.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
