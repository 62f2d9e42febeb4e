//go:build cgo && unix

package duckdb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/playheadhq/playhead/internal/store"
)

// lock takes the directory for this process. DuckDB locks its file too, but only against other processes, and its
// message does not say which directory setting to look at. The kernel lets go of it when the process ends, however it ends.
func lock(dir string) (io.Closer, error) {
	path := filepath.Join(dir, "lock")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		holder, _ := io.ReadAll(io.LimitReader(f, 32))
		return nil, fmt.Errorf("%w: process %s has %s open; stop it or choose another directory",
			store.ErrInUse, strings.TrimSpace(string(holder)), dir)
	}
	if err := errors.Join(f.Truncate(0), writePID(f)); err != nil {
		return nil, errors.Join(fmt.Errorf("write lock file %s: %w", path, err), f.Close())
	}
	return f, nil
}

// writePID says who holds the lock, for people. It is no error when a full disk has no room for that.
func writePID(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	if errors.Is(err, unix.ENOSPC) {
		return nil
	}
	return err
}
