package textblock

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"sync"

	"github.com/google/uuid"
	"github.com/klauspost/compress/zstd"
)

// Builder makes a block from entries or from other blocks, which may be added in any order. Reset prepares it for the next block.
type Builder struct {
	tokens  table
	stream  []uint32 // of all texts
	entries []entry
	raw     int64
	before  [Fields]earlier
}

// earlier is the last distinct text of a field that is not searched, and the position of its tokens in the stream. Tools and properties are often the
// same in consecutive events, so their tokens are written once.
type earlier struct {
	text     []byte
	from, to int
}

// entry is the position of one event's texts in the stream.
type entry struct {
	id     uuid.UUID
	timeMS int64
	begin  int
	// lengths are the number of tokens of each text, plus one; 0 means absent. A preview that is a piece of another text has nothing in the stream.
	lengths [Fields]uint32
	pieces  [2]place // no bytes for a preview that is not a piece
}

const (
	// longText is the length in bytes from which a text's tokens are counted before they are appended. Appending the eight million tokens of a text of 8 MB
	// one by one made 190 MB of garbage, because a slice grows by a quarter at a time.
	longText = 1 << 20
	// keptTokens limits the stream whose memory is kept for the next block, 4 bytes a token. Blocks of ordinary texts have a third of them.
	keptTokens = 4 << 20
	// keptSlots limits the hash table whose memory is kept for the next block, 16 bytes a slot.
	keptSlots = 1 << 18
)

// Trim drops the memory of a block that was much larger than ordinary ones, and reports whether it was. The builder is empty then.
func (b *Builder) Trim() bool {
	large := cap(b.stream) > keptTokens || len(b.tokens.slots) > keptSlots
	if large {
		*b = Builder{}
	}
	return large
}

// Reset removes all entries.
func (b *Builder) Reset() {
	b.tokens.reset()
	b.stream, b.entries, b.raw = b.stream[:0], b.entries[:0], 0
	for i := range b.before {
		b.before[i] = earlier{text: b.before[i].text[:0]}
	}
}

// Len returns the number of added events, and Raw the length of their texts in bytes.
func (b *Builder) Len() int   { return len(b.entries) }
func (b *Builder) Raw() int64 { return b.raw }

// Add adds an event's texts. The caller may change them afterwards.
func (b *Builder) Add(e *Entry) {
	at := entry{id: e.UUID, timeMS: e.TimeMS, begin: len(b.stream)}
	for field, text := range e.Texts {
		if text == nil {
			continue
		}
		begin := len(b.stream)
		b.raw += int64(len(text))
		if p := b.piece(e, &at, Field(field)); p.bytes > 0 {
			at.lengths[field], at.pieces[field-int(InputPreview)] = 1, p
			continue
		}
		before := &b.before[field]
		repeated := Field(field) >= searched
		if repeated && bytes.Equal(before.text, text) {
			b.stream = append(b.stream, b.stream[before.from:before.to]...)
			for _, n := range b.stream[begin:] {
				b.tokens.counts[n]++
			}
		} else {
			stream := b.stream
			if len(text) >= longText {
				count := 0
				tokens(text, func([]byte, kind) { count++ })
				stream = slices.Grow(stream, count)
			}
			tokens(text, func(token []byte, k kind) {
				n := b.tokens.number(token, k)
				b.tokens.counts[n]++
				stream = append(stream, n)
			})
			b.stream = stream
			if repeated {
				*before = earlier{append(before.text[:0], text...), begin, len(stream)}
			}
		}
		at.lengths[field] = uint32(len(b.stream)-begin) + 1
	}
	b.entries = append(b.entries, at)
}

// piece returns the position of a preview in its text, if the preview is a piece of it.
func (b *Builder) piece(e *Entry, at *entry, field Field) (p place) {
	of, is := previewOf(field)
	if !is {
		return p
	}
	shown, cut := bytes.CutSuffix(e.Texts[field], []byte(dots))
	from := bytes.Index(e.Texts[of], shown)
	if from < 0 {
		return p
	}
	row := b.row(at, of)
	position, last := 0, between
	for n, t := range row {
		k := b.tokens.kinds[t]
		if last != between && k != between {
			position += len(implied(last, k))
		}
		if position >= from {
			if position == from {
				p = place{uint32(n), uint32(len(shown)), cut}
			}
			return p
		}
		position, last = position+len(b.tokens.token(t)), k
	}
	return p
}

