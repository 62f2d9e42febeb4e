package texts

import (
	"strings"
	"unicode/utf8"
)

// plain is a text unchanged, nil for none.
func plain(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(strings.ToValidUTF8(text, "\uFFFD"))
}

// quote is a text in the form of a canonical JSON string without its quotes (see model.Content), in which only quotes, backslashes and control
// characters are escaped; nil for none.
func quote(text string) []byte {
	if text == "" {
		return nil
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' }) {
		return []byte(text)
	}
	const hex = "0123456789abcdef"
	out := make([]byte, 0, len(text)+8)
	for _, r := range text {
		switch r {
		case '"', '\\':
			out = append(out, '\\', byte(r))
		case '\b':
			out = append(out, '\\', 'b')
		case '\f':
			out = append(out, '\\', 'f')
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		default:
			if r < ' ' {
				out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
				continue
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return out
}
