package disk

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFree(t *testing.T) {
	n, err := Free(t.TempDir())
	if err != nil || n == 0 {
		t.Fatalf("Free = %d, %v; want room", n, err)
	}
	if _, err := Free(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("Free of a missing path succeeded")
	}
}

func TestSyncDir(t *testing.T) {
	if err := SyncDir(t.TempDir()); err != nil {
		t.Error(err)
	}
	if err := SyncDir(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("SyncDir of a missing path succeeded")
	}
}

func TestIsFull(t *testing.T) {
	full := &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for err, want := range map[error]bool{full: true, fmt.Errorf("block: %w", full): true, os.ErrClosed: false, nil: false} {
		if got := IsFull(err); got != want {
			t.Errorf("IsFull(%v) = %v, want %v", err, got, want)
		}
	}
}
