//go:build !race

package posthog

const raced = false
