package posthog

import (
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// acting fills in who acted and with which tools. A span belongs to an agent or a tool if its type says so. The tools that an answer calls are taken
// from the answer, unless $ai_tools_called names them.
func (f *knownAI) acting(pace *rawjson.Pace, e *model.Event) {
	e.Agent = scalar(f.agentName, model.MaxName)
	e.MCPServer = firstText(model.MaxName, f.mcpServer, pace.Member(f.mcpData, "server"), pace.Member(f.mcpData, "server_label"))
	if e.Kind != model.KindSpan {
		e.Tools = f.named(pace)
		return
	}
	switch strings.ToLower(scalar(f.spanType, 32)) {
	case "agent":
		e.Agent = or(e.Agent, f.spanName)
	case "tool", "function", "tool_call":
		e.Tools = model.JoinTools(e.Title)
	}
}

// named returns the tools of $ai_tools_called: an array, a JSON array in a string, or names separated by commas.
func (f *knownAI) named(pace *rawjson.Pace) string {
	v := given(f.toolsCalled)
	if rawjson.KindOf(v) == rawjson.String && len(v) < 64<<10 {
		text := rawjson.Text(v)
		if !strings.HasPrefix(strings.TrimSpace(text), "[") {
			return model.JoinTools(strings.Split(text, ",")...)
		}
		if v = []byte(text); rawjson.Check(v, 8) != nil {
			return ""
		}
	}
	var all []string
	for item := range pace.Items(v) {
		all = append(all, scalar(item, model.MaxName))
	}
	return model.JoinTools(all...)
}
