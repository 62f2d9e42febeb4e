package rawjson

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math/bits"
	"unicode/utf8"
)

// Errors of Check.
var (
	ErrSyntax = errors.New("not JSON")
	ErrDepth  = errors.New("JSON nested too deeply")
)

// Check reports whether b is one JSON value in valid UTF-8, nested at most maxDepth levels deep, with white space
// allowed around and within. It does not recurse, so depth costs a bit a level and no stack.
func Check(b []byte, maxDepth int) error { return (*Pace)(nil).Check(b, maxDepth) }

// Check is the function of that name. It fails with the error of the pace, too.
func (p *Pace) Check(b []byte, maxDepth int) error {
	if !p.valid(b) {
		return cmp.Or(p.Err(), ErrSyntax)
	}
	var (
		levels   []uint64 // bit d is set where level d is an object
		depth    int
		inObject bool // what level depth is
		i, told  int
	)
	for {
		if i-told >= stride {
			if !p.Work(i - told) {
				return p.Err()
			}
			told = i
		}
		// A value starts here.
		if i < len(b) && b[i] <= ' ' {
			i = space(b, i)
		}
		if i >= len(b) {
			return ErrSyntax
		}
		switch c := b[i]; c {
		case '"':
			i = stringEnd(b, i+1)
		case '{', '[':
			if depth >= maxDepth {
				return ErrDepth
			}
			if depth>>6 >= len(levels) {
				levels = append(levels, 0)
			}
			// Remember what the level around is.
			if inObject {
				levels[depth>>6] |= 1 << (uint(depth) & 63)
			} else {
				levels[depth>>6] &^= 1 << (uint(depth) & 63)
			}
			depth++
			inObject = c == '{'
			i = space(b, i+1)
			if i < len(b) && b[i] == c+2 { // an empty one; its closing bracket is met below
				break
			}
			if !inObject {
				continue
			}
			if i = name(b, i); i < 0 {
				return ErrSyntax
			}
			continue
		case 't':
			i = word(b, i, "true")
		case 'f':
			i = word(b, i, "false")
		case 'n':
			i = word(b, i, "null")
		default:
			i = number(b, i)
		}
		if i < 0 {
			return ErrSyntax
		}
		// A value ended here: close what ends with it, and go on with the next.
		for {
			if i < len(b) && b[i] <= ' ' {
				i = space(b, i)
			}
			if depth == 0 {
				if i != len(b) {
					return ErrSyntax
				}
				return nil
			}
			if i >= len(b) {
				return ErrSyntax
			}
			c := b[i]
			i++
			if c == ',' {
				if inObject {
					if i = name(b, space(b, i)); i < 0 {
						return ErrSyntax
					}
				}
				break
			}
			if c == '}' && inObject || c == ']' && !inObject {
				depth--
				inObject = levels[depth>>6]>>(uint(depth)&63)&1 == 1
				continue
			}
			return ErrSyntax
		}
	}
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

// name returns the index after a member's name and colon, -1 when there is none.
func name(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	if i = stringEnd(b, i+1); i < 0 {
		return -1
	}
	if i < len(b) && b[i] != ':' {
		i = space(b, i)
	}
	if i >= len(b) || b[i] != ':' {
		return -1
	}
	return i + 1
}

// stringEnd returns the index after the closing quote of the string whose inside starts at i, -1 when it is none. Names
// and values are short, so looking at eight bytes at once finds most ends in one step: that made Check half as fast again.
func stringEnd(b []byte, i int) int {
	for {
		for len(b)-i >= 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			quote, slash := x^ones*'"', x^ones*'\\'
			// The lowest high bit set is that of the first byte that is a control character, a quote or a backslash.
			found := ((x-ones*0x20)&^x | (quote-ones)&^quote | (slash-ones)&^slash) & highs
			if found != 0 {
				i += bits.TrailingZeros64(found) >> 3
				break
			}
			i += 8
		}
		if i >= len(b) {
			return -1
		}
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c < 0x20:
			return -1
		case c != '\\':
			i++
			continue
		}
		if i+1 >= len(b) {
			return -1
		}
		switch b[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if _, ok := hex4(b[i:]); !ok {
				return -1
			}
			i += 6
		default:
			return -1
		}
	}
}

func word(b []byte, i int, w string) int {
	if len(b)-i < len(w) || string(b[i:i+len(w)]) != w {
		return -1
	}
	return i + len(w)
}

func number(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	switch {
	case i >= len(b):
		return -1
	case b[i] == '0':
		i++
	case b[i] >= '1' && b[i] <= '9':
		i = digitsEnd(b, i)
	default:
		return -1
	}
	if i < len(b) && b[i] == '.' {
		j := digitsEnd(b, i+1)
		if j == i+1 {
			return -1
		}
		i = j
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		j := digitsEnd(b, i)
		if j == i {
			return -1
		}
		i = j
	}
	return i
}

func digitsEnd(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}
