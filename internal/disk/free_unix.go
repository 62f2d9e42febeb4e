//go:build linux || darwin || freebsd

package disk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free returns the bytes that an unprivileged process may still write to the file system that holds path.
func Free(path string) (uint64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(path, &st); err != nil {
		return 0, fmt.Errorf("statfs %s: %w", path, err)
	}
	// The types of these fields differ between systems, and FreeBSD's may be negative when the reserve is in use.
	if int64(st.Bavail) < 0 { //nolint:unconvert // see above
		return 0, nil
	}
	return uint64(st.Bavail) * uint64(st.Bsize), nil //nolint:unconvert // see above
}
