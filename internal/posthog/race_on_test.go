//go:build race

package posthog

// raced says that the race detector makes everything ten times slower.
const raced = true
