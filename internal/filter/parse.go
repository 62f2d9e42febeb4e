package filter

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an expression. Each is far above what people write, and far below what would be expensive for a storage.
const (
	MaxLength = 8 << 10 // bytes
	MaxTerms  = 200     // terms, and values of them
	MaxDepth  = 20      // parentheses inside each other
	// maxStars is the largest number of wildcards in one value.
	maxStars = 4
)

// SyntaxError describes an error in an expression and its position.
type SyntaxError struct {
	// At is the position in characters, from 0.
	At int
	// Message is a sentence for people: what was found, what was expected, and what to do.
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("at character %d: %s", e.At+1, e.Message) }

// Parse parses an expression. Errors are *SyntaxError. An empty expression is Everything.
func Parse(of Of, text string) (Expr, error) {
	p := &parser{of: of, text: text}
	if len(text) > MaxLength {
		return nil, p.fail(0, "The expression has %d bytes; %d are allowed. Shorten the expression.", len(text), MaxLength)
	}
	if !utf8.ValidString(text) {
		return nil, p.fail(0, "The expression is not valid UTF-8.")
	}
	p.space()
	if p.done() {
		return Everything, nil
	}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if !p.done() { // or ends only here or before a parenthesis
		return nil, p.fail(p.at, "There is a ) without its (. Remove it, or put quotes around text that has one.")
	}
	return e, nil
}

type parser struct {
	of    Of
	text  string
	at    int // in bytes
	terms int
	depth int
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &SyntaxError{At: utf8.RuneCountInString(p.text[:min(at, len(p.text))]), Message: fmt.Sprintf(format, args...)}
}

func (p *parser) done() bool { return p.at >= len(p.text) }

func (p *parser) peek() byte {
	if p.done() {
		return 0
	}
	return p.text[p.at]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) space() {
	for !p.done() && isSpace(p.text[p.at]) {
		p.at++
	}
}

// keyword consumes an upper-case keyword if it comes next as a whole word.
func (p *parser) keyword(word string) bool {
	rest := p.text[p.at:]
	if !strings.HasPrefix(rest, word) {
		return false
	}
	if after := rest[len(word):]; after != "" && !isSpace(after[0]) && after[0] != '(' && after[0] != ')' {
		return false
	}
	p.at += len(word)
	p.space()
	return true
}

func (p *parser) or() (Expr, error) {
	var any Or
	for {
		e, err := p.and()
		if err != nil {
			return nil, err
		}
		any = append(any, e)
		if !p.keyword("OR") {
			break
		}
	}
	if len(any) == 1 {
		return any[0], nil
	}
	return any, nil
}

