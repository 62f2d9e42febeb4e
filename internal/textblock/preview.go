package textblock

import (
	"encoding/binary"
	"fmt"
)

// A preview mostly is a piece of the text that it is of. Its row then says where that begins, in tokens, and how many bytes it has: 4
// bytes an event for both, where their numbers take 14, as zstd finds them again, and the words that they are cut off in are new ones.
const (
	// asNumbers and asPiece begin the row of a preview.
	asNumbers = 0
	asPiece   = 1
)

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
func appendPiece(rows []byte, token, bytes uint32) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(append(rows, asPiece), uint64(token)), uint64(bytes))
}

// piece reads what appendPiece wrote.
func piece(row []byte) (token, bytes uint32, err error) {
	at, n := binary.Uvarint(row[1:])
	if n <= 0 || at > 1<<31 {
		return 0, 0, errPreview
	}
	length, m := binary.Uvarint(row[1+n:])
	if m <= 0 || length > 1<<31 || 1+n+m != len(row) {
		return 0, 0, errPreview
	}
	return uint32(at), uint32(length), nil
}

// preview is what the row of a preview says. Row is of the text that it may be a piece of.
func (v *vocabulary) preview(preview, row []byte) ([]byte, error) {
	if len(preview) == 0 || preview[0] > asPiece {
		return nil, errPreview
	}
	if preview[0] == asNumbers {
		return v.text(preview[1:])
	}
	token, bytes, err := piece(preview)
	if err != nil {
		return nil, err
	}
	for ; token > 0; token-- {
		if len(row) == 0 {
			return nil, errPreview
		}
		_, size, ok := v.number(row)
		if !ok {
			return nil, errNumbers
		}
		row = row[size:]
	}
	text, err := v.textTo(row, int(bytes))
	if err == nil && len(text) < int(bytes) {
		err = errPreview
	}
	if err != nil {
		return nil, err
	}
	return text[:bytes], nil
}
