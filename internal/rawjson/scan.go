package rawjson

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"unicode/utf8"
)

// Errors of Check.
var (
	ErrSyntax = errors.New("not JSON")
	ErrDepth  = errors.New("JSON nested too deeply")
)

// Check returns nil if b is one JSON value in valid UTF-8, nested at most maxDepth levels deep; otherwise ErrSyntax or ErrDepth.
// White space is allowed around and within the value. Check does not recurse: a level of depth costs one bit and no stack.
func Check(b []byte, maxDepth int) error { return (*Pace)(nil).Check(b, maxDepth) }

// Check does what the function Check does, and pauses. It also fails with the error of the pace.
func (p *Pace) Check(b []byte, maxDepth int) error {
	if !p.valid(b) {
		return cmp.Or(p.Err(), ErrSyntax)
	}
	s := NewScanner(b, maxDepth, p)
	ok := s.Skip() && s.End()
	switch {
	case p.Err() != nil:
		return p.Err()
	case s.Deep():
		return ErrDepth
	case !ok:
		return ErrSyntax
	}
	return nil
}

// valid is utf8.Valid, piece by piece.
func (p *Pace) valid(b []byte) bool {
	for len(b) > stride {
		n := stride
		for n > stride-utf8.UTFMax && !utf8.RuneStart(b[n]) {
			n--
		}
		if !utf8.Valid(b[:n]) || !p.Work(n) {
			return false
		}
		b = b[n:]
	}
	return utf8.Valid(b)
}

// Scanner reads JSON text that nobody has checked yet: it checks every byte against RFC 8259 in place and builds no values. It exists
// because reading must be fast for recordings, which are strings full of escapes (jsontext reads them at 190 MB/s, Scanner at 800), and
// because an event that nests too deeply must not make the events beside it fail.
//
// It accepts what browsers send: duplicate names, escaped lone surrogates. It does not look at UTF-8. Methods return false after the first
// error, which Err returns.
type Scanner struct {
	b []byte
	i int
	// wanted is what was expected at the current byte, if something else is there.
	wanted string
	err    error
	// deep is set when a value nested deeper than maxDepth was skipped.
	deep     bool
	maxDepth int
	pace     *Pace
	restAt   int // the index at which the pace is called next
	// objects has a bit for each open container: 1 when it is an object.
	objects []uint64
}

// NewScanner returns a Scanner of b. If something nests deeper than maxDepth levels inside of one value, the scanner only finds its end, and
// Deep returns true. The pace may be nil.
func NewScanner(b []byte, maxDepth int, pace *Pace) Scanner {
	return Scanner{b: b, maxDepth: maxDepth, pace: pace, restAt: stride}
}

// At returns the index of the current byte.
func (s *Scanner) At() int { return s.i }

// AtEnd reports whether all of the text was read.
func (s *Scanner) AtEnd() bool { return s.i >= len(s.b) }

// Since returns the text from an index up to the current byte, which is not included.
func (s *Scanner) Since(i int) []byte { return s.b[i:s.i] }

// Rest returns the text from the current byte on.
func (s *Scanner) Rest() []byte { return s.b[s.i:] }

// Deep reports whether a value that nests too deeply was skipped since Shallow was called.
func (s *Scanner) Deep() bool { return s.deep }

// Shallow makes Deep return false again.
func (s *Scanner) Shallow() { s.deep = false }

// Err returns the first error: of the text, of the pace, or the one given to Stop.
func (s *Scanner) Err() error {
	if s.err == nil && s.wanted != "" {
		if s.i >= len(s.b) {
			s.err = fmt.Errorf("it ends at byte %d, where %s was expected", len(s.b), s.wanted)
		} else {
			s.err = fmt.Errorf("there is %q at byte %d, where %s was expected", s.b[s.i], s.i, s.wanted)
		}
	}
	return s.err
}

// Stop ends reading with an error, unless there is an error already.
func (s *Scanner) Stop(err error) {
	if !s.failed() {
		s.err = err
	}
}

func (s *Scanner) failed() bool { return s.err != nil || s.wanted != "" }

// pause tells the pace how much was read, and reports whether to go on.
func (s *Scanner) pause() bool {
	if !s.failed() && !s.pace.Work(s.i-s.restAt+stride) {
		s.err = s.pace.Err()
	}
	s.restAt = s.i + stride
	return !s.failed()
}

// Fail records that something other than want is at the current byte. It returns false.
func (s *Scanner) Fail(want string) bool {
	if !s.failed() {
		s.wanted = want
	}
	return false
}

