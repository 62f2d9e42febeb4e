// Package disk has what stores need to know about disks: free space, whether an error means a full disk, whether the last write
// failed, and how to make a directory's entries durable.
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

// IsFull reports whether err means that a file system, a quota or a file size limit is full.
func IsFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
