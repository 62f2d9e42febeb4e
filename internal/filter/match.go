package filter

import (
	"slices"
	"strings"
)

// Row gives Match the values of a row.
type Row interface {
	// Values are the row's values of a field: none, one, or several (a trace has many models), of which any may match.
	Values(field string) []Value
	// Texts are the texts that a search reads: prompts, answers, arguments and results of tools, errors, names.
	Texts() []string
}

// Match reports whether a row meets a condition. It defines the meaning of the language in the simplest way, and storages are tested against it. It
// reads every text of the row for each search.
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
	panic("filter: not an expression") // a bug in this program
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
		case Number, Duration, Decimal:
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

// Is reports whether a text equals the value or matches its pattern.
func (v Value) Is(text string) bool {
	if v.Search != nil {
		return v.Search.In(text)
	}
	if v.Pattern {
		return like(v.Text, text)
	}
	return v.Text == text
}

// Parts are the texts between the stars of a pattern: a matching value begins with the first part, ends with the last, and contains the others in
// order. A pattern has at least one star, so there are at least two parts.
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

// like needs one pass: if each part is found at its earliest position, most text is left for the next part.
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

// In reports whether a text contains what is searched for.
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
