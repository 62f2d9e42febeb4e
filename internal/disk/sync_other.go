//go:build !linux

package disk

import "os"

// SyncData makes what was written into room that a file already had durable.
func SyncData(f *os.File) error { return f.Sync() }
