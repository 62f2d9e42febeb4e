package assets

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Rewrite returns a style sheet in which the addresses that it loads are replaced. to gets each of them, resolved against base, which may be nil, and
// returns the replacement; "" stands for an address that loads nothing. Addresses within the sheet or the page (data:, #…) stay.
func Rewrite(css string, base *url.URL, to func(address string, kind Kind) string) string {
	s := sheet{css: css, base: base, to: to}
	s.scan()
	s.out.WriteString(css[s.written:])
	return s.out.String()
}

// nothing is a valid address that loads nothing.
const nothing = "data:,"

// loaders are functions that load the address in a string. Elsewhere a string is only text.
var loaders = map[string]bool{"image-set": true, "-webkit-image-set": true, "image": true, "src": true, "cross-fade": true, "-webkit-cross-fade": true}

// sheet is scanned once, as browsers read it (https://www.w3.org/TR/css-syntax-3/#tokenization).
type sheet struct {
	css         string
	base        *url.URL
	to          func(string, Kind) string
	at, written int
	out         strings.Builder
	nested      []bool // for each open parenthesis, whether it is of a function that loads
	importing   bool   // between @import and its address
	naming      bool   // in @namespace, whose address is only a name
}

func (s *sheet) peek(i int) byte {
	if s.at+i < len(s.css) {
		return s.css[s.at+i]
	}
	return 0
}

func (s *sheet) scan() {
	for s.at < len(s.css) {
		c := s.css[s.at]
		switch {
		case c == '/' && s.peek(1) == '*':
			end := strings.Index(s.css[s.at+2:], "*/")
			if end < 0 {
				s.at = len(s.css)
				return
			}
			s.at += end + 4
		case c == '"' || c == '\'':
			from := s.at
			value := s.text()
			if s.importing {
				s.replace(from, value, Stylesheet, `"`, `"`)
				s.importing = false
			} else if len(s.nested) > 0 && s.nested[len(s.nested)-1] {
				s.replace(from, value, InSheet, `"`, `"`)
			}
		case c == '@':
			s.at++
			name := s.name()
			s.importing, s.naming = name == "import", name == "namespace"
		case startsName(c) || c == '-' || s.isEscape():
			s.word()
		case isName(c) || c == '#': // a number with its unit, or a color
			s.at++
			s.name()
		default:
			switch c {
			case '(':
				s.nested = append(s.nested, len(s.nested) > 0 && s.nested[len(s.nested)-1])
			case ')':
				s.nested = s.nested[:max(len(s.nested)-1, 0)]
			case ';', '{', '}':
				s.importing, s.naming = false, false
			}
			s.at++
		}
	}
}

// word reads a name, and an address after "url(".
func (s *sheet) word() {
	from := s.at
	name := s.name()
	if s.at == from {
		s.at++ // a lone minus
		return
	}
	if s.peek(0) != '(' {
		return
	}
	s.at++
	if name != "url" {
		s.nested = append(s.nested, loaders[name] || len(s.nested) > 0 && s.nested[len(s.nested)-1])
		return
	}
	for s.at < len(s.css) && isSpace(s.css[s.at]) {
		s.at++
	}
	kind := InSheet
	if s.importing {
		kind, s.importing = Stylesheet, false
	}
	if c := s.peek(0); c == '"' || c == '\'' {
		start := s.at
		value := s.text()
		if !s.naming {
			s.replace(start, value, kind, `"`, `"`)
		}
		s.nested = append(s.nested, false) // only names may follow
		return
	}
	var value strings.Builder
	for s.at < len(s.css) && s.css[s.at] != ')' {
		if s.isEscape() {
			value.WriteString(s.escape())
			continue
		}
		value.WriteByte(s.css[s.at])
		s.at++
	}
	if s.at < len(s.css) {
		s.at++
	}
	if !s.naming {
		s.replace(from, strings.TrimSpace(value.String()), kind, `url("`, `")`)
	}
}

