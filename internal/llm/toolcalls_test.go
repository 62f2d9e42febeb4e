package llm

import (
	"slices"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/rawjson"
)

func TestToolsCalled(t *testing.T) {
	for name, c := range map[string]struct {
		output, server string
		tools          []string
	}{
		"text":                 {`[{"role":"assistant","content":"the tool_calls of {\"name\":\"x\"}"}]`, "", nil},
		"nothing":              {``, "", nil},
		"OpenAI chat":          {`[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"search","arguments":"{\"name\":\"no\"}"}},{"id":"2","type":"function","function":{"name":"fetch","arguments":"{}"}}]}]`, "", []string{"search", "fetch"}},
		"posthog-ai":           {`[{"role":"assistant","content":[{"type":"text","text":"x"},{"type":"function","id":"1","function":{"name":"search","arguments":{"tool_calls":[{"name":"no"}]}}}]}]`, "", []string{"search"}},
		"raw choices":          {`{"choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"function":{"name":"search"}}]}}]}`, "", []string{"search"}},
		"Anthropic":            {`[{"type":"tool_use","id":"1","name":"search","input":{"name":"no"}},{"type":"server_tool_use","name":"web_search"}]`, "", []string{"search", "web_search"}},
		"Anthropic MCP":        {`[{"type":"mcp_tool_use","name":"issues","server_name":"github"},{"type":"mcp_tool_use","name":"pulls","server_name":"github"}]`, "github", []string{"issues", "pulls"}},
		"of two servers":       {`[{"type":"mcp_call","name":"a","server_label":"x"},{"type":"mcp_call","name":"b","server_label":"y"}]`, "", []string{"a", "b"}},
		"one of a server":      {`[{"type":"mcp_call","name":"a","server_label":"x"},{"type":"function_call","name":"b"}]`, "", []string{"a", "b"}},
		"OpenAI responses":     {`[{"type":"message","content":[{"type":"output_text","text":"x"}]},{"type":"function_call","name":"search","arguments":"{}"},{"type":"web_search_call"}]`, "", []string{"search", "web_search"}},
		"Gemini":               {`{"candidates":[{"content":{"parts":[{"functionCall":{"name":"search","args":{}}}]}}]}`, "", []string{"search"}},
		"Bedrock":              {`{"output":{"message":{"content":[{"toolUse":{"name":"search","input":{}}}]}}}`, "", []string{"search"}},
		"Vercel":               {`[{"role":"assistant","content":[{"type":"tool-call","toolCallId":"1","toolName":"search","input":{}}]}]`, "", []string{"search"}},
		"LangChain says twice": {`[{"role":"assistant","content":[{"type":"tool_use","name":"search"}],"tool_calls":[{"name":"search","args":{}}]}]`, "", []string{"search", "search"}},
		"Python":               {`["ResponseFunctionToolCall(arguments='{\"x\": \"name=\\\\\"no\"}', call_id='1', name='search', type='function_call')"]`, "", []string{"search"}},
	} {
		t.Run(name, func(t *testing.T) {
			tools, server := ToolsCalled(nil, []byte(c.output))
			if !slices.Equal(tools, c.tools) || server != c.server {
				t.Errorf("calls %q of %q, want %q of %q", tools, server, c.tools, c.server)
			}
		})
	}
}

func TestToolsCalledIsLinear(t *testing.T) {
	heavy.Linear(t, 1, func(raw []byte) { ToolsCalled(nil, raw) })
	text := func(size int) []byte {
		b := []byte(`["`)
		for len(b) < size {
			b = append(b, "ResponseFunctionToolCall(, name='"...)
		}
		return append(b, `"]`...)
	}
	heavy.LinearIn(t, 1, text, func(raw []byte) { ToolsCalled(nil, raw) })
	if err := rawjson.Check(text(100), 4); err != nil {
		t.Fatal(err)
	}
}