// row returns the tokens of a text in the stream.
func (b *Builder) row(e *entry, field Field) []uint32 {
	at := e.begin
	for _, length := range e.lengths[:field] {
		at += int(max(length, 1)) - 1
	}
	return b.stream[at : at+int(max(e.lengths[field], 1))-1]
}

// AddBlock adds the events of another block except those in drop. It copies tokens without decoding texts. frame reads the bytes of a frame.
func (b *Builder) AddBlock(h *Head, frame func(i int) ([]byte, error), drop func(id uuid.UUID, timeMS int64) bool) error {
	var renumbered []uint32
	if !h.plain {
		renumbered = make([]uint32, h.words.tokens)
	}
	for i := range renumbered {
		renumbered[i] = ^uint32(0)
	}
	var unzipped []byte
	for i := range h.Frames {
		raw, err := frame(i)
		if err != nil {
			return err
		}
		if unzipped, err = h.unzip(i, raw, unzipped[:0]); err != nil {
			return err
		}
		rows, err := h.rows(i, unzipped)
		if err != nil {
			return err
		}
		for e := range rows.Events() {
			event := &h.Events[e]
			if drop != nil && drop(event.UUID, event.TimeMS) {
				continue
			}
			if h.plain {
				b.addPlain(event, rows, e)
				continue
			}
			at := entry{id: event.UUID, timeMS: event.TimeMS, begin: len(b.stream)}
			for field := range Field(Fields) {
				row, there := rows.row(e, field)
				if !there {
					continue
				}
				begin := len(b.stream)
				if _, is := previewOf(field); is {
					if len(row) == 0 {
						return errPreview
					}
					if row[0] != asNumbers {
						p, err := piece(row)
						if err != nil {
							return err
						}
						if b.raw += int64(p.bytes); p.cut {
							b.raw += int64(len(dots))
						}
						at.lengths[field], at.pieces[field-InputPreview] = 1, p
						continue
					}
					row = row[1:]
				}
				last := between
				if len(row) >= longText {
					b.stream = slices.Grow(b.stream, len(row)) // a token has a byte or more
				}
				for len(row) > 0 {
					n, size, ok := h.words.number(row)
					if !ok {
						return errNumbers
					}
					row = row[size:]
					token, k, err := h.words.token(n)
					if err != nil {
						return err
					}
					b.raw += int64(len(token))
					if last != between && k != between {
						b.raw += int64(len(implied(last, k)))
					}
					last = k
					if renumbered[n] == ^uint32(0) {
						renumbered[n] = b.tokens.number(token, k)
					}
					n = renumbered[n]
					b.tokens.counts[n]++
					b.stream = append(b.stream, n)
				}
				at.lengths[field] = uint32(len(b.stream)-begin) + 1
			}
			b.entries = append(b.entries, at)
		}
	}
	return nil
}

// Build returns the block, or nil if nothing was added.
func (b *Builder) Build() *Block {
	if len(b.entries) == 0 {
		return nil
	}
	slices.SortStableFunc(b.entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.timeMS, y.timeMS), bytes.Compare(x.id[:], y.id[:]))
	})
	filter, pairs := b.filters()
	positions, lowered := order(&b.tokens)
	renumbered := make([]uint32, len(positions))
	for n, position := range positions {
		renumbered[position] = uint32(n)
	}
	zip := quick.Get().(*zstd.Encoder)
	defer quick.Put(zip)

	var frames, table, lengths, rows, details []byte
	for all := range slices.Chunk(b.entries, frameEvents) {
		lengths, rows = lengths[:0], rows[:0]
		for _, e := range all {
			at := e.begin
			for field, length := range e.lengths {
				if length == 0 {
					lengths = append(lengths, 0)
					continue
				}
				begin := len(rows)
				row := b.stream[at : at+int(length)-1]
				if _, preview := previewOf(Field(field)); preview {
					if p := e.pieces[field-int(InputPreview)]; p.bytes > 0 {
						rows = appendPiece(rows, p)
					} else {
						rows = append(rows, asNumbers)
					}
				}
				if len(row) >= longText {
					rows = slices.Grow(rows, len(row)) // a number has a byte or more
				}
				for _, n := range row {
					rows = appendNumber(rows, renumbered[n])
				}
				at += int(length) - 1
				lengths = binary.AppendUvarint(lengths, uint64(len(rows)-begin)+1)
			}
		}
		begin := len(frames)
		lengths = append(lengths, rows...)
		frames = zip.EncodeAll(lengths, frames)
		table = binary.AppendUvarint(binary.AppendUvarint(table, uint64(len(frames)-begin)), uint64(len(lengths)))
	}
	first, last := b.entries[0].timeMS, b.entries[len(b.entries)-1].timeMS
	before := first
	for _, e := range b.entries {
		details = binary.AppendUvarint(details, uint64(e.timeMS)-uint64(before))
		before = e.timeMS
	}
	better := careful.Get().(*zstd.Encoder)
	defer careful.Put(better)
	words, chunks := chunksOf(&b.tokens, positions, lowered, better)
	details = append(details, words...)
	zipped := better.EncodeAll(details, nil)

	head := make([]byte, 0, len(zipped)+len(chunks)+16*len(b.entries)+len(table)+64)
	head = appendHead(head, headMagic, first, table, len(b.entries), func(i int) []byte { return b.entries[i].id[:] }, len(details), zipped)
	head = append(head, chunks...)
	head = sealed(head)

	return joined(Extent{Events: len(b.entries), FirstMS: first, LastMS: last, Raw: b.raw}, head, frames, filter, pairs...)
}

