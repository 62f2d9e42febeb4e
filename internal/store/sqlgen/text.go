package sqlgen

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store/table"
)

// The regular expressions below find the same as filter.Match, in RE2 syntax, which both engines have. In JSON (see model.Content) strings have
// escape sequences, whose characters are not part of words: in \nword the word is "word", and in \\nword it is "nword". So a word is preceded either
// by a byte that is neither part of a word nor a backslash, or by a complete escape sequence, which begins after an even number of backslashes.
const (
	inWord    = `\p{L}\p{N}\p{M}_`
	escape    = `\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})`
	separator = `(?:[^` + inWord + `\\]|` + escape + `)`
	// behind matches what can precede an escape sequence.
	behind = `(?:^|[^\\])(?:\\\\)*`
)

// pattern is the regular expression of a search in JSON or in plain text.
func pattern(s filter.Search, json bool) string {
	var b strings.Builder
	b.WriteString("(?s)")
	if s.Inside != "" {
		if json {
			// Match from the beginning, so that it is known where escape sequences begin.
			b.WriteString(`^(?:[^\\]|` + escape + `)*?`)
		}
		for _, r := range s.Inside {
			b.WriteString(letter(r, json))
		}
		return b.String()
	}
	sep := `[^` + inWord + `]`
	if json {
		sep = separator
	}
	for i, word := range s.Words {
		runes := []rune(word)
		switch mark := unicode.Is(unicode.M, runes[0]); {
		case i > 0 && !mark && (filter.Alone(runes[0]) || filter.Alone(last(s.Words[i-1]))):
			b.WriteString(sep + "*")
		case i > 0:
			b.WriteString(sep + "+")
		case filter.Alone(runes[0]):
		default:
			before := `^|` + sep
			if json {
				before = `^|[^` + inWord + `\\]|` + behind + escape
			}
			if !mark {
				before += `|[` + alone() + `]\p{M}*`
			}
			b.WriteString("(?:" + before + ")")
		}
		for _, r := range runes {
			b.WriteString(letter(r, false))
		}
		if i == len(s.Words)-1 && !s.Prefix {
			if filter.Alone(last(word)) {
				b.WriteString(`(?:$|[^\p{M}])`)
			} else {
				b.WriteString(`(?:$|[^` + inWord + `]|[` + alone() + `])`)
			}
		}
	}
	return b.String()
}

// last is the last letter of a word, which can only be followed by combining marks.
func last(word string) rune {
	runes := []rune(word)
	for i := len(runes) - 1; i > 0; i-- {
		if !unicode.Is(unicode.M, runes[i]) {
			return runes[i]
		}
	}
	return runes[0]
}

// letter matches a character in lower case, and all characters that become it in lower case.
func letter(r rune, json bool) string {
	if json {
		switch r {
		case '"', '\\':
			one := regexp.QuoteMeta(string(r))
			if r == '"' {
				return `(?:"|\\")`
			}
			return `\\` + one
		case '/':
			return `(?:\\?/)`
		}
		if r < ' ' {
			short := map[rune]string{'\b': `\\b|`, '\f': `\\f|`, '\n': `\\n|`, '\r': `\\r|`, '\t': `\\t|`}[r]
			return fmt.Sprintf(`(?:%s\\u00%02x|\x{%x})`, short, r, r)
		}
	}
	same := uppers()[r]
	if len(same) == 0 {
		return quoted(r)
	}
	set := "[" + quoted(r)
	for _, u := range same {
		set += quoted(u)
	}
	return set + "]"
}

func quoted(r rune) string {
	if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == ' ') {
		return string(r)
	}
	return fmt.Sprintf(`\x{%x}`, r)
}

// uppers are the characters that change in lower case, by the result.
var uppers = sync.OnceValue(func() map[rune][]rune {
	all := map[rune][]rune{}
	for _, c := range unicode.CaseRanges {
		for r := rune(c.Lo); r <= rune(c.Hi); r++ {
			if l := unicode.ToLower(r); l != r {
				all[l] = append(all[l], r)
			}
		}
	}
	return all
})

// alone are the letters of scripts without spaces between words, as the ranges of a set.
var alone = sync.OnceValue(func() string {
	var b strings.Builder
	from := rune(-1)
	for r := rune(0x0e00); r <= 0x34000; r++ {
		switch is := filter.Alone(r); {
		case is && from < 0:
			from = r
		case !is && from >= 0:
			fmt.Fprintf(&b, `\x{%x}-\x{%x}`, from, r-1)
			from = -1
		}
	}
	return b.String()
})

// piece is a text, in lower case, that every matching text contains; "" if none is long enough. Searching for it first is several times faster, and
// can use an index. Engines convert some letters to lower case differently than Go, so a piece consists only of letters without case and of ASCII
// letters, except i, which the Turkish İ becomes, and k, which the Kelvin sign becomes.
func piece(s filter.Search) string {
	best := ""
	for _, word := range append([]string{s.Inside}, s.Words...) {
		for _, part := range strings.FieldsFunc(word, func(r rune) bool {
			if r >= unicode.MaxASCII {
				return unicode.ToUpper(r) != r || unicode.ToLower(r) != r || len(uppers()[r]) > 0
			}
			return r == 'i' || r == 'k' || r < ' ' || strings.ContainsRune(`"\%/`, r)
		}) {
			if len(part) > len(best) {
				best = part
			}
		}
	}
	if len(best) < 3 {
		return ""
	}
	return best
}

// Regexp is the regular expression of a value that may be a pattern. It is used instead of LIKE, because DuckDB's LIKE tries all ways to split a
// text, and there are millions of them if one letter occurs 200 times in it and four times in the pattern. The time for this expression is
// proportional to the length of the text.
func Regexp(v filter.Value) string { return "(?s)" + patterned(v, regexp.QuoteMeta, ".*") }

// Like is the same for LIKE, with a backslash before characters that stand for themselves.
func Like(v filter.Value) string { return patterned(v, likeEscaper.Replace, "%") }

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func patterned(v filter.Value, escape func(string) string, star string) string {
	parts := []string{v.Text}
	if v.Pattern {
		parts = v.Parts()
	}
	for i := range parts {
		parts[i] = escape(table.Clean(parts[i]))
	}
	return strings.Join(parts, star)
}
