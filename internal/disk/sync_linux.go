package disk

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// SyncData makes what was written into room that a file already had durable. It leaves out the file's times, which Sync
// has to write elsewhere.
func SyncData(f *os.File) error {
	for {
		switch err := unix.Fdatasync(int(f.Fd())); err {
		case nil:
			return nil
		case unix.EINTR:
		default:
			return fmt.Errorf("fdatasync %s: %w", f.Name(), err)
		}
	}
}
