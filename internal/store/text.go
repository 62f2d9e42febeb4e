package store

import (
	"strings"
	"unicode/utf8"
)

// JSONText writes text as it stands inside a string of canonical JSON (see model.Content), where only quotes, backslashes
// and control characters are escaped: what Filter.Text is looked for as in prompts and answers.
func JSONText(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' }) {
		return text
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
	return string(out)
}
