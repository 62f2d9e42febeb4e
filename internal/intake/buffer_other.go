//go:build !(linux || darwin || freebsd)

package intake

import "errors"

// mapMemory: on this system large buffers are in the Go heap, like small ones.
func mapMemory(int) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmapMemory([]byte) {}
