package llm

import (
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// piece is a part whose long values are still positions in the text from which it is made, so that a page copies no more of them than it shows.
type piece struct {
	Part
	// said is the position of Text: inside of a JSON string, between its quotes, or a run of plain text. If it is the zero span, Text is set.
	said   span
	quoted bool
	// arguments and raw are the positions of values that are too long for Arguments and Raw. Each becomes a separate part of type json.
	arguments, raw  span
	argumentsQuoted bool
	// data is where the data of Media begin in the text, after the quote; zero for none.
	data int
}

// maxWhole is the greatest length of JSON inside a part. Longer JSON is shown as text, which can continue on the next page.
const maxWhole = 64 << 10

// setText sets the part's text to the JSON string at s.
func (p *piece) setText(s span) { p.said, p.quoted = span{s.from + 1, s.to - 1}, true }

// setRaw adds the value at s to the part.
func (p *piece) setRaw(text []byte, s span) {
	p.Raw, p.raw = nil, span{}
	if s.len() > maxWhole {
		p.raw = s
	} else {
		p.Raw = s.in(text)
	}
}

// unknown makes a piece from a value of unknown form.
func unknown(text []byte, s span) piece {
	p := piece{Part: Part{Type: PartJSON}}
	if s.len() > maxWhole {
		p.said = s
	} else {
		p.Raw = s.in(text)
	}
	return p
}

func (p *piece) saysNothing() bool {
	return p.Text == "" && p.said.len() == 0 && p.Raw == nil && p.raw.to == 0
}

// cost is the number of bytes that a byte of text can take in JSON.
var cost = func() (c [256]uint8) {
	for i := range c {
		switch {
		case i == '\n' || i == '\r' || i == '\t' || i == '"' || i == '\\':
			c[i] = 2
		case i < 0x20 || i == '<' || i == '>' || i == '&' || i == 0x7f:
			c[i] = 6
		case i == 0xE2: // U+2028 and U+2029 are escaped
			c[i] = 4
		default:
			c[i] = 1
		}
	}
	return c
}()

// take reads text[from:to], inside of a JSON string if quoted, up to budget bytes as JSON, and returns where it ended. It takes at least one
// character. A budget of zero means no limit.
func take(text []byte, from, to int, quoted bool, budget int) (said string, next, spent int) {
	at := from
	for at < to {
		size, c := 1, int(cost[text[at]])
		switch b := text[at]; {
		case quoted && b == '\\' && at+1 < to:
			size, c = 2, 2
			if text[at+1] == 'u' {
				_, size = rawjson.Escape(text[at:to])
				c = 6
			}
		case b >= utf8.RuneSelf:
			_, size = utf8.DecodeRune(text[at:to])
			c += size + 3 // what is no UTF-8 becomes U+FFFD
			if size > 1 {
				c -= 4
			}
		}
		if budget > 0 && spent+c > budget && at > from {
			break
		}
		at, spent = at+size, spent+c
	}
	if !quoted {
		return validText(string(text[from:at])), at, spent
	}
	body := text[from:at]
	return validText(string(rawjson.AppendText(make([]byte, 0, len(body)), body))), at, spent
}
