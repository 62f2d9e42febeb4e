package llm

import "github.com/playheadhq/playhead/internal/rawjson"

// message reads an object with a role, or with content and nothing that says otherwise, from a step on. o is nil where the
// page before had read the object's names: it is read again only for the steps that need it.
func (r *reader) message(text []byte, i int, o *object, f frame) bool {
	need := func() *object {
		if o == nil {
			read := objectAt(text, i)
			o = &read
		}
		return o
	}
	for stage, at := f.stage, f.at; stage < end; stage, at = stage+1, 0 {
		ok := true
		switch stage {
		case begin:
			ok = r.begin(need())
		case reasoningContent:
			ok = r.said(need(), nReasoningContent, PartThinking)
		case reasoningText:
			ok = r.said(need(), nReasoning, PartThinking)
		case thinkingText:
			ok = r.said(need(), nThinking, PartThinking)
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
				if s := need().get(nToolCalls); o.isArray(s) {
					at = s.from
				}
			}
			ok = at == 0 || r.calls(text, at)
		case functionCall:
			if s := need().get(nFunctionCall); o.isObject(s) {
				ok = r.piece(text, func() piece { c := objectOf(text, s); return toolCall(&c) }, false)
			}
		case unnamed:
			if rest, long := need().rest(understood(o), false); rest != nil || long {
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

// begin begins the message of o, or goes on with the open one where that is of the same turn.
func (r *reader) begin(o *object) bool {
	m := Message{
		Role: canonical(o.str(nRole)), Name: o.str(nName), ToolCallID: o.str(nToolCallID, nToolUseID, nToolCallIDCamel),
	}
	if m.Role == "" {
		m.Role = r.role
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

// said is the text of a member, where it has one.
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

// understood are the names of which message makes something.
func understood(o *object) set {
	known := setOf(nRole, nName, nToolCallID, nToolUseID, nToolCallIDCamel, nContent, nParts)
	for _, n := range []name{nReasoningContent, nReasoning, nThinking, nRefusal} {
		if o.isString(o.get(n)) {
			known |= setOf(n)
		}
	}
	for _, n := range []name{nAudio, nFunctionCall} {
		if o.isObject(o.get(n)) {
			known |= setOf(n)
		}
	}
	if o.isArray(o.get(nToolCalls)) {
		known |= setOf(nToolCalls)
	}
	return known
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
			at, ok := r.blocks(in, f.at)
			return ok || r.stopped(inside, at)
		}
		return true
	case mixed:
		at, ok := r.blocks(text, f.at)
		return ok || r.stopped(mixed, at)
	}
	return r.piece(text, func() piece { return r.answered(part(text, i)) }, false) || r.stopped(scalar, 0)
}

func (r *reader) blocks(text []byte, i int) (at int, ok bool) {
	return r.within(text, i, func(at int) bool {
		if r.begunPiece() {
			return r.piece(text, func() piece { return r.answered(part(text, at)) }, false)
		}
		p := part(text, at)
		// A refused answer that was streamed arrives as one empty text.
		if p.Type == PartText && p.saysNothing() {
			return true
		}
		return r.piece(text, func() piece { return r.answered(p) }, false)
	})
}

// within is items for a list inside a message.
func (r *reader) within(text []byte, i int, read func(at int) bool) (at int, ok bool) {
	r.levels++
	defer func() { r.levels-- }()
	return r.items(text, i, read)
}

// answered makes a tool result of what a tool message says.
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
