package llm

import (
	"encoding/json"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// ToolDefinition is the definition of a tool that a call could use.
type ToolDefinition struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Parameters is the tool's JSON schema; nil if none was sent, or if it is longer than 16 KiB.
	Parameters json.RawMessage `json:"parameters,omitempty" doc:"its JSON schema; left out past 16 KiB"`
}

// Limits of the definitions of one call. The rest remains in what was sent.
const (
	maxTools      = 200
	maxParameters = 16 << 10
)

// Tools reads definitions of tools in any form: OpenAI's {type,function:{name,description,parameters}} and {type,name,parameters}, Anthropic's
// {name,description,input_schema}, Gemini's {functionDeclarations:[…]}, Bedrock's {toolSpec:{name,inputSchema:{json}}}, Vercel's {name,inputSchema},
// OpenInference's {json_schema}, each of them also as a string of JSON, and a provider's own tools by their type. It returns at most 200, with at most
// 64 KiB of schemas.
func Tools(raw []byte) []ToolDefinition {
	t := tools{room: maxWhole}
	t.read(rawjson.Trim(raw), 0)
	return t.all
}

type tools struct {
	all  []ToolDefinition
	room int
}

func (t *tools) read(v []byte, depth int) {
	switch rawjson.KindOf(v) {
	case rawjson.Array:
		for item := range rawjson.Items(v) {
			if len(t.all) == maxTools {
				return
			}
			if depth < 3 {
				t.read(item, depth+1)
			}
		}
	case rawjson.Object:
		t.object(v, depth)
	case rawjson.String: // the AI SDK's attributes and OpenInference's have one string of JSON for each tool
		if depth == 0 || len(v) > maxWhole {
			return
		}
		if inner := rawjson.Trim([]byte(rawjson.Text(v))); rawjson.KindOf(inner) == rawjson.Object && parsable(inner) {
			t.object(inner, depth)
		}
	}
}

func (t *tools) object(v []byte, depth int) {
	var tool ToolDefinition
	var schema, kind []byte
	for key, m := range rawjson.Members(v) {
		switch string(key) {
		case "function", "toolSpec", "functionDeclarations", "function_declarations", "tools":
			if k := rawjson.KindOf(m); depth < 3 && (k == rawjson.Object || k == rawjson.Array) {
				t.read(m, depth+1)
				return
			}
		case "json_schema":
			if depth < 3 && rawjson.KindOf(m) == rawjson.String {
				t.read(m, depth+1)
				return
			}
		case "name":
			tool.Name = stringOf(m, maxLabel)
		case "description":
			tool.Description = stringOf(m, 4*maxLabel)
		case "type":
			kind = m
		case "parameters", "input_schema", "inputSchema", "parametersJsonSchema", "parameters_json_schema":
			schema = m
		}
	}
	if tool.Name == "" {
		if tool.Name = stringOf(kind, maxLabel); tool.Name == "" {
			return
		}
	}
	for _, inner := range []string{"json", "jsonSchema"} { // Bedrock's and Vercel's
		if in := rawjson.Member(schema, inner); rawjson.KindOf(in) == rawjson.Object {
			schema = in
		}
	}
	if n := len(schema); n > 0 && n <= maxParameters && n <= t.room && rawjson.KindOf(schema) == rawjson.Object && parsable(schema) {
		tool.Parameters = schema
		t.room -= n
	}
	t.all = append(t.all, tool)
}

// stringOf is the content of a JSON string, cut to length; "" if the value is not a string.
func stringOf(v []byte, most int) string {
	if rawjson.KindOf(v) != rawjson.String || len(v) < len(`""`) {
		return ""
	}
	said, next, _ := take(v, 1, len(v)-1, true, most)
	if next < len(v)-1 {
		said += "…"
	}
	return said
}
