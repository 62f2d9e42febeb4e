package ingest

import (
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxErrorGroup bounds the name of a group of errors, in bytes.
const maxErrorGroup = 240

// errorGroup is what errors of one cause have in common: an error's text in which what differs from one time to the next is replaced.
// It reads the text once, from the left, and takes the first of these that begins at a place:
//
//   - white space of any length is one space;
//   - an address, a scheme and :// up to white space, a quote or a bracket that closes, is <url>;
//   - what stands between two equal quotes (" ' `) is <value>; an apostrophe inside of a word is none, nor is a quote that nothing closes;
//   - a word is letters, digits, _ and - beside each other. Without digits it stays. A number is <n>, with its sign, with points, commas
//     and colons between digits, and with a unit of at most two letters (20ms, 3.5s, 8k). What stands behind a prefix and _ and begins
//     with digits soon (req_011Ab) is <id>; so is a word of at least eight characters that is hexadecimal, as uuids are, or in which digits
//     come up in three places or more. Of any other word with digits (gpt-4o, sha256, v2) the letters stay, and digits are <n>;
//   - everything else stays.
//
// The result has at most 240 bytes. An error without text is in no group.
func errorGroup(text string) string {
	var b strings.Builder
	// unclosed are the quotes of which none follows any more, so that each is looked for to the end once.
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

// addressEnd is where an address ends that has its scheme before i.
func addressEnd(text string, i int) int {
	for i < len(text) && text[i] > ' ' && !strings.ContainsRune("\"'`)]}>,", rune(text[i])) {
		i++
	}
	return i
}

// numberEnd is where the number ends that begins at i in a word that ends at end, 0 when the word is more than a number with a unit.
func numberEnd(text string, i, end int) int {
	digits := i
	for digits < end && isDigit(text[digits]) {
		digits++
	}
	if digits == end {
		// Points and commas between digits, also of versions and addresses of the internet: 1.5, 20,000, 10.0.0.1.
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

// wordGroup is a word without what differs.
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

// mixed says that letters and digits take turns as they do in ids and not in names: a name has its digits in one place (gpt-4o-mini,
// o200k_base), an id all over, or is hexadecimal.
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
