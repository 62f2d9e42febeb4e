package llm

import (
	"bytes"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// shapes are the known blocks and items by their type, with the function that reads each. They also distinguish JSON inside a string from a text that
// happens to be JSON. A reader returns a piece without a type if the block does not match its type.
var shapes map[string]func(o *object) piece

// wrapped are the blocks without a type, identified by the name of their only member: Gemini's and Bedrock's.
var wrapped []struct {
	name name
	read func(o *object, inner *object) piece
}

func init() { // at run time, because the readers use these tables for blocks inside of blocks
	table := []struct {
		types string
		read  func(o *object) piece
	}{
		{"text input_text output_text summary_text reasoning_text", text},
		{"thinking reasoning reasoning_content", reasoning},
		{"redacted_thinking", func(*object) piece { return piece{Part: Part{Type: PartThinking, Redacted: true}} }},
		{"refusal", refused},
		{"function function_call tool_call tool_use tool-call custom_tool_call server_tool_use server_tool_call hosted_tool_call mcp_call mcp_tool_use mcp_approval_request", toolCall},
		{"code_interpreter_call computer_call local_shell_call shell_call apply_patch_call", hostedCall},
		{`function_call_output function_call_result tool_result tool-result custom_tool_call_output tool_call_response server_tool_call_response function_response
			computer_call_output computer_call_result local_shell_call_output shell_call_output apply_patch_call_output code_execution_tool_result
			bash_code_execution_tool_result text_editor_code_execution_tool_result web_fetch_tool_result mcp_tool_result tool-error`, toolResult},
		{"executable_code", func(o *object) piece { return within(o, nExecutableCode, runCode) }},
		{"code_execution_result", func(o *object) piece { return within(o, nCodeResult, toolResult) }},
		{"web_search_call file_search_call", search},
		{"mcp_list_tools", toolList},
		{"mcp_approval_response", approval},
		{"web_search_tool_result", found},
		{"source source-url source-document reference tool_reference citation url_citation", cited},
		{"image_url input_image image computer_screenshot", image},
		{"image_generation_call", made},
		{"input_audio audio output_audio", audio},
		{"file input_file document media blob uri file-data file-url image-data image-url reasoning-file container_upload", file},
		{"message item_reference compaction", (*object).unknown},
	}
	shapes = make(map[string]func(o *object) piece)
	for _, row := range table {
		for _, name := range strings.Fields(row.types) {
			shapes[name] = row.read
		}
	}
	plain := func(read func(o *object) piece) func(_, inner *object) piece {
		return func(_, inner *object) piece { return read(inner) }
	}
	wrapped = []struct {
		name name
		read func(o *object, inner *object) piece
	}{
		{nToolUse, plain(toolCall)}, {nFunctionCall, plain(toolCall)}, {nExecutableCode, plain(runCode)},
		{nToolResult, plain(toolResult)}, {nFunctionResponse, plain(toolResult)}, {nCodeResult, plain(toolResult)},
		{nReasoningBlock, plain(thought)}, {nImage, plain(bedrockMedia(PartImage, "image/"))}, {nDocument, plain(bedrockMedia(PartFile, "application/"))},
		{nInlineData, func(o, _ *object) piece { return file(o) }}, {nFileData, func(o, _ *object) piece { return file(o) }},
	}
}

// maxMade is the length up to which a block's text is put together from several pieces. A longer block is shown as JSON.
const maxMade = 1 << 20

// part makes a piece from one element of a message's content.
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

// one makes a piece from a block or item by its type. If the piece lacks something that people may want to read, it also has the whole block.
func one(o *object, kind string) piece {
	if kind == "" {
		return untyped(o)
	}
	if read := shapes[kind]; read != nil {
		if p := read(o); p.Type != "" {
			return p
		}
	}
	return o.unknown()
}

// untyped reads a block that is identified by the names of its members.
func untyped(o *object) piece {
	for _, w := range wrapped {
		if s := o.get(w.name); o.isObject(s) {
			inner := objectOf(o.text, s)
			if p := w.read(o, &inner); p.Type != "" {
				return p
			}
		}
	}
	if p := text(o); p.Type != "" {
		return p
	}
	if o.lacks(set{}) { // Bedrock's cachePoint
		return piece{Part: Part{Type: PartText}}
	}
	return o.unknown()
}

// within reads the object in a member, or the block itself if it does not have the member.
func within(o *object, n name, read func(o *object) piece) piece {
	if s := o.get(n); o.isObject(s) {
		inner := objectOf(o.text, s)
		return read(&inner)
	}
	return read(o)
}

func (o *object) unknown() piece { return unknown(o.text, o.span) }

// text is {text}, OpenTelemetry's {content}, or {value}, with its citations.
func text(o *object) piece {
	kind := PartText
	if s := o.get(nThought); o.kind(s) == rawjson.Bool && o.text[s.from] == 't' { // Gemini's
		kind = PartThinking
	}
	s := o.get(nText, nContent, nValue)
	if !o.isString(s) {
		return piece{}
	}
	p := o.saying(kind, s, setOf(nText, nContent, nValue, nAnnotations, nCitations))
	p.Sources = o.sources(o.get(nAnnotations, nCitations))
	return p
}

func refused(o *object) piece {
	if s := o.get(nRefusal, nText); o.isString(s) {
		return o.saying(PartRefusal, s, setOf(nRefusal, nText))
	}
	return piece{}
}

// saying makes a piece whose text is the first of the given members.
func (o *object) saying(kind PartType, s span, known set) piece {
	p := piece{Part: Part{Type: kind}}
	p.setText(s)
	o.keep(&p, known)
	return p
}

// keep adds the whole block to a piece that uses only the given members.
func (o *object) keep(p *piece, known set) {
	if !o.lacks(known) {
		p.setRaw(o.text, o.span)
	}
}

// thought is the content of Bedrock's {reasoningContent: {reasoningText: {text}} or {redactedContent}}.
func thought(o *object) piece {
	if s := o.get(nReasoningBlock); o.isObject(s) {
		inner := objectOf(o.text, s)
		return reasoning(&inner)
	}
	if o.has(nText) {
		return reasoning(o)
	}
	return piece{Part: Part{Type: PartThinking, Redacted: true}}
}

// reasoning is {summary:[{type:"summary_text",text}], content:[{type:"reasoning_text",text}]}, {text}, {thinking} or {content}, and Mistral's
// {thinking:[{type:"text",text}]}.
func reasoning(o *object) piece {
	for _, n := range []name{nText, nThinking, nContent} { // the text alone need not be put together
		if s := o.get(n); o.isString(s) && !o.has(nSummary) {
			return o.saying(PartThinking, s, setOf(n))
		}
	}
	if s := o.get(nReasoningContent); o.isObject(s) {
		inner := objectOf(o.text, s)
		return reasoning(&inner)
	}
	if o.len() > maxMade {
		return o.unknown()
	}
	var texts []string
	whole := true
	for _, n := range []name{nText, nReasoning, nThinking, nSummary, nContent} {
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
	o.keep(&p, setOf(nText, nReasoning, nThinking, nSummary, nContent))
	if !whole {
		p.setRaw(o.text, o.span)
	}
	p.Redacted = p.Text == ""
	return p
}

// items are the items of an array, or a single value that takes its place.
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

// plain returns the text of a string, or of a text block, and whether that is all of its content.
func plain(v []byte) (said string, is, all bool) {
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

// toolCall is a call in any form: {id,function:{name,arguments}}, {call_id,name,arguments}, {id,name,input}, {toolCallId,toolName,input},
// {toolUseId,name,input}. posthog-python sends Gemini's results as {type:"function",tool_name,content}.
func toolCall(o *object) piece {
	p := piece{Part: Part{Type: PartToolCall, ID: o.str(nCallID, nToolUseID, nID)}}
	f := o
	if s := o.get(nFunction, nCustom); o.isObject(s) {
		inner := objectOf(o.text, s)
		f = &inner
	}
	p.Name, p.Server = f.str(nName, nToolName), o.str(nServer)
	given := f.get(nArguments, nInput, nArgs)
	switch {
	case given.to == 0 && f == o && o.has(nContent):
		return toolResult(o)
	case p.Name == "" && given.to == 0:
		return o.unknown()
	case strings.Contains(p.Name, "web_search") && o.str(nType) == "server_tool_use":
		return search(o)
	}
	if given.to > 0 {
		p.setArguments(o.text, given)
	}
	known := setOf(nCallID, nToolUseID, nName, nToolName, nArguments, nInput, nArgs, nServer)
	if f == o {
		o.keep(&p, known)
	} else if !f.lacks(known) || !o.lacks(setOf(nCallID, nToolUseID, nFunction, nCustom)) {
		p.setRaw(o.text, o.span)
	}
	return p
}

// hostedCall is a call of a tool that the provider runs itself: {type:"code_interpreter_call",code}, {type:"computer_call",action|actions}, {type:"apply_patch_call",operation}.
func hostedCall(o *object) piece {
	p := piece{Part: Part{Type: PartToolCall, ID: o.str(nCallID, nID), Name: strings.TrimSuffix(o.str(nType), "_call")}}
	s := o.get(nAction, nCode, nInput, nArguments)
	if s.to == 0 {
		return o.unknown()
	}
	p.setArguments(o.text, s)
	o.keep(&p, setOf(nCallID, nAction, nCode, nInput, nArguments))
	return p
}

// runCode is Gemini's {language,code}.
func runCode(o *object) piece {
	p := piece{Part: Part{Type: PartToolCall, ID: o.str(nID), Name: "code_execution"}}
	if s := o.get(nExecutableCode); o.isString(s) { // LangChain's
		p.setArguments(o.text, s)
		return p
	}
	if !o.has(nCode) {
		return piece{}
	}
	p.setArguments(o.text, o.span)
	return p
}

// setArguments sets the value as JSON if it is JSON or a string of JSON; otherwise as a JSON string.
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

// resultOf returns a tool's result without its wrapper: Vercel's {type:"json",value}, {type:"text",text} and {type:"content",value:[…]}.
func (o *object) resultOf() (s span, failed bool) {
	s = o.get(nOutput, nContent, nResult, nCodeResult)
	if !o.isObject(s) {
		return s, false
	}
	in := objectOf(o.text, s)
	switch kind := in.str(nType); kind {
	case "text", "error-text", "json", "error-json", "content", "execution-denied":
		if v := in.get(nValue, nText); v.to > 0 {
			return v, strings.HasPrefix(kind, "e")
		}
	case "":
		if in.lacks(setOf(nResult)) && in.has(nResult) || in.lacks(setOf(nOutput)) && in.has(nOutput) {
			return in.get(nResult, nOutput), false
		}
	}
	return s, false
}

// toolResult is a tool's result in any form. It sets Text if all of it is text, otherwise Raw.
func toolResult(o *object) piece {
	p := piece{Part: Part{
		Type: PartToolResult, ID: o.str(nCallID, nToolUseID, nToolCallID), Name: o.str(nName, nToolName), Failed: o.failed(),
	}}
	if p.ID == "" && !o.has(nToolUseID) {
		p.ID = o.str(nID)
	}
	s, failed := o.resultOf()
	p.Failed = p.Failed || failed
	switch {
	case o.isString(s):
		p.setText(s)
	case o.isArray(s) && s.len() <= maxMade:
		var texts []string
		for _, item := range o.items(s) {
			text, is, all := answer(item)
			if !all && !isMedia(item) { // images and files become parts after this one
				p.setRaw(o.text, s)
			}
			if is {
				texts = append(texts, text)
			}
		}
		if p.Raw == nil && p.raw.to == 0 {
			p.Text = strings.Join(texts, "\n")
		}
	case o.isObject(s) && isMedia(s.in(o.text)): // becomes a part after this one
	case o.isObject(s):
		if in := objectOf(o.text, s); !ran(&p, &in) {
			p.setRaw(o.text, s)
		}
	case s.to > 0:
		p.setRaw(o.text, s)
	}
	if !o.lacks(setOf(nCallID, nToolUseID, nToolCallID, nName, nToolName, nOutput, nContent, nResult, nCodeResult)) {
		p.setRaw(o.text, o.span)
	}
	return p
}

// answer is like plain, for a block of a tool's result, which may also be Bedrock's {json} or Cohere's {document:{data}}.
func answer(v []byte) (said string, is, all bool) {
	if said, is, all = plain(v); is || rawjson.KindOf(v) != rawjson.Object {
		return said, is, all
	}
	o := objectAt(v, 0)
	if s := o.get(nJSON); s.to > 0 && s.len() <= maxWhole {
		return string(s.in(v)), true, true
	}
	if said, _, is := printed(v); is {
		return said, true, true
	}
	if s := o.get(nDocument); o.isObject(s) {
		d := objectOf(v, s)
		if data := d.get(nData, nText); d.isString(data) && data.len() <= maxWhole {
			return rawjson.Text(data.in(v)), true, true
		}
	}
	return "", false, false
}

// failed reports whether a result in any form is an error.
func (o *object) failed() bool {
	if s := o.get(nIsError); o.kind(s) == rawjson.Bool && o.text[s.from] == 't' {
		return true
	}
	if o.str(nStatus) == "error" || strings.HasSuffix(o.str(nType), "-error") {
		return true
	}
	outcome := o.str(nOutcome)
	return strings.HasPrefix(outcome, "OUTCOME_") && outcome != "OUTCOME_OK"
}

// isResult reports whether a block is a tool's result.
func isResult(v []byte) bool {
	if rawjson.KindOf(v) != rawjson.Object {
		return false
	}
	for key, m := range rawjson.Members(v) {
		switch string(key) {
		case "type":
			switch kind := label(m); kind {
			case "tool_result", "tool-result", "tool_call_response", "function_response", "function_call_output", "function_call_result", "code_execution_result":
				return true
			case "function":
				return rawjson.KindOf(rawjson.Member(v, "content")) != rawjson.Invalid
			case "":
			default:
				return false
			}
		case "toolResult", "functionResponse", "function_response":
			return rawjson.KindOf(m) == rawjson.Object
		}
	}
	return false
}
