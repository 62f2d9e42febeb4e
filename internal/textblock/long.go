package textblock

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// LongBytes is the length of an event's texts in bytes from which the event gets a block of its own, which is a long block when it is packed. As numbers
// of words, a text takes many times its length in memory while it is packed, and most of its rare words are in no other event.
const LongBytes = 1 << 20

const (
	// longMagic begins the head of a long block.
	longMagic = "PTL1"
	// pieceBytes is the size of a piece of a long block before compression. zstd looks back as far.
	pieceBytes = 256 << 10
	// bytesOfWord is the least number of bytes for each different word of a long text, on average, with the separator after it. It determines how much
	// memory filters take before they are folded. A filter of a text with more words passes more often.
	bytesOfWord = 5
)

// Long makes a long block from the frame of a fresh block with one event. The texts are not copied.
func (h *Head) Long(raw []byte) (*Block, error) {
	if h.pieces != nil || len(h.Events) != 1 {
		return nil, errors.New("a long block is made of a fresh block with one event") // a mistake of the program
	}
	content, err := checked(raw, h.Frames[0].rows)
	if err != nil {
		return nil, err
	}
	rows, err := h.rows(0, content)
	if err != nil {
		return nil, err
	}
	e := h.Events[0]
	words, pairs := rows.filters(eventItem(e.UUID))

	zip := pieces.Get().(*zstd.Encoder)
	defer pieces.Put(zip)
	var zipped []byte
	details := binary.AppendUvarint(nil, 0) // the time is the first one
	for piece := range slices.Chunk(content, pieceBytes) {
		begin := len(zipped)
		zipped = zip.EncodeAll(piece, zipped)
		details = binary.AppendUvarint(details, uint64(len(zipped)-begin))
	}
	table := binary.AppendUvarint(binary.AppendUvarint(nil, uint64(len(zipped))), uint64(len(content)))
	head := appendHead(nil, longMagic, e.TimeMS, table, 1, func(int) []byte { return e.UUID[:] }, len(details), details)
	head = sealed(head)

	raws := int64(0)
	for field := range Field(Fields) {
		text, _ := rows.row(0, field)
		raws += int64(len(text))
	}
	return joined(Extent{Events: 1, FirstMS: e.TimeMS, LastMS: e.TimeMS, Raw: raws}, head, zipped, words, pairs), nil
}

// filters returns filters of the words and of the pairs of consecutive words of the only event's texts. Words are not counted before, because a list of
// them would take more memory than the text.
func (r *Rows) filters(event item) (words, pairs lines) {
	var texts [][]byte
	most := 0
	for field := range searched {
		text, _ := r.row(0, field)
		texts, most = append(texts, text), most+len(text)/bytesOfWord
	}
	words, pairs = foldableWordLines(most), pairLines(most)
	words.add(event)
	for _, text := range texts {
		before := uint64(0)
		tokens(text, func(token []byte, k kind) {
			if k == between {
				return
			}
			h := hashOf(token)
			words.add(wordItem(h))
			if before != 0 {
				pairs.add(pairItem(before, h))
			}
			before = h
		})
	}
	all := [][]lines{{words}, {pairs}}
	fold(all[0], bitsOfWord)
	fold(all[1], bitsOfPair)
	words, pairs = all[0][0], all[1][0]
	words.seal()
	pairs.seal()
	return words, pairs
}

// readPieces decodes the lengths of a long block's pieces, and returns the remaining bytes.
func (h *Head) readPieces(b []byte) (rest []byte, ok bool) {
	if len(h.Events) != 1 {
		return nil, false
	}
	f := &h.Frames[0]
	h.pieces = make([]int, 0, len(b))
	left := f.Length
	for at := 0; at < f.rows; at += pieceBytes {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(left) {
			return nil, false
		}
		b, left, h.pieces = b[size:], left-int64(n), append(h.pieces, int(n))
	}
	return b, left == 0
}

// whole decompresses the pieces of a long block.
func (h *Head) whole(raw, into []byte) ([]byte, error) {
	f := &h.Frames[0]
	if int64(len(raw)) != f.Length {
		return nil, errRows
	}
	if cap(into)-len(into) < f.rows {
		into = append(make([]byte, 0, len(into)+f.rows), into...)
	}
	for _, n := range h.pieces {
		var err error
		if into, err = unzip(raw[:n], into, min(pieceBytes, f.rows-len(into))); err != nil {
			return nil, err
		}
		raw = raw[n:]
	}
	return into, nil
}
