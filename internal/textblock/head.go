package textblock

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"math"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
)

const headMagic = "PTX1"

// maxMemory bounds what zstd may use: a single event may be larger than MaxBytes.
const maxMemory = 1 << 30

// Head is what a block's head says.
type Head struct {
	// Events are in the order of time and id.
	Events []Event
	Frames []Frame
	// fresh says that texts are as they are, and there is no vocabulary.
	fresh bool
	// letters is the vocabulary as appendVocabulary wrote it, and most how many bytes it may have. words reads it once.
	letters []byte
	most    int
	words   func() (*vocabulary, error)
}

// Event is where an event's texts lie.
type Event struct {
	UUID   uuid.UUID
	TimeMS int64
	begin  int // in its frame, when that is unzipped
	// lengths are those of each text's row of numbers, and one more; 0 is absent.
	lengths [Fields]uint32
}

// Frame is where a frame lies, in bytes from the beginning of the block.
type Frame struct {
	Offset, Length int64
	// FirstMS and LastMS are the times of its events.
	FirstMS, LastMS int64
	rows            int // how many bytes it unzips to
}

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxMemory), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// unzip returns what a frame of zstd holds, which is so many bytes or corrupt.
func unzip(raw, into []byte, size int) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(raw); err != nil || !h.HasFCS || h.FrameContentSize != uint64(size) {
		return nil, fmt.Errorf("%w: a frame of another size", ErrCorrupt)
	}
	out, err := decoder().DecodeAll(raw, into)
	if err != nil || len(out) != len(into)+size {
		return nil, errors.Join(fmt.Errorf("%w: %d bytes of %d are in a frame", ErrCorrupt, len(out)-len(into), size), err)
	}
	return out, nil
}

// ReadHead reads the head of a block: the bytes that lie HeadAt from its beginning.
func ReadHead(raw []byte, x Extent) (*Head, error) {
	broken := func(what string) error { return fmt.Errorf("%w: %s", ErrCorrupt, what) }
	if len(raw) < len(headMagic)+crc32.Size {
		return nil, broken("it is shorter than a head")
	}
	fresh := string(raw[:len(freshMagic)]) == freshMagic
	if !fresh && string(raw[:len(headMagic)]) != headMagic {
		return nil, broken("it does not begin with a head")
	}
	sum := len(raw) - crc32.Size
	if crc32.Checksum(raw[:sum], castagnoli) != binary.LittleEndian.Uint32(raw[sum:]) {
		return nil, broken("the head's checksum is another")
	}
	b := raw[len(headMagic):sum]
	ok := true
	next := func(most uint64) int {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > most {
			ok = false
			return 0
		}
		b = b[size:]
		return int(n)
	}
	count := next(uint64(len(raw)) / 16)
	at, size := binary.Varint(b)
	if !ok || size <= 0 || count != x.Events || count == 0 {
		return nil, broken("how many events it has")
	}
	b = b[size:]
	h := &Head{Events: make([]Event, count), Frames: make([]Frame, x.frames()), fresh: fresh}
	offset := x.HeadAt() + int64(len(raw))
	for i := range h.Frames {
		f := &h.Frames[i]
		f.Offset, f.Length, f.rows = offset, int64(next(maxMemory)), next(x.most())
		offset += f.Length
	}
	if !ok || len(b) < 16*count {
		return nil, broken("where its frames lie")
	}
	for i := range h.Events {
		copy(h.Events[i].UUID[:], b[16*i:])
	}
	b = b[16*count:]
	details := next(x.most())
	if !ok {
		return nil, broken("how large its vocabulary is")
	}
	var err error
	if fresh {
		if len(b) != details {
			return nil, broken("where its texts lie")
		}
	} else if b, err = unzip(b, nil, details); err != nil {
		return nil, err
	}
	size, err = h.readDetails(b, at)
	if err != nil {
		return nil, err
	}
	if first, last := h.Events[0].TimeMS, h.Events[count-1].TimeMS; first != x.FirstMS || last != x.LastMS {
		return nil, broken("its times are not those that were noted of it")
	}
	if fresh {
		if size != len(b) {
			return nil, broken("something follows its times")
		}
		return h, nil
	}
	h.letters, h.most = b[size:], int(x.most())
	h.words = sync.OnceValues(func() (*vocabulary, error) { return readVocabulary(h.letters, h.most) })
	return h, nil
}

// readDetails reads where texts lie in their frames, and times. It returns how many bytes that took.
func (h *Head) readDetails(b []byte, at int64) (used int, err error) {
	for i := range h.Frames {
		rows, begin := h.Frames[i].rows, 0
		from, to := h.frameEvents(i)
		for e := from; e < to; e++ {
			event := &h.Events[e]
			event.begin = begin
			for field := range event.lengths {
				n, size := binary.Uvarint(b[used:])
				if size <= 0 || n > uint64(rows-begin)+1 {
					return 0, fmt.Errorf("%w: where its texts lie", ErrCorrupt)
				}
				used += size
				event.lengths[field] = uint32(n)
				begin += int(max(n, 1)) - 1
			}
		}
		if begin != rows {
			return 0, fmt.Errorf("%w: where its texts lie", ErrCorrupt)
		}
	}
	for i := range h.Events {
		later, size := binary.Uvarint(b[used:])
		if size <= 0 || later > math.MaxInt64 {
			return 0, fmt.Errorf("%w: its times", ErrCorrupt)
		}
		used += size
		at += int64(later)
		h.Events[i].TimeMS = at
	}
	for i := range h.Frames {
		from, to := h.frameEvents(i)
		h.Frames[i].FirstMS, h.Frames[i].LastMS = h.Events[from].TimeMS, h.Events[to-1].TimeMS
	}
	return used, nil
}

