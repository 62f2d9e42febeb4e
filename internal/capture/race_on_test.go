//go:build race

package capture

// raced says that the race detector makes everything ten times slower.
const raced = true
