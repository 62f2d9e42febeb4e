package llm

import (
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// outcome is what a tool of the provider answered, if the item of the call has that, too: OpenAI's {type:"mcp_call",output,error} and
// {type:"code_interpreter_call",outputs:[{type:"logs",logs}]}. The piece has no type if there is no outcome.
func outcome(o *object, kind string) piece {
	p := piece{Part: Part{Type: PartToolResult, ID: o.str(nCallID, nID), Server: o.str(nServer)}}
	switch kind {
	case "mcp_call":
		p.Name = o.str(nName)
		if s := o.get(nError); s.to > 0 {
			p.Failed = true
			p.say(o, s)
			return p
		}
		if s := o.get(nOutput); s.to > 0 {
			p.say(o, s)
			return p
		}
	case "code_interpreter_call":
		outputs := rawjson.Member(o.in(o.text), "outputs")
		if rawjson.KindOf(outputs) != rawjson.Array || len(outputs) > maxMade || empty(outputs) {
			break
		}
		var logs []string
		for item := range rawjson.Items(outputs) {
			log := rawjson.Member(item, "logs")
			if rawjson.KindOf(log) != rawjson.String { // an image, by its address
				p.setRaw(o.text, o.spanOf(outputs))
				return p
			}
			logs = append(logs, rawjson.Text(log))
		}
		p.Text = strings.Join(logs, "\n")
		return p
	}
	return piece{}
}

// say sets a string as the text, and any other value as JSON.
func (p *piece) say(o *object, s span) {
	if o.isString(s) {
		p.setText(s)
	} else {
		p.setRaw(o.text, s)
	}
}

// ran reads what a program or a tool in a provider's container answered: {stdout,stderr,return_code}, a viewed file's {content}, a fetched page, or {error_code}.
// It returns false for other results.
func ran(p *piece, o *object) bool {
	v := o.in(o.text)
	if code := rawjson.Member(v, "error_code"); rawjson.KindOf(code) == rawjson.String {
		p.Text, p.Failed = label(code), true
		return true
	}
	switch o.str(nType) {
	case "text_editor_code_execution_view_result":
		if s := o.get(nContent); o.isString(s) {
			p.setText(s)
			return true
		}
	case "web_fetch_result":
		s := o.get(nContent)
		if !o.isObject(s) {
			return false
		}
		document := objectOf(o.text, s)
		p.Sources = []Source{{URL: o.str(nURL), Title: document.str(nTitle)}}
		if source := document.get(nSource); document.isObject(source) {
			in := objectOf(o.text, source)
			if data := in.get(nData); in.str(nType) == "text" && in.isString(data) {
				p.setText(data)
				return true
			}
		}
		return false
	}
	said, failed, is := printed(v)
	if !is {
		return false
	}
	p.Text, p.Failed = said, p.Failed || failed
	if s := o.get(nContent); !empty(s.in(o.text)) { // files that it wrote
		p.setRaw(o.text, o.span)
	}
	return true
}

// printed returns what a program printed: Anthropic's {stdout,stderr,return_code}, OpenAI's {stdout,stderr,outcome:{exit_code}}.
func printed(v []byte) (said string, failed, is bool) {
	out, err := rawjson.Member(v, "stdout"), rawjson.Member(v, "stderr")
	if rawjson.KindOf(out) != rawjson.String || len(out)+len(err) > maxMade {
		return "", false, false
	}
	said = rawjson.Text(out)
	if rawjson.KindOf(err) == rawjson.String {
		said += rawjson.Text(err)
	}
	for _, code := range [][]byte{rawjson.Member(v, "return_code"), rawjson.Member(rawjson.Member(v, "outcome"), "exit_code")} {
		failed = failed || rawjson.KindOf(code) == rawjson.Number && string(code) != "0"
	}
	return said, failed, true
}

// toolList is the list of an MCP server's tools: {server_label,tools:[{name,description}],error}.
func toolList(o *object) piece {
	p := piece{Part: Part{Type: PartToolResult, ID: o.str(nID), Name: "list_tools", Server: o.str(nServer)}}
	if s := o.get(nError); s.to > 0 {
		p.Failed = true
		p.say(o, s)
		return p
	}
	tools := rawjson.Member(o.in(o.text), "tools")
	if rawjson.KindOf(tools) != rawjson.Array || len(tools) > maxMade {
		return o.unknown()
	}
	var lines []string
	for tool := range rawjson.Items(tools) {
		line := label(rawjson.Member(tool, "name"))
		if about := rawjson.Member(tool, "description"); rawjson.KindOf(about) == rawjson.String {
			line += ": " + label(about)
		}
		lines = append(lines, line)
	}
	p.Text = strings.Join(lines, "\n")
	p.setRaw(o.text, o.span)
	return p
}

// approval is the answer to an MCP server's question: {approval_request_id,approve,reason}.
func approval(o *object) piece {
	v := o.in(o.text)
	p := piece{Part: Part{Type: PartToolResult, ID: label(rawjson.Member(v, "approval_request_id")), Text: "refused"}}
	if string(rawjson.Member(v, "approve")) == "true" {
		p.Text = "approved"
	}
	if reason := rawjson.Member(v, "reason"); rawjson.KindOf(reason) == rawjson.String {
		p.Text += ": " + label(reason)
	}
	return p
}

// made is an image that the provider's tool made: {type:"image_generation_call",result,revised_prompt}.
func made(o *object) piece {
	p := image(o)
	if p.Type == PartImage {
		p.Raw, p.raw = nil, span{} // besides the image it has only settings of the tool
		p.Text = label(rawjson.Member(o.in(o.text), "revised_prompt"))
	}
	return p
}

// grounds are the searches and sources beside an answer of Gemini: {groundingMetadata:{webSearchQueries,groundingChunks:[{web:{uri,title}}]},
// urlContextMetadata:{urlMetadata:[{retrievedUrl}]}, citationMetadata:{citations:[{uri,title}]}}. The piece has no type if there are none.
func grounds(o *object) (p piece) {
	room := maxSourceBytes
	each := func(n name, either string, or string, read func(v []byte)) {
		s := o.get(n)
		if s.to == 0 || s.len() > maxMade {
			return
		}
		list := rawjson.Member(s.in(o.text), either)
		if list == nil {
			list = rawjson.Member(s.in(o.text), or)
		}
		for item := range rawjson.Items(list) {
			read(item)
		}
	}
	var queries []string
	each(nGrounding, "webSearchQueries", "web_search_queries", func(v []byte) {
		if rawjson.KindOf(v) == rawjson.String && len(queries) < 10 {
			queries = append(queries, label(v))
		}
	})
	each(nGrounding, "groundingChunks", "grounding_chunks", func(v []byte) {
		for _, source := range rawjson.Members(v) { // web, retrievedContext, maps or image
			addSources(&p.Sources, &room, source, 0)
		}
	})
	each(nURLContext, "urlMetadata", "url_metadata", func(v []byte) {
		for _, n := range []string{"retrievedUrl", "retrieved_url"} {
			if url := rawjson.Member(v, n); rawjson.KindOf(url) == rawjson.String {
				addSources(&p.Sources, &room, url, 0)
			}
		}
	})
	for _, n := range []string{"citations", "citationSources"} {
		each(nCitationMetadata, n, n, func(v []byte) { addSources(&p.Sources, &room, v, 0) })
	}
	switch {
	case len(queries) > 0:
		p.Type, p.Text = PartSearch, strings.Join(queries, "; ")
	case len(p.Sources) > 0:
		p.Type = PartCitations
	}
	return p
}
