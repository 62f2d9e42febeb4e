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
func glance(pace *rawjson.Pace, v []byte, role string) string {
	s := preview(pace, v, role)
	if len(v) > 2 && (s == "" || s[0] == '{' || s[0] == '[') {
		if better := llm.Preview(v, role == "assistant"); better != "" {
			return better
		}
	}
	return s
}

// preview is the text of the last message of that role, else of the last message that has any, in one line. It looks for
// text only where every provider puts it; what else a message holds is for the message model, which shows it in full.
func preview(pace *rawjson.Pace, v []byte, role string) string {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return oneLine(v)
	case rawjson.Object:
		for _, list := range [...]string{"messages", "choices", "input", "output"} {
			if inner := pace.Member(v, list); rawjson.KindOf(inner) == rawjson.Array {
				return preview(pace, inner, role)
			}
		}
		return oneLine(textOf(pace, v, 0))
	case rawjson.Array:
	case rawjson.Number, rawjson.Bool:
		return string(v)
	default:
		return ""
	}
	var fallback, best []byte // texts
	for item := range pace.Items(v) {
		text := textOf(pace, item, 0)
		if len(text) == 0 {
			continue
		}
		fallback = text
		who := rawjson.Text(pace.Member(item, "role"))
		if who == role || role == "user" && who == "human" || role == "assistant" && (who == "model" || who == "ai") {
			best = text
		}
	}
	if best == nil {
		best = fallback
	}
	return oneLine(best)
}

// textOf finds the JSON string of a message's first text: the message itself, its content, text or parts, or those of what
// it wraps.
func textOf(pace *rawjson.Pace, v []byte, depth int) []byte {
	if depth > 6 {
		return nil
	}
	switch rawjson.KindOf(v) {
	case rawjson.String:
		if len(v) > 2 {
			return v
		}
	case rawjson.Array:
		for item := range pace.Items(v) {
			if text := textOf(pace, item, depth+1); text != nil {
				return text
			}
		}
	case rawjson.Object:
		var text, inner []byte
		for key, m := range pace.Members(v) {
			switch string(key) {
			case "text", "refusal":
				text = m
			case "content", "parts", "message":
				inner = m
			}
		}
		if found := textOf(pace, inner, depth+1); found != nil {
			return found
		}
		return textOf(pace, text, depth+1)
	}
	return nil
}

// oneLine is the beginning of a JSON string with runs of white space made one space.
func oneLine(v []byte) string {
	text := rawjson.Scalar(v, previewRunes*utf8.UTFMax*2)
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
