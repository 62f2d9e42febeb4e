package llm

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// TestTools: definitions that every provider writes in its own way get one shape.
func TestTools(t *testing.T) {
	const want = `[{"name":"f","description":"d","parameters":{"type":"object"}}]`
	for _, in := range []string{
		`[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]`,
		`[{"type":"function","name":"f","description":"d","parameters":{"type":"object"}}]`,
		`[{"name":"f","description":"d","input_schema":{"type":"object"}}]`,
		`[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object"}}]}]`,
		`[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object"}}}}]`,
		`{"tools":[{"name":"f","description":"d","inputSchema":{"jsonSchema":{"type":"object"}}}]}`,
	} {
		if got, _ := json.Marshal(Tools([]byte(in))); string(got) != want {
			t.Errorf("%s: got %s", in, got)
		}
	}
	if got := Tools([]byte(`[{"type":"web_search_20250305"}]`)); len(got) != 1 || got[0].Name != "web_search_20250305" {
		t.Errorf("a provider's own tool: %+v", got)
	}
	many := strings.Repeat(fmt.Sprintf(`{"name":"f","parameters":{"a":"%s"}},`, strings.Repeat("x", 10_000)), 1000)
	if got, _ := json.Marshal(Tools([]byte("[" + many + `1]`))); len(got) > 100<<10 {
		t.Errorf("%d bytes of definitions", len(got))
	}
	for _, c := range captured(t) {
		if raw := c.Properties["$ai_tools"]; len(raw) > 2 && string(raw) != "null" {
			if got := Tools(raw); len(got) == 0 || got[0].Name == "function" || got[0].Name == "" {
				t.Errorf("%s %s: %s became %+v", c.client, c.Case, raw, got)
			}
		}
	}
	for _, s := range heavy.Shapes {
		Tools(s.Value(10_000))
	}
}
