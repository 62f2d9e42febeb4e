package ingest

import (
	"bytes"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// appendCanonical appends JSON with its strings in the form in which stored text is searched: without needless escapes. Only the quote, the
// backslash, control characters (in their short form if there is one) and lone surrogates, which UTF-8 cannot represent, stay escaped. Everything
// else is unchanged.
func appendCanonical(pace *rawjson.Pace, dst, v []byte) []byte {
	return appendCanonicalMost(pace, dst, v, len(v))
}

// appendCanonicalMost is like appendCanonical, but appends at most most bytes and cuts between characters. The result is never longer than v.
func appendCanonicalMost(pace *rawjson.Pace, dst, v []byte, most int) []byte {
	var room [maxEscape]byte
	for {
		n, escape := unchanged(v[:min(len(v), most+maxEscape)])
		if n > most || n == len(v) {
			return append(dst, v[:rawjson.CutText(v, most)]...)
		}
		dst = append(dst, v[:n]...)
		var written []byte
		size := 0
		if escape {
			written, size = appendEscape(room[:0], v[n:])
		}
		if most -= n + len(written); most < 0 || !pace.Work(n+size) {
			return dst
		}
		dst = append(dst, written...)
		v = v[n+size:]
	}
}

// canonicalSize is the number of bytes that appendCanonical appends.
func canonicalSize(pace *rawjson.Pace, v []byte) int {
	var room [maxEscape]byte
	size := len(v)
	for {
		n, escape := unchanged(v)
		read := 0
		if escape {
			var written []byte
			written, read = appendEscape(room[:0], v[n:])
			size += len(written) - read
		}
		if v = v[n+read:]; len(v) == 0 || !pace.Work(n+read) {
			return size
		}
	}
}

// piece is the number of bytes that are processed between two calls of the pace.
const piece = 256 << 10

// unchanged is the length of the beginning of v, about a piece at most, that is written unchanged. escape means that an escape follows which is
// written differently.
func unchanged(v []byte) (n int, escape bool) {
	end := len(v)
	if end > piece {
		for end = piece; end > piece-utf8.UTFMax && !utf8.RuneStart(v[end]); {
			end--
		}
	}
	for i := 0; i < end; i += 2 {
		if v[i] != '\\' { // one escape often follows the other
			n := bytes.IndexByte(v[i:end], '\\') // valid JSON has it in strings only
			if n < 0 {
				return end, false
			}
			i += n
		}
		if i+1 < len(v) && (v[i+1] == '/' || v[i+1] == 'u') {
			return i, true
		}
		n = i + 2
	}
	return min(max(n, end), len(v)), false
}

// maxEscape is the length of the longest escape: two halves of a surrogate pair.
const maxEscape = 12

// shortEscapes are JSON's short escapes of control characters.
var shortEscapes = [0x20]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// appendEscape appends the canonical form of the \u or \/ at the start of b, and returns its length in b.
func appendEscape(dst, b []byte) ([]byte, int) {
	if b[1] == '/' {
		return append(dst, '/'), 2
	}
	r, size := rawjson.Escape(b)
	switch {
	case r == utf8.RuneError && !bytes.EqualFold(b[:min(6, len(b))], []byte(`\ufffd`)):
		return append(dst, b[:size]...), size
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r)), size
	case r >= 0x20:
		return utf8.AppendRune(dst, r), size
	case shortEscapes[r] != 0:
		return append(dst, '\\', shortEscapes[r]), size
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15]), size
}
