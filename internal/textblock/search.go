package textblock

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/filter"
)

// Search searches for text in blocks. One Search serves any number of blocks.
type Search struct {
	filter.Search
	// words must follow each other. Of the first and the last word, only the end or the beginning may be known.
	words              []string
	suffix, prefix     bool
	items, pairs       []item
	needles            [][]byte
	verify, everything bool
}

// mostWords is the number of words of a phrase that are compared as numbers. The rest is compared as text.
const mostWords = 63

// NewSearch prepares a search.
func NewSearch(s filter.Search) *Search {
	p := &Search{Search: s, words: s.Words, prefix: s.Prefix}
	if s.Inside != "" {
		p.inside()
	}
	if len(p.words) > mostWords {
		p.words, p.prefix, p.verify = p.words[:mostWords], false, true
	}
	before := uint64(0)
	for i, w := range p.words {
		if i == 0 && p.suffix || i == len(p.words)-1 && p.prefix {
			before = 0
			continue
		}
		h := hashOf([]byte(w))
		p.items = append(p.items, wordItem(h))
		if before != 0 {
			p.pairs = append(p.pairs, pairItem(before, h))
		}
		before = h
	}
	p.needles = needles(p.words)
	return p
}

// inside finds the words of a text that contains the searched part: words in its middle are whole; the first may be the end of a word, and the last
// the beginning of one.
func (p *Search) inside() {
	p.words = filter.Words(p.Inside)
	first, _, _ := filter.Next(p.Inside)
	last, _ := utf8.DecodeLastRuneInString(p.Inside)
	p.suffix = first == 0
	p.prefix = kindOf([]byte(string(last))) != between
	// A part that is only letters is inside of one word. A character of a script without spaces is a word by itself, and may be followed by marks.
	one := len(p.words) == 1 && p.suffix && p.prefix && !strings.ContainsFunc(p.Inside, isSingle)
	p.verify = !one
	p.everything = len(p.words) == 0 || slices.ContainsFunc(p.words, func(w string) bool { return strings.ToLower(w) != w }) || marked(p.Inside)
	if p.everything {
		p.words = nil
	}
}

func isSingle(r rune) bool { return kindOf([]byte(string(r))) == single }

// marked reports whether a text begins with a mark, which may belong to a character that is a word by itself.
func marked(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.Is(unicode.M, r)
}

// May returns for each frame of a block whether it can contain what is searched for, or nil if none can. read returns the bytes of a line.
func (p *Search) May(x *Extent, read func(line int) ([]byte, error)) ([]bool, error) {
	for _, i := range p.items {
		if has, err := (asker{0, x.Lines, read}).has(i); err != nil || !has {
			return nil, err
		}
	}
	frames, some := make([]bool, x.frames()), false
	for n := range frames {
		frames[n] = true
		for _, i := range p.pairs {
			has, err := (asker{x.Lines + n*x.Pairs, x.Pairs, read}).has(i)
			if err != nil {
				return nil, err
			}
			if !has {
				frames[n] = false
				break
			}
		}
		some = some || frames[n]
	}
	if !some {
		return nil, nil
	}
	return frames, nil
}

// MayHold reports whether a block can contain an event.
func MayHold(id uuid.UUID, x *Extent, read func(line int) ([]byte, error)) (bool, error) {
	return (asker{0, x.Lines, read}).has(eventItem(id))
}

// Finder finds matching events in one block.
type Finder struct {
	*Search
	head *Head
	// classes has the mask of each token. A mask has one bit for each searched word that the token can be, or is isBetween for separators.
	classes []uint16
	masks   []uint64
	// anchors are the numbers of one of the words (anchored), as rows have them. Searching for their bytes takes a tenth of the time of looking at each
	// number of a row.
	anchors  [][]byte
	anchored int
}

