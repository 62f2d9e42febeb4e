// Package replay is the codec of recordings: the content of a $snapshot event becomes a block, and the blocks of a window become the rrweb events to
// play from a moment on.
//
// A block is JSON lines, one rrweb event each, as the browser's recorder made it. The recorder's own compression ("cv") is undone. The lines are sorted
// by each event's own time and compressed with zstd: `zstdcat` prints them. Before the zstd frame is a skippable frame with the time and length of
// every line, so that reading need not parse the lines.
package replay
