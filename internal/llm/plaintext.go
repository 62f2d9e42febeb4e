package llm

import "github.com/playheadhq/playhead/internal/rawjson"

// plainText returns the JSON string, number or boolean that is the text of the user's last message in an input, or of the assistant's first message
// in an output (its last one if the output begins with a question); without one, the text of the last message with any text. Results of tools do not
// count. It looks only where every provider has text.
func plainText(pace *rawjson.Pace, v []byte, output bool) []byte {
	return plainTextIn(pace, v, output, 0)
}

func plainTextIn(pace *rawjson.Pace, v []byte, output bool, depth int) []byte {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return v
	case rawjson.Object:
		var list, inside, state []byte
		best := len(stateNames)
		for key, m := range pace.Members(v) {
			switch k := rawjson.KindOf(m); {
			case k == rawjson.Array && listNames[string(key)]:
				list = m
			case k == rawjson.Object && (string(key) == "update" || string(key) == "output"):
				inside = m
			case k == rawjson.String && len(m) > len(`""`):
				if rank, ok := stateNames[string(key)]; ok && rank < best {
					best, state = rank, m
				}
			}
		}
		if list != nil {
			return plainTextIn(pace, list, output, depth)
		}
		if inside != nil && depth < 2 {
			return plainTextIn(pace, inside, output, depth+1)
		}
		if text := textOf(pace, v, 0); text != nil {
			return text
		}
		return state
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
	asked := false
	for item := range pace.Items(v) {
		if last == nil && !output && rawjson.KindOf(item) == rawjson.String {
			return item // the input of an embedding: the first text says most
		}
		says := canonical(label(pace.Member(item, "role")))
		if says == "" && rawjson.KindOf(item) == rawjson.Object {
			says = spoken(label(pace.Member(item, "type")))
		}
		if says == "tool" {
			continue
		}
		asked = asked || says == "user"
		text := textOf(pace, item, 0)
		if len(text) == 0 {
			continue
		}
		last = text
		if says == role {
			if best = text; output && !asked {
				break
			}
		}
	}
	if best == nil {
		best = last
	}
	return best
}

// listNames are the names of lists of messages in objects. stateNames are the names of important values in the state of a chain, the most important
// first.
var (
	listNames  = map[string]bool{"messages": true, "choices": true, "input": true, "output": true, "contents": true, "candidates": true}
	stateNames = map[string]int{
		"question": 0, "query": 1, "input": 2, "prompt": 3, "user_input": 4, "task": 5, "topic": 6, "answer": 7, "output": 8, "result": 9, "response": 10, "summary": 11,
	}
)

// textOf finds the JSON string of a message's first text: the message itself; its content, text or parts; or those of a message inside it. Results of
// tools and thinking do not count.
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
		var text, inner, kwargs []byte
		for key, m := range pace.Members(v) {
			switch string(key) {
			case "text", "refusal":
				text = m
			case "content", "parts", "message":
				inner = m
			case "kwargs", "lc_kwargs":
				kwargs = m
			case "type":
				if depth > 0 && silent[label(m)] {
					return nil
				}
			case "thought":
				if rawjson.KindOf(m) == rawjson.Bool && m[0] == 't' {
					return nil
				}
			}
		}
		if found := textOf(pace, inner, depth+1); found != nil {
			return found
		}
		if found := textOf(pace, text, depth+1); found != nil {
			return found
		}
		return textOf(pace, kwargs, depth+1)
	}
	return nil
}

// silent are the types of blocks without text for the user.
var silent = map[string]bool{
	"thinking": true, "reasoning": true, "redacted_thinking": true, "reasoning_content": true, "tool_result": true, "tool-result": true,
	"tool_call_response": true, "function_response": true, "function": true, "web_search_tool_result": true, "document": true,
}
