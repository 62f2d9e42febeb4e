//go:build race

package heavy

// Sizes is one small size under the race detector, which makes everything ten times slower: there the same code runs, and what
// it costs is compared without the detector.
var Sizes = []int{64 << 10}
