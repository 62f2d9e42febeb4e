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

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// A block is a zstd skippable frame that holds the table of lines (see appendRow) and its CRC-32 (IEEE, little endian), then one
// zstd frame that holds the lines, with zstd's own checksum.

const (
	// tableMagic is the number of the first of zstd's 16 kinds of skippable frames.
	tableMagic = 0x184D2A50
	// maxBlock limits the decoded size of a block. Encode writes at most maxLines; blocks of earlier versions may be larger.
	maxBlock = 1 << 30
)

// ErrCorrupt means that the bytes are not a complete block.
var ErrCorrupt = errors.New("corrupt block")

const (
	level = zstd.SpeedFastest
	// window is the size of zstd's window. It covers most of one flush of a browser; 1 MiB would cost a sixth more time and save nothing.
	window = 128 << 10
)

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxBlock), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// appendRow appends the table's row of events[i], as uvarints: the time since the event before it (for the first event, its time), and the length of
// its line without the line break.
func appendRow(table []byte, i int, events []event, length int) []byte {
	delta := events[i].ms
	if i > 0 {
		delta -= events[i-1].ms
	}
	return binary.AppendUvarint(binary.AppendUvarint(table, uint64(delta)), uint64(length))
}

// maxRow is the largest size of a row: times are less than 2^42 apart, and lines have less than 2^28 bytes.
const maxRow = 6 + 4

// tableHead is the size of the skippable frame's header, and tableSum the size of the table's checksum.
const (
	tableHead = 8
	tableSum  = 4
)

var zips = sync.Pool{New: func() any {
	// The options were measured on the rich fixture (2 cores): see BenchmarkLevels.
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	return z
}}

// writer compresses the lines of a block as they are made, so that they are never all in memory.
type writer struct {
	memory *memory
	zip    *zstd.Encoder
	// body is the block. It begins with space for the table, whose length is not known yet.
	body  []byte
	front int
}

// newWriter returns a writer of a block whose table has at most table bytes, and whose compressed lines have about lines bytes.
func newWriter(m *memory, table, lines int) (*writer, error) {
	front := tableHead + table + tableSum
	room := front + lines + 64
	if err := m.take(int64(room)); err != nil {
		return nil, err
	}
	w := &writer{memory: m, body: make([]byte, front, room), front: front, zip: zips.Get().(*zstd.Encoder)}
	w.zip.Reset(w)
	return w, nil
}

func (w *writer) giveBack() {
	w.zip.Reset(nil) // releases the body
	zips.Put(w.zip)
}

var lineBreak = []byte{'\n'}

// piece is the number of bytes that are processed before the pace is called.
const piece = 256 << 10

func (w *writer) write(line []byte, pace *rawjson.Pace) error {
	for piece := range slices.Chunk(line, piece) {
		if !pace.Work(len(piece)) {
			return pace.Err()
		}
		if _, err := w.zip.Write(piece); err != nil {
			return err
		}
	}
	_, err := w.zip.Write(lineBreak)
	return err
}

// Write appends compressed lines.
func (w *writer) Write(p []byte) (int, error) {
	if had := cap(w.body); had-len(w.body) < len(p) {
		room := max(had+had/2, len(w.body)+len(p))
		if err := w.memory.take(int64(room)); err != nil {
			return 0, err
		}
		w.body = append(make([]byte, 0, room), w.body...)
		w.memory.forget(int64(had))
	}
	w.body = append(w.body, p...)
	return len(p), nil
}

// finish returns the block with its table.
func (w *writer) finish(table []byte) ([]byte, error) {
	if err := w.zip.Close(); err != nil {
		return nil, err
	}
	body := w.body[w.front-tableHead-len(table)-tableSum:]
	binary.LittleEndian.PutUint32(body, tableMagic)
	binary.LittleEndian.PutUint32(body[4:], uint32(len(table)+tableSum))
	copy(body[tableHead:], table)
	binary.LittleEndian.PutUint32(body[tableHead+len(table):], crc32.ChecksumIEEE(table))
	if had := cap(w.body); had > len(body)+len(body)/4+4<<10 { // the body stays in memory until it is committed
		if err := w.memory.take(int64(len(body))); err != nil {
			return nil, err
		}
		return slices.Clone(body), nil
	}
	return body, nil
}

