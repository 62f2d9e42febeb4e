package llm

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/python"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxPreview is the greatest length of a preview, in characters.
const maxPreview = 240

// glance limits how much of the messages is read for a preview.
var glance = Limit{Parts: 64, Bytes: 16 << 10}

// candidates is how many of the user's last messages are read to find one with text.
const candidates = 8

// Preview returns one line for lists, at most 240 characters: the user's last message in an input, the answer in an output. It is made for every event
// that arrives. Therefore it first looks for text only where every provider has it, and reads messages completely only if that finds nothing or JSON:
// tool calls, images, refusals, and the items of a responses input, which @posthog/ai sends as strings. Reading all messages completely would make
// accepting an event 1.5 times as expensive.
func Preview(pace *rawjson.Pace, raw []byte, output bool) string {
	text := rawjson.Trim(raw)
	s := line(rawjson.Scalar(plainText(pace, text, output), 8*maxPreview))
	if len(text) <= len(`""`) || s != "" && s[0] != '{' && s[0] != '[' && !python.IsObject([]byte(s)) {
		return s
	}
	if better := previewAsShown(text, output); better != "" {
		return better
	}
	if s == "" && rawjson.KindOf(text) == rawjson.Object && !empty(text) { // the state of a chain
		if o := objectAt(text, 0); vectors(&o) {
			return ""
		}
		return line(cut(string(text[:min(len(text), 16*maxPreview)])))
	}
	return s
}

// previewAsShown makes a preview from messages as they are shown. It walks the text a few times and decodes only the beginnings of the messages that
// it uses.
func previewAsShown(text []byte, output bool) string {
	list := rawjson.KindOf(text) == rawjson.Array && parsable(text)
	if output || !list {
		speaker := Asked
		if output {
			speaker = Answered
		}
		p, _ := Read(text, speaker, nil, glance)
		if p.Next != nil && !output && !list {
			_, last := Ends(text, Asked, glance, glance)
			if s := previewOf(last.Messages, false); s != "" {
				return s
			}
		}
		return previewOf(p.Messages, output)
	}
	switch first := firstOf(text); rawjson.KindOf(first) {
	case rawjson.String: // the input of an embedding: the first text says most
		return previewOf(beginning(first), false)
	case rawjson.Number: // token ids, of which there are many
		return ""
	}
	var last []byte
	var asked [candidates][]byte
	n := 0
	for item := range rawjson.Items(text) {
		last = item
		if role := label(rawjson.Member(item, "role")); (role == "" || canonical(role) == "user") && !onlyResults(item) {
			asked[n%candidates] = item
			n++
		}
	}
	for i := n - 1; i >= max(0, n-candidates); i-- {
		if s := previewOf(beginning(asked[i%candidates]), false); s != "" {
			return s
		}
	}
	if k := rawjson.KindOf(last); k == rawjson.Array || k == rawjson.Object {
		return anyOf(beginning(last), 0)
	}
	return ""
}

func beginning(v []byte) []Message {
	p, _ := Read(v, Asked, nil, glance)
	return p.Messages
}

func firstOf(array []byte) []byte {
	for item := range rawjson.Items(array) {
		return item
	}
	return nil
}

// previewOf is the user's last text in an input, the assistant's first text in an output.
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

// rankJSON is the rank of unknown data.
const rankJSON = 1

// anyOf returns the best line of messages above a rank: text is better than a refusal, then calls, then everything else.
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
		arguments := []byte(cut(string(p.Arguments)))
		if bytes.Contains(arguments, []byte(`\u`)) { // a string of JSON that was escaped once more
			arguments = rawjson.AppendText(nil, arguments)
		}
		return p.Name + "(" + string(arguments) + ")", 4
	case PartAudio:
		if p.Text != "" {
			return p.Text, 5
		}
		return "[audio]", 3
	case PartImage, PartFile:
		if p.Text != "" {
			return p.Text, 3
		}
		return "[" + string(p.Type) + "]", 3
	case PartSearch:
		if p.Text == "" {
			return "", 0
		}
		return "searched: " + p.Text, 3
	case PartCitations:
		return "", 0
	case PartToolResult, PartThinking:
		if p.Text != "" {
			return p.Text, 2
		}
	}
	return cut(string(p.Raw)), rankJSON
}

// cut limits the text that line reads.
func cut(s string) string {
	const enough = 8 * maxPreview
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "")
	}
	return s
}

// line is s on one line, with white space collapsed, cut to length with an ellipsis.
func line(s string) string {
	var room [(maxPreview + 1) * utf8.UTFMax]byte
	b := room[:0]
	n, space := 0, false
	for _, r := range s {
		letter := ' ' < r && r < 0x7f // nearly always; calling package unicode for each took half of the time
		if !letter && (unicode.IsSpace(r) || unicode.IsControl(r)) {
			space = n > 0
			continue
		}
		need := 1
		if space {
			need = 2
		}
		if n+need > maxPreview {
			if n == maxPreview {
				_, size := utf8.DecodeLastRune(b)
				b = b[:len(b)-size]
			}
			return string(append(b, "…"...))
		}
		if space {
			b = append(b, ' ')
			space = false
		}
		b = utf8.AppendRune(b, r)
		n += need
	}
	return string(b)
}
