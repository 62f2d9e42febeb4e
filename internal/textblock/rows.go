package textblock

import (
	"encoding/binary"
	"fmt"
	"iter"
)

// Rows are the texts of a frame as numbers, or in fresh and long blocks as they were stored.
type Rows struct {
	from, to int
	texts    []texts
	rows     []byte
	lowered  bool
}

// texts is the position of an event's texts in the rows.
type texts struct {
	begin int
	// lengths are the length of each text's row of numbers, plus one; 0 means absent.
	lengths [Fields]uint32
}

// Read decodes the bytes of a frame. The caller must not use them afterwards, because a search changes letters in them to lower case.
func (h *Head) Read(frame int, raw []byte) (*Rows, error) {
	b, err := h.unzip(frame, raw, nil)
	if err != nil {
		return nil, err
	}
	return h.rows(frame, b)
}

// unzip decompresses the bytes of a frame. In a fresh block they are not compressed, and in a long one in pieces.
func (h *Head) unzip(i int, raw, into []byte) ([]byte, error) {
	switch {
	case h.pieces != nil:
		return h.whole(raw, into)
	case h.plain:
		return checked(raw, h.Frames[i].rows)
	}
	return unzip(raw, into, h.Frames[i].rows)
}

// rows finds the texts in the content of a frame, which begins with their lengths.
func (h *Head) rows(frame int, b []byte) (*Rows, error) {
	from, to := h.frameEvents(frame)
	r := &Rows{from: from, to: to, texts: make([]texts, to-from)}
	begin := 0
	for i := range r.texts {
		t := &r.texts[i]
		t.begin = begin
		for field := range t.lengths {
			n, size := binary.Uvarint(b)
			if size <= 0 || n > uint64(len(b)) {
				return nil, errRows
			}
			b = b[size:]
			t.lengths[field] = uint32(n)
			begin += int(max(n, 1)) - 1
		}
	}
	if begin != len(b) {
		return nil, errRows
	}
	r.rows = b
	return r, nil
}

var errRows = fmt.Errorf("%w: where the texts of a frame lie", ErrCorrupt)

// Events yields the indexes of the frame's events in Head.Events.
func (r *Rows) Events() iter.Seq[int] {
	return func(yield func(int) bool) {
		for at := r.from; at < r.to && yield(at); at++ {
		}
	}
}

// row returns an event's text as numbers, or in fresh and long blocks as it was stored. It returns false if the event does not have the text.
func (r *Rows) row(event int, field Field) (row []byte, there bool) {
	t := &r.texts[event-r.from]
	if t.lengths[field] == 0 {
		return nil, false
	}
	at := t.begin
	for _, n := range t.lengths[:field] {
		at += int(max(n, 1)) - 1
	}
	return r.rows[at : at+int(t.lengths[field])-1], true
}
