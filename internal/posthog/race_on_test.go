//go:build race

package posthog

// raced means that the race detector is on, which makes everything ten times slower.
const raced = true
