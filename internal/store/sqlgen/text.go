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

// The regular expressions below find what filter.Match finds, in the syntax of RE2, which both engines have. In JSON (see
// model.Content) strings have escapes, which are no letters: of \nword the word is "word", and of \\nword "nword". So what stands
// before a word is either no part of a word and no backslash, or a whole escape, which begins behind an even number of backslashes.
const (
	inWord    = `\p{L}\p{N}\p{M}_`
	escape    = `\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})`
	separator = `(?:[^` + inWord + `\\]|` + escape + `)`
	// behind is what an escape begins behind.
	behind = `(?:^|[^\\])(?:\\\\)*`
)

// pattern is the regular expression of a search in JSON or in plain text.
func pattern(s filter.Search, json bool) string {
	var b strings.Builder
	b.WriteString("(?s)")
	if s.Inside != "" {
		if json {
			// From the beginning, so that it is known where escapes begin.
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

// last is the last letter of a word, behind which only its marks stand.
func last(word string) rune {
	runes := []rune(word)
	for i := len(runes) - 1; i > 0; i-- {
		if !unicode.Is(unicode.M, runes[i]) {
			return runes[i]
		}
	}
	return runes[0]
}

// letter is a character in lower case, and all that become it in lower case.
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

// uppers are, by what they become in lower case, the characters that become another one.
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

// alone are the letters of scripts that part no words, as a set's ranges.
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

// piece is a part that every text must have in lower case that a search finds, "" when none is long enough: looking for that first
// is several times faster, and can use an index. Engines write some letters in lower case otherwise than Go does, so it is of those
// letters alone that have one case, or are ASCII; but not i, which the Turkish İ becomes, nor k, which the Kelvin sign does.
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

// Regexp is the regular expression of a value that may be a pattern: DuckDB's LIKE tries all ways of parting a text, of which there are
// millions where a text of 200 letters has one that a pattern names four times. This takes as long as the text is.
func Regexp(v filter.Value) string { return "(?s)" + patterned(v, regexp.QuoteMeta, ".*") }

// Like is the same for LIKE, with a backslash before what means itself.
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
