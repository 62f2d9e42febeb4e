//go:build !unix

package server

import "math"

// openFiles is how many files the process may have open: elsewhere there is no such limit to ask for.
func openFiles() int { return math.MaxInt32 }