// frameEvents are the events of a frame, from and to in Events.
func (h *Head) frameEvents(i int) (from, to int) {
	return i * frameEvents, min((i+1)*frameEvents, len(h.Events))
}

// unzip unzips the bytes of a frame; those of a fresh block's are what it holds.
func (h *Head) unzip(i int, raw, into []byte) ([]byte, error) {
	if h.fresh {
		return checked(raw, h.Frames[i].rows)
	}
	return unzip(raw, into, h.Frames[i].rows)
}

// row is an event's text in its frame's numbers, or in a fresh block as it is, false when the event has none.
func (e *Event) row(rows []byte, field Field) (row []byte, there bool) {
	if e.lengths[field] == 0 {
		return nil, false
	}
	at := e.begin
	for _, n := range e.lengths[:field] {
		at += int(max(n, 1)) - 1
	}
	return rows[at : at+int(e.lengths[field])-1], true
}

var errNumbers = fmt.Errorf("%w: a word that is not in the vocabulary", ErrCorrupt)

// Rows are the numbers of a frame, or the texts of one in a fresh block.
type Rows struct {
	rows     []byte
	from, to int
	lowered  bool
}

// Read unzips the bytes of a frame, which are not the caller's any more: a search makes letters small in them.
func (h *Head) Read(frame int, raw []byte) (*Rows, error) {
	rows, err := h.unzip(frame, raw, nil)
	if err != nil {
		return nil, err
	}
	from, to := h.frameEvents(frame)
	return &Rows{rows: rows, from: from, to: to}, nil
}

// Events are the positions of the frame's events in the head's.
func (r *Rows) Events() iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := r.from; at < r.to && yield(at); at++ {
		}
	}
}

// Entries returns the texts of some events of a frame, by their positions in Events, from the frame's bytes: those of the fields only, nil
// for all.
func (h *Head) Entries(frame int, raw []byte, events []int, only []Field) ([]Entry, error) {
	r, err := h.Read(frame, raw)
	if err != nil {
		return nil, err
	}
	all := make([]Entry, len(events))
	for i, at := range events {
		if all[i], err = h.entry(&h.Events[at], r.rows, only); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// AppendEntries appends all events of a block to others, but for those that drop names. frame reads a frame's bytes.
func (h *Head) AppendEntries(all []Entry, frame func(i int) ([]byte, error), drop func(id uuid.UUID, timeMS int64) bool) ([]Entry, error) {
	for i := range h.Frames {
		raw, err := frame(i)
		if err != nil {
			return nil, err
		}
		r, err := h.Read(i, raw)
		if err != nil {
			return nil, err
		}
		for at := range r.Events() {
			event := &h.Events[at]
			if drop != nil && drop(event.UUID, event.TimeMS) {
				continue
			}
			e, err := h.entry(event, r.rows, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// entry is an event's texts, from its frame.
func (h *Head) entry(event *Event, rows []byte, only []Field) (e Entry, err error) {
	e = Entry{UUID: event.UUID, TimeMS: event.TimeMS}
	var words *vocabulary
	if !h.fresh {
		if words, err = h.words(); err != nil {
			return e, err
		}
	}
	for field := range Field(Fields) {
		if only != nil && !slices.Contains(only, field) {
			continue
		}
		row, there := event.row(rows, field)
		switch {
		case !there:
		case h.fresh:
			e.Texts[field] = bytes.Clone(row)
		default:
			if of, is := previewOf(field); is {
				whole, _ := event.row(rows, of)
				e.Texts[field], err = words.preview(row, whole)
			} else {
				e.Texts[field], err = words.text(row)
			}
			if err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

// FrameOf is the frame that an event lies in.
func FrameOf(event int) int { return event / frameEvents }

// text is what a row of numbers says.
func (v *vocabulary) text(row []byte) ([]byte, error) { return v.textTo(row, math.MaxInt) }

// textTo is the beginning of what a row of numbers says: so many bytes, and a few more, or all.
func (v *vocabulary) textTo(row []byte, most int) ([]byte, error) {
	out := make([]byte, 0, min(6*len(row), most))
	last := between
	for len(row) > 0 && len(out) < most {
		n, size, ok := v.number(row)
		if !ok {
			return nil, errNumbers
		}
		row = row[size:]
		k := v.kinds[n]
		if last != between && k != between {
			out = append(out, implied(last, k)...)
		}
		out = append(out, v.token(n)...)
		last = k
	}
	return out, nil
}
