//go:build unix && !linux

package disktest

import "testing"

func mount(*testing.T, int64) (dir string, free func(), ok bool) { return "", nil, false }
