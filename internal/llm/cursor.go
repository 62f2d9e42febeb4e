package llm

import (
	"encoding/binary"
	"errors"
)

// Cursor is the end of one page and the beginning of the next. nil is the beginning, and also the end. A cursor is valid for the bytes that it was made
// for. With other bytes, Read returns something else, at no higher cost.
type Cursor []byte

// ErrCursor is returned for a cursor that this package did not make.
var ErrCursor = errors.New("llm: not a cursor")

// frame is the state of reading one value: what was being done with it, and the position in the text.
type frame struct{ stage, at int }

// state is the content of a cursor. Its size does not depend on what is read.
type state struct {
	// frames lead from the outermost value to the part that comes next.
	frames []frame
	// current is the message that a part would be added to, if there is one.
	current Message
	begun   bool
	// open means that the message accepts further items: the responses API sends one answer as several items (reasoning, message, calls), which are one
	// turn. spoke means that it already has an item of type "message"; the next one begins another turn.
	open, spoke bool
	// unit is the index of the next part among those made from one piece, and into the number of bytes of its text that were read. text is the rest of
	// a text that is read in place, and quoted means that it is inside of a JSON string.
	unit, into int
	text       span
	quoted     bool
	kind       PartType
	// until ends the reading before the element of the outermost list that starts there. Zero means no end.
	until int
}

const cursorVersion = 2

// Limits of the numbers in a cursor.
const (
	maxFrames   = 64
	maxPosition = 1 << 40
)

func (s *state) cursor() Cursor {
	b := []byte{cursorVersion, 0}
	for i, set := range []bool{s.begun, s.open, s.spoke, s.quoted} {
		if set {
			b[1] |= 1 << i
		}
	}
	for _, t := range []string{s.current.Role, s.current.Name, s.current.ToolCallID, string(s.kind)} {
		b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
	}
	for _, n := range []int{s.unit, s.into, s.text.from, s.text.to, s.until, len(s.frames)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	for _, f := range s.frames {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(f.stage)), uint64(f.at))
	}
	return b
}

func parseCursor(c Cursor) (s state, err error) {
	if len(c) < 2 || c[0] != cursorVersion {
		return s, ErrCursor
	}
	s.begun, s.open, s.spoke, s.quoted = c[1]&1 != 0, c[1]&2 != 0, c[1]&4 != 0, c[1]&8 != 0
	b := []byte(c[2:])
	bad := false
	number := func() int {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > maxPosition {
			bad = true
			return 0
		}
		b = b[size:]
		return int(n)
	}
	text := func() string {
		n := number()
		if n > len(b) || n > maxLabel {
			bad = true
			return ""
		}
		t := string(b[:n])
		b = b[n:]
		return t
	}
	s.current = Message{Role: text(), Name: text(), ToolCallID: text()}
	s.kind = PartType(text())
	s.unit, s.into, s.text = number(), number(), span{number(), number()}
	s.until = number()
	n := number()
	for range min(n, maxFrames) {
		s.frames = append(s.frames, frame{number(), number()})
	}
	if bad || len(b) > 0 || n != len(s.frames) || s.text.from > s.text.to {
		return state{}, ErrCursor
	}
	return s, nil
}
