package textblock

import (
	"encoding/binary"
	"fmt"
)

// A preview mostly is a piece of the text that it is of, with dots behind it where that goes on. Its row then says where the piece begins,
// in tokens, and how many bytes it has: 2 bytes an event for both previews, where their numbers take 14, as zstd finds them again, and
// the words that they are cut off in are new ones.
const (
	// These begin the row of a preview.
	asNumbers = 0
	asPiece   = 1
	asCut     = 2 // a piece with dots

	dots = "…"
)

// place is a piece of a text.
type place struct {
	token, bytes uint32
	cut          bool
}

var errPreview = fmt.Errorf("%w: a preview of what is not there", ErrCorrupt)

// previewOf is the text that a field previews, false when it is none.
func previewOf(field Field) (of Field, is bool) {
	switch field {
	case InputPreview:
		return Input, true
	case OutputPreview:
		return Output, true
	}
	return 0, false
}

// appendPiece writes the row of a preview that is a piece.
func appendPiece(rows []byte, p place) []byte {
	kind := byte(asPiece)
	if p.cut {
		kind = asCut
	}
	return binary.AppendUvarint(binary.AppendUvarint(append(rows, kind), uint64(p.token)), uint64(p.bytes))
}

// piece reads what appendPiece wrote.
func piece(row []byte) (p place, err error) {
	at, n := binary.Uvarint(row[1:])
	if n <= 0 || at > 1<<31 {
		return p, errPreview
	}
	length, m := binary.Uvarint(row[1+n:])
	if m <= 0 || length > 1<<31 || 1+n+m != len(row) {
		return p, errPreview
	}
	return place{uint32(at), uint32(length), row[0] == asCut}, nil
}

// preview is what the row of a preview says. Row is of the text that it may be a piece of.
func (v *vocabulary) preview(preview, row []byte) ([]byte, error) {
	if len(preview) == 0 || preview[0] > asCut {
		return nil, errPreview
	}
	if preview[0] == asNumbers {
		return v.text(preview[1:])
	}
	p, err := piece(preview)
	if err != nil {
		return nil, err
	}
	for range p.token {
		if len(row) == 0 {
			return nil, errPreview
		}
		_, size, ok := v.number(row)
		if !ok {
			return nil, errNumbers
		}
		row = row[size:]
	}
	text, err := v.textTo(row, int(p.bytes))
	if err == nil && len(text) < int(p.bytes) {
		err = errPreview
	}
	if err != nil {
		return nil, err
	}
	if text = text[:p.bytes]; p.cut {
		text = append(text, dots...)
	}
	return text, nil
}
