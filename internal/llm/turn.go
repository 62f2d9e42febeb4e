package llm

import (
	"bytes"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// message reads an object with a role, or with content and no other meaning, beginning with a step. o is nil if the page before had read the object's
// names: they are read again only for steps that need them.
func (r *reader) message(text []byte, i int, o *object, f frame) bool {
	need := func() *object {
		if o == nil {
			read := messageAt(text, i)
			o = &read
		}
		return o
	}
	for stage, at := f.stage, f.at; stage < end; stage, at = stage+1, 0 {
		ok := true
		switch stage {
		case begin:
			ok = r.begin(need())
		case reasoningContent, reasoningText, thinkingText:
			n := map[int]name{reasoningContent: nReasoningContent, reasoningText: nReasoning, thinkingText: nThinking}[stage]
			if s := need().get(n); o.isObject(s) { // LangChain's in JavaScript: the item of the responses API
				ok = r.piece(text, func() piece { in := objectOf(text, s); return reasoning(&in) }, false)
			} else {
				ok = !r.begunPiece() && repeatedThinking(o, n) || r.said(o, n, PartThinking)
			}
		case content, parts:
			if at == 0 {
				at = need().get(map[int]name{content: nContent, parts: nParts}[stage]).from
			}
			ok = at == 0 || r.content(text, at)
		case refusal:
			ok = r.said(need(), nRefusal, PartRefusal)
		case audioPart:
			if s := need().get(nAudio); o.isObject(s) {
				ok = r.piece(text, func() piece { a := objectOf(text, s); return audio(&a) }, false)
			}
		case toolCalls:
			if at == 0 {
				if s := need().get(nToolCalls); o.isArray(s) && !repeatedCalls(o, s) {
					at = s.from
				}
			}
			ok = at == 0 || r.calls(text, at)
		case functionCall:
			if s := need().get(nFunctionCall); o.isObject(s) && !o.isArray(o.get(nToolCalls)) { // LangChain repeats Gemini's calls
				ok = r.piece(text, func() piece { c := objectOf(text, s); return toolCall(&c) }, false)
			}
		case citedPart:
			if found := citations(need()); len(found) > 0 {
				ok = r.piece(text, func() piece { return piece{Part: Part{Type: PartCitations, Sources: found}} }, false)
			}
		case images:
			if at == 0 {
				if s := need().get(nImages); o.isArray(s) {
					at = s.from + 1
				}
			}
			if at > 0 { // Ollama's, base64 alone
				at, ok = r.within(text, at, func(at int) bool {
					return r.piece(text, func() piece { return bareImage(text, at) }, false)
				})
			}
		case unnamed:
			if rest, long := need().rest(understood(o), true); rest != nil || long {
				ok = r.piece(text, func() piece { return restOf(o, rest, long) }, false)
			}
		}
		if !ok {
			return r.stopped(stage, at)
		}
	}
	if need().str(nType) == "message" {
		r.open, r.spoke = true, true
	}
	return true
}

// begin begins the message of o, or continues the open message if it is the same turn.
func (r *reader) begin(o *object) bool {
	m := Message{
		Role: canonical(o.str(nRole)), Name: o.str(nName, nToolName), ToolCallID: o.str(nToolCallID, nToolUseID, nCallID),
	}
	if m.Role == "" {
		m.Role = spoken(o.str(nType))
	}
	if s := o.get(nID); m.Role == "" && o.isArray(s) { // LangChain's: [..., "HumanMessage"]
		for _, class := range o.items(s) {
			m.Role = spoken(label(class))
		}
	}
	if m.Role == "" {
		m.Role = r.role
	}
	if m.Role == "user" && onlyResults(o.in(o.text)) { // results of tools for Anthropic and Gemini have the role user
		m.Role = "tool"
	}
	if r.open && !r.spoke && r.current.Role == m.Role && o.str(nType) == "message" {
		return true
	}
	if r.ends() {
		return false
	}
	r.start(m)
	return true
}

// said adds the text of a member, if it has one.
func (r *reader) said(o *object, n name, kind PartType) bool {
	s := o.get(n)
	if !o.isString(s) || s.len() == len(`""`) {
		return true
	}
	return r.piece(o.text, func() (p piece) {
		p.Type = kind
		p.setText(s)
		return p
	}, false)
}

// understood are the names that message uses.
func understood(o *object) set {
	known := setOf(nRole, nName, nToolName, nToolCallID, nToolUseID, nCallID, nContent, nParts, nProviderFields, nImages)
	if o.isString(o.get(nReasoningContent)) { // LiteLLM says the same in both
		known = known.and(nThinkingBlocks)
	}
	if len(citations(o)) > 0 {
		known = known.and(nCitations, nAnnotations)
	}
	for _, n := range []name{nReasoningContent, nReasoning, nThinking, nRefusal} {
		if o.isString(o.get(n)) {
			known = known.and(n)
		}
	}
	for _, n := range []name{nAudio, nFunctionCall, nReasoning, nReasoningContent} {
		if o.isObject(o.get(n)) {
			known = known.and(n)
		}
	}
	if o.isArray(o.get(nToolCalls)) {
		known = known.and(nToolCalls)
	}
	return known
}

// citations are the sources that a message has next to its text.
func citations(o *object) []Source {
	if s := o.get(nCitations, nAnnotations); o.isArray(s) {
		return o.sources(s)
	}
	if s := o.get(nProviderFields); o.isObject(s) { // LiteLLM's
		in := objectOf(o.text, s)
		return in.sources(in.get(nCitations))
	}
	return nil
}

// repeatedThinking reports whether the thinking in a member is also among the message's parts, or in an earlier member.
func repeatedThinking(o *object, n name) bool {
	said := o.get(n)
	if !o.isString(said) {
		return false
	}
	for _, before := range []name{nReasoningContent, nReasoning, nThinking} {
		if before == n {
			break
		}
		if s := o.get(before); bytes.Equal(s.in(o.text), said.in(o.text)) {
			return true
		}
	}
	if s := o.get(nContent); o.isArray(s) {
		for item := range rawjson.Items(s.in(o.text)) {
			if bytes.Equal(rawjson.Member(item, "thinking"), said.in(o.text)) {
				return true
			}
		}
	}
	return false
}

// repeatedCalls reports whether all of a message's calls are also among its parts, by their ids: LangChain sends both.
func repeatedCalls(o *object, calls span) bool {
	s := o.get(nContent)
	if !o.isArray(s) || s.len() > maxMade {
		return false
	}
	ids := make(map[string]bool)
	for item := range rawjson.Items(s.in(o.text)) {
		if rawjson.KindOf(item) != rawjson.Object {
			continue
		}
		if block := objectAt(item, 0); shapes[block.str(nType)] != nil {
			ids[block.str(nCallID, nToolUseID, nID)] = true
		}
	}
	delete(ids, "")
	if len(ids) == 0 {
		return false
	}
	for item := range rawjson.Items(calls.in(o.text)) {
		if !ids[label(rawjson.Member(item, "id"))] {
			return false
		}
	}
	return true
}

// bareImage is an image as base64 without anything else.
func bareImage(text []byte, at int) piece {
	s := spanAt(text, at)
	if text[at] != '"' {
		return unknown(text, s)
	}
	return piece{Part: Part{Type: PartImage, Media: &Media{Bytes: (s.len() - len(`""`)) * 3 / 4}}, data: at + 1}
}

// onlyResults reports whether all blocks of a message are results of tools.
func onlyResults(message []byte) bool {
	for key, v := range rawjson.Members(message) {
		if string(key) != "content" && string(key) != "parts" {
			continue
		}
		some := false
		for item := range rawjson.Items(v) {
			if some = isResult(item); !some {
				return false
			}
		}
		return some
	}
	return false
}

// content reads the parts of a message's content at text[i].
func (r *reader) content(text []byte, i int) bool {
	f, resumed := r.follow()
	if !resumed {
		f = frame{scalar, 0}
		switch rawjson.KindOf(text[i:]) {
		case rawjson.Null:
			return true
		case rawjson.String:
			if s := spanAt(text, i); s.len() == len(`""`) {
				return true
			}
			if _, ok := r.inside(text, i, false, isBlocks); ok {
				f = frame{inside, 1}
			}
		case rawjson.Array:
			f = frame{mixed, i + 1}
		}
	}
	switch f.stage {
	case inside:
		if in, ok := r.inside(text, i, true, isBlocks); ok {
			r.enter(i)
			at, ok := r.blocks(in, f.at)
			r.leave()
			return ok || r.stopped(inside, at)
		}
		return true
	case mixed:
		at, ok := r.blocks(text, f.at)
		return ok || r.stopped(mixed, at)
	}
	if len(r.resume) > 0 {
		f, _ := r.follow()
		o := objectAt(text, i)
		return r.media(&o, f.at) || r.stopped(scalar, 0)
	}
	return r.block(text, i, func() piece { return part(text, i) }) || r.stopped(scalar, 0)
}

// block reads one block of a message's content, and the images in a tool's result. If the page before stopped inside a text of the block, make is
// called after that text has ended.
func (r *reader) block(text []byte, at int, make func() piece) bool {
	var kind PartType
	read := r.piece(text, func() piece {
		p := make()
		kind = p.Type
		return r.answered(p)
	}, false)
	if !read {
		return false
	}
	if kind == PartToolResult && text[at] == '{' {
		o := objectAt(text, at)
		return r.media(&o, 0)
	}
	return true
}

func (r *reader) blocks(text []byte, i int) (at int, ok bool) {
	return r.within(text, i, func(at int) bool {
		if f, resumed := r.follow(); resumed {
			if f.stage == resultMedia {
				o := objectAt(text, at)
				return r.media(&o, f.at)
			}
			p := part(text, at)
			in, _ := r.quotedResult(text, &p)
			return r.quotedBlock(in, &p)
		}
		if r.begunPiece() {
			return r.block(text, at, func() piece { return part(text, at) })
		}
		p := part(text, at)
		if in, ok := r.quotedResult(text, &p); ok {
			return r.quotedBlock(in, &p)
		}
		// A streamed answer that was refused arrives as one empty text.
		if p.Type == PartText && p.saysNothing() {
			return true
		}
		return r.block(text, at, func() piece { return p })
	})
}

// quotedResult returns a tool's result that is JSON in the text of a block: Vercel's wrapper sends results of the provider's own tools in this way.
func (r *reader) quotedResult(text []byte, p *piece) ([]byte, bool) {
	if p.Type != PartText || !p.quoted || p.said.len() < len(`{"type":"tool-result"}`) {
		return nil, false
	}
	return r.inside(text, p.said.from-1, false, func(text []byte, i int) bool { return isResult(text[i:]) })
}

func (r *reader) quotedBlock(in []byte, p *piece) bool {
	if in == nil { // the cursor was made for other bytes
		return true
	}
	r.enter(p.said.from - 1)
	ok := r.piece(in, func() piece { return r.answered(part(in, 0)) }, false)
	r.leave()
	return ok || r.stopped(inside, 0)
}

// within is like items, for a list inside a message.
func (r *reader) within(text []byte, i int, read func(at int) bool) (at int, ok bool) {
	r.levels++
	defer func() { r.levels-- }()
	return r.items(text, i, read)
}

// answered makes a tool result from text or JSON in a tool message.
func (r *reader) answered(p piece) piece {
	if r.current.Role == "tool" && (p.Type == PartText || p.Type == PartJSON) {
		p.Type, p.ID, p.Name = PartToolResult, r.current.ToolCallID, r.current.Name
	}
	return p
}

// calls reads the tool calls at text[i].
func (r *reader) calls(text []byte, i int) bool {
	f, resumed := r.follow()
	if !resumed {
		f = frame{mixed, i + 1}
	}
	at, ok := r.within(text, f.at, func(at int) bool {
		return r.piece(text, func() piece {
			if text[at] != '{' {
				return unknown(text, spanAt(text, at))
			}
			o := objectAt(text, at)
			return toolCall(&o)
		}, false)
	})
	return ok || r.stopped(mixed, at)
}
