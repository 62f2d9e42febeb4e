package textblock

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
)

const headMagic = "PTX2"

// maxMemory limits the memory of zstd. A single event may be larger than MaxBytes.
const maxMemory = 1 << 30

// Head is the decoded head of a block.
type Head struct {
	// Events are ordered by time and id.
	Events []Event
	Frames []Frame
	// plain means that texts are as they were stored, and that there is no vocabulary.
	plain bool
	// pieces are the lengths of a long block's pieces.
	pieces []int
	words  *vocabulary
}

// Event is an event of a block.
type Event struct {
	UUID   uuid.UUID
	TimeMS int64
}

// Frame is the position of a frame, in bytes from the beginning of the block.
type Frame struct {
	Offset, Length int64
	// FirstMS and LastMS are the first and last time of its events.
	FirstMS, LastMS int64
	rows            int // its size after decompression, in bytes
}

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxMemory), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are constants
	}
	return d
})

// unzip decompresses a zstd frame whose content must have the given size. Any other size is an error.
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

// ReadHead decodes the head of a block: the Extent.Head bytes from HeadAt on. The head keeps raw. Errors: ErrCorrupt.
func ReadHead(raw []byte, x Extent) (*Head, error) {
	broken := func(what string) error { return fmt.Errorf("%w: %s", ErrCorrupt, what) }
	if len(raw) < len(headMagic)+crc32.Size {
		return nil, broken("it is shorter than a head")
	}
	magic := string(raw[:len(headMagic)])
	plain := magic == freshMagic || magic == longMagic
	if !plain && magic != headMagic {
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
	h := &Head{Events: make([]Event, count), Frames: make([]Frame, x.frames()), plain: plain}
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
	details, length := next(x.most()), next(uint64(len(b)))
	if !ok || length > len(b) || plain && details != length {
		return nil, broken("how much it says of its events")
	}
	d, zipped := b[:length], b[length:]
	if !plain {
		var err error
		if d, err = unzip(d, nil, details); err != nil {
			return nil, err
		}
	}
	if d, ok = h.readTimes(d, at); !ok {
		return nil, broken("its times")
	}
	if first, last := h.Events[0].TimeMS, h.Events[count-1].TimeMS; first != x.FirstMS || last != x.LastMS {
		return nil, broken("its times are not those that were noted of it")
	}
	if magic == longMagic {
		if d, ok = h.readPieces(d); !ok {
			return nil, broken("where its pieces lie")
		}
	}
	if plain {
		if len(d) > 0 || len(zipped) > 0 {
			return nil, broken("something follows its times")
		}
		return h, nil
	}
	chunks, err := readChunks(d, zipped, x.most())
	if err != nil {
		return nil, err
	}
	h.words = newVocabulary(chunks, int(x.most()))
	return h, nil
}

// readTimes decodes the events' times, which are stored as differences, and returns the remaining bytes.
func (h *Head) readTimes(b []byte, at int64) (rest []byte, ok bool) {
	for i := range h.Events {
		later, size := binary.Uvarint(b)
		if size <= 0 || later > math.MaxInt64 {
			return nil, false
		}
		b = b[size:]
		at += int64(later)
		h.Events[i].TimeMS = at
	}
	for i := range h.Frames {
		from, to := h.frameEvents(i)
		h.Frames[i].FirstMS, h.Frames[i].LastMS = h.Events[from].TimeMS, h.Events[to-1].TimeMS
	}
	return b, true
}

// frameEvents returns the range of a frame's events: their indexes in Events, from from up to but not including to.
func (h *Head) frameEvents(i int) (from, to int) {
	return i * frameEvents, min((i+1)*frameEvents, len(h.Events))
}

var errNumbers = fmt.Errorf("%w: a word that is not in the vocabulary", ErrCorrupt)

// Entries decodes texts of some events of a frame from the frame's bytes. The events are given by their indexes in Events. Only the given fields are
// decoded; nil means all.
func (h *Head) Entries(frame int, raw []byte, events []int, only []Field) ([]Entry, error) {
	r, err := h.Read(frame, raw)
	if err != nil {
		return nil, err
	}
	all := make([]Entry, len(events))
	for i, at := range events {
		if all[i], err = h.entry(r, at, only); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// AppendEntries appends all events of a block except those in drop. frame reads the bytes of a frame.
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
			e, err := h.entry(r, at, nil)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// entry decodes an event's texts from its frame.
func (h *Head) entry(r *Rows, event int, only []Field) (e Entry, err error) {
	e = Entry{UUID: h.Events[event].UUID, TimeMS: h.Events[event].TimeMS}
	for field := range Field(Fields) {
		if only != nil && !slices.Contains(only, field) {
			continue
		}
		row, there := r.row(event, field)
		switch {
		case !there:
		case h.pieces != nil: // the frame has no other event
			e.Texts[field] = row[:len(row):len(row)]
		case h.plain:
			e.Texts[field] = bytes.Clone(row)
		default:
			if of, is := previewOf(field); is {
				whole, _ := r.row(event, of)
				e.Texts[field], err = h.words.preview(row, whole)
			} else {
				e.Texts[field], err = h.words.text(row)
			}
			if err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

// FrameOf returns the index of the frame that contains an event.
func FrameOf(event int) int { return event / frameEvents }

// text decodes a row of numbers.
func (v *vocabulary) text(row []byte) ([]byte, error) { return v.textTo(row, math.MaxInt) }

// textTo decodes the beginning of a row of numbers: whole tokens until there are at least most bytes, or all of them.
func (v *vocabulary) textTo(row []byte, most int) ([]byte, error) {
	out := make([]byte, 0, min(6*len(row), most))
	last := between
	for len(row) > 0 && len(out) < most {
		n, size, ok := v.number(row)
		if !ok {
			return nil, errNumbers
		}
		row = row[size:]
		token, k, err := v.token(n)
		if err != nil {
			return nil, err
		}
		if last != between && k != between {
			out = append(out, implied(last, k)...)
		}
		out = append(out, token...)
		last = k
	}
	return out, nil
}