// joined makes a block of its filters of words and, for each frame, of pairs, its head and its frames. It adds their lengths to the extent.
func joined(x Extent, head, frames []byte, words lines, pairs ...lines) *Block {
	x.Lines, x.Pairs, x.Head = len(words), len(pairs[0]), len(head)
	body := appendLines(make([]byte, 0, x.HeadAt()+int64(len(head)+len(frames))), words)
	return &Block{Body: append(append(appendLines(body, pairs...), head...), frames...), Extent: x}
}

// appendHead appends the beginning of a head. size is the length of the details in bytes before compression.
func appendHead(head []byte, magic string, first int64, table []byte, events int, id func(event int) []byte, size int, details []byte) []byte {
	head = append(head, magic...)
	head = binary.AppendUvarint(head, uint64(events))
	head = binary.AppendVarint(head, first)
	head = append(head, table...)
	for i := range events {
		head = append(head, id(i)...)
	}
	head = binary.AppendUvarint(binary.AppendUvarint(head, uint64(size)), uint64(len(details)))
	return append(head, details...)
}

// sealed appends the checksum of a head.
func sealed(head []byte) []byte {
	return binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, castagnoli))
}

// filters returns one filter of events and searched words (in lower case), and for each frame one filter of pairs of consecutive words.
func (b *Builder) filters() (words lines, pairs []lines) {
	hashes := make([]uint64, b.tokens.len()) // 0 for separators
	for n := range hashes {
		if b.tokens.kinds[n] != between {
			hashes[n] = hashOf(b.tokens.token(uint32(n)))
		}
	}
	count := len(b.entries)
	for _, h := range hashes {
		if h != 0 {
			count++
		}
	}
	words = wordLines(count)
	entered := make([]bool, len(hashes))
	largest := 0
	for all := range slices.Chunk(b.entries, frameEvents) {
		tokens := 0
		for i := range all {
			for _, length := range all[i].lengths[:searched] {
				tokens += int(length)
			}
		}
		largest = max(largest, tokens)
	}
	for all := range slices.Chunk(b.entries, frameEvents) {
		frame := pairLines(largest)
		for i := range all {
			e := &all[i]
			words.add(eventItem(e.id))
			at := e.begin
			for _, length := range e.lengths[:searched] {
				row := b.stream[at : at+max(int(length), 1)-1]
				at += len(row)
				before := uint64(0)
				for _, n := range row {
					h := hashes[n]
					if h == 0 {
						continue
					}
					if !entered[n] {
						entered[n] = true
						words.add(wordItem(h))
					}
					if before != 0 {
						frame.add(pairItem(before, h))
					}
					before = h
				}
			}
		}
		pairs = append(pairs, frame)
	}
	fold(pairs, bitsOfPair)
	words.seal()
	for _, l := range pairs {
		l.seal()
	}
	return words, pairs
}

// Encoders. For numbers, a higher level saves 1 % for twice the time. For heads it saves 18 %; heads have their own checksum.
var (
	quick   = encoders(zstd.SpeedFastest, true)
	careful = encoders(zstd.SpeedDefault, false)
	pieces  = encoders(zstd.SpeedDefault, true)
)

func encoders(level zstd.EncoderLevel, checksum bool) sync.Pool {
	return sync.Pool{New: func() any {
		// A frame has some 100 kB.
		z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithWindowSize(256<<10), zstd.WithLowerEncoderMem(true), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(checksum),
			zstd.WithSingleSegment(true), zstd.WithZeroFrames(true)) // so that each frame contains its size
		if err != nil {
			panic(err) // the options are constants
		}
		return z
	}}
}
