package filter

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Row is what Match reads of a row.
type Row interface {
	// Values are what the row has of a field: none, one, or several of which any may match (a trace has many models).
	Values(field string) []Value
	// Texts are what a search looks through: prompts, answers, arguments and results of tools, errors, names.
	Texts() []string
}

// Match says whether a row meets a condition. It is the meaning of the language in its simplest form: storages are tested
// against it. It reads every text of the row for each search.
func Match(e Expr, row Row) bool {
	switch e := e.(type) {
	case And:
		return !slices.ContainsFunc(e, func(x Expr) bool { return !Match(x, row) })
	case Or:
		return slices.ContainsFunc(e, func(x Expr) bool { return Match(x, row) })
	case Not:
		return !Match(e.Expr, row)
	case Cond:
		return slices.ContainsFunc(row.Values(e.Field.Name), e.holds)
	case Search:
		return slices.ContainsFunc(row.Texts(), e.In)
	}
	panic("filter: not an expression") // a mistake of the program
}

func (c Cond) holds(v Value) bool {
	if c.Op == Has {
		return true
	}
	return slices.ContainsFunc(c.Values, func(want Value) bool {
		order := 0
		switch c.Field.Type {
		case Text, Choice:
			return want.Is(v.Text)
		case Number, Duration:
			order = compare(v.Number, want.Number)
		case Time, Bool:
			order = compare(v.Int, want.Int)
		}
		switch c.Op {
		case Less:
			return order < 0
		case LessEqual:
			return order <= 0
		case Greater:
			return order > 0
		case GreaterEqual:
			return order >= 0
		}
		return order == 0
	})
}

func compare[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Is says whether a text is the one meant, or one that the pattern matches.
func (v Value) Is(text string) bool {
	if v.Pattern {
		return like(v.Text, text)
	}
	return v.Text == text
}

// Parts of a pattern are the texts between its stars: a value begins with the first, ends with the last, and has those between
// in order. A pattern always has one star at least, so there are always two parts.
func (v Value) Parts() []string {
	parts := []string{""}
	last := func() *string { return &parts[len(parts)-1] }
	for i := 0; i < len(v.Text); i++ {
		switch c := v.Text[i]; {
		case c == '\\' && i+1 < len(v.Text):
			i++
			*last() += v.Text[i : i+1]
		case c == '*':
			parts = append(parts, "")
		default:
			*last() += v.Text[i : i+1]
		}
	}
	return parts
}

// like matches in one pass: the earliest place of each part leaves the most room for the next.
func like(pattern, s string) bool {
	parts := Value{Text: pattern}.Parts()
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(s, part)
		if !found {
			return false
		}
		s = after
	}
	return strings.HasSuffix(s, last)
}

// In looks for the search in one text.
func (s Search) In(text string) bool {
	if s.Inside != "" {
		return strings.Contains(strings.ToLower(text), s.Inside)
	}
	words := Words(text)
	n := len(s.Words)
	for i := 0; i+n <= len(words); i++ {
		last := words[i+n-1] == s.Words[n-1] || s.Prefix && strings.HasPrefix(words[i+n-1], s.Words[n-1])
		if last && slices.Equal(words[i:i+n-1], s.Words[:n-1]) {
			return true
		}
	}
	return false
}

// InJSON looks for the search in a text of JSON as people read it: escapes of its strings are what they stand for.
func (s Search) InJSON(raw string) bool {
	if strings.IndexByte(raw, '\\') >= 0 {
		raw = decoded(raw)
	}
	return s.In(raw)
}

// decoded replaces the escapes of JSON's strings.
func decoded(raw string) string {
	b := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' || i+1 == len(raw) {
			b = append(b, c)
			continue
		}
		i++
		switch c = raw[i]; c {
		case 'b', 'f', 'n', 'r', 't':
			b = append(b, map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[c])
		case 'u':
			n, err := strconv.ParseUint(raw[i+1:min(i+5, len(raw))], 16, 32)
			if err != nil {
				n = unicode.ReplacementChar
			}
			b = utf8.AppendRune(b, rune(n)) // a lone surrogate becomes U+FFFD: pairs have no escapes in canonical JSON
			i = min(i+4, len(raw)-1)
		default:
			b = append(b, c)
		}
	}
	return string(b)
}
