package disktest

import (
	"errors"
	"fmt"
	"testing"

	"golang.org/x/sys/unix"
)

// mount makes a file system of size bytes in memory. free makes it larger.
func mount(t *testing.T, size int64) (dir string, free func(), ok bool) {
	t.Helper()
	dir = t.TempDir()
	err := unix.Mount("playhead-test", dir, "tmpfs", 0, fmt.Sprintf("size=%d", size))
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.ENODEV) {
		return "", nil, false
	}
	if err != nil {
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir, func() {
		if err := unix.Mount("playhead-test", dir, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%d", 64*size)); err != nil {
			t.Errorf("make the file system larger: %v", err)
		}
	}, true
}
