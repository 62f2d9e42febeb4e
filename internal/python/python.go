// Package python parses values that Python printed, which reach a server if an SDK calls str on an object.
package python

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth is the deepest nesting that is parsed.
const maxDepth = 64

// JSON converts a value in the form of Python's repr to JSON, nil if it is not one: dicts, lists, tuples, sets, strings, bytes, numbers, None, and
// objects in the form of a class with fields, ResponseOutputMessage(id='m', content=[…]), which become objects with these fields. It reads each byte
// once, and nests no deeper than maxDepth.
func JSON(src []byte) []byte {
	p := reader{src: src, out: make([]byte, 0, len(src)+len(src)/8)}
	if !p.value(0) {
		return nil
	}
	if p.space(); p.i < len(src) {
		return nil
	}
	return p.out
}

// IsObject reports, by its first bytes, whether a text may be a Python object: the name of a class and a bracket.
func IsObject(s []byte) bool {
	if len(s) < len("A()") || s[0] < 'A' || s[0] > 'Z' {
		return false
	}
	for i, c := range s[:min(len(s), 100)] {
		if !isWord(c) {
			return c == '(' && i > 2
		}
	}
	return false
}

func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil { // strings always marshal
		return []byte(`""`)
	}
	return b
}

type reader struct {
	src, out []byte
	i        int
}

func (p *reader) space() {
	for p.i < len(p.src) && (p.src[p.i] == ' ' || p.src[p.i] == '\n' || p.src[p.i] == '\t' || p.src[p.i] == '\r') {
		p.i++
	}
}

func (p *reader) peek() byte {
	if p.space(); p.i < len(p.src) {
		return p.src[p.i]
	}
	return 0
}

func (p *reader) put(s string) bool {
	p.out = append(p.out, s...)
	return true
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (p *reader) value(depth int) bool {
	if depth > maxDepth {
		return false
	}
	switch c := p.peek(); {
	case c == '\'' || c == '"':
		return p.text()
	case c == '[':
		return p.list(']', depth)
	case c == '(':
		return p.list(')', depth)
	case c == '{':
		return p.dict(depth)
	case c == '<': // <Outcome.OK: 'x'>: an enumeration says what it stands for; <object at 0x7f>: nothing
		return p.angled(depth)
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	case isWord(c):
		return p.named(depth)
	}
	return false
}

// list parses items up to a bracket.
func (p *reader) list(end byte, depth int) bool {
	p.i++
	p.put("[")
	for first := true; ; first = false {
		if p.peek() == end {
			p.i++
			return p.put("]")
		}
		if !first {
			p.put(",")
		}
		if !p.value(depth + 1) {
			return false
		}
		if c := p.peek(); c == ',' {
			p.i++
		} else if c != end {
			return false
		}
	}
}

// dict parses a dict, or a set, which becomes a list.
func (p *reader) dict(depth int) bool {
	p.i++
	if p.peek() == '}' {
		p.i++
		return p.put("{}")
	}
	at := len(p.out)
	p.put("{")
	for first, isSet := true, false; ; first = false {
		if p.peek() == '}' {
			p.i++
			if isSet {
				return p.put("]")
			}
			return p.put("}")
		}
		if !first {
			p.put(",")
		}
		key := len(p.out)
		if !p.value(depth + 1) {
			return false
		}
		switch c := p.peek(); {
		case c == ':' && !isSet:
			if p.out[key] != '"' {
				if len(p.out)-key > 100 { // quoting what is quoted again and again would double it each time
					return false
				}
				name := quote(string(p.out[key:]))
				p.out = append(p.out[:key], name...)
			}
			p.put(":")
			p.i++
			if !p.value(depth + 1) {
				return false
			}
		case first || isSet:
			isSet = true
			p.out[at] = '['
		default:
			return false
		}
		if c := p.peek(); c == ',' {
			p.i++
		} else if c != '}' {
			return false
		}
	}
}

func (p *reader) word() string {
	from := p.i
	for p.i < len(p.src) && (isWord(p.src[p.i]) || p.src[p.i] == '.') {
		p.i++
	}
	return string(p.src[from:p.i])
}

// named parses a value that begins with a name: None, True, b'bytes', inf, or a class with fields.
func (p *reader) named(depth int) bool {
	word := p.word()
	if p.i < len(p.src) {
		switch c := p.src[p.i]; {
		case (c == '\'' || c == '"') && len(word) <= 2:
			return p.text()
		case c == '(':
			return p.fields(depth)
		}
	}
	switch word {
	case "None", "nan", "inf", "Ellipsis":
		return p.put("null")
	case "True":
		return p.put("true")
	case "False":
		return p.put("false")
	}
	p.out = append(p.out, quote(word)...) // an enumeration: Outcome.OK
	return true
}

// fields parses a class's fields in brackets. Values without a name go to "args".
func (p *reader) fields(depth int) bool {
	p.i++
	p.put("{")
	for n, args := 0, 0; ; n++ {
		if p.peek() == ')' {
			p.i++
			if args > 0 {
				p.put("]")
			}
			return p.put("}")
		}
		if n > 0 {
			p.put(",")
		}
		from := p.i
		if word := p.word(); word != "" && p.i < len(p.src) && p.src[p.i] == '=' {
			if args > 0 {
				p.out = append(p.out[:len(p.out)-1], `],`...)
				args = 0
			}
			p.i++
			p.out = append(append(p.out, quote(word)...), ':')
		} else {
			if p.i = from; args == 0 {
				p.put(`"args":[`)
			}
			args++
		}
		if !p.value(depth + 1) {
			return false
		}
		if c := p.peek(); c == ',' {
			p.i++
		} else if c != ')' {
			return false
		}
	}
}

// angled parses <…>, with the value after a colon if there is one.
func (p *reader) angled(depth int) bool {
	from := p.i
	for n := 0; p.i < len(p.src) && n < 200; n++ {
		c := p.src[p.i]
		p.i++
		switch c {
		case ':':
			if !p.value(depth+1) || p.peek() != '>' {
				return false
			}
			p.i++
			return true
		case '>':
			p.out = append(p.out, quote(strings.ToValidUTF8(string(p.src[from:p.i]), "\uFFFD"))...)
			return true
		}
	}
	return false
}

func (p *reader) number() bool {
	from := p.i
	for p.i < len(p.src) && (isWord(p.src[p.i]) || p.src[p.i] == '.' || p.src[p.i] == '-' || p.src[p.i] == '+') && p.i-from < 400 {
		p.i++
	}
	n := p.src[from:p.i]
	if json.Valid(n) {
		p.out = append(p.out, n...)
		return true
	}
	f, err := strconv.ParseFloat(string(n), 64) // 1. and 1_000
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return string(n) == "-inf" && p.put("null")
	}
	p.out = strconv.AppendFloat(p.out, f, 'g', -1, 64)
	return true
}