func (p *parser) and() (Expr, error) {
	var all And
	for {
		e, err := p.not()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		p.keyword("AND")
		if p.done() || p.peek() == ')' || p.ahead("OR") {
			break
		}
	}
	if p.ended("AND") {
		return nil, p.fail(p.at, "A term was expected after AND.")
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

// ahead reports whether a keyword comes next.
func (p *parser) ahead(word string) bool {
	at := p.at
	found := p.keyword(word)
	p.at = at
	return found
}

// ended reports whether the last token was a keyword.
func (p *parser) ended(word string) bool {
	before := strings.TrimRight(p.text[:p.at], " \t\r\n")
	rest, found := strings.CutSuffix(before, word)
	return found && (rest == "" || isSpace(rest[len(rest)-1]) || rest[len(rest)-1] == ')')
}

func (p *parser) not() (Expr, error) {
	start := p.at
	negated := false
	for {
		if p.keyword("NOT") {
			negated = !negated
		} else if p.peek() == '-' && p.at+1 < len(p.text) && !isSpace(p.text[p.at+1]) {
			p.at++
			negated = !negated
		} else {
			break
		}
		if p.terms++; p.terms > MaxTerms {
			return nil, p.fail(start, "There are more than %d terms. Shorten the expression.", MaxTerms)
		}
	}
	e, err := p.primary()
	if err != nil {
		return nil, err
	}
	p.space()
	if negated {
		return Not{e}, nil
	}
	return e, nil
}

func (p *parser) primary() (Expr, error) {
	start := p.at
	switch {
	case p.done():
		return nil, p.fail(p.at, "A term was expected, but the expression ends.")
	case p.peek() == ')':
		return nil, p.fail(p.at, "A term was expected before this ).")
	case p.ahead("OR"), p.ahead("AND"):
		return nil, p.fail(p.at, "A term was expected before this word. To search for the word itself, put it into quotes.")
	case p.peek() == '(':
		if p.depth++; p.depth > MaxDepth {
			return nil, p.fail(start, "Parentheses are nested more than %d deep.", MaxDepth)
		}
		p.at++
		p.space()
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		if p.peek() != ')' {
			return nil, p.fail(start, "This ( is not closed. Add a ), or put quotes around text that has one.")
		}
		p.at++
		p.depth--
		return e, nil
	}
	return p.term()
}

// term parses field:values, a word or a phrase.
func (p *parser) term() (Expr, error) {
	start := p.at
	if p.terms++; p.terms > MaxTerms {
		return nil, p.fail(start, "There are more than %d terms. Shorten the expression.", MaxTerms)
	}
	if p.peek() == '"' {
		text, err := p.quoted()
		if err != nil {
			return nil, err
		}
		return p.search(start, text, false)
	}
	word := p.bare(":")
	if p.peek() != ':' {
		return p.search(start, word, true)
	}
	p.at++
	if word == "" {
		return nil, p.fail(start, "The name of a field was expected before this colon. To search for text with a colon, put it into quotes.")
	}
	if word == strings.TrimSuffix(Property, ".") && p.peek() == '"' { // prop:"…", which has no NAME
		return nil, p.fail(start, "Write prop.NAME: and the value.")
	}
	field, known := Find(p.of, word)
	if !known {
		return nil, p.unknown(start, word)
	}
	return p.condition(start, field)
}

func (p *parser) unknown(start int, name string) error {
	hint := "To search for text with a colon, put it into quotes."
	if near := nearest(p.of, strings.ToLower(name)); near != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", near, hint)
	}
	for _, of := range Lists {
		if _, known := Find(of, name); known {
			return p.fail(start, "%s have no field %q; %s have. %s", capital(string(p.of)), shorten(name), of, hint)
		}
	}
	return p.fail(start, "There is no field %q. %s", shorten(name), hint)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// shorten shortens the user's text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// bare reads up to white space, a parenthesis, a quote or one of the bytes in stop.
func (p *parser) bare(stop string) string {
	start := p.at
	for !p.done() {
		c := p.text[p.at]
		if isSpace(c) || c == '(' || c == ')' || c == '"' || strings.IndexByte(stop, c) >= 0 {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

// quoted parses a text in quotes. \" stands for a quote and \\ for a backslash.
func (p *parser) quoted() (string, error) {
	start := p.at
	p.at++
	var b strings.Builder
	for !p.done() {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return b.String(), nil
		case c == '\\' && !p.done() && (p.text[p.at] == '"' || p.text[p.at] == '\\'):
			b.WriteByte(p.text[p.at])
			p.at++
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail(start, `This quote is not closed. Add a ".`)
}

// search makes a search from a word or a phrase. Only a bare word has wildcards.
func (p *parser) search(start int, text string, wild bool) (Expr, error) {
	var s Search
	if wild {
		if strings.Trim(text, "*") == "" && text != "" {
			return nil, p.fail(start, "A * alone matches everything: remove it.")
		}
		inside, left := strings.CutPrefix(text, "*")
		inside, right := strings.CutSuffix(inside, "*")
		if strings.Contains(inside, "*") || left && !right {
			return nil, p.fail(start, "In a search, write * at the end of a word (refund*) or around a part (*fund*).")
		}
		if left {
			return Search{Inside: strings.ToLower(inside)}, nil
		}
		text, s.Prefix = inside, right
	}
	if s.Words = Words(text); len(s.Words) == 0 {
		return nil, p.fail(start, "There is no letter or digit in %q to search for.", shorten(text))
	}
	if p.terms += len(s.Words) - 1; p.terms > MaxTerms {
		return nil, p.fail(start, "There are more than %d words. Shorten the expression.", MaxTerms)
	}
	return s, nil
}

// condition parses what follows a field's colon.
func (p *parser) condition(start int, field Field) (Expr, error) {
	c := Cond{Field: field, Op: Equal}
	for _, op := range []Op{GreaterEqual, LessEqual, Greater, Less} {
		if strings.HasPrefix(p.text[p.at:], string(op)) {
			if !slices.Contains(field.Operators(), string(op)) {
				return nil, p.fail(p.at, "%s cannot be compared with %s: it is %s.", field.Name, op, kindOf(field))
			}
			c.Op = op
			p.at += len(op)
			break
		}
	}
	for {
		v, err := p.value(field)
		if err != nil {
			return nil, err
		}
		c.Values = append(c.Values, v)
		if p.peek() != ',' {
			break
		}
		if c.Op != Equal {
			return nil, p.fail(p.at, "Only one value can follow %s.", c.Op)
		}
		p.at++
		if p.terms++; p.terms > MaxTerms {
			return nil, p.fail(start, "There are more than %d values. Shorten the expression.", MaxTerms)
		}
	}
	for _, v := range c.Values {
		if v.Pattern && v.Text == "*" {
			return Cond{Field: field, Op: Has}, nil
		}
	}
	return c, nil
}

func kindOf(f Field) string {
	switch f.Type {
	case Bool:
		return "true or false"
	case Choice:
		return "one of " + strings.Join(f.Choices, ", ")
	case Number:
		return "a number"
	case Duration:
		return "a duration"
	case Decimal:
		return "an amount"
	case Time:
		return "a time"
	}
	return "a text"
}

func (p *parser) value(f Field) (Value, error) {
	start := p.at
	if p.peek() == '"' {
		text, err := p.quoted()
		if err != nil {
			return Value{}, err
		}
		if f.Type == Text {
			return Value{Text: text}, nil
		}
		return p.read(start, f, text)
	}
	stop := ","
	text := p.bare(stop)
	if text == "" {
		return Value{}, p.fail(start, "A value was expected after %s: %s.", f.Name, example(f))
	}
	if text == "*" {
		return Value{Text: "*", Pattern: true}, nil
	}
	if f.Type == Text {
		stars := strings.Count(text, "*")
		if stars > maxStars {
			return Value{}, p.fail(start, "There are more than %d wildcards in one value.", maxStars)
		}
		if stars > 0 {
			return Value{Text: strings.NewReplacer(`\`, `\\`).Replace(text), Pattern: true}, nil
		}
		return Value{Text: text}, nil
	}
	return p.read(start, f, text)
}

func example(f Field) string {
	switch f.Type {
	case Bool:
		return f.Name + ":true"
	case Choice:
		return f.Name + ":" + f.Choices[0]
	case Number:
		return f.Name + ":>=1.5k"
	case Duration:
		return f.Name + ":>2s"
	case Decimal:
		return f.Name + ":>0.05"
	case Time:
		return f.Name + ":>=2026-05-04"
	}
	return f.Name + ":word, " + f.Name + `:"two words" or ` + f.Name + ":* for any"
}

// read parses a value that is not a text.
func (p *parser) read(start int, f Field, text string) (Value, error) {
	switch f.Type {
	case Bool:
		switch strings.ToLower(text) {
		case "true":
			return Value{Int: 1}, nil
		case "false":
			return Value{}, nil
		}
	case Choice:
		if slices.Contains(f.Choices, text) {
			return Value{Text: text}, nil
		}
	case Number, Decimal:
		if n, ok := number(text, counts); ok {
			return Value{Number: n}, nil
		}
	case Duration:
		if n, ok := number(text, seconds); ok {
			return Value{Number: n}, nil
		}
	case Time:
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
			if t, err := time.Parse(layout, text); err == nil {
				return Value{Int: t.UnixMilli()}, nil
			}
		}
	}
	return Value{}, p.fail(start, "%q is not a value of %s, which is %s. Write for instance %s.", shorten(text), f.Name, kindOf(f), example(f))
}

// Units that may follow a number.
var (
	counts  = map[string]float64{"": 1, "k": 1e3, "K": 1e3, "m": 1e6, "M": 1e6}
	seconds = map[string]float64{"": 1, "us": -1e6, "µs": -1e6, "ms": -1e3, "s": 1, "m": 60, "h": 3600, "d": 86400}
)

// number parses a number and its unit. A unit below 0 divides: 9 ms are 9/1000 s, which is how latencies are stored, and not 9 times 0.001, which is
// a different float.
func number(text string, units map[string]float64) (float64, bool) {
	digits := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzKMµ")
	unit, known := units[text[len(digits):]]
	if !known || digits == "" || strings.ContainsAny(digits, "xX_pPiInN") {
		return 0, false
	}
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(n*unit, 0) {
		return 0, false
	}
	if unit < 0 {
		return n / -unit, true
	}
	return n * unit, true
}
