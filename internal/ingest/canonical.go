package ingest

import (
	"bytes"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// appendCanonical appends JSON with its strings written the one way in which stored text is searched: characters as
// themselves, no needless escapes. Escaped stay the quote, the backslash, control characters (in their short form where
// there is one) and lone surrogates, which UTF-8 cannot say. Everything else is as it came.
func appendCanonical(pace *rawjson.Pace, dst, v []byte) []byte {
	return appendCanonicalMost(pace, dst, v, len(v))
}

// appendCanonicalMost appends at most most bytes of it, between characters. It is never longer than v.
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

// canonicalSize is how many bytes appendCanonical appends.
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

// piece is how many bytes are looked at before the pace is told.
const piece = 256 << 10

// unchanged is how much of v, at most about a piece, is written as it is; escape says that an escape follows which is written
// in another way.
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

// maxEscape is the longest that an escape can be: two halves of a surrogate pair.
const maxEscape = 12

// shortEscapes are JSON's for control characters.
var shortEscapes = [0x20]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// appendEscape appends what the \u or \/ at the start of b is written as, and says how long it is.
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