// text parses a string with either kind of quotes. Bytes become the characters with these codes.
func (p *reader) text() bool {
	const hex = "0123456789abcdef"
	end := p.src[p.i]
	p.i++
	p.put(`"`)
	rune_ := func(r rune) {
		switch {
		case r == '"' || r == '\\':
			p.out = append(p.out, '\\', byte(r))
		case r < 0x20:
			p.out = append(p.out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			p.out = utf8.AppendRune(p.out, r)
		}
	}
	for p.i < len(p.src) {
		c := p.src[p.i]
		switch {
		case c == end:
			p.i++
			return p.put(`"`)
		case c == '\\' && p.i+1 < len(p.src):
			p.i += 2
			size := 0
			switch e := p.src[p.i-1]; e {
			case 'n':
				rune_('\n')
			case 't':
				rune_('\t')
			case 'r':
				rune_('\r')
			case '\\', '\'', '"':
				rune_(rune(e))
			case 'x':
				size = 2
			case 'u':
				size = 4
			case 'U':
				size = 8
			default:
				rune_('\\')
				rune_(rune(e))
			}
			if size > 0 {
				if p.i+size > len(p.src) {
					return false
				}
				n, err := strconv.ParseUint(string(p.src[p.i:p.i+size]), 16, 32)
				if err != nil {
					return false
				}
				rune_(rune(n))
				p.i += size
			}
		case c < 0x20 || c == '"':
			rune_(rune(c))
			p.i++
		case c < utf8.RuneSelf:
			p.out = append(p.out, c)
			p.i++
		default:
			r, size := utf8.DecodeRune(p.src[p.i:])
			p.out = utf8.AppendRune(p.out, r)
			p.i += size
		}
	}
	return false
}