// Peek skips white space and returns the byte that follows, 0 at the end.
func (s *Scanner) Peek() byte {
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

// Member moves to the value of the next member of the object whose opening brace or previous member was just read. It returns
// the name without quotes; only names with escapes, which are rare, are copied. more is false at the closing brace, which is
// consumed, and on errors.
func (s *Scanner) Member(first bool) (name []byte, more bool) {
	c := s.Peek()
	if c == '}' {
		s.i++
		return nil, false
	}
	if !first {
		if c != ',' {
			return nil, s.Fail("a comma or }")
		}
		s.i++
		c = s.Peek()
	}
	if c != '"' {
		return nil, s.Fail("a name in quotes")
	}
	start := s.i
	escaped, ok := s.text()
	if !ok {
		return nil, false
	}
	name = s.b[start+1 : s.i-1]
	if escaped && len(name) <= maxName {
		name = AppendText(nil, name)
	}
	if s.Peek() != ':' {
		return nil, s.Fail("a colon")
	}
	s.i++
	return name, true
}

// maxName is the longest name whose escapes are decoded. No name that callers look for is that long, even if all of it is escaped.
const maxName = 256

// Open moves into the object or array that begins at the current byte.
func (s *Scanner) Open() { s.i++ }

// Element moves to the next element of the array whose opening bracket or previous element was just read. more is false at the
// closing bracket, which is consumed, and on errors.
func (s *Scanner) Element(first bool) (more bool) {
	c := s.Peek()
	if c == ']' {
		s.i++
		return false
	}
	if !first {
		if c != ',' {
			return s.Fail("a comma or ]")
		}
		s.i++
	}
	return true
}

// Value reads one value of any kind and returns its text.
func (s *Scanner) Value() (raw []byte, ok bool) {
	s.Peek()
	start := s.i
	if !s.Skip() {
		return nil, false
	}
	return s.b[start:s.i], true
}

// Skip reads one value of any kind.
func (s *Scanner) Skip() bool {
	depth := 0 // open containers
	for {
		if s.i >= s.restAt && !s.pause() {
			return false
		}
		// A value begins here.
		switch c := s.Peek(); {
		case c == '"':
			if _, ok := s.text(); !ok {
				return false
			}
		case c == '{' || c == '[':
			if depth >= s.maxDepth {
				s.deep = true
				if !s.skipLoosely() {
					return false
				}
				break
			}
			if depth>>6 == len(s.objects) {
				s.objects = append(s.objects, 0)
			}
			s.i++
			if c == '{' {
				s.objects[depth>>6] |= 1 << (depth & 63)
				depth++
				if s.Peek() == '}' {
					break // closed below
				}
				if !s.name() {
					return false
				}
				continue
			}
			s.objects[depth>>6] &^= 1 << (depth & 63)
			depth++
			if s.Peek() == ']' {
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
			return s.Fail("a value")
		}

		// A value has ended: close the containers that end here, and go on after a comma.
		for {
			if depth == 0 {
				return true
			}
			object := s.objects[(depth-1)>>6]&(1<<((depth-1)&63)) != 0
			c := s.Peek()
			if c == ',' {
				s.i++
				if object && !s.name() {
					return false
				}
				break
			}
			if object && c != '}' {
				return s.Fail("a comma or }")
			}
			if !object && c != ']' {
				return s.Fail("a comma or ]")
			}
			s.i++
			depth--
		}
	}
}

// name reads a member's name and colon inside Skip.
func (s *Scanner) name() bool {
	if s.Peek() != '"' {
		return s.Fail("a name in quotes")
	}
	if _, ok := s.text(); !ok {
		return false
	}
	if s.Peek() != ':' {
		return s.Fail("a colon")
	}
	s.i++
	return true
}

// skipLoosely finds the end of a container that nests too deeply to be kept. It checks only brackets and strings.
func (s *Scanner) skipLoosely() bool {
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
	return s.Fail("a closing bracket")
}

// text reads the string that begins here and reports whether there are escapes in it.
func (s *Scanner) text() (escaped, ok bool) {
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
			return escaped, s.Fail("the end of a string")
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
				return escaped, s.Fail("the end of a string")
			}
			switch b[i+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			case 'u':
				if i+6 > len(b) || hexDigit[b[i+2]]|hexDigit[b[i+3]]|hexDigit[b[i+4]]|hexDigit[b[i+5]] > 15 {
					s.i = min(i+2, len(b))
					return escaped, s.Fail("four hexadecimal digits")
				}
				i += 6
			default:
				s.i = i + 1
				return escaped, s.Fail("an escape")
			}
		default:
			s.i = i
			return escaped, s.Fail("an escaped control character")
		}
	}
}

// number reads a number by RFC 8259's grammar.
func (s *Scanner) number() bool {
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

func (s *Scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start || s.Fail("a digit")
}

func (s *Scanner) literal(word string) bool {
	for k := range len(word) {
		if s.i >= len(s.b) || s.b[s.i] != word[k] {
			return s.Fail(word)
		}
		s.i++
	}
	return true
}

// End checks that nothing but white space follows.
func (s *Scanner) End() bool {
	s.Peek()
	return s.i >= len(s.b) || s.Fail("the end")
}
