// Package textblock keeps the texts of many events in one block of bytes, small and searchable: prompts, answers, errors, names and feedback.
//
// A text is split into words and the separators between them. Each distinct token is stored once, in the block's vocabulary. A text is a row of
// numbers of one to five bytes, the shortest for the most frequent tokens. Frames of 256 events are compressed with zstd. A block of 4096 events of
// varied text takes about half as much space as zstd alone needs, and a search compares numbers instead of letters.
//
//	lines    a filter of the words, and for each frame a filter of the pairs of consecutive words, see lines.go
//	head     ids, times, positions of the frames, and the vocabulary
//	frames   the lengths of each text's row of numbers, and the numbers
//
// The vocabulary is split into chunks of some 320 tokens that are compressed separately. Tokens with numbers of one, two, three and five bytes are in
// different chunks, and so is the more frequent half of those with two bytes. In each class separators come first, and then words in alphabetical
// order of their lower-case letters. A table in the head gives the range of words of each chunk, so a search for a word reads one chunk of each
// class, see chunk.go.
//
// A fresh block contains what was just stored: uncompressed texts in frames, and a head without vocabulary. It has no filter. It takes almost no time
// to make, but a search reads all of it. It exists until it is packed.
//
// A long block contains one event with much text: filters as above, a head without vocabulary, and one frame with the texts as they were stored,
// compressed in pieces.
//
// Reading one text needs one line of 64 bytes, the head and a frame. Each line and each head has a CRC-32C; each frame has one too (in a fresh block)
// or zstd's own checksum. Damage is therefore an error (ErrCorrupt), and never another text.
//
// A search finds exactly what filter.Match finds in the plain texts: JSON in which each escape is replaced by its character (see Plain).
package textblock

import (
	"errors"

	"github.com/google/uuid"
)

// ErrCorrupt means that the bytes are not those that were written.
var ErrCorrupt = errors.New("corrupt block of text")

// Field is one of an event's texts.
type Field int

// The fields. All are JSON as in model.Content. Title, error and the value of a metric or feedback are JSON strings without their quotes.
const (
	Input Field = iota
	Output
	Title
	Error
	Metric
	// The following fields are stored, but not searched.
	Tools
	Properties
	// InputPreview and OutputPreview are plain text. They usually repeat words of input and output, so they take little space.
	InputPreview
	OutputPreview
	// Bare is an empty text that marks an event whose content has no other text.
	Bare
	Fields = iota
)

const searched = Metric + 1

// Entry has the texts of an event.
type Entry struct {
	UUID   uuid.UUID
	TimeMS int64
	// Texts are the texts by field, nil if the event does not have them.
	Texts [Fields][]byte
}

// Raw returns the length of the texts in bytes.
func (e *Entry) Raw() (sum int64) {
	for _, text := range e.Texts {
		sum += int64(len(text))
	}
	return sum
}

// Limits of a block, for callers that fill one. More events hardly make the vocabulary smaller per event, and a block is in memory while it is made.
const (
	MaxEvents = 4096
	MaxBytes  = 8 << 20
)

// frameEvents is the number of events in a frame. In smaller frames zstd finds less repetition; in larger ones reading a single text takes longer.
const frameEvents = 256

// Block is the result of Build and Fresh: the bytes, and what a reader must know before it reads any of them.
type Block struct {
	Body []byte
	Extent
}

// Extent describes a block to its readers.
type Extent struct {
	Events          int
	FirstMS, LastMS int64
	// Lines is the number of lines of the filter of words, Pairs the number of lines of each frame's filter of pairs, and Head the length of the head in
	// bytes.
	Lines, Pairs, Head int
	// Raw is the length of the texts in bytes.
	Raw int64
}

// most is the largest size to which a part of the block can decompress: a number has at most five bytes and stands for at least one byte of text, and
// each event has a few numbers of its own. A part that claims more is damaged, and no memory is allocated for it.
func (x *Extent) most() uint64 { return uint64(5*x.Raw + 128*int64(x.Events) + 1024) }

// frames returns the number of frames of the block.
func (x *Extent) frames() int { return (x.Events + frameEvents - 1) / frameEvents }

// HeadAt returns the offset of the head in the block, in bytes.
func (x *Extent) HeadAt() int64 {
	return LineBytes * (int64(x.Lines) + int64(x.Pairs)*int64(x.frames()))
}
