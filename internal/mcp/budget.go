package mcp

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	defaultBudget = 5000
	leastBudget   = 300
	mostBudget    = 50_000
	// reserve is kept for the line that says how to read on.
	reserve = 100
)

// answer is the text of a result while it is written, within a budget of tokens.
type answer struct {
	b    strings.Builder
	left int // weight
}

func newAnswer(budget int) (*answer, error) {
	if budget == 0 {
		budget = defaultBudget
	}
	if budget < leastBudget || budget > mostBudget {
		return nil, bad("budget is the number of tokens of the answer: %d to %d, or none for %d.", leastBudget, mostBudget, defaultBudget)
	}
	return &answer{left: (budget - reserve) * whole}, nil
}

// fits writes a line, or the lines of a text, if there is room for all of it.
func (a *answer) fits(text string) bool {
	w := weight(text) + weightOf('\n')
	if w > a.left {
		return false
	}
	a.left -= w
	a.b.WriteString(text)
	a.b.WriteByte('\n')
	return true
}

// line writes a line, cut where there is no more room.
func (a *answer) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !a.fits(text) {
		text, _ = clipWeight(text, a.left-2*whole)
		a.fits(text + "…")
	}
}

// some writes as much of a text as fits into a number of tokens and into what is left, and reports whether that was all.
func (a *answer) some(text string, most int) bool {
	part, all := clipWeight(text, min(most*whole, a.left-4*whole))
	if part != "" {
		a.fits(part)
	}
	return all
}

// end writes the line that says how to read on, for which there always is room.
func (a *answer) end(format string, args ...any) {
	fmt.Fprintf(&a.b, format+"\n", args...)
}

func (a *answer) String() string { return a.b.String() }

// tokensLeft is about how many tokens there is room for.
func (a *answer) tokensLeft() int { return a.left / whole }

// Tokens are estimated: models of all providers count differently, and nobody can count without a model's vocabulary. The weights, in twelfths of a
// token, were fitted to the counts of OpenAI's vocabulary o200k for the texts in TestTokens: English, Chinese, JSON, ids, times and a transcript.
// Others were not counted.
const whole = 12

func weightOf(c byte) int {
	switch {
	case c == ' ' || c >= utf8.RuneSelf && !utf8.RuneStart(c):
		return 0
	case c >= utf8.RuneSelf:
		return 8
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		return 3
	case '0' <= c && c <= '9':
		return whole
	}
	return 6
}

func weight(s string) (w int) {
	for i := range len(s) {
		w += weightOf(s[i])
	}
	return w
}

// tokens is about how many tokens a text has.
func tokens(s string) int { return (weight(s) + whole - 1) / whole }

// clip returns the beginning of a text, with at most that many tokens, and whether this is the whole text.
func clip(s string, most int) (string, bool) { return clipWeight(s, most*whole) }

func clipWeight(s string, most int) (string, bool) {
	for i := range len(s) {
		if most -= weightOf(s[i]); most < 0 {
			for i > 0 && !utf8.RuneStart(s[i]) {
				i--
			}
			return s[:i], false
		}
	}
	return s, true
}

// short is a text on one line of at most so many tokens.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if part, all := clip(s, most); !all {
		return part + "…"
	}
	return s
}
