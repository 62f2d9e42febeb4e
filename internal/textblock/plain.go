package textblock

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Plain converts canonical JSON to the text that is searched: each escape is replaced by its character; JSON's quotes and lone surrogates, which are
// not characters, become spaces; the rest (braces, names) is unchanged.
func Plain(json []byte) string {
	var out strings.Builder
	out.Grow(len(json))
	for {
		at := bytes.IndexAny(json, "\\\"")
		if at < 0 {
			out.Write(json)
			return out.String()
		}
		out.Write(json[:at])
		if json[at] == '"' {
			out.WriteByte(' ')
			json = json[at+1:]
			continue
		}
		size := escape(json[at:])
		switch c := json[at : at+size]; {
		case size < 2:
			out.WriteByte('\\')
		case c[1] == 'u':
			n, err := strconv.ParseUint(string(c[2:]), 16, 16)
			if err != nil || utf16.IsSurrogate(rune(n)) {
				n = ' '
			}
			out.WriteRune(rune(n))
		case strings.IndexByte("bfnrt", c[1]) >= 0:
			out.WriteByte("\b\f\n\r\t"[strings.IndexByte("bfnrt", c[1])])
		default:
			out.WriteByte(c[1])
		}
		json = json[at+size:]
	}
}
