package textblock

import (
	"bytes"
	"strconv"
	"strings"
)

// Plain is the text of canonical JSON that is searched: each escape stands for its character, and what is no text of JSON's (braces,
// names, quotes) stays where it is. Half a pair of surrogates is U+FFFD.
func Plain(json []byte) string {
	if bytes.IndexByte(json, '\\') < 0 {
		return string(json)
	}
	var out strings.Builder
	out.Grow(len(json))
	for {
		at := bytes.IndexByte(json, '\\')
		if at < 0 || at+1 >= len(json) {
			out.Write(json)
			return out.String()
		}
		out.Write(json[:at])
		size := escape(json[at:])
		switch c := json[at+1]; c {
		case 'b':
			out.WriteByte('\b')
		case 'f':
			out.WriteByte('\f')
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 't':
			out.WriteByte('\t')
		case 'u':
			n, err := strconv.ParseUint(string(json[at+2:at+size]), 16, 16)
			if err != nil {
				n = '\uFFFD'
			}
			out.WriteRune(rune(n)) // half a pair becomes U+FFFD
		default:
			out.WriteByte(c)
		}
		json = json[at+size:]
	}
}
