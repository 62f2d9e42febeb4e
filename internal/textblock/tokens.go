package textblock

import (
	"bytes"
	"unicode/utf8"
	"unsafe"

	"github.com/playheadhq/playhead/internal/filter"
)

// kind is the kind of a token.
type kind byte

const (
	// between words: spaces, punctuation, JSON syntax and escapes.
	between kind = iota
	word
	// single is a word of one character, of a script without spaces.
	single
)

// implied returns the separator between two words if no token stands between them.
func implied(before, after kind) string {
	if before == single || after == single {
		return ""
	}
	return " "
}

// inWord are the ASCII letters that words can contain.
var inWord = func() (table [256]bool) {
	for c := range utf8.RuneSelf {
		table[c] = c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
	}
	return table
}()

// tokens splits a text. It leaves out the implied separator between two words. An escape of JSON is never part of a word: those in canonical JSON
// stand for characters that are not letters.
func tokens(text []byte, emit func(token []byte, k kind)) {
	last := between
	begin := 0 // of the current separator
	for i := 0; i < len(text); {
		end, k := i, word
		switch c := text[i]; {
		case c == '\\':
			i += escape(text[i:])
			continue
		case c < utf8.RuneSelf:
			if !inWord[c] {
				i++
				continue
			}
			for end < len(text) && inWord[text[end]] {
				end++
			}
			if end < len(text) && text[end] >= utf8.RuneSelf {
				_, to, _ := filter.Next(view(text[i:]))
				end = i + to
			}
		default:
			from, to, alone := filter.Next(view(text[i:]))
			if from > 0 {
				if at := bytes.IndexByte(text[i:i+from], '\\'); at > 0 { // the word may be an escape's letter
					from = at
				}
				i += from
				continue
			}
			end = i + to
			if alone {
				k = single
			}
		}
		gap := text[begin:i]
		switch {
		case last == word && k == word && len(gap) == 1 && gap[0] == ' ': // the implied separator, in nearly all cases
		case last == between && len(gap) > 0, last != between && string(gap) != implied(last, k):
			emit(gap, between)
		}
		emit(text[i:end], k)
		last, i, begin = k, end, end
	}
	if begin < len(text) {
		emit(text[begin:], between)
	}
}

// escape returns the length of the escape at the beginning of a text.
func escape(text []byte) int {
	if len(text) > 1 && text[1] == 'u' {
		return min(6, len(text))
	}
	return min(2, len(text))
}

// kindOf returns the kind of a token according to its first character. Separators never begin with a letter.
func kindOf(token []byte) kind {
	if len(token) == 0 {
		return between
	}
	if c := token[0]; c < utf8.RuneSelf {
		if inWord[c] {
			return word
		}
		return between
	}
	switch from, _, alone := filter.Next(view(token)); {
	case from > 0:
		return between
	case alone:
		return single
	}
	return word
}

// view returns the bytes as a string without copying them. It is valid until they change.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
