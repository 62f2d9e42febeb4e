package seen

import (
	"bytes"
	"html"
	"unicode"
	"unicode/utf8"
)

// The marks of Markdown are punctuation, which fold leaves out, so most of Markdown needs no reading. The rest is what a page shows or does not show,
// depending on how it renders: addresses of links, numbers of lists, names of languages of code, tags, formulas, reasoning. These stay in the wording
// as characters that need not be shown. A parser of Markdown would drop them. Then a page that shows the text as it came, which many do while it
// streams, would not match.

// stripper makes the wording of a text in Markdown.
type stripper struct {
	w     *wording
	s     []byte
	free  bool // what follows need not be shown
	frees []bool
	begun bool // a word has begun
	wide  int  // how many characters it has, if they are of a language without spaces
	// fence is the mark of the current code block, nil outside of one. thinking means that the text is a part that models write for themselves.
	fence    []byte
	thinking bool
	formula  []byte // the mark that ends the current formula, nil outside of one
}

// newWording reads a text: Markdown, or plain text.
func newWording(text string) *wording {
	m := stripper{w: &wording{}, s: []byte(text)}
	if most := 4 * maxRunes; len(m.s) > most {
		m.s = m.s[:most]
	}
	for at := 0; at < len(m.s) && len(m.w.runes) < maxRunes; {
		end := bytes.IndexByte(m.s[at:], '\n')
		if end < 0 {
			end = len(m.s)
		} else {
			end += at
		}
		m.line(m.s[at:end])
		m.gap()
		at = end + 1
	}
	m.gap()
	w := m.w
	if len(w.runes) > maxRunes {
		w.runes, m.frees = w.runes[:maxRunes], m.frees[:maxRunes]
		for len(w.words) > 0 && w.words[len(w.words)-1] > maxRunes {
			w.words = w.words[:len(w.words)-1]
		}
	}
	w.finish(m.frees)
	return w
}

// finish notes which characters need not be shown. If a text has only such characters, all must be shown. Emoji need not be shown, because pages show
// them as pictures.
func (w *wording) finish(free []bool) {
	letters, all := 0, 0
	for i, r := range w.runes {
		if !free[i] {
			all++
			if !isEmoji(r) {
				letters++
			}
		}
	}
	w.skip = make([]int32, len(w.runes)+1)
	end := int32(len(w.runes))
	w.skip[end] = end
	for i := len(w.runes) - 1; i >= 0; i-- {
		w.skip[i] = int32(i)
		if all > 0 && (free[i] || letters > 0 && isEmoji(w.runes[i])) {
			w.skip[i], w.leaves = w.skip[i+1], true
		} else {
			w.need++
			w.weight += weigh(w.runes[i : i+1])
		}
	}
	w.index()
}

// must reports whether the page must show the i-th character for the answer to be shown whole.
func (w *wording) must(i int) bool { return w.skip[i] == int32(i) }

func (m *stripper) put(r rune) {
	if r = foldRune(r); r == 0 {
		return
	}
	wide := isWide(r)
	if wide && m.wide == 2 || !wide && m.wide > 0 { // in these languages about two characters are a word
		m.gap()
	}
	if m.begun && wide && m.wide == 0 {
		m.gap()
	}
	m.w.runes = append(m.w.runes, r)
	m.frees = append(m.frees, m.free || m.thinking || m.formula != nil)
	m.begun = true
	if wide {
		m.wide++
	}
}

// gap ends a word.
func (m *stripper) gap() {
	if m.begun {
		m.w.words = append(m.w.words, int32(len(m.w.runes)))
	}
	m.begun, m.wide = false, 0
}

func (m *stripper) plain(s []byte) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		i += size
		if unicode.IsSpace(r) {
			m.gap()
			continue
		}
		m.put(r)
	}
}

// may puts text that need not be shown.
func (m *stripper) may(s []byte) {
	was := m.free
	m.free = true
	m.gap()
	m.plain(s)
	m.gap()
	m.free = was
}

func (m *stripper) line(s []byte) {
	body := bytes.TrimLeft(s, " \t>")
	if mark := fenceOf(body); mark != nil {
		if m.fence == nil {
			m.fence = mark
			m.may(body[len(mark):])
			return
		}
		if mark[0] == m.fence[0] && len(mark) >= len(m.fence) && len(bytes.TrimSpace(body[len(mark):])) == 0 {
			m.fence = nil
			return
		}
	}
	if m.fence != nil {
		m.plain(s)
		return
	}
	if isDefinition(body) {
		m.may(body)
		return
	}
	if n := listNumber(body); n > 0 {
		m.may(body[:n])
		body = body[n:]
	} else if len(body) > 1 && bytes.IndexByte([]byte("-*+"), body[0]) >= 0 && body[1] == ' ' {
		body = bytes.TrimLeft(body[1:], " ")
	}
	if len(body) > 3 && body[0] == '[' && body[2] == ']' && body[3] == ' ' { // the box of a task list
		body = body[4:]
	}
	m.inline(body)
}

// fenceOf returns the mark that begins or ends a block of code, nil for none.
func fenceOf(s []byte) []byte {
	for _, c := range []byte("`~") {
		n := 0
		for n < len(s) && s[n] == c {
			n++
		}
		if n >= 3 && (c == '~' || bytes.IndexByte(s[n:], '`') < 0) {
			return s[:n]
		}
	}
	return nil
}

// listNumber returns the length of the number with which a line of an ordered list begins. Browsers show this number, but not as text.
func listNumber(s []byte) int {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' ' {
		return n + 1
	}
	return 0
}