// In prepares the search of a block. It returns nil if the block's vocabulary lacks one of the words.
func (p *Search) In(h *Head) (*Finder, error) {
	f := &Finder{Search: p, head: h}
	if p.everything || h.plain {
		return f, nil
	}
	f.classes, f.masks = make([]uint16, h.words.tokens), []uint64{0, isBetween}
	found := uint64(0)
	var known []uint32 // the tokens that are words
	var buffer []byte
	var asked []int
	for i := range h.words.chunks {
		c := &h.words.chunks[i]
		if c.between {
			for n := range c.tokens {
				f.classes[c.first+n] = 1
			}
			continue
		}
		if asked = p.asked(c, asked[:0]); len(asked) == 0 {
			continue
		}
		err := c.walk(&buffer, func(n int, token []byte, _ capitals) bool {
			if !p.near(token, asked) && ascii(token) {
				return true
			}
			lower := strings.ToLower(view(token))
			mask := p.which(lower, asked)
			if mask == 0 {
				return !p.past(lower, asked)
			}
			class := slices.Index(f.masks, mask)
			if class < 0 {
				class, f.masks = len(f.masks), append(f.masks, mask)
			}
			f.classes[n] = uint16(class)
			found |= mask
			known = append(known, uint32(n))
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	if found != 1<<len(p.words)-1 {
		return nil, nil
	}
	f.anchor(known)
	return f, nil
}

// asked appends the indexes of the searched words that a chunk of words can contain.
func (p *Search) asked(c *chunk, to []int) []int {
	for i, w := range p.words {
		if i == 0 && p.suffix || c.may(w, p.prefix && i == len(p.words)-1) {
			to = append(to, i)
		}
	}
	return to
}

// past reports whether a token that is none of the searched words comes after all of them in the order of a chunk.
func (p *Search) past(lower string, asked []int) bool {
	for _, i := range asked {
		if i == 0 && p.suffix || lower < p.words[i] {
			return false
		}
	}
	return true
}

// fewAnchors is the largest number of tokens whose bytes are searched for. One word can have several tokens, with different upper-case letters.
const fewAnchors = 4

// anchor chooses the word with the longest numbers, because these are the rarest. Of equally long ones it takes the first.
func (f *Finder) anchor(known []uint32) {
	longest := 0
	for i := range f.words {
		var numbers [][]byte
		shortest := math.MaxInt
		for _, n := range known {
			if f.masks[f.classes[n]]&(1<<i) != 0 {
				number := appendNumber(nil, n)
				numbers, shortest = append(numbers, number), min(shortest, len(number))
				if len(numbers) > fewAnchors {
					break
				}
			}
		}
		if len(numbers) <= fewAnchors && shortest > longest {
			f.anchors, f.anchored, longest = numbers, i, shortest
		}
	}
}

// may reports whether a text can match: whether the bytes of an anchor occur somewhere (they can also belong to other numbers) and are followed by
// the words after the anchor.
func (f *Finder) may(row []byte) bool {
	if f.anchors == nil {
		return true
	}
	for _, number := range f.anchors {
		for rest := row; ; {
			at := bytes.Index(rest, number)
			if at < 0 {
				break
			}
			if f.follow(rest[at+len(number):]) {
				return true
			}
			rest = rest[at+1:]
		}
	}
	return false
}

// follow reports whether a row begins with the words that follow the anchor.
func (f *Finder) follow(row []byte) bool {
	for i := f.anchored + 1; i < len(f.words); {
		if len(row) == 0 {
			return false
		}
		n, size, ok := number(row)
		if !ok || n >= uint32(len(f.classes)) {
			return false
		}
		row = row[size:]
		switch mask := f.masks[f.classes[n]]; {
		case mask == isBetween:
		case mask&(1<<i) == 0:
			return false
		default:
			i++
		}
	}
	return true
}

// isBetween is the mask of separators.
const isBetween = 1 << mostWords

// near is a fast first check of an ASCII token.
func (p *Search) near(token []byte, asked []int) bool {
	for _, i := range asked {
		w := p.words[i]
		switch {
		case i == 0 && p.suffix:
			if len(token) >= len(w) {
				return true
			}
		case len(token) == len(w) || len(token) > len(w) && i == len(p.words)-1 && p.prefix:
			if c := token[0]; c == w[0] || 'A' <= c && c <= 'Z' && c|0x20 == w[0] {
				return true
			}
		}
	}
	return false
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// which returns the mask of the searched words, among those in asked, that a token can be.
func (p *Search) which(lower string, asked []int) (mask uint64) {
	for _, i := range asked {
		w := p.words[i]
		first, last := i == 0 && p.suffix, i == len(p.words)-1 && p.prefix
		switch {
		case lower == w,
			first && last && strings.Contains(lower, w),
			first && !last && strings.HasSuffix(lower, w),
			last && !first && strings.HasPrefix(lower, w):
			mask |= 1 << i
		}
	}
	return mask
}

// Has reports whether an event matches. It is given by its index in Events, and must be in the frame.
func (f *Finder) Has(frame *Rows, event int) (bool, error) {
	plain := f.head.plain
	if plain && !frame.lowered {
		lower(frame.rows)
		frame.lowered = true
	}
	for field := range searched {
		row, there := frame.row(event, field)
		if !there {
			continue
		}
		if plain {
			if f.hasPlain(row) {
				return true, nil
			}
			continue
		}
		if !f.may(row) {
			continue
		}
		if has, err := f.has(row); has || err != nil {
			return has, err
		}
	}
	return false, nil
}

// has searches a text for the words at all positions at once: bit i of positions means that the words up to the ith end here.
func (f *Finder) has(row []byte) (bool, error) {
	if f.everything {
		return f.verified(row)
	}
	whole, positions := uint64(1)<<(len(f.words)-1), uint64(0)
	for rest := row; len(rest) > 0; {
		var n uint32
		if c := rest[0]; c < ones {
			n, rest = uint32(c), rest[1:]
		} else if c < lead3 && len(rest) > 1 {
			n, rest = ones+uint32(c-lead2)<<8+uint32(rest[1]), rest[2:]
		} else {
			long, size, ok := number(rest)
			if !ok {
				return false, errNumbers
			}
			n, rest = long, rest[size:]
		}
		if n >= uint32(len(f.classes)) {
			return false, errNumbers
		}
		mask := f.masks[f.classes[n]]
		if mask == isBetween {
			continue
		}
		if positions = (positions<<1 | 1) & mask; positions&whole != 0 {
			if !f.verify {
				return true, nil
			}
			return f.verified(row)
		}
	}
	return false, nil
}

// verified decodes the text and compares it as plain text.
func (f *Finder) verified(row []byte) (bool, error) {
	text, err := f.head.words.text(row)
	if err != nil {
		return false, err
	}
	return f.Search.Search.In(Plain(text)), nil
}
