//go:build !linux

package fair

// toBackground does nothing: only Linux has a priority for each thread.
func toBackground() {}
