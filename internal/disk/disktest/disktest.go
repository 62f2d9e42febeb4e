//go:build unix

// Package disktest provides full disks for tests of stores.
package disktest

import (
	"os/signal"
	"testing"

	"golang.org/x/sys/unix"
)

// Full runs a test in directories that take no more than about size bytes until free is called: in a small file system
// of its own where this process may mount one, and always under a limit on the size of a single file, which stands in
// for it. The limit holds for the whole process, so such tests never run in parallel with others.
func Full(t *testing.T, size int64, test func(t *testing.T, dir string, free func())) {
	FileSystem(t, size, test)
	t.Run("limit", func(t *testing.T) {
		dir := t.TempDir()
		test(t, dir, limit(t, size))
	})
}

// FileSystem is the first half of Full: for tests of other processes, which a limit on this one says nothing about.
func FileSystem(t *testing.T, size int64, test func(t *testing.T, dir string, free func())) {
	t.Run("file system", func(t *testing.T) {
		dir, free, ok := mount(t, size)
		if !ok {
			t.Log("no permission to mount a file system here")
			return
		}
		test(t, dir, free)
	})
}

// limit bounds the size of every file that this process writes.
func limit(t *testing.T, size int64) (free func()) {
	t.Helper()
	// The kernel's default for a process that goes over the limit is to end it.
	signal.Ignore(unix.SIGXFSZ)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	free = func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
			t.Errorf("lift the limit: %v", err)
		}
	}
	t.Cleanup(func() { free(); signal.Reset(unix.SIGXFSZ) })
	small := before
	small.Cur = uint64(size)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	return free
}
