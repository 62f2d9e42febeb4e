package textblock

import (
	"encoding/binary"
	"fmt"
)

// A preview is usually a piece of the text that it previews, followed by an ellipsis if the text continues. Its row then has the position of the
// piece in tokens and its length in bytes: 2 bytes an event for both previews. As numbers they would take 14, because zstd must find the repetition,
// and the word at which they are cut off is a new one.
const (
	// These values begin the row of a preview.
	asNumbers = 0
	asPiece   = 1
	asCut     = 2 // a piece with dots

	dots = "…"
)

// place is the position of a piece in a text.
type place struct {
	token, bytes uint32
	cut          bool
}

var errPreview = fmt.Errorf("%w: a preview of what is not there", ErrCorrupt)

// previewOf returns the text that a field previews, or false if the field is not a preview.
func previewOf(field Field) (of Field, is bool) {
	switch field {
	case InputPreview:
		return Input, true
	case OutputPreview:
		return Output, true
	}
	return 0, false
}

// appendPiece writes the row of a preview that is a piece of its text.
func appendPiece(rows []byte, p place) []byte {
	kind := byte(asPiece)
	if p.cut {
		kind = asCut
	}
	return binary.AppendUvarint(binary.AppendUvarint(append(rows, kind), uint64(p.token)), uint64(p.bytes))
}

// piece reads the result of appendPiece.
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

// preview decodes the row of a preview. row is the row of the text that it may be a piece of.
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
