package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"github.com/playheadhq/playhead/internal/damage"
	"github.com/playheadhq/playhead/internal/disk"
	"github.com/playheadhq/playhead/internal/store"
)

// listen reserves the address that a setting names, as "--listen", or returns an error that says what to do.
func listen(ctx context.Context, address, setting string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	return l, CannotListen(address, setting, err)
}

// CannotListen says what to do about the error of listening on the address that a setting names, as "--listen". Without an error it returns nil.
func CannotListen(address, setting string, err error) error {
	var unresolved *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("cannot listen on %s: another program already does. Stop it, or choose another address with %s (port 0 takes any free one)", address, setting)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("cannot listen on %s: this user has no permission for that port. Choose one above 1023 with %s", address, setting)
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &unresolved):
		return fmt.Errorf("cannot listen on %s: this machine has no such address. Give %s 127.0.0.1 for this machine only, or 0.0.0.0 for all its addresses", address, setting)
	}
	return fmt.Errorf("cannot listen on %s, the address of %s: %w", address, setting, err)
}

// makeDataDir creates the directory if it is missing, and tries to write to it.
func makeDataDir(path string) error {
	err := os.MkdirAll(path, 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.CreateTemp(path, ".try-*"); err == nil {
			err = errors.Join(f.Close(), os.Remove(f.Name()))
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("cannot write to the data directory %s: %w. Give this user the permission, or choose another directory with --data", path, err)
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return fmt.Errorf("the data directory %s is a file or inside one. Choose another with --data", path)
	case disk.IsFull(err):
		return fmt.Errorf("the disk of the data directory %s is full: %w. Free some space, or choose another directory with --data", path, err)
	}
	return fmt.Errorf("data directory %s: %w", path, err)
}

// storeError explains why data cannot be opened, and what to do.
func storeError(dir string, err error) error {
	switch {
	case errors.As(err, new(*damage.Error)):
		return err // this error says what to do
	case errors.Is(err, store.ErrInUse):
		return fmt.Errorf("the data directory %s is used by another server: %w", dir, err)
	case errors.Is(err, store.ErrNewer):
		return fmt.Errorf("the data in %s were written by a newer version of Playhead, and this one would damage them. Run the newer version, or choose another directory with --data: %w", dir, err)
	case errors.Is(err, store.ErrOlder):
		return fmt.Errorf("the data in %s were written by an older version of Playhead, which this one cannot read. Export them with that version (playhead export) and import the export into a new directory, or choose another directory with --data: %w", dir, err)
	case errors.Is(err, store.ErrFull):
		return fmt.Errorf("the disk of the data directory %s is full. Free some space and start again: %w", dir, err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the data in %s cannot be opened by this user. Start as the user who created them, or choose another directory with --data: %w", filepath.Clean(dir), err)
	}
	return fmt.Errorf("open the data in %s: %w", dir, err)
}
