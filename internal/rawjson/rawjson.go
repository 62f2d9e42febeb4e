// Package rawjson walks JSON text without decoding it: it finds members and items, skips values, and reads strings and
// numbers where they lie. It is for text that has been checked already (by the adapter that took it off the wire, or by
// [Check]); on anything else it answers nonsense, but it never panics and never reads outside of what it was given.
//
// Decoding properties into maps runs at about 55 MB/s on one core; walking them like this runs at 1 GB/s and more.
package rawjson

import (
	"bytes"
	"iter"
)

// Kind is what a value is, told by its first byte.
type Kind uint8

// Kinds of values.
const (
	Invalid Kind = iota
	Null
	Bool
	Number
	String
	Array
	Object
)

// KindOf looks at the first byte of a value without leading space.
func KindOf(v []byte) Kind {
	if len(v) == 0 {
		return Invalid
	}
	switch c := v[0]; {
	case c == '"':
		return String
	case c == '{':
		return Object
	case c == '[':
		return Array
	case c == 'n':
		return Null
	case c == 't' || c == 'f':
		return Bool
	case c == '-' || c >= '0' && c <= '9':
		return Number
	}
	return Invalid
}

// Trim removes white space around a value.
func Trim(v []byte) []byte {
	i, j := space(v, 0), len(v)
	for j > i && isSpace(v[j-1]) {
		j--
	}
	return v[i:j]
}

// Members yields an object's members in order, duplicates included: the key as written between its quotes, escapes and
// all, and the value. Anything but an object has none.
func Members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		b := object
		i := space(b, 0)
		if i >= len(b) || b[i] != '{' {
			return
		}
		i = space(b, i+1)
		for i < len(b) && b[i] == '"' {
			end := skipString(b, i)
			if end-1 <= i {
				return
			}
			key := b[i+1 : end-1]
			i = space(b, end)
			if i >= len(b) || b[i] != ':' {
				return
			}
			i = space(b, i+1)
			end = Skip(b, i)
			if end == i || !yield(key, b[i:end]) {
				return
			}
			i = space(b, end)
			if i >= len(b) || b[i] != ',' {
				return
			}
			i = space(b, i+1)
		}
	}
}

// Items yields an array's items in order. Anything but an array has none.
func Items(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		b := array
		i := space(b, 0)
		if i >= len(b) || b[i] != '[' {
			return
		}
		i = space(b, i+1)
		for i < len(b) && b[i] != ']' {
			end := Skip(b, i)
			if end == i || !yield(b[i:end]) {
				return
			}
			i = space(b, end)
			if i >= len(b) || b[i] != ',' {
				return
			}
			i = space(b, i+1)
		}
	}
}

// Member returns the value of an object's last member of that name, as JavaScript would, or nil.
func Member(object []byte, name string) []byte {
	var found []byte
	for k, v := range Members(object) {
		if string(k) == name {
			found = v
		}
	}
	return found
}

// Path follows names into nested objects, nil where one is missing.
func Path(object []byte, names ...string) []byte {
	for _, n := range names {
		if object = Member(object, n); object == nil {
			return nil
		}
	}
	return object
}

// structural marks the bytes that matter to Skip inside an object or array.
var structural = [256]int8{'"': 2, '{': 1, '[': 1, '}': -1, ']': -1}

// Skip returns the index just after the value that starts at b[i], i itself when none does.
func Skip(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return min(len(b), SkipRest(b, i+1)+1)
	}
	for i < len(b) {
		switch b[i] {
		case ',', ']', '}', ' ', '\n', '\r', '\t', ':':
			return i
		}
		i++
	}
	return i
}

// SkipRest returns the index of the bracket that closes the array or object inside of which b[i] stands, len(b) when none
// does.
func SkipRest(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch structural[b[i]] {
		case 2:
			i = skipString(b, i)
			continue
		case 1:
			depth++
		case -1:
			if depth == 0 {
				return i
			}
			depth--
		}
		i++
	}
	return i
}

// skipString returns the index after the closing quote of the string whose opening quote is b[i].
func skipString(b []byte, i int) int {
	start := i + 1
	// Most are short, and found sooner by looking at each byte than by a call.
	for at := start; at < len(b) && at < start+16 && b[at] != '\\'; at++ {
		if b[at] == '"' {
			return at + 1
		}
	}
	for at := start; ; {
		n := bytes.IndexByte(b[at:], '"')
		if n < 0 {
			return len(b)
		}
		end := at + n
		slashes := 0
		for end-slashes > start && b[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end + 1
		}
		at = end + 1
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// Space returns the index of the first byte at or after b[i] that is no white space, len(b) when there is none.
func Space(b []byte, i int) int { return space(b, i) }

func space(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}
