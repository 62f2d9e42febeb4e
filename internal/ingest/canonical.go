package ingest

import (
	"bytes"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// appendCanonical appends JSON with its strings written the one way in which stored text is searched: characters as
// themselves, no needless escapes. Escaped stay the quote, the backslash, control characters (in their short form where
// there is one) and lone surrogates, which UTF-8 cannot say. Everything else is as it came.
func appendCanonical(dst, v []byte) []byte {
	for {
		n := bytes.IndexByte(v, '\\') // valid JSON has it in strings only
		if n < 0 || n+1 >= len(v) {
			return append(dst, v...)
		}
		dst = append(dst, v[:n]...)
		switch v[n+1] {
		case '/':
			dst = append(dst, '/')
			v = v[n+2:]
		case 'u':
			var size int
			dst, size = appendEscape(dst, v[n:])
			v = v[n+size:]
		default:
			dst = append(dst, '\\', v[n+1])
			v = v[n+2:]
		}
	}
}

// shortEscapes are JSON's for control characters.
var shortEscapes = [0x20]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// appendEscape appends what the \u escape at the start of b is written as, and says how long it is.
func appendEscape(dst, b []byte) ([]byte, int) {
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
