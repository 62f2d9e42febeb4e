// Package textblock keeps the texts of many events in one block of bytes, small and searchable: prompts, answers, errors, names and feedback.
//
// A text is parted into words and what stands between them. Each different one is kept once in the block's vocabulary, and a
// text is a row of numbers, one to five bytes each, the shortest for the most frequent. Frames of 256 events are compressed
// with zstd. A block of 4096 events of varied text takes about half of what zstd makes of the same text, and a search compares numbers
// instead of letters.
//
//	lines    a filter of the words, and one for each frame of the pairs of words that follow each other, see lines.go
//	head     ids, times, where each frame lies, and the vocabulary
//	frames   how long the numbers of each text are, and the numbers
//
// The vocabulary is in chunks of some 320 tokens that are compressed one by one. Tokens with numbers of one, two, three and five bytes are apart, and the
// more frequent ones of two; of each class what stands between words comes first, and then the words in the order of their small letters. A table in the head says which
// words a chunk may have, so a search for a word reads one chunk of each class, see chunk.go.
//
// A fresh block, of what was just stored, has its texts as they are, in frames that are not compressed, and its head has no
// vocabulary; it has no filter. Making one takes next to no time, and a search reads all of it. It is there until it is packed.
//
// Reading one text costs one line of 64 bytes, the head and a frame. Each line has a CRC-32C, the head has one, and each frame has
// one (of a fresh block) or zstd's own checksum, so that damage is an error (ErrCorrupt) and never another text.
//
// A search means exactly what filter.Match says of the plain texts: JSON in which each escape stands for its character (see Plain).
package textblock

import (
	"errors"

	"github.com/google/uuid"
)

// ErrCorrupt: the bytes are not what was written.
var ErrCorrupt = errors.New("corrupt block of text")

// Field is one of an event's texts.
type Field int

// The fields. All are JSON as in model.Content; title, error and the value of a metric or feedback are what stands within the quotes of a JSON string.
const (
	Input Field = iota
	Output
	Title
	Error
	Metric
	// What follows is kept, but not searched.
	Tools
	Properties
	// InputPreview and OutputPreview are plain text. Mostly they repeat words of input and output, which costs next to nothing.
	InputPreview
	OutputPreview
	// Bare is empty where an event has a content that has none of the texts.
	Bare
	Fields = iota
)

const searched = Metric + 1

// Entry is an event's texts.
type Entry struct {
	UUID   uuid.UUID
	TimeMS int64
	// Texts are nil where the event has none.
	Texts [Fields][]byte
}

// Raw is how many bytes the texts have.
func (e *Entry) Raw() (sum int64) {
	for _, text := range e.Texts {
		sum += int64(len(text))
	}
	return sum
}

// Bounds of a block, for those who fill one: a vocabulary of more events is hardly smaller for each, and a block is
// held in memory while it is made.
const (
	MaxEvents = 4096
	MaxBytes  = 8 << 20
)

// frameEvents are read together: with fewer zstd finds less, with more one text costs more.
const frameEvents = 256

// Block is what Build and Fresh make: the bytes, and what a reader has to know of them before reading any.
type Block struct {
	Body []byte
	Extent
}

// Extent describes a block to its readers.
type Extent struct {
	Events          int
	FirstMS, LastMS int64
	// Lines is how many lines the filter of words has, Pairs how many each frame's filter of pairs has, and Head the length of the
	// head, in bytes.
	Lines, Pairs, Head int
	// Raw is how many bytes the texts have.
	Raw int64
}

// most is what a part of the block can unzip to: a number takes five bytes at most and stands for one of text, and each event has some
// numbers of its own. What claims more is damaged, and no room is made for it.
func (x *Extent) most() uint64 { return uint64(5*x.Raw + 128*int64(x.Events) + 1024) }

// frames is how many frames the block has.
func (x *Extent) frames() int { return (x.Events + frameEvents - 1) / frameEvents }

// HeadAt is where the head begins, in bytes from the beginning of the block.
func (x *Extent) HeadAt() int64 {
	return LineBytes * (int64(x.Lines) + int64(x.Pairs)*int64(x.frames()))
}
