package rawjson

import (
	"errors"
	"unicode/utf8"
)

// Errors of Check.
var (
	ErrSyntax = errors.New("not JSON")
	ErrDepth  = errors.New("JSON nested too deeply")
)

// plain marks bytes that need no look inside a string: everything but the quote, the backslash and control characters.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 256; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// Check reports whether b is one JSON value in valid UTF-8, nested at most maxDepth levels deep, with white space
// allowed around and within. It does not recurse, so depth costs a bit a level and no stack.
func Check(b []byte, maxDepth int) error {
	if !utf8.Valid(b) {
		return ErrSyntax
	}
	var (
		objects []uint64 // bit d is set where level d is an object
		depth   int
		i       int
	)
	isObject := func() bool { return objects[(depth-1)>>6]>>(uint(depth-1)&63)&1 == 1 }
	for {
		// A value starts here.
		i = space(b, i)
		if i >= len(b) {
			return ErrSyntax
		}
		switch c := b[i]; c {
		case '{', '[':
			if depth >= maxDepth {
				return ErrDepth
			}
			if depth>>6 >= len(objects) {
				objects = append(objects, 0)
			}
			bit := uint64(1) << (uint(depth) & 63)
			objects[depth>>6] &^= bit
			depth++
			i = space(b, i+1)
			if c == '[' {
				if i < len(b) && b[i] == ']' {
					i++
					depth--
					break
				}
				continue
			}
			objects[(depth-1)>>6] |= bit
			if i < len(b) && b[i] == '}' {
				i++
				depth--
				break
			}
			if i = key(b, i); i < 0 {
				return ErrSyntax
			}
			continue
		case '"':
			if i = str(b, i); i < 0 {
				return ErrSyntax
			}
		case 't':
			if i = word(b, i, "true"); i < 0 {
				return ErrSyntax
			}
		case 'f':
			if i = word(b, i, "false"); i < 0 {
				return ErrSyntax
			}
		case 'n':
			if i = word(b, i, "null"); i < 0 {
				return ErrSyntax
			}
		default:
			if i = number(b, i); i < 0 {
				return ErrSyntax
			}
		}
		// A value ended here: close what ends with it, and go on with the next.
		for {
			if i < len(b) && isSpace(b[i]) {
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
				if isObject() {
					if i = key(b, space(b, i)); i < 0 {
						return ErrSyntax
					}
				}
				break
			}
			if c == '}' && isObject() || c == ']' && !isObject() {
				depth--
				continue
			}
			return ErrSyntax
		}
	}
}

// key returns the index after a member's name and colon, -1 when there is none.
func key(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	if i = str(b, i); i < 0 {
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

func str(b []byte, i int) int {
	i++
	for {
		for i < len(b) && plain[b[i]] {
			i++
		}
		if i >= len(b) {
			return -1
		}
		if b[i] == '"' {
			return i + 1
		}
		if b[i] != '\\' || i+1 >= len(b) {
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
