//go:build !linux

package intake

import "errors"

// resizeMemory: this system cannot make mapped memory larger.
func resizeMemory([]byte, int) ([]byte, error) { return nil, errors.ErrUnsupported }