// replace writes another address in place of the text since from.
func (s *sheet) replace(from int, value string, kind Kind, before, after string) {
	if isLocal(value) {
		return
	}
	next := nothing
	if address := resolve(s.base, value); address != "" {
		if to := s.to(address, kind); to != "" {
			next = to
		}
	}
	s.out.WriteString(s.css[s.written:from])
	s.out.WriteString(before)
	s.out.WriteString(inQuotes.Replace(next))
	s.out.WriteString(after)
	s.written = s.at
}

var inQuotes = strings.NewReplacer(`"`, `\22 `, `\`, `\5c `, "\n", `\a `, "\r", `\d `, "\f", `\c `)

// text reads a string and returns its value.
func (s *sheet) text() string {
	end := s.css[s.at]
	s.at++
	var value strings.Builder
	for s.at < len(s.css) {
		c := s.css[s.at]
		switch {
		case c == end:
			s.at++
			return value.String()
		case isNewline(c):
			return value.String() // a string without its end
		case s.isEscape():
			value.WriteString(s.escape())
		case c == '\\':
			s.at++ // an escaped end of a line, or of the sheet
			if s.peek(0) == '\r' && s.peek(1) == '\n' {
				s.at++
			}
			s.at = min(s.at+1, len(s.css))
		default:
			value.WriteByte(c)
			s.at++
		}
	}
	return value.String()
}

// name reads a name, in lower case.
func (s *sheet) name() string {
	var name strings.Builder
	for s.at < len(s.css) {
		switch c := s.css[s.at]; {
		case isName(c):
			name.WriteByte(c)
			s.at++
		case s.isEscape():
			name.WriteString(s.escape())
		default:
			return strings.ToLower(name.String())
		}
	}
	return strings.ToLower(name.String())
}

func (s *sheet) isEscape() bool {
	return s.css[s.at] == '\\' && s.at+1 < len(s.css) && !isNewline(s.css[s.at+1])
}

// escape reads an escape and returns what it stands for.
func (s *sheet) escape() string {
	s.at++
	code, digits := rune(0), 0
	for digits < 6 && s.at < len(s.css) {
		d, ok := digit(s.css[s.at])
		if !ok {
			break
		}
		code, digits = code<<4|d, digits+1
		s.at++
	}
	if digits == 0 {
		_, n := utf8.DecodeRuneInString(s.css[s.at:])
		s.at += n
		return s.css[s.at-n : s.at]
	}
	if s.peek(0) == '\r' && s.peek(1) == '\n' {
		s.at++
	}
	if s.at < len(s.css) && isSpace(s.css[s.at]) {
		s.at++
	}
	if code == 0 || !utf8.ValidRune(code) {
		return "\uFFFD"
	}
	return string(code)
}

func digit(c byte) (rune, bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c|0x20-'a') + 10, true
	}
	return 0, false
}

func isNewline(c byte) bool { return c == '\n' || c == '\r' || c == '\f' }
func isSpace(c byte) bool   { return c == ' ' || c == '\t' || isNewline(c) }
func startsName(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80 || c == 0
}
func isName(c byte) bool { return startsName(c) || c >= '0' && c <= '9' || c == '-' }

// isLocal says whether an address stays within the recording: a data URL, or a part of the same page.
func isLocal(address string) bool {
	head := strings.TrimLeft(address[:min(len(address), 64)], "\x00\t\n\v\f\r ")
	return strings.HasPrefix(head, "#") || len(head) >= 5 && strings.EqualFold(head[:5], "data:")
}

// resolve returns an address as an absolute HTTP address, "" if it is none.
func resolve(base *url.URL, address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	return canonical(u)
}

// canonical is the only form in which an address is used: without its fragment, which is not sent to a server. It is "" for an address that cannot be
// fetched.
func canonical(u *url.URL) string {
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return ""
	}
	one := *u
	one.Host, one.Fragment, one.RawFragment = strings.ToLower(one.Host), "", ""
	if one.Path == "" {
		one.Path = "/"
	}
	if text := one.String(); len(text) <= maxAddress {
		return text
	}
	return ""
}

// maxAddress is the longest address that is fetched, in bytes.
const maxAddress = 2048
