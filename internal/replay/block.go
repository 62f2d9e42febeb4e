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

// A block is a zstd skippable frame, the head, and one zstd frame with zstd's own checksum. The head holds the size of the lines and that of their stored
// form (see numbers), 4 bytes each, and a CRC-32 (IEEE) of both, all little endian. The zstd frame holds the stored form.
//
// In blocks of earlier versions, the head holds a table: for each line, the time since the line before it and the length of the line, as uvarints, and a
// CRC-32 of the table. The zstd frame holds the lines as they are.

const (
	// headMagic and tableMagic are the numbers of two of zstd's 16 kinds of skippable frames.
	headMagic, tableMagic = 0x184D2A51, 0x184D2A50
	// headSize is the size of a head with its frame's header, and sumSize that of a checksum in it.
	headSize, sumSize = 8 + 8 + sumSize, 4
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

var zips = sync.Pool{New: func() any {
	// The options were measured on the rich fixture (2 cores): see BenchmarkLevels.
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true), zstd.WithEncoderConcurrency(1))
	if err != nil {
		panic(err) // the options are constants
	}
	return z
}}

// storeds are the buffers for pieces of lines in their stored form.
var storeds = sync.Pool{New: func() any { return new([]byte) }}

// writer compresses the lines of a block as they are made, so that they are never all in memory.
type writer struct {
	memory *memory
	zip    *zstd.Encoder
	// body is the block. It begins with space for the head, which is written last.
	body    []byte
	numbers numbers
	// stored is a piece of a line in its stored form, in kept.
	stored []byte
	kept   *[]byte
	// size is the size of the lines, and storedSize that of their stored form.
	size, storedSize int
}

// newWriter returns a writer of a block with these events, whose compressed lines have about lines bytes.
func newWriter(m *memory, events []event, lines int) (*writer, error) {
	room := headSize + lines + 64
	if err := m.take(int64(room)); err != nil {
		return nil, err
	}
	w := &writer{memory: m, body: make([]byte, headSize, room), zip: zips.Get().(*zstd.Encoder), kept: storeds.Get().(*[]byte)}
	w.zip.Reset(w)
	w.stored = *w.kept
	w.stored = binary.AppendUvarint(append(w.stored, begins), uint64(len(events)))
	for i := range events {
		w.stored = appendTime(w.stored, events, i)
		if len(w.stored) >= piece/64 || i == len(events)-1 {
			if err := w.zipStored(); err != nil {
				w.giveBack()
				return nil, err
			}
		}
	}
	return w, nil
}

// zipStored compresses what was stored.
func (w *writer) zipStored() error {
	w.storedSize += len(w.stored)
	_, err := w.zip.Write(w.stored)
	w.stored = w.stored[:0]
	return err
}

func (w *writer) giveBack() {
	w.zip.Reset(nil) // releases the body
	zips.Put(w.zip)
	*w.kept = w.stored[:0]
	storeds.Put(w.kept)
}

var lineBreak = []byte{'\n'}

// piece is the number of bytes that are processed before the pace is called.
const piece = 256 << 10

// write writes the line of an event at an instant.
func (w *writer) write(line []byte, ms int64, pace *rawjson.Pace) error {
	w.numbers.begin(ms)
	w.size += len(line) + 1
	for at := 0; at < len(line); {
		end := min(at+piece, len(line))
		if !pace.Work(end - at) {
			return pace.Err()
		}
		w.stored, at = w.numbers.shorten(w.stored, line, at, end)
		if at == len(line) {
			w.stored = append(w.stored, '\n')
		}
		if err := w.zipStored(); err != nil {
			return err
		}
	}
	return nil
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

// finish returns the block.
func (w *writer) finish() ([]byte, error) {
	if err := w.zip.Close(); err != nil {
		return nil, err
	}
	body := w.body
	binary.LittleEndian.PutUint32(body, headMagic)
	binary.LittleEndian.PutUint32(body[4:], headSize-8)
	binary.LittleEndian.PutUint32(body[8:], uint32(w.size))
	binary.LittleEndian.PutUint32(body[12:], uint32(w.storedSize))
	binary.LittleEndian.PutUint32(body[16:], crc32.ChecksumIEEE(body[8:16]))
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
	// timed means that the times are those that the encoder gave the lines.
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
	head, intact := headOf(body)
	if len(body) >= 4 && binary.LittleEndian.Uint32(body) == headMagic {
		if !intact || len(head) != 8 {
			return nil, fmt.Errorf("%w: %d bytes with a damaged head", ErrCorrupt, len(body))
		}
		if err := l.decode(body, binary.LittleEndian.Uint32(head), binary.LittleEndian.Uint32(head[4:])); err != nil {
			return nil, err
		}
		return l, nil
	}
	size := 0 // unknown
	if intact {
		l.rows, size = rows(head)
	}
	var err error
	if l.JSON, err = decoder().DecodeAll(body, make([]byte, 0, size)); err != nil {
		return nil, fmt.Errorf("%w: %d bytes: %w", ErrCorrupt, len(body), err)
	}
	if len(l.JSON) > 0 && l.JSON[0] == begins {
		return nil, fmt.Errorf("%w: %d bytes with another form's head", ErrCorrupt, len(body))
	}
	if l.timed = l.agree(); !l.timed {
		l.scan() // the lines have their own checksum, so they are intact
	}
	return l, nil
}

// decode reads a block whose head says these sizes. The stored form is decompressed into the end of the memory for the lines: no rest of it is longer than
// the lines that are made of it, so these never reach what is not read yet.
func (l *Lines) decode(body []byte, size, storedSize uint32) error {
	before := max(0, int(size)-int(storedSize))
	if size > maxBlock || storedSize > maxBlock {
		return fmt.Errorf("%w: %d bytes of lines", ErrCorrupt, size)
	}
	room, err := decoder().DecodeAll(body, make([]byte, before, before+int(storedSize)))
	if err != nil {
		return fmt.Errorf("%w: %d bytes: %w", ErrCorrupt, len(body), err)
	}
	if len(room) != before+int(storedSize) || !l.restore(room, before) || len(l.JSON) != int(size) {
		return fmt.Errorf("%w: %d bytes are not the stored form of %d bytes of lines", ErrCorrupt, storedSize, size)
	}
	l.timed = true
	return nil
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

// headOf returns the content of a block's head. It returns false if there is none, or if it is damaged.
func headOf(body []byte) ([]byte, bool) {
	if len(body) < 8+sumSize || binary.LittleEndian.Uint32(body) != headMagic && binary.LittleEndian.Uint32(body) != tableMagic {
		return nil, false
	}
	n := int64(binary.LittleEndian.Uint32(body[4:]))
	if n < sumSize || n > int64(len(body)-8) {
		return nil, false
	}
	head, sum := body[8:8+n-sumSize], body[8+n-sumSize:]
	return head, crc32.ChecksumIEEE(head) == binary.LittleEndian.Uint32(sum)
}

// rows reads a table, and returns its rows and the total size of the lines. It returns no rows if the table is not valid for a block.
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
