//go:build !race

package heavy

// Sizes are what Linear compares, in bytes.
var Sizes = []int{1 << 20, 2 << 20, 4 << 20}
