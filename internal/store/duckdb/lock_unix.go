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

// lock locks the directory for this process. DuckDB locks its file too, but only against other processes, and its message does not name the setting
// of the directory. The kernel releases the lock when the process ends in any way.
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

// writePID writes the id of the process that holds the lock, for people. If a full disk has no space for it, that is not an error.
func writePID(f *os.File) error {
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	if errors.Is(err, unix.ENOSPC) {
		return nil
	}
	return err
}
