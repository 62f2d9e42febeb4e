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

// Search looks for text in blocks. It is made once for all of them.
type Search struct {
	filter.Search
	// words must follow each other; of the first and the last it may be that only the end or the beginning is asked for.
	words              []string
	suffix, prefix     bool
	items, pairs       []item
	needles            [][]byte
	verify, everything bool
}

// most words of a phrase that are compared by numbers; the rest is compared in the text.
const mostWords = 63

// NewSearch prepares one.
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

// inside finds the words that a text has in which something occurs: those in its middle are whole, the first may be the end of one
// and the last the beginning.
func (p *Search) inside() {
	p.words = filter.Words(p.Inside)
	first, _, _ := filter.Next(p.Inside)
	last, _ := utf8.DecodeLastRuneInString(p.Inside)
	p.suffix = first == 0
	p.prefix = kindOf([]byte(string(last))) != between
	// One word of letters alone lies within one word. Characters that are words by themselves may be followed by marks.
	one := len(p.words) == 1 && p.suffix && p.prefix && !strings.ContainsFunc(p.Inside, isSingle)
	p.verify = !one
	p.everything = len(p.words) == 0 || slices.ContainsFunc(p.words, func(w string) bool { return strings.ToLower(w) != w }) || marked(p.Inside)
	if p.everything {
		p.words = nil
	}
}

func isSingle(r rune) bool { return kindOf([]byte(string(r))) == single }

// marked says that a text begins with a mark, which may belong to a character that is a word by itself.
func marked(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.Is(unicode.M, r)
}

// May says which frames of a block may have what is looked for, nil when none may. read returns a line's bytes.
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

// MayHold says whether a block may hold an event.
func MayHold(id uuid.UUID, x *Extent, read func(line int) ([]byte, error)) (bool, error) {
	return (asker{0, x.Lines, read}).has(eventItem(id))
}

// Finder finds the events of one block.
type Finder struct {
	*Search
	head *Head
	// classes says of each token which of masks it has; a mask says which of the words the token may be, one bit each, or that it stands
	// between words.
	classes []uint16
	masks   []uint64
	// anchors are the numbers of one of the words, anchored, as rows have them: looking for their bytes takes a tenth of looking at each
	// number of a row.
	anchors  [][]byte
	anchored int
}

// In prepares a block, nil when its vocabulary lacks one of the words.
func (p *Search) In(h *Head) (*Finder, error) {
	f := &Finder{Search: p, head: h}
	if p.everything || h.fresh {
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

// asked appends which of the words may be in a chunk of words.
func (p *Search) asked(c *chunk, to []int) []int {
	for i, w := range p.words {
		if i == 0 && p.suffix || c.may(w, p.prefix && i == len(p.words)-1) {
			to = append(to, i)
		}
	}
	return to
}

// past says that a token that is none of the words comes after all that are asked for, in the order of a chunk.
func (p *Search) past(lower string, asked []int) bool {
	for _, i := range asked {
		if i == 0 && p.suffix || lower < p.words[i] {
			return false
		}
	}
	return true
}

// fewAnchors is of how many tokens a word is looked for by their bytes: it may be written with large and small letters.
const fewAnchors = 4

// anchor takes the word whose numbers are the longest, for these are the rarest; of equally long ones the first.
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

// may says whether a text may match: whether somewhere the bytes of the anchor's number, which may be those of others, are followed by
// the words that follow it.
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

// follow says whether a row begins with the words behind the anchor.
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

// isBetween is the mask of what stands between words.
const isBetween = 1 << mostWords

// near is a quick look before which, at a token of ASCII.
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

// which of the words, of those that are asked for, a token may be.
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

// Has says whether an event matches, by its position in Events, which must be one of the frame's.
func (f *Finder) Has(frame *Rows, event int) (bool, error) {
	fresh := f.head.fresh
	if fresh && !frame.lowered {
		lower(frame.rows)
		frame.lowered = true
	}
	for field := range searched {
		row, there := frame.row(event, field)
		if !there {
			continue
		}
		if fresh {
			if f.hasFresh(row) {
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

// has looks for the words in a text, all positions at once: bit i of positions says that the words up to the ith end here.
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

// verified compares the plain text.
func (f *Finder) verified(row []byte) (bool, error) {
	text, err := f.head.words.text(row)
	if err != nil {
		return false, err
	}
	return f.Search.Search.In(Plain(text)), nil
}
