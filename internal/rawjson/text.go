package rawjson

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"
)

// Text returns the decoded text of a JSON string, or "" for any other value. A lone surrogate becomes U+FFFD.
func Text(v []byte) string {
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	body := v[1 : len(v)-1]
	if bytes.IndexByte(body, '\\') < 0 {
		return string(body)
	}
	return string(AppendText(make([]byte, 0, len(body)), body))
}

// AppendText appends the decoded text of the inside of a JSON string (without its quotes).
func AppendText(dst, body []byte) []byte { return (*Pace)(nil).AppendText(dst, body) }

// AppendText does what the function AppendText does, and pauses.
func (p *Pace) AppendText(dst, body []byte) []byte {
	for {
		n := bytes.IndexByte(body, '\\')
		if n < 0 || n+1 >= len(body) {
			return append(dst, body...)
		}
		if !p.Work(n + 2) {
			return dst
		}
		dst = append(dst, body[:n]...)
		c := body[n+1]
		if c != 'u' {
			dst = append(dst, unescaped(c))
			body = body[n+2:]
			continue
		}
		r, size := Escape(body[n:])
		dst = utf8.AppendRune(dst, r)
		body = body[n+size:]
	}
}

// CutText returns the largest index, at most most, at which the inside of a JSON string may be cut: between characters, not
// inside of an escape, and not between the halves of a surrogate pair.
func CutText(s []byte, most int) int {
	if most >= len(s) {
		return len(s)
	}
	at := 0
	for at < most {
		size := 1
		if s[at] == '\\' && at+1 < len(s) {
			size = 2
			if s[at+1] == 'u' {
				_, size = Escape(s[at:])
				size = max(size, min(6, len(s)-at))
			}
		} else if s[at] >= utf8.RuneSelf {
			_, size = utf8.DecodeRune(s[at:])
		}
		if at+size > most {
			break
		}
		at += size
	}
	return at
}

// Scalar returns the text of a string, number or boolean, cut to at most most bytes between characters, or "" for anything
// else. It reads no more of v than it needs, and copies the text: the result does not keep v in memory.
func Scalar(v []byte, most int) string {
	switch KindOf(v) {
	case String:
		if len(v) < 2 {
			return ""
		}
		inside := v[1 : len(v)-1]
		if len(inside) > 6*most { // too long even if all of it were escapes
			inside = inside[:CutText(inside, 6*most)]
		}
		if bytes.IndexByte(inside, '\\') < 0 {
			return string(inside[:clipped(inside, most)])
		}
		text := AppendText(make([]byte, 0, len(inside)), inside)
		return string(text[:clipped(text, most)])
	case Number, Bool:
		return string(v[:clipped(v, most)])
	}
	return ""
}

// Clip cuts text to at most most bytes, between characters. A text that was cut is a copy, which does not keep s in memory.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return strings.Clone(s[:most])
}

// clipped returns the length of text after it is cut to at most most bytes, between characters.
func clipped(text []byte, most int) int {
	if len(text) <= most {
		return len(text)
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return most
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// Escape reads the \uXXXX at the start of b, and the second half of a surrogate pair after it. The rune of a lone
// surrogate or a broken escape is U+FFFD. size is the number of bytes that were read, at least 1 if b is not empty.
func Escape(b []byte) (r rune, size int) {
	hi, ok := hex4(b)
	if !ok {
		return utf8.RuneError, min(2, len(b))
	}
	if !utf16.IsSurrogate(hi) {
		return hi, 6
	}
	if lo, ok := hex4(b[6:]); ok {
		if r := utf16.DecodeRune(hi, lo); r != utf8.RuneError {
			return r, 12
		}
	}
	return utf8.RuneError, 6
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		d := hexDigit[c]
		if d > 15 {
			return 0, false
		}
		r = r<<4 | rune(d)
	}
	return r, true
}

var hexDigit = func() (t [256]byte) {
	for i := range t {
		t[i] = 255
	}
	for c := byte(0); c < 10; c++ {
		t['0'+c] = c
	}
	for c := byte(0); c < 6; c++ {
		t['a'+c], t['A'+c] = 10+c, 10+c
	}
	return t
}()

// HexDigit returns the value of a hexadecimal digit, or 255 for any other byte.
func HexDigit(c byte) byte { return hexDigit[c] }

// maxNumber is the longest text that is read as a number, in bytes. No float64 needs more than 24, or more than 768 if it is
// written out in full. Longer text costs more to read than its number is worth.
const maxNumber = 1024

// Float returns a JSON number of at most maxNumber bytes. It returns false for anything else.
func Float(v []byte) (float64, bool) {
	if KindOf(v) != Number || len(v) > maxNumber {
		return 0, false
	}
	if n, ok := digits(v); ok {
		return float64(n), true
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(v), len(v)), 64)
	return f, err == nil
}

// digits reads a whole number of at most 15 digits, which float64 holds exactly.
func digits(v []byte) (int64, bool) {
	if len(v) > 15 {
		return 0, false
	}
	var n int64
	for _, c := range v {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}
