package llm

import (
	"bytes"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
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

// maxMade is up to which length parts are made of a block's text that must be put together from pieces. A longer block is
// shown as it is.
const maxMade = 1 << 20

// part is one element of a message's content.
func part(text []byte, i int) piece {
	switch rawjson.KindOf(text[i:]) {
	case rawjson.String:
		p := piece{Part: Part{Type: PartText}}
		p.setText(spanAt(text, i))
		return p
	case rawjson.Object:
		o := objectAt(text, i)
		return one(&o, o.str(nType))
	default:
		return unknown(text, spanAt(text, i))
	}
}

// one makes a part of a block or item by its type. A part that could not take all of what people may want to read keeps
// the block beside it.
func one(o *object, kind string) piece {
	switch kind {
	case "text", "input_text", "output_text", "summary_text", "reasoning_text", "":
		if s := o.get(nText); o.isString(s) {
			return o.saying(PartText, s, setOf(nText))
		}
	case "thinking":
		if s := o.get(nThinking, nText); o.isString(s) {
			return o.saying(PartThinking, s, setOf(nThinking, nText))
		}
	case "reasoning":
		return reasoning(o)
	case "refusal":
		if s := o.get(nRefusal); o.isString(s) {
			return o.saying(PartRefusal, s, setOf(nRefusal))
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
	return o.unknown()
}

func (o *object) unknown() piece { return unknown(o.text, o.span) }

// saying is a part that takes one text of the names known.
func (o *object) saying(kind PartType, s span, known set) piece {
	p := piece{Part: Part{Type: kind}}
	p.setText(s)
	o.keep(&p, known)
	return p
}

// keep puts the whole block beside a part that takes only the names known of it.
func (o *object) keep(p *piece, known set) {
	if !o.lacks(known) {
		p.setRaw(o.text, o.span)
	}
}

// reasoning is {summary:[{type:"summary_text",text}], content:[{type:"reasoning_text",text}]} or {text}.
func reasoning(o *object) piece {
	if o.len() > maxMade {
		return o.unknown()
	}
	var texts []string
	whole := true
	for _, n := range []name{nText, nReasoning, nSummary, nContent} {
		s := o.get(n)
		if o.isString(s) {
			texts = append(texts, rawjson.Text(s.in(o.text)))
			continue
		}
		for _, item := range o.items(s) {
			text, is, all := plain(item)
			if is {
				texts = append(texts, text)
			}
			whole = whole && is && all
		}
	}
	p := piece{Part: Part{Type: PartThinking, Text: strings.Join(texts, "\n\n")}}
	o.keep(&p, setOf(nText, nReasoning, nSummary, nContent))
	if !whole || p.Text == "" {
		p.setRaw(o.text, o.span)
	}
	return p
}

// items are the items of an array, or what is in its place.
func (o *object) items(s span) (all [][]byte) {
	switch o.kind(s) {
	case rawjson.Invalid, rawjson.Null:
	case rawjson.Array:
		for item := range rawjson.Items(s.in(o.text)) {
			all = append(all, item)
		}
	default:
		all = append(all, s.in(o.text))
	}
	return all
}

// plain is the text of a string, or of a block that is one, and whether that is all of it.
func plain(v []byte) (text string, is, all bool) {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return rawjson.Text(v), true, true
	case rawjson.Object:
		o := objectAt(v, 0)
		switch o.str(nType) {
		case "text", "input_text", "output_text", "summary_text", "reasoning_text", "":
			if s := o.get(nText); o.isString(s) {
				return rawjson.Text(s.in(v)), true, o.lacks(setOf(nText))
			}
		}
	}
	return "", false, false
}

// toolCall is a call in any spelling: {id,function:{name,arguments}}, {call_id,name,arguments}, {id,name,input},
// {toolCallId,toolName,input}.
func toolCall(o *object) piece {
	p := piece{Part: Part{Type: PartToolCall, ID: o.str(nCallID, nToolCallIDCamel, nID)}}
	f := o
	if s := o.get(nFunction, nCustom); o.isObject(s) {
		inner := objectOf(o.text, s)
		f = &inner
	}
	p.Name = f.str(nName, nToolName)
	given := f.get(nArguments, nInput, nArgs)
	if p.Name == "" && given.to == 0 {
		return o.unknown()
	}
	if given.to > 0 {
		p.setArguments(o.text, given)
	}
	known := setOf(nCallID, nToolCallIDCamel, nName, nToolName, nArguments, nInput, nArgs)
	if f == o {
		o.keep(&p, known)
	} else if !f.lacks(known) || !o.lacks(setOf(nCallID, nToolCallIDCamel, nFunction, nCustom)) {
		p.setRaw(o.text, o.span)
	}
	return p
}

// setArguments sets JSON where the value is, or is a string of, JSON; otherwise the string.
func (p *piece) setArguments(text []byte, s span) {
	v := s.in(text)
	isString := rawjson.KindOf(v) == rawjson.String
	if s.len() > maxWhole {
		p.arguments, p.argumentsQuoted = s, isString
		return
	}
	p.Arguments = v
	if isString {
		if in := bytes.TrimSpace([]byte(rawjson.Text(v))); len(in) > 0 && parsable(in) {
			p.Arguments = in
		}
	}
}

// toolResult is what a tool answered, in any spelling. Text is set when all of it is text, Raw otherwise.
func toolResult(o *object) piece {
	p := piece{Part: Part{Type: PartToolResult, ID: o.str(nCallID, nToolUseID, nToolCallIDCamel, nToolCallID), Name: o.str(nName, nToolName)}}
	switch s := o.get(nOutput, nContent, nResult); {
	case o.isString(s):
		p.setText(s)
	case o.isArray(s) && s.len() <= maxMade:
		var texts []string
		for _, item := range o.items(s) {
			text, _, all := plain(item)
			if !all {
				p.setRaw(o.text, s)
			}
			texts = append(texts, text)
		}
		if p.Raw == nil && p.raw.to == 0 {
			p.Text = strings.Join(texts, "\n")
		}
	case s.to > 0:
		p.setRaw(o.text, s)
	}
	if !o.lacks(setOf(nCallID, nToolUseID, nToolCallIDCamel, nToolCallID, nName, nToolName, nOutput, nContent, nResult)) {
		p.setRaw(o.text, o.span)
	}
	return p
}
