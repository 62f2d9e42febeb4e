// Package replay is the codec of recordings: the contents of a $snapshot event become a block, and the blocks of a
// window become the rrweb events to play from a moment on.
//
// A block is JSON lines, one rrweb event each as the browser's recorder made it, with the recorder's own compression
// ("cv") undone, sorted by each event's own time and compressed with zstd: `zstdcat` prints it. In front of the zstd
// frame is a skippable frame with the time and length of every line, so that reading need not parse them.
package replay
