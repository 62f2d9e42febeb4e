// Package archive moves everything from one storage to another through a directory, in steps that can be interrupted at
// any point and resumed.
//
// # The format
//
// manifest.jsonl is the list of contents, one JSON object per line, written in order: a header with the format's version, one line for each chunk,
// and a last line with the sums of all chunks. Without the last line the export is not complete. A chunk is a file of JSON lines compressed with zstd
// (000001-events.jsonl.zst), with one line for each row (see format.go and rows.go; testdata/lines.jsonl shows each kind of line with every member
// set). A chunk of blocks has a second file with their bodies one after the other (000001-blocks.bodies); each body is compressed with zstd already.
// The manifest has the length and the SHA-256 of each file. A file that the manifest does not list is left over from an interrupted step.
//
// A sum is the number of rows of a kind and their checksum: the sum, modulo 2^128, of the first 16 bytes of the SHA-256 of each row's JSON. In the
// JSON of a block, at is 0; an event and its content are one row each. A sum does not depend on the order of rows, so it can be computed for any
// storage.
//
// A row without a project belongs to the default project: exports that were made before projects existed have no other rows.
//
// progress-….jsonl is written by an import. It lists the chunks that were imported into one target; the file's name contains a hash of the target's
// name.
package archive
