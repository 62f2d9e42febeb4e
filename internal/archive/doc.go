// Package archive moves everything from one storage to another through a directory, in steps that can be interrupted at
// any point and resumed.
//
// # The format
//
// manifest.jsonl is the list of contents, one JSON object a line, written in order: a header with the format's version, one line for
// each chunk, and a last line, without which the export is not complete, with the sums of all. A chunk is a file of JSON
// lines compressed with zstd (000001-events.jsonl.zst), one line a row, see format.go, rows.go and, for each kind of line with everything
// set, testdata/lines.jsonl; a chunk of blocks has a second file
// with their bodies one after the other (000001-blocks.bodies), which are zstd themselves. Files are as long, and have the SHA-256,
// that the manifest says. A file that it does not list is the rest of a step that was interrupted.
//
// A sum is the number of rows of a kind, and the sum, modulo 2^128, of the first 16 bytes of the SHA-256 of each row's JSON (of a
// block with at = 0, of an event and its content one each). It does not depend on the order, so it can be computed of any storage.
//
// A row without a project is of the default project: exports that were made before there were projects have no others.
//
// progress-….jsonl is written by an import. It lists the chunks that the storage in its name has imported.
package archive
