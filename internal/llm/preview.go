package llm

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// maxPreview is the length of a preview in characters.
const maxPreview = 240

// Preview is one line for lists, at most 240 characters: the last thing the user said in an input, the answer in an
// output. Only the messages it is taken from are looked into, because it is made for every event that arrives.
func Preview(raw []byte, output bool) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if raw[0] != '[' || !gjson.ValidBytes(raw) {
		return previewOf(Messages(raw, output), output)
	}
	if output {
		return anyOf(Messages(raw, true), 0)
	}
	switch first := gjson.GetBytes(raw, "0"); first.Type {
	case gjson.String: // of an embedding: what comes first says most
		return previewOf(Messages([]byte(first.Raw), false), false)
	case gjson.Number: // token ids, of which there are many
		return ""
	}
	if elements := gjson.ParseBytes(raw).Array(); len(elements) > 0 {
		for i := len(elements) - 1; i >= 0; i-- {
			if role := elements[i].Get("role").Str; role != "" && canonical(role) != "user" {
				continue
			}
			if s := previewOf(Messages([]byte(elements[i].Raw), false), false); s != "" {
				return s
			}
		}
		if last := elements[len(elements)-1]; last.Type == gjson.JSON {
			return anyOf(Messages([]byte(last.Raw), false), 0)
		}
	}
	return ""
}

// previewOf is the last text of the user in an input, the first of the assistant in an output.
func previewOf(messages []Message, output bool) string {
	if output {
		return anyOf(messages, 0)
	}
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].Role == "user" {
			if s := anyOf(messages[i:i+1], rankJSON); s != "" {
				return s
			}
		}
	}
	return ""
}

// rankJSON is the rank of what was not understood.
const rankJSON = 1

// anyOf is the best line of messages that ranks above a rank: text before refusals, before calls, before what else
// there is.
func anyOf(messages []Message, rank int) string {
	best := ""
	for i := range messages {
		for j := range messages[i].Parts {
			if s, r := say(&messages[i].Parts[j]); r > rank {
				if s = line(s); s != "" {
					best, rank = s, r
				}
			}
		}
	}
	return best
}

func say(p *Part) (s string, rank int) {
	switch p.Type {
	case PartText:
		return p.Text, 6
	case PartRefusal:
		return p.Text, 5
	case PartToolCall:
		return p.Name + "(" + cut(string(p.Arguments)) + ")", 4
	case PartAudio:
		if p.Text != "" {
			return p.Text, 5
		}
		return "[audio]", 3
	case PartImage, PartFile:
		return "[" + string(p.Type) + "]", 3
	case PartToolResult, PartThinking:
		if p.Text != "" {
			return p.Text, 2
		}
	}
	return cut(string(p.Raw)), rankJSON
}

// cut bounds what line looks at.
func cut(s string) string {
	const enough = 8 * maxPreview
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "")
	}
	return s
}

// line is s on one line, white space collapsed, cut to length.
func line(s string) string {
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			space = n > 0
			continue
		}
		need := 1
		if space {
			need = 2
		}
		if n+need > maxPreview {
			return shorten(b.String(), n)
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
		n += need
	}
	return b.String()
}

// shorten ends s, which has n characters, with an ellipsis.
func shorten(s string, n int) string {
	if n == maxPreview {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s + "…"
}