// isDefinition reports whether a line defines a reference: "[1]: https://…".
func isDefinition(s []byte) bool {
	if len(s) == 0 || s[0] != '[' {
		return false
	}
	end := bytes.IndexByte(s, ']')
	return end > 1 && end+1 < len(s) && s[end+1] == ':'
}

// longest is the greatest length, in bytes, of text in brackets, tags and formulas. Longer ones are plain text.
const longest = 2000

func (m *stripper) inline(s []byte) {
	for len(s) > 0 {
		if m.formula != nil {
			end := bytes.Index(s, m.formula)
			if end < 0 {
				m.plain(s)
				return
			}
			m.plain(s[:end])
			s = s[end+len(m.formula):]
			m.formula = nil
			continue
		}
		n := m.special(s)
		if n > 0 {
			s = s[n:]
			continue
		}
		r, size := utf8.DecodeRune(s)
		if unicode.IsSpace(r) || r == '|' {
			m.gap()
		} else {
			m.put(r)
		}
		s = s[size:]
	}
}

// special reads a construct of more than one character at the start of s, and returns its length; 0 if there is none.
func (m *stripper) special(s []byte) int {
	switch s[0] {
	case '\\':
		if len(s) > 1 && (s[1] == '(' || s[1] == '[') {
			m.formula = []byte{'\\', s[1] + 1}
			if s[1] == '[' {
				m.formula[1] = ']'
			}
			return 2
		}
		return 1
	case '$':
		return m.dollar(s)
	case '`':
		n := 1
		for n < len(s) && s[n] == '`' {
			n++
		}
		if end := bytes.Index(s[n:], s[:n]); end >= 0 {
			m.plain(s[n : n+end])
			return n + end + n
		}
		return n
	case '<':
		return m.tag(s)
	case '&':
		if end := bytes.IndexByte(s[:min(len(s), 32)], ';'); end > 1 {
			if text := html.UnescapeString(string(s[:end+1])); text != string(s[:end+1]) {
				m.plain([]byte(text))
				return end + 1
			}
		}
	case '!':
		if len(s) > 1 && s[1] == '[' {
			if end := bytes.IndexByte(s[:min(len(s), longest)], ']'); end > 0 {
				m.may(s[2:end])
				return end // the address follows its ]
			}
		}
	case ']':
		if n := m.address(s); n > 0 {
			return n
		}
	case '[':
		end := bytes.IndexByte(s[:min(len(s), 32)], ']')
		if end > 1 && (s[1] == '^' || len(bytes.Trim(s[1:end], "0123456789, ")) == 0) { // a footnote, or the number of a source
			m.may(s[1:end])
			return end // an address may follow
		}
	case 'h':
		if bytes.HasPrefix(s, []byte("http://")) || bytes.HasPrefix(s, []byte("https://")) {
			end := bytes.IndexAny(s, " \t<>\"'`)]|")
			if end < 0 {
				end = len(s)
			}
			m.may(s[:end])
			return end
		}
	case ':':
		n := 1
		for n < len(s) && n < 32 && (s[n] >= 'a' && s[n] <= 'z' || s[n] == '_' || s[n] == '+' || s[n] == '-' || s[n] >= '0' && s[n] <= '9') {
			n++
		}
		if n > 2 && n < len(s) && s[n] == ':' && s[1] >= 'a' && !m.begun { // the name of an emoji
			m.may(s[1:n])
			return n + 1
		}
	case 0xe3:
		if bytes.HasPrefix(s, []byte("【")) {
			if end := bytes.Index(s[:min(len(s), 64)], []byte("】")); end > 0 {
				m.may(s[len("【"):end])
				return end + len("】")
			}
		}
	}
	return 0
}

// dollar reads the beginning of a formula. The sign of a price is none.
func (m *stripper) dollar(s []byte) int {
	if len(s) > 1 && s[1] == '$' {
		m.formula = []byte{'$', '$'}
		return 2
	}
	end := bytes.IndexByte(s[1:min(len(s), longest)], '$')
	if end > 0 && bytes.ContainsAny(s[1:1+end], `\^_{`) {
		m.may(s[1 : 1+end])
		return end + 2
	}
	return 1
}

// address reads the address of a link, which follows the bracket that ends the link's text.
func (m *stripper) address(s []byte) int {
	if len(s) < 2 || s[1] != '(' && s[1] != '[' {
		return 0
	}
	depth, ends := 0, s[1]+1
	if s[1] == '[' {
		ends = ']'
	}
	for i := 1; i < len(s) && i < longest; i++ {
		switch s[i] {
		case s[1]:
			depth++
		case ends:
			if depth--; depth == 0 {
				m.may(s[2:i])
				return i + 1
			}
		}
	}
	return 0
}

// tag reads an HTML tag, or an address in angle brackets.
func (m *stripper) tag(s []byte) int {
	if len(s) < 3 {
		return 0
	}
	name := s[1]
	if name == '/' {
		name = s[2]
	}
	if name != '!' && (name|0x20 < 'a' || name|0x20 > 'z') {
		return 0
	}
	end := bytes.IndexByte(s[:min(len(s), longest)], '>')
	if end < 0 {
		return 0
	}
	inside := s[1:end]
	m.may(inside)
	switch bare := bytes.ToLower(bytes.TrimPrefix(inside, []byte("/"))); string(bare) {
	case "think", "thinking", "reasoning":
		m.thinking = inside[0] != '/'
	}
	return end + 1
}
