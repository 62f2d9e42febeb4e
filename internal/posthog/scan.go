package posthog

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxDepth is how deep arrays and objects may nest inside one property. An uncompressed DOM snapshot nests two levels for
// each element, so this is a page 2,000 elements deep. It bounds the recursion of whoever reads the event later; the
// scanner itself does not recurse.
const maxDepth = 4096

// scanner walks JSON text in place, checking every byte of it against RFC 8259 and building nothing. It exists because
// it must be fast on recordings, which are strings full of escapes (jsontext reads those at 190 MB/s, this at 800), and
// because one event that nests too deep must not fail the events beside it.
//
// It accepts what browsers send: duplicate names, escaped lone surrogates. It does not look at UTF-8 (see body.repair).
// Methods return false after the first error, which is in err.
type scanner struct {
	b   []byte
	i   int
	err error
	// deep is set when a value nested deeper than maxDepth was skipped.
	deep bool
	// rest, when it is set, is called every restEvery bytes, so that others are not kept waiting; its error ends the scan.
	rest   func() error
	restAt int
	// objects has a bit for each open container: 1 when it is an object.
	objects [maxDepth / 64]uint64
}

// restEvery is about a millisecond's work.
const restEvery = 256 << 10

// pause rests, and says whether to go on.
func (s *scanner) pause() bool {
	s.restAt = s.i + restEvery
	if s.rest != nil && s.err == nil {
		s.err = s.rest()
	}
	return s.err == nil
}

// fail records that something else than want stands at the current byte.
func (s *scanner) fail(want string) bool {
	if s.err == nil {
		if s.i >= len(s.b) {
			s.err = fmt.Errorf("it ends at byte %d, where %s was expected", len(s.b), want)
		} else {
			s.err = fmt.Errorf("there is %q at byte %d, where %s was expected", s.b[s.i], s.i, want)
		}
	}
	return false
}

// peek skips white space and returns the byte that follows, 0 at the end.
func (s *scanner) peek() byte {
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c > ' ' || (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			return c
		}
		if s.i++; s.i >= s.restAt && !s.pause() {
			return 0
		}
	}
	return 0
}

// member steps to the next member of the object whose opening brace or previous member was just read, and stands on its
// value. The name comes without quotes and, but for the rarest, without a copy. more is false at the closing brace,
// which is consumed, and on errors.
func (s *scanner) member(first bool) (name []byte, more bool) {
	c := s.peek()
	if c == '}' {
		s.i++
		return nil, false
	}
	if !first {
		if c != ',' {
			return nil, s.fail("a comma or }")
		}
		s.i++
		c = s.peek()
	}
	if c != '"' {
		return nil, s.fail("a name in quotes")
	}
	start := s.i
	escaped, ok := s.text()
	if !ok {
		return nil, false
	}
	name = s.b[start+1 : s.i-1]
	if escaped && len(name) <= maxName {
		name = rawjson.AppendText(nil, name)
	}
	if s.peek() != ':' {
		return nil, s.fail("a colon")
	}
	s.i++
	return name, true
}

// maxName is the longest name whose escapes are read: no name that is asked for is as long, even all escaped.
const maxName = 256

// element steps to the next element of the array whose opening bracket or previous element was just read.
func (s *scanner) element(first bool) (more bool) {
	c := s.peek()
	if c == ']' {
		s.i++
		return false
	}
	if !first {
		if c != ',' {
			return s.fail("a comma or ]")
		}
		s.i++
	}
	return true
}

// value reads one value of any kind and returns its text.
func (s *scanner) value() (raw []byte, ok bool) {
	s.peek()
	start := s.i
	if !s.skip() {
		return nil, false
	}
	return s.b[start:s.i], true
}

// skip reads one value of any kind.
func (s *scanner) skip() bool {
	depth := 0 // open containers
	for {
		if s.i >= s.restAt && !s.pause() {
			return false
		}
		// A value begins here.
		switch c := s.peek(); {
		case c == '"':
			if _, ok := s.text(); !ok {
				return false
			}
		case c == '{' || c == '[':
			if depth == maxDepth {
				s.deep = true
				if !s.skipLoosely() {
					return false
				}
				break
			}
			s.i++
			if c == '{' {
				s.objects[depth>>6] |= 1 << (depth & 63)
				depth++
				if s.peek() == '}' {
					break // closed below
				}
				if !s.name() {
					return false
				}
				continue
			}
			s.objects[depth>>6] &^= 1 << (depth & 63)
			depth++
			if s.peek() == ']' {
				break
			}
			continue
		case c == '-' || '0' <= c && c <= '9':
			if !s.number() {
				return false
			}
		case c == 't':
			if !s.literal("true") {
				return false
			}
		case c == 'f':
			if !s.literal("false") {
				return false
			}
		case c == 'n':
			if !s.literal("null") {
				return false
			}
		default:
			return s.fail("a value")
		}

		// A value has ended: close what closes, and go on after a comma.
		for {
			if depth == 0 {
				return true
			}
			object := s.objects[(depth-1)>>6]&(1<<((depth-1)&63)) != 0
			c := s.peek()
			if c == ',' {
				s.i++
				if object && !s.name() {
					return false
				}
				break
			}
			if object && c != '}' {
				return s.fail("a comma or }")
			}
			if !object && c != ']' {
				return s.fail("a comma or ]")
			}
			s.i++
			depth--
		}
	}
}

