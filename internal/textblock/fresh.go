package textblock

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"unicode/utf8"
)

// freshMagic begins the head of a fresh block.
const freshMagic = "PTF2"

// Fresh makes the block that a commit writes: uncompressed texts in the usual order and frames, without a filter. Splitting and compressing each take
// longer than everything else about writing a text, and are done once, when blocks are packed. For each event zstd at its fastest level took 15 µs,
// S2 7 µs, and this 1 µs. Entries get sorted. It returns nil if there are none.
func Fresh(all []Entry) *Block {
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(x, y Entry) int {
		return cmp.Or(cmp.Compare(x.TimeMS, y.TimeMS), bytes.Compare(x.UUID[:], y.UUID[:]))
	})
	var table, times []byte
	var lengths [][]byte // of each frame's texts
	raw, room := int64(0), 0
	for frame := range slices.Chunk(all, frameEvents) {
		rows, own := uint64(0), make([]byte, 0, 2*Fields*len(frame))
		for i := range frame {
			for _, text := range frame[i].Texts {
				if text == nil {
					own = append(own, 0)
					continue
				}
				own = binary.AppendUvarint(own, uint64(len(text))+1)
				rows += uint64(len(text))
			}
		}
		raw += int64(rows)
		rows += uint64(len(own))
		table = binary.AppendUvarint(binary.AppendUvarint(table, rows+crc32.Size), rows)
		lengths, room = append(lengths, own), room+len(own)+crc32.Size
	}
	first, last := all[0].TimeMS, all[len(all)-1].TimeMS
	before := first
	for i := range all {
		times = binary.AppendUvarint(times, uint64(all[i].TimeMS)-uint64(before))
		before = all[i].TimeMS
	}
	body := make([]byte, 0, int64(len(table)+len(times)+16*len(all)+64+room)+raw)
	body = appendHead(body, freshMagic, first, table, len(all), func(i int) []byte { return all[i].UUID[:] }, len(times), times)
	body = sealed(body)
	head := len(body)
	for frame := range slices.Chunk(all, frameEvents) {
		begin := len(body)
		body, lengths = append(body, lengths[0]...), lengths[1:]
		for i := range frame {
			for _, text := range frame[i].Texts {
				body = append(body, text...)
			}
		}
		body = binary.LittleEndian.AppendUint32(body, crc32.Checksum(body[begin:], castagnoli))
	}
	return &Block{Body: body, Extent: Extent{Events: len(all), FirstMS: first, LastMS: last, Head: head, Raw: raw}}
}

// checked returns the content of a frame of a fresh block, after checking its checksum.
func checked(raw []byte, size int) ([]byte, error) {
	if len(raw) != size+crc32.Size || crc32.Checksum(raw[:size], castagnoli) != binary.LittleEndian.Uint32(raw[size:]) {
		return nil, fmt.Errorf("%w: a frame's checksum is another", ErrCorrupt)
	}
	return raw[:size], nil
}

// addPlain adds an event whose texts are as they were stored.
func (b *Builder) addPlain(event *Event, rows *Rows, at int) {
	e := Entry{UUID: event.UUID, TimeMS: event.TimeMS}
	for field := range Field(Fields) {
		e.Texts[field], _ = rows.row(at, field)
	}
	b.Add(&e)
}

// needles are byte sequences that every text with these words contains after A to Z have been changed to lower case. They leave out letters that
// another Unicode character also maps to: the Kelvin sign becomes k, and I with a dot above becomes i.
func needles(words []string) (all [][]byte) {
	for _, w := range words {
		longest, begin := "", 0
		for i := 0; i <= len(w); i++ {
			if i < len(w) && w[i] < utf8.RuneSelf && w[i] != 'k' && w[i] != 'i' {
				continue
			}
			if i-begin > len(longest) {
				longest = w[begin:i]
			}
			begin = i + 1
		}
		if longest != "" {
			all = append(all, []byte(longest))
		}
	}
	// The longest needle is the one most likely to be missing.
	slices.SortStableFunc(all, func(a, b []byte) int { return len(b) - len(a) })
	return all
}

// lower changes A to Z to lower case, which does not affect any search. It processes eight letters at once, because a search for a missing word
// spends nearly all of its time here.
func lower(text []byte) {
	const each = 0x0101010101010101
	for ; len(text) >= 8; text = text[8:] {
		w := binary.LittleEndian.Uint64(text)
		low := w & (0x7f * each)
		// The highest bit of each byte means: at least A; greater than Z.
		capital := (low + (0x80-'A')*each) &^ (low + (0x7f-'Z')*each) &^ w & (0x80 * each)
		binary.LittleEndian.PutUint64(text, w|capital>>2)
	}
	for i, c := range text {
		if 'A' <= c && c <= 'Z' {
			text[i] = c | 0x20
		}
	}
}

// hasPlain reports whether a text as it was stored, with A to Z in lower case, contains the words.
func (f *Finder) hasPlain(text []byte) bool {
	for _, n := range f.needles {
		if !bytes.Contains(text, n) {
			return false
		}
	}
	if len(f.words) == 1 && !f.verify && !f.suffix && !f.prefix && alone(text, f.words[0]) {
		return true
	}
	if (f.head.pieces != nil || len(text) >= LongBytes) && !f.verify && !f.everything {
		return f.inTokens(text)
	}
	return f.Search.Search.In(Plain(text))
}

// inTokens searches a text token by token, as numbers are searched: it takes no memory. Its plain text and a list of its words would take six times
// as much as the text.
func (f *Finder) inTokens(text []byte) (found bool) {
	asked := make([]int, len(f.words))
	for i := range asked {
		asked[i] = i
	}
	whole, positions := uint64(1)<<(len(f.words)-1), uint64(0)
	tokens(text, func(token []byte, k kind) {
		if found || k == between {
			return
		}
		mask := uint64(0)
		if f.near(token, asked) || !ascii(token) {
			mask = f.which(strings.ToLower(view(token)), asked)
		}
		positions = (positions<<1 | 1) & mask
		found = positions&whole != 0
	})
	return found
}

// alone reports whether a word occurs in a text between bytes that cannot belong to it. A letter or a backslash before it may be part of an escape,
// and non-ASCII bytes may be part of the word; these need the exact comparison.
func alone(text []byte, w string) bool {
	if !ascii([]byte(w)) {
		return false
	}
	parts := func(at int) bool { return at < 0 || at >= len(text) || text[at] < utf8.RuneSelf && !inWord[text[at]] }
	for from := 0; ; {
		at := bytes.Index(text[from:], []byte(w))
		if at < 0 {
			return false
		}
		at += from
		if parts(at-1) && (at == 0 || text[at-1] != '\\') && parts(at+len(w)) {
			return true
		}
		from = at + 1
	}
}
