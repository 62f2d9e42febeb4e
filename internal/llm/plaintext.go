package llm

import "github.com/playheadhq/playhead/internal/rawjson"

// plainText is the JSON string, or the number or boolean, that the user's last message in an input says, or the assistant's first in an
// output; else what the last message says that says anything. Text is looked for only where every provider puts it.
func plainText(pace *rawjson.Pace, v []byte, output bool) []byte {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return v
	case rawjson.Object:
		for _, list := range [...]string{"messages", "choices", "input", "output"} {
			if inner := pace.Member(v, list); rawjson.KindOf(inner) == rawjson.Array {
				return plainText(pace, inner, output)
			}
		}
		return textOf(pace, v, 0)
	case rawjson.Array:
	case rawjson.Number, rawjson.Bool:
		return v
	default:
		return nil
	}
	role := "user"
	if output {
		role = "assistant"
	}
	var best, last []byte
	for item := range pace.Items(v) {
		if last == nil && !output && rawjson.KindOf(item) == rawjson.String {
			return item // of an embedding: what comes first says most
		}
		text := textOf(pace, item, 0)
		if len(text) == 0 {
			continue
		}
		last = text
		if canonical(label(pace.Member(item, "role"))) == role {
			if best = text; output {
				break
			}
		}
	}
	if best == nil {
		best = last
	}
	return best
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
