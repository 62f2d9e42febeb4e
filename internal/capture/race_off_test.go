//go:build !race

package capture

const raced = false
