package llm

import (
	"bytes"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// toolDepth is the greatest depth at which tool calls are found: choices, message, tool_calls, call, in a list, with a spare level for each.
const toolDepth = 10

// ToolsCalled returns the names of the tools that an answer calls, in order, at most 256, and their MCP server if all calls name the same one. It finds
// the calls in all forms that Messages reads, and only there: not in arguments, nor in text that looks like JSON. The work is proportional to the answer.
func ToolsCalled(pace *rawjson.Pace, output []byte) (tools []string, server string) {
	if !bytes.Contains(output, []byte("ool")) && !bytes.Contains(output, []byte("unction")) && !bytes.Contains(output, []byte("_call")) {
		return nil, ""
	}
	c := calls{pace: pace}
	c.walk(rawjson.Trim(output), toolDepth)
	if len(c.servers) == 1 && !c.local {
		server = c.servers[0]
	}
	return c.names, server
}

// calls are the calls found so far.
type calls struct {
	pace    *rawjson.Pace
	names   []string
	servers []string
	local   bool // some call names no server
}

// Limits of the calls of one answer, and of a name in bytes.
const (
	maxCalls    = 256
	maxToolName = 200
)

func (c *calls) add(name, server []byte) {
	text := rawjson.Scalar(name, maxToolName)
	if text == "" || len(c.names) >= maxCalls {
		return
	}
	c.names = append(c.names, text)
	of := rawjson.Scalar(server, maxToolName)
	switch {
	case of == "":
		c.local = true
	case len(c.servers) == 0 || c.servers[0] != of:
		c.servers = append(c.servers, of)
	}
}

func (c *calls) walk(v []byte, depth int) {
	if depth == 0 {
		return
	}
	switch rawjson.KindOf(v) {
	case rawjson.Array:
		for item := range c.pace.Items(v) {
			c.walk(item, depth-1)
		}
	case rawjson.Object:
		c.object(v, depth)
	case rawjson.String:
		c.repr(v)
	}
}

// object records the call that an object is, or searches its members for calls.
func (c *calls) object(v []byte, depth int) {
	var kind, name, toolName, server, function []byte
	var inside [][]byte
	var listed []byte // tool_calls: each item is a call, whatever its form
	for key, member := range c.pace.Members(v) {
		switch string(key) {
		case "type":
			kind = member
		case "name":
			name = member
		case "toolName":
			toolName = member
		case "server_label", "server_name":
			server = member
		case "function", "functionCall", "function_call", "toolUse":
			function = member
		case "tool_calls", "toolCalls":
			listed = member
		case "content", "message", "messages", "choices", "output", "parts", "candidates", "kwargs", "additional_kwargs", "delta", "generations":
			inside = append(inside, member)
		}
	}
	if name == nil {
		name = toolName
	}
	switch said := label(kind); {
	case rawjson.KindOf(function) == rawjson.Object:
		c.add(c.pace.Member(function, "name"), server)
		return
	case strings.HasSuffix(said, "tool_use"), said == "function_call", said == "custom_tool_call", said == "mcp_call", said == "tool-call", said == "tool_call":
		c.add(name, server)
		return
	case strings.HasSuffix(said, "_call"): // of a tool of the provider: web_search_call
		c.add([]byte(`"`+strings.TrimSuffix(said, "_call")+`"`), server)
		return
	}
	for call := range c.pace.Items(listed) {
		function := c.pace.Member(call, "function")
		if name := c.pace.Member(function, "name"); name != nil {
			c.add(name, nil)
		} else {
			c.add(c.pace.Member(call, "name"), nil)
		}
	}
	for _, member := range inside {
		if rawjson.KindOf(member) != rawjson.String { // a string is the text of the answer
			c.walk(member, depth-1)
		}
	}
}

// repr finds the calls in Python's printed form of its objects, which OpenAI Agents sends.
func (c *calls) repr(v []byte) {
	const begin, named = "ResponseFunctionToolCall(", "name='"
	for {
		_, after, found := bytes.Cut(v, []byte(begin))
		if !found {
			return
		}
		v = after
		call, _, _ := bytes.Cut(v, []byte(begin))
		at := bytes.LastIndex(call, []byte(", "+named)) // after the arguments, which may contain anything
		if at < 0 {
			continue
		}
		name, _, closed := bytes.Cut(call[at+len(", "+named):], []byte("'"))
		if closed && len(name) <= maxToolName {
			c.add([]byte(`"`+string(name)+`"`), nil)
		}
	}
}
