package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are the words of a text, in order: runs of letters, digits, marks and underscores, in lower case. In scripts without spaces between words
// (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each character is a word, so that a word of these scripts is found as several words that follow each
// other. Stored text and searched text are split in the same way.
func Words(text string) []string {
	var words []string
	for len(text) > 0 {
		from, to, _ := Next(text)
		if from == to {
			break
		}
		words = append(words, strings.ToLower(text[from:to]))
		text = text[to:]
	}
	return words
}

// Next returns the start and end of the first word of a text, and whether it is a single character of a script without spaces. Start and end are the
// length of the text if there is no word in it.
func Next(text string) (from, to int, single bool) {
	start := -1
	for i, r := range text {
		switch {
		case Alone(r):
			if start >= 0 {
				return start, i, false
			}
			end := i + utf8.RuneLen(r)
			for end < len(text) { // with the marks that belong to it
				mark, size := utf8.DecodeRuneInString(text[end:])
				if !unicode.Is(unicode.M, mark) {
					break
				}
				end += size
			}
			return i, end, true
		case inWord(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			return start, i, false
		}
	}
	if start >= 0 {
		return start, len(text), false
	}
	return len(text), len(text), false
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.M, r))
}

// unspaced are the scripts without spaces between words.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// Alone reports whether a letter is a word by itself, together with the marks that follow it.
func Alone(r rune) bool {
	return r >= 0x0e00 && unicode.IsLetter(r) && unicode.In(r, unspaced...)
}
