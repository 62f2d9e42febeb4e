package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/llm"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// previewRunes is the length of previews.
const previewRunes = 240

// glance is preview, or what the message model makes of v where preview finds no text or JSON in its place: calls of tools,
// pictures, refusals, and the items of a responses input, which @posthog/ai sends as strings.
func glance(v []byte, role string) string {
	s := preview(v, role)
	if len(v) > 2 && (s == "" || s[0] == '{' || s[0] == '[') {
		if better := llm.Preview(v, role == "assistant"); better != "" {
			return better
		}
	}
	return s
}

// preview is the text of the last message of that role, else of the last message that has any, in one line. It looks for
// text only where every provider puts it; what else a message holds is for the message model, which shows it in full.
func preview(v []byte, role string) string {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return oneLine(v)
	case rawjson.Object:
		for _, list := range [...]string{"messages", "choices", "input", "output"} {
			if inner := rawjson.Member(v, list); rawjson.KindOf(inner) == rawjson.Array {
				return preview(inner, role)
			}
		}
		return messageText(v)
	case rawjson.Array:
	case rawjson.Number, rawjson.Bool:
		return string(v)
	default:
		return ""
	}
	var fallback, best []byte // texts
	for item := range rawjson.Items(v) {
		text := textOf(item, 0)
		if len(text) == 0 {
			continue
		}
		fallback = text
		who := rawjson.Text(rawjson.Member(item, "role"))
		if who == role || role == "user" && who == "human" || role == "assistant" && (who == "model" || who == "ai") {
			best = text
		}
	}
	if best == nil {
		best = fallback
	}
	return oneLine(best)
}

func messageText(message []byte) string { return oneLine(textOf(message, 0)) }

// textOf finds the JSON string of a message's first text: the message itself, its content, text or parts, or those of what
// it wraps.
func textOf(v []byte, depth int) []byte {
	if depth > 6 {
		return nil
	}
	switch rawjson.KindOf(v) {
	case rawjson.String:
		if len(v) > 2 {
			return v
		}
	case rawjson.Array:
		for item := range rawjson.Items(v) {
			if text := textOf(item, depth+1); text != nil {
				return text
			}
		}
	case rawjson.Object:
		var text, inner []byte
		for key, m := range rawjson.Members(v) {
			switch string(key) {
			case "text", "refusal":
				text = m
			case "content", "parts", "message":
				inner = m
			}
		}
		if found := textOf(inner, depth+1); found != nil {
			return found
		}
		return textOf(text, depth+1)
	}
	return nil
}

// oneLine is the beginning of a JSON string with runs of white space made one space.
func oneLine(v []byte) string {
	text := scalar(v, previewRunes*utf8.UTFMax*2)
	var b strings.Builder
	n, gap := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			gap = n > 0
			continue
		}
		if gap {
			if n++; n >= previewRunes {
				break
			}
			b.WriteByte(' ')
			gap = false
		}
		if n++; n > previewRunes {
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}
