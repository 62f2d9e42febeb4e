//go:build !(linux || darwin || freebsd)

package posthog

import "errors"

// mapMemory says that large buffers lie in the Go heap here, as small ones do.
func mapMemory(int) ([]byte, error) { return nil, errors.ErrUnsupported }

func unmapMemory([]byte) {}