// name reads a member's name and colon inside skip.
func (s *scanner) name() bool {
	if s.peek() != '"' {
		return s.fail("a name in quotes")
	}
	if _, ok := s.text(); !ok {
		return false
	}
	if s.peek() != ':' {
		return s.fail("a colon")
	}
	s.i++
	return true
}

// skipLoosely finds the end of a container that nests too deep to be kept. Only its brackets and strings are looked at.
func (s *scanner) skipLoosely() bool {
	for open := 0; s.i < len(s.b); {
		if s.i >= s.restAt && !s.pause() {
			return false
		}
		switch s.b[s.i] {
		case '"':
			if _, ok := s.text(); !ok {
				return false
			}
			continue
		case '{', '[':
			open++
		case '}', ']':
			open--
		}
		s.i++
		if open == 0 {
			return true
		}
	}
	return s.fail("a closing bracket")
}

// text reads the string that begins here and says whether there are escapes in it.
func (s *scanner) text() (escaped, ok bool) {
	b, i := s.b, s.i+1
	for {
		// Eight bytes at a time up to a quote, a backslash or a control character. Each term's lowest set bit is
		// exact: borrows run upwards only.
		for i+8 <= len(b) {
			if i >= s.restAt {
				if s.i = i; !s.pause() {
					return escaped, false
				}
			}
			v := binary.LittleEndian.Uint64(b[i:])
			quote := v ^ ('"' * ones)
			slash := v ^ ('\\' * ones)
			m := ((v-0x20*ones)&^v | (quote-ones)&^quote | (slash-ones)&^slash) & highs
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				goto special
			}
			i += 8
		}
		for i < len(b) && b[i] >= 0x20 && b[i] != '"' && b[i] != '\\' {
			i++
		}
		if i >= len(b) {
			s.i = len(b)
			return escaped, s.fail("the end of a string")
		}
	special:
		switch b[i] {
		case '"':
			s.i = i + 1
			return escaped, true
		case '\\':
			escaped = true
			if i+1 >= len(b) {
				s.i = len(b)
				return escaped, s.fail("the end of a string")
			}
			switch b[i+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			case 'u':
				if i+6 > len(b) || notHex[b[i+2]]|notHex[b[i+3]]|notHex[b[i+4]]|notHex[b[i+5]] != 0 {
					s.i = min(i+2, len(b))
					return escaped, s.fail("four hexadecimal digits")
				}
				i += 6
			default:
				s.i = i + 1
				return escaped, s.fail("an escape")
			}
		default:
			s.i = i
			return escaped, s.fail("an escaped control character")
		}
	}
}

// notHex is 0 at hexadecimal digits, 1 elsewhere.
var notHex = func() (t [256]byte) {
	for c := range t {
		if ('0' > c || c > '9') && ('a' > c || c > 'f') && ('A' > c || c > 'F') {
			t[c] = 1
		}
	}
	return t
}()

// number reads a number by RFC 8259's grammar.
func (s *scanner) number() bool {
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		if !s.digits() {
			return false
		}
	}
	return true
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start || s.fail("a digit")
}

func (s *scanner) literal(word string) bool {
	for k := range len(word) {
		if s.i >= len(s.b) || s.b[s.i] != word[k] {
			return s.fail(word)
		}
		s.i++
	}
	return true
}

// end checks that nothing but white space follows.
func (s *scanner) end() bool {
	s.peek()
	return s.i >= len(s.b) || s.fail("the end")
}

// maxText is where the texts that an event says of itself are cut, in bytes: its name, its ids, its times, its tokens.
// Whoever reads them keeps less.
const maxText = 4096

// str is the text of a checked JSON value: a string's own, a number's or boolean's spelling, "" for everything else.
// SDKs send ids as numbers now and then. It is cut to maxText, and nothing of what is cut off is copied.
func str(raw []byte) string { return rawjson.Scalar(raw, maxText) }