// Lines is a decoded block: its JSON, and 16 bytes of memory for each line.
type Lines struct {
	// JSON is the block's JSON lines.
	JSON []byte
	rows []row
	// timed means that the times come from the table, not from the lines.
	timed bool
}

// row is a line. It begins where the previous line ends, after the line break.
type row struct {
	ms  int64
	end int
}

// Len returns the number of lines.
func (l *Lines) Len() int { return len(l.rows) }

// Line returns the i-th rrweb event.
func (l *Lines) Line(i int) []byte {
	start, end := 0, l.rows[i].end
	if i > 0 {
		start = l.rows[i-1].end + 1
	}
	return l.JSON[start:end:end]
}

// TimeMS returns the time of the i-th event, in Unix milliseconds.
func (l *Lines) TimeMS(i int) int64 { return l.rows[i].ms }

// All yields the time and the event of every line, in order.
func (l *Lines) All() iter.Seq2[int64, []byte] {
	return func(yield func(int64, []byte) bool) {
		for i := range l.rows {
			if !yield(l.rows[i].ms, l.Line(i)) {
				return
			}
		}
	}
}

// Decode reads a block. An empty body is a block without lines. Errors: ErrCorrupt.
func Decode(body []byte) (*Lines, error) {
	l := new(Lines)
	if len(body) == 0 {
		return l, nil
	}
	table, ok := tableOf(body)
	size := 0 // unknown
	if ok {
		l.rows, size = rows(table)
	}
	var err error
	if l.JSON, err = decoder().DecodeAll(body, make([]byte, 0, size)); err != nil {
		return nil, fmt.Errorf("%w: %d bytes: %w", ErrCorrupt, len(body), err)
	}
	if l.timed = l.agree(); !l.timed {
		l.scan() // the lines have their own checksum, so they are intact
	}
	return l, nil
}

// DecodeBlock reads the body of an index row's block. An intact body that belongs to another block is an ErrCorrupt, too.
func DecodeBlock(b *model.Block, body []byte) (*Lines, error) {
	l, err := Decode(body)
	if err != nil {
		return nil, err
	}
	if n := l.Len(); n != int(b.Events) || n > 0 && l.timed && (l.TimeMS(0) != b.FirstMS || l.TimeMS(n-1) != b.LastMS) {
		return nil, fmt.Errorf("%w: the body is another block's", ErrCorrupt)
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

// rows reads the table, and returns its rows and the total size of the lines. It returns no rows if the table is not valid for a block.
func rows(table []byte) (list []row, size int) {
	list = make([]row, 0, len(table)/3)
	ms := int64(0)
	for len(table) > 0 {
		delta, n := binary.Uvarint(table)
		if n <= 0 {
			return nil, 0
		}
		length, m := binary.Uvarint(table[n:])
		if m <= 0 || length >= uint64(maxBlock-size) {
			return nil, 0
		}
		table = table[n+m:]
		ms += int64(delta)
		list = append(list, row{ms: ms, end: size + int(length)})
		size += int(length) + 1
	}
	return list, size
}

// agree reports whether the rows belong to these lines.
func (l *Lines) agree() bool {
	for _, r := range l.rows {
		if r.end >= len(l.JSON) || l.JSON[r.end] != '\n' {
			return false
		}
	}
	return len(l.rows) > 0 && l.rows[len(l.rows)-1].end+1 == len(l.JSON) || len(l.JSON) == 0
}

// scan finds the lines' positions and times by reading the lines.
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
		l.rows = append(l.rows, row{ms: ms, end: end})
		at = end + 1
	}
}
