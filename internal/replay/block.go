package replay

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// A block is a zstd skippable frame that holds the table of lines (see appendRow) and its CRC-32 (IEEE, little endian), then one
// zstd frame that holds the lines, with zstd's own checksum.

const (
	// tableMagic is the number of the first of zstd's 16 kinds of skippable frames.
	tableMagic = 0x184D2A50
	// maxBlock bounds what a block may decode to: what Encode accepts (the decoded body limit of a request and what
	// inflating may add), with room.
	maxBlock = 1 << 30
)

// ErrCorrupt: the bytes are no block, or not the whole of one.
var ErrCorrupt = errors.New("corrupt block")

var encoder = sync.OnceValue(func() *zstd.Encoder {
	// Measured on the rich fixture (2 cores): see BenchmarkLevels.
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return e
})

const (
	level = zstd.SpeedFastest
	// window covers most of what one flush of a browser brings; 1 MiB of it costs a sixth more time and saves nothing.
	window = 128 << 10
)

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// appendRow appends the table's row of events[i]: how much later it is than the one before (the first: its time), and
// the length of its line without the line break, as uvarints.
func appendRow(table []byte, i int, events []event, length int) []byte {
	delta := events[i].ms
	if i > 0 {
		delta -= events[i-1].ms
	}
	return binary.AppendUvarint(binary.AppendUvarint(table, uint64(delta)), uint64(length))
}

func appendBlock(dst, table, lines []byte) []byte {
	dst = slices.Grow(dst, len(table)+12+len(lines)/6)
	dst = binary.LittleEndian.AppendUint32(dst, tableMagic)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(table)+4))
	dst = append(dst, table...)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.ChecksumIEEE(table))
	return encoder().EncodeAll(lines, dst)
}

// Lines is a decoded block.
type Lines struct {
	// JSON is the block's JSON lines.
	JSON []byte
	rows []row
}

type row struct {
	ms         int64
	start, end int
}

// Len is how many lines there are.
func (l *Lines) Len() int { return len(l.rows) }

// Line is the i-th rrweb event.
func (l *Lines) Line(i int) []byte { return l.JSON[l.rows[i].start:l.rows[i].end:l.rows[i].end] }

// TimeMS is the time of the i-th event.
func (l *Lines) TimeMS(i int) int64 { return l.rows[i].ms }

// All yields time and event of every line, in order.
func (l *Lines) All() iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		for i := range l.rows {
			if !yield(l.rows[i].ms, l.Line(i)) {
				return
			}
		}
	}
}

// Decode reads a block. The empty body is a block without lines. The error is an ErrCorrupt.
func Decode(body []byte) (*Lines, error) {
	l := new(Lines)
	if len(body) == 0 {
		return l, nil
	}
	table, ok := tableOf(body)
	var err error
	if l.JSON, err = decoder().DecodeAll(body, nil); err != nil {
		return nil, fmt.Errorf("%w: %d bytes: %w", ErrCorrupt, len(body), err)
	}
	if !ok || !l.index(table) {
		l.scan() // the lines have their own checksum, so they are whole
	}
	return l, nil
}

func tableOf(body []byte) ([]byte, bool) {
	if len(body) < 12 || binary.LittleEndian.Uint32(body) != tableMagic {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(body[4:]))
	if n < 4 || n > int64(len(body)-8) {
		return nil, false
	}
	table, sum := body[8:4+n], body[4+n:8+n]
	return table, crc32.ChecksumIEEE(table) == binary.LittleEndian.Uint32(sum)
}

// index takes the lines' places from the table, false when it is not the table of these lines.
func (l *Lines) index(table []byte) bool {
	l.rows = make([]row, 0, len(table)/3)
	at, ms := 0, int64(0)
	for len(table) > 0 {
		delta, n := binary.Uvarint(table)
		if n <= 0 {
			return false
		}
		length, m := binary.Uvarint(table[n:])
		if m <= 0 || length >= uint64(len(l.JSON)-at) || l.JSON[at+int(length)] != '\n' {
			return false
		}
		table = table[n+m:]
		ms += int64(delta)
		l.rows = append(l.rows, row{ms: ms, start: at, end: at + int(length)})
		at += int(length) + 1
	}
	return at == len(l.JSON)
}

// scan finds the lines' places by looking into them.
func (l *Lines) scan() {
	l.rows = l.rows[:0]
	ms := int64(0)
	for at := 0; at < len(l.JSON); {
		end := len(l.JSON)
		if n := bytes.IndexByte(l.JSON[at:], '\n'); n >= 0 {
			end = at + n
		}
		if own := eventTime(rawjson.Member(l.JSON[at:end], "timestamp")); own > ms {
			ms = own
		}
		l.rows = append(l.rows, row{ms: ms, start: at, end: end})
		at = end + 1
	}
}
