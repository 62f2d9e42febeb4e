package ingest

import (
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxErrorGroup is the largest length of a group's name, in bytes.
const maxErrorGroup = 240

// errorGroup names the group of an error: its text with the parts replaced that differ between errors of the same cause. It reads the text once from
// left to right, and applies the first of these rules that matches at a position:
//
//   - White space of any length becomes one space.
//   - An address (a scheme, :// and everything up to white space, a quote or a closing bracket) becomes <url>.
//   - The text between two equal quotes (" ' `) becomes <value>. An apostrophe inside a word and a quote that is never closed do not count.
//   - A word is a run of letters, digits, _ and -. Without digits it stays. A number becomes <n>, including its sign, points, commas and colons
//     between digits, and a unit of at most two letters (20ms, 3.5s, 8k). After a prefix and _, a rest that soon has digits (req_011Ab) becomes
//     <id>; so does a word of at least eight characters that is hexadecimal, like a uuid, or that has digits in three or more places. In any
//     other word (gpt-4o, sha256, v2) the letters stay, and digits become <n>.
//   - Everything else stays.
//
// The result has at most 240 bytes. An error without text has no group.
func errorGroup(text string) string {
	var b strings.Builder
	// unclosed are the quotes that do not occur again, so that each is searched to the end only once.
	var unclosed [128]bool
	space := false
	write := func(s string) {
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteString(s)
	}
	for i := 0; i < len(text) && b.Len() < maxErrorGroup; {
		switch c := text[i]; {
		case c <= ' ':
			space = true
			i++
		case c == '"' || c == '`' || c == '\'' && (i == 0 || !inWord(text[i-1])):
			end := -1
			if !unclosed[c] {
				end = strings.IndexByte(text[i+1:], c)
			}
			if unclosed[c] = end < 0; end < 0 {
				write(text[i : i+1])
				i++
				continue
			}
			write("<value>")
			i += end + 2
		case (c == '-' || c == '+') && i+1 < len(text) && isDigit(text[i+1]) && (i == 0 || !inWord(text[i-1])):
			i++ // the sign of a number
		case inWord(c) && c != '-':
			end := wordEnd(text, i)
			if strings.HasPrefix(text[end:], "://") && letters(text[i:end]) {
				write("<url>")
				i = addressEnd(text, end)
				continue
			}
			if isDigit(c) {
				if n := numberEnd(text, i, end); n > 0 {
					write("<n>")
					i = n
					continue
				}
			}
			write(wordGroup(text[i:end]))
			i = end
		default:
			n := 1
			for i+n < len(text) && text[i+n] >= 0x80 && c >= 0x80 {
				n++
			}
			write(text[i : i+n])
			i += n
		}
	}
	return rawjson.Clip(b.String(), maxErrorGroup)
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func inWord(c byte) bool   { return isDigit(c) || isLetter(c) || c == '_' || c == '-' }

func letters(s string) bool {
	for i := range len(s) {
		if !isLetter(s[i]) {
			return false
		}
	}
	return len(s) > 0
}

func wordEnd(text string, i int) int {
	for i < len(text) && inWord(text[i]) {
		i++
	}
	return i
}

// addressEnd is the end of an address whose scheme ends before i.
func addressEnd(text string, i int) int {
	for i < len(text) && text[i] > ' ' && !strings.ContainsRune("\"'`)]}>,", rune(text[i])) {
		i++
	}
	return i
}

// numberEnd is the end of the number that begins at i in a word that ends at end; 0 if the word is not just a number with a unit.
func numberEnd(text string, i, end int) int {
	digits := i
	for digits < end && isDigit(text[digits]) {
		digits++
	}
	if digits == end {
		// Points and commas between digits, also in versions and IP addresses: 1.5, 20,000, 10.0.0.1.
		for end+1 < len(text) && (text[end] == '.' || text[end] == ',' || text[end] == ':') && isDigit(text[end+1]) {
			next := end + 1
			for next < len(text) && isDigit(text[next]) {
				next++
			}
			end = next
		}
		unit := wordEnd(text, end)
		if unit > end && unit-end <= 2 && letters(text[end:unit]) {
			return unit
		}
		if unit > end {
			return 0
		}
		return end
	}
	if end-digits <= 2 && letters(text[digits:end]) {
		return end
	}
	return 0
}

// wordGroup returns a word without its variable parts.
func wordGroup(word string) string {
	first := strings.IndexFunc(word, func(r rune) bool { return r >= '0' && r <= '9' })
	if first < 0 {
		return word
	}
	prefix := strings.LastIndexByte(word[:first], '_')
	switch {
	case prefix > 0:
		return word[:prefix+1] + "<id>"
	case len(word) >= 8 && mixed(word):
		return "<id>"
	}
	var b strings.Builder
	for i := 0; i < len(word); {
		if !isDigit(word[i]) {
			b.WriteByte(word[i])
			i++
			continue
		}
		for i < len(word) && isDigit(word[i]) {
			i++
		}
		b.WriteString("<n>")
	}
	return b.String()
}

// mixed reports whether letters and digits alternate as in ids, and not as in names: a name has its digits in one or two places (gpt-4o-mini,
// o200k_base); an id has them everywhere, or is hexadecimal.
func mixed(word string) bool {
	runs, hex := 0, true
	for i := range len(word) {
		c := word[i]
		if isDigit(c) && (i == 0 || !isDigit(word[i-1])) {
			runs++
		}
		hex = hex && (isDigit(c) || c == '-' || c|0x20 >= 'a' && c|0x20 <= 'f')
	}
	return runs >= 3 || hex
}
