//go:build !unix

package server

import "math"

// openFiles is how many files the process may have open. Other systems have no such limit to read.
func openFiles() int { return math.MaxInt32 }
