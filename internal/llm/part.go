package llm

import (
	"encoding/json"
	"strings"

	"github.com/tidwall/gjson"
)

// knownTypes are the types of blocks and items by which JSON inside a string is told from a text that is JSON.
var knownTypes = func() map[string]bool {
	known := make(map[string]bool)
	for _, name := range strings.Fields(`
		text input_text output_text summary_text reasoning_text thinking redacted_thinking reasoning refusal
		image_url input_image image image_generation_call input_audio audio output_audio file input_file document
		function function_call tool_use tool-call custom_tool_call
		function_call_output tool_result tool-result custom_tool_call_output
		message item_reference web_search_call file_search_call computer_call computer_call_output code_interpreter_call
		local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output
		mcp_call mcp_list_tools mcp_approval_request mcp_approval_response compaction`) {
		known[name] = true
	}
	return known
}()

// part is one element of a message's content.
func part(v gjson.Result) Part {
	switch {
	case v.Type == gjson.String:
		return Part{Type: PartText, Text: v.Str}
	case v.IsObject():
		o := objectOf(v)
		return one(o, o.str("type"))
	default:
		return unknown(v.Raw)
	}
}

// one makes a part of a block or item by its type. A part that could not take all of what people may want to read keeps
// the block beside it.
func one(o object, kind string) Part {
	switch kind {
	case "text", "input_text", "output_text", "summary_text", "reasoning_text", "":
		if v := o.get("text"); v.Type == gjson.String {
			return o.keep(Part{Type: PartText, Text: v.Str}, "text")
		}
	case "thinking":
		if v := o.get("thinking", "text"); v.Type == gjson.String {
			return o.keep(Part{Type: PartThinking, Text: v.Str}, "thinking", "text")
		}
	case "reasoning":
		return reasoning(o)
	case "refusal":
		if v := o.get("refusal"); v.Type == gjson.String {
			return o.keep(Part{Type: PartRefusal, Text: v.Str}, "refusal")
		}
	case "function", "function_call", "tool_call", "tool_use", "tool-call", "custom_tool_call":
		return toolCall(o)
	case "function_call_output", "tool_result", "tool-result", "custom_tool_call_output":
		return toolResult(o)
	case "image_url", "input_image", "image", "image_generation_call":
		return image(o)
	case "input_audio", "audio", "output_audio":
		return audio(o)
	case "file", "input_file", "document":
		return file(o)
	}
	return unknown(o.raw)
}

// keep puts the whole block beside a part that takes only the fields known of it.
func (o object) keep(p Part, known ...string) Part {
	if o.rest(known...) != nil {
		p.Raw = json.RawMessage(o.raw)
	}
	return p
}

// reasoning is {summary:[{type:"summary_text",text}], content:[{type:"reasoning_text",text}]} or {text}.
func reasoning(o object) Part {
	var texts []string
	whole := true
	for _, name := range []string{"text", "reasoning", "summary", "content"} {
		v := o.get(name)
		if v.Type == gjson.String {
			texts = append(texts, v.Str)
			continue
		}
		for _, e := range v.Array() {
			if p := part(e); p.Type == PartText {
				texts = append(texts, p.Text)
				whole = whole && p.Raw == nil
			} else {
				whole = false
			}
		}
	}
	p := o.keep(Part{Type: PartThinking, Text: strings.Join(texts, "\n\n")}, "text", "reasoning", "summary", "content")
	if !whole || p.Text == "" {
		p.Raw = json.RawMessage(o.raw)
	}
	return p
}

// toolCall is a call in any spelling: {id,function:{name,arguments}}, {call_id,name,arguments}, {id,name,input},
// {toolCallId,toolName,input}.
func toolCall(o object) Part {
	p := Part{Type: PartToolCall, ID: o.str("call_id", "toolCallId", "id")}
	f := o
	if v := o.get("function", "custom"); v.IsObject() {
		f = objectOf(v)
	}
	p.Name = f.str("name", "toolName")
	if v := f.get("arguments", "input", "args"); v.Exists() {
		p.Arguments = arguments(v)
	}
	if p.Name == "" && p.Arguments == nil {
		return unknown(o.raw)
	}
	known := []string{"call_id", "toolCallId", "name", "toolName", "arguments", "input", "args"}
	if f.raw == o.raw {
		return o.keep(p, known...)
	}
	if f.rest(known...) != nil || o.rest("call_id", "toolCallId", "function", "custom") != nil {
		p.Raw = json.RawMessage(o.raw)
	}
	return p
}

// arguments is JSON where v is, or is a string of, JSON; otherwise the string.
func arguments(v gjson.Result) json.RawMessage {
	if v.Type == gjson.String {
		if s := strings.TrimSpace(v.Str); s != "" && parsable([]byte(s)) {
			return json.RawMessage(s)
		}
	}
	return json.RawMessage(v.Raw)
}

// toolResult is what a tool answered, in any spelling. Text is set when all of it is text, Raw otherwise.
func toolResult(o object) Part {
	p := Part{Type: PartToolResult, ID: o.str("call_id", "tool_use_id", "toolCallId", "tool_call_id"), Name: o.str("name", "toolName")}
	v := o.get("output", "content", "result")
	switch {
	case v.Type == gjson.String:
		p.Text = v.Str
	case v.IsArray():
		var texts []string
		for _, e := range v.Array() {
			t := part(e)
			if t.Type != PartText || t.Raw != nil {
				p.Raw = json.RawMessage(v.Raw)
			}
			texts = append(texts, t.Text)
		}
		if p.Raw == nil {
			p.Text = strings.Join(texts, "\n")
		}
	case v.Exists():
		p.Raw = json.RawMessage(v.Raw)
	}
	if o.rest("call_id", "tool_use_id", "toolCallId", "tool_call_id", "name", "toolName", "output", "content", "result") != nil {
		p.Raw = json.RawMessage(o.raw)
	}
	return p
}
