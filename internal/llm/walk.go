package llm

import (
	"strings"

	"github.com/playheadhq/playhead/internal/python"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// The stages of reading a value, which frames store. The numbers are stored in cursors, which clients may keep for a while: if a number gets another
// meaning, cursorVersion must change.
const (
	broken  = iota // no JSON
	scalar         // a string, a number, or what is nested too deeply
	inside         // JSON inside a string
	texts          // an array of strings that is one message, from an item on
	mixed          // an array of anything, from an item on
	whole          // an array or object that is one part
	item           // an object that is one part
	choices        // the lists of containers, from an item on
	messages
	output
	left      // the other members of a container
	choice    // an object around a message
	besideOf  // the other members of such an object
	stringed  // a message whose content is an item as a string
	besideIts // the other members of such a message
	// The steps of a message, in order.
	begin
	reasoningContent
	reasoningText
	thinkingText
	content
	parts
	refusal
	audioPart
	toolCalls
	functionCall
	citedPart
	images
	unnamed
	end
)

// resultMedia are the images in a tool's result, from an item on. It comes after the steps.
const resultMedia = end + 1

// outcomeOf is the outcome of a call, which is in the same item, and groundsOf are the sources beside an answer.
const (
	outcomeOf = resultMedia + 1
	groundsOf = resultMedia + 2
)

// lists are the names of lists of messages in containers.
var lists = map[int]name{choices: nChoices, messages: nMessages, output: nOutput}

const (
	// maxLevels is how many nested values are searched for messages. Those of providers nest four levels deep.
	maxLevels = 10
	// maxStrings is how many nested JSON strings are read, and maxInside their greatest length: a string is decoded once for each page that it fills.
	maxStrings = 3
	maxInside  = 1 << 20
)

// value reads the value at text[i]. Like all functions below, it returns false if the page is full; the frames then have the position.
func (r *reader) value(text []byte, i int) bool {
	r.levels++
	defer func() { r.levels-- }()
	if i >= len(text) {
		return true
	}
	if r.levels > maxLevels {
		return r.leaf(text, scalar, r.role, func() piece { return unknown(text, spanAt(text, i)) })
	}
	switch rawjson.KindOf(text[i:]) {
	case rawjson.Null, rawjson.Invalid:
		return true
	case rawjson.String:
		return r.text_(text, i)
	case rawjson.Array:
		return r.array(text, i)
	case rawjson.Object:
		return r.object(text, i)
	}
	return r.leaf(text, scalar, r.role, func() piece { return unknown(text, spanAt(text, i)) })
}

// leaf adds a value that is one piece to a message of that role.
func (r *reader) leaf(text []byte, stage int, role string, make func() piece) bool {
	r.follow()
	return r.join(text, role, make) || r.stopped(stage, 0)
}

// text_ reads a string in the place of a message: a text, or a message as JSON or as Python prints one.
func (r *reader) text_(text []byte, i int) bool {
	f, resumed := r.follow()
	if !resumed || f.stage == inside {
		if in, ok := r.inside(text, i, resumed, isMessages); ok {
			r.enter(i)
			ok := r.value(in, 0)
			r.leave()
			return ok || r.stopped(inside, 0)
		}
	}
	said := func() (p piece) {
		if r.step() { // the value of a step in Python, as Python prints it
			if s := spanAt(text, i); s.len() <= maxWhole && s.len() > 4 && (text[i+1] == '{' || text[i+1] == '[') {
				in := []byte(rawjson.Text(s.in(text)))
				if !parsable(in) {
					if in = python.JSON(in); in != nil {
						return piece{Part: Part{Type: PartJSON, Raw: in}}
					}
				}
			}
		}
		p.Type = PartText
		p.setText(spanAt(text, i))
		return p
	}
	return r.add(text, Message{Role: r.role}, said) || r.stopped(scalar, 0)
}

// enter and leave a string at text[i] that is read as JSON.
func (r *reader) enter(i int) {
	r.strings++
	r.path = append(r.path, i)
}

func (r *reader) leave() {
	r.strings--
	r.path = r.path[:len(r.path)-1]
}

func (r *reader) array(text []byte, i int) bool {
	f, resumed := r.follow()
	if !resumed {
		f = frame{arrayStage(text[i:]), i + 1}
		if f.stage == texts {
			if r.ends() {
				return r.stopped(begin, 0)
			}
			r.start(Message{Role: r.role})
		}
	}
	switch f.stage {
	case none_:
		return true
	case begin: // an array of strings, before its message
		if r.ends() {
			return r.stopped(begin, 0)
		}
		r.start(Message{Role: r.role})
		f = frame{texts, i + 1}
		fallthrough
	case texts:
		at, ok := r.items(text, f.at, func(at int) bool {
			return r.piece(text, func() (p piece) {
				p.Type = PartText
				p.setText(spanAt(text, at))
				return p
			}, false)
		})
		return ok || r.stopped(texts, at)
	case whole:
		make := func() piece { return unknown(text, spanAt(text, i)) }
		return r.add(text, Message{Role: r.role}, make) || r.stopped(whole, 0)
	}
	at, ok := r.items(text, f.at, func(at int) bool { return r.value(text, at) })
	return ok || r.stopped(mixed, at)
}

// none_ is the stage of an empty array.
const none_ = -1

// arrayStage determines how an array is read.
func arrayStage(v []byte) int {
	all, strings, inner, objects := 0, 0, 0, 0
	for item := range rawjson.Items(v) {
		all++
		switch rawjson.KindOf(item) {
		case rawjson.String:
			strings++
			if python.IsObject(item[1:]) {
				objects++
			}
		case rawjson.Array, rawjson.Object:
			inner++
		}
	}
	switch {
	case all == 0:
		return none_
	case strings == all && objects == 0: // the input of an embedding
		return texts
	case strings+inner == 0: // token ids
		return whole
	}
	return mixed
}

// items reads the items of an array, beginning with the one at text[i] (white space may precede it). It returns the item at which the page was full.
func (r *reader) items(text []byte, i int, read func(at int) bool) (at int, ok bool) {
	outermost := r.levels == 1 && r.strings == 0
	for {
		i = skipSpace(text, i)
		if i >= len(text) || text[i] == ']' {
			return i, true
		}
		if outermost && r.until > 0 && i >= r.until {
			r.ended = true
			return i, false
		}
		if !read(i) {
			return i, false
		}
		next := rawjson.Skip(text, i)
		if next == i {
			return i, true
		}
		if i = skipSpace(text, next); i < len(text) && text[i] == ',' {
			i++
		}
	}
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

func (r *reader) object(text []byte, i int) bool {
	f, resumed := r.follow()
	if !resumed {
		return r.newObject(text, i)
	}
	switch f.stage {
	case item:
		o := objectAt(text, i)
		return r.item(&o, o.str(nType))
	case choices, messages, output:
		return r.list(text, i, f)
	case left:
		o := objectAt(text, i)
		return r.left(&o)
	case choice, groundsOf, besideOf:
		return r.choice(text, i, f)
	case stringed, besideIts:
		o := objectAt(text, i)
		return r.stringed(&o, f)
	case whole:
		return r.whole(text, i)
	case scalar:
		o := objectAt(text, i)
		return r.bare(&o)
	}
	return r.message(text, i, nil, f)
}

func (r *reader) newObject(text []byte, i int) bool {
	if j := skipSpace(text, i+1); j < len(text) && text[j] == '}' {
		return r.whole(text, i)
	}
	o := messageAt(text, i)
	kind := o.str(nType)
	has := o.has(nContent) || o.has(nParts)
	n := wrapper(&o)
	switch {
	case n != none && kind != "message":
		return r.choice(text, i, frame{choice, o.get(n).from})
	case kind != "" && kind != "message" && shapes[kind] != nil && (!has || isResult(o.in(text))):
		return r.item(&o, kind) // it may also have a role, like the items of OpenAI Agents in JavaScript
	case o.has(nRole) || has && (kind == "" || kind == "message" || kind == "constructor" || spoken(kind) != ""):
		if s := o.get(nContent); o.isString(s) {
			// @posthog/ai sends the items of a responses input as {role:"user", content:"<the item as JSON>"}, including calls and their results.
			if _, ok := r.inside(text, s.from, false, isItem); ok {
				return r.stringed(&o, frame{stringed, 0})
			}
		}
		return r.message(text, i, &o, frame{begin, 0})
	case kind != "":
		return r.item(&o, kind)
	}
	// A list of messages inside an object.
	for stage := choices; stage <= output; stage++ {
		if s := o.get(lists[stage]); o.isArray(s) {
			return r.list(text, i, frame{stage, s.from + 1})
		}
	}
	if s := o.get(nText); o.isString(s) && o.lacks(setOf(nText)) { // a choice of the completions API, a bare block
		return r.bare(&o)
	}
	if vectors(&o) {
		return true
	}
	if !r.step() && untypedBlock(&o) { // Gemini's and Bedrock's, without a message
		return r.item(&o, "")
	}
	return r.whole(text, i)
}

// wrapper is the name of the member with the message, if an object only wraps one: OpenAI's choices, Gemini's candidates, Bedrock's answers,
// LangGraph's commands.
func wrapper(o *object) name {
	if o.has(nRole) || o.has(nKwargs) && o.has(nContent) {
		return none
	}
	for _, n := range []name{nMessage, nUpdate, nOutput, nContent} {
		s := o.get(n)
		if !o.isObject(s) {
			continue
		}
		inner := objectOf(o.text, s)
		switch n {
		case nMessage:
			return n
		case nUpdate:
			if inner.isArray(inner.get(nMessages)) {
				return n
			}
		case nOutput:
			if inner.isObject(inner.get(nMessage)) {
				return n
			}
		case nContent:
			if inner.isArray(inner.get(nParts)) {
				return n
			}
		}
	}
	return none
}

// vectors reports whether an object is the answer of an embedding call, which is not interesting to people.
func vectors(o *object) bool {
	s := o.get(nData)
	if !o.isArray(s) {
		return false
	}
	first := firstOf(s.in(o.text))
	return rawjson.KindOf(first) == rawjson.Object && rawjson.Member(first, "embedding") != nil
}

// untypedBlock reports whether an object without a type is a block of Gemini or Bedrock.
func untypedBlock(o *object) bool {
	for _, w := range wrapped {
		if o.isObject(o.get(w.name)) && o.lacks(setOf(w.name)) {
			return true
		}
	}
	return false
}

func (r *reader) step() bool { return Speaker(r.role).step() }

func (r *reader) whole(text []byte, i int) bool {
	make := func() piece { return unknown(text, spanAt(text, i)) }
	return r.add(text, Message{Role: r.role}, make) || r.stopped(whole, 0)
}

func (r *reader) bare(o *object) bool {
	ok := r.join(o.text, r.role, func() (p piece) {
		p.Type = PartText
		p.setText(o.get(nText))
		return p
	})
	return ok || r.stopped(scalar, 0)
}

// list reads the messages of a container, then its other members.
func (r *reader) list(text []byte, i int, f frame) bool {
	if at, ok := r.items(text, f.at, func(at int) bool { return r.value(text, at) }); !ok {
		return r.stopped(f.stage, at)
	}
	o := objectAt(text, i)
	return r.left(&o)
}

// left adds the members of a container other than its messages.
func (r *reader) left(o *object) bool {
	known := set{}
	for stage := choices; stage <= output; stage++ {
		if o.isArray(o.get(lists[stage])) {
			known = setOf(lists[stage])
			break
		}
	}
	return r.beside(o, known, true) || r.stopped(left, 0)
}

// beside adds the members of an object that were not read otherwise.
func (r *reader) beside(o *object, known set, envelope bool) bool {
	rest, long := o.rest(known, envelope)
	if rest == nil && !long {
		return true
	}
	return r.join(o.text, r.role, func() piece { return restOf(o, rest, long) })
}

func restOf(o *object, rest []byte, long bool) piece {
	if long {
		return unknown(o.text, o.span)
	}
	return piece{Part: Part{Type: PartJSON, Raw: rest}}
}

// choice reads the message in an object, then the sources beside it, and the object's other members.
func (r *reader) choice(text []byte, i int, f frame) bool {
	if f.stage == choice {
		if !r.value(text, f.at) {
			return r.stopped(choice, f.at)
		}
	}
	o := objectAt(text, i)
	p := grounds(&o)
	if f.stage != besideOf && p.Type != "" && !r.join(text, r.role, func() piece { return p }) {
		return r.stopped(groundsOf, 0)
	}
	known := setOf(wrapper(&o))
	if p.Type != "" {
		known = known.and(nGrounding, nURLContext, nCitationMetadata)
	}
	return r.beside(&o, known, true) || r.stopped(besideOf, 0)
}

// stringed reads the item in the content of a message, then the message's other members.
func (r *reader) stringed(o *object, f frame) bool {
	if s := o.get(nContent); f.stage == stringed {
		if in, ok := r.inside(o.text, s.from, true, isItem); ok {
			r.enter(s.from)
			ok := r.value(in, 0)
			r.leave()
			if !ok {
				return r.stopped(stringed, 0)
			}
		}
	}
	return r.beside(o, setOf(nRole, nContent), false) || r.stopped(besideIts, 0)
}

// item reads an object with a type that is not a message with text: an item of the responses API, or a content block in the place of a message.
func (r *reader) item(o *object, kind string) bool {
	if f, resumed := r.follow(); resumed && f.stage == resultMedia {
		return r.media(o, f.at) || r.stopped(item, 0)
	} else if resumed && f.stage == outcomeOf {
		return r.outcome(o, kind) || r.stopped(item, 0)
	}
	p := one(o, kind)
	make := func() piece { return p }
	var ok bool
	switch p.Type {
	case PartToolCall, PartThinking, PartSearch:
		role := "assistant"
		if r.step() {
			role = r.role
		}
		ok = r.join(o.text, role, make) && r.outcome(o, kind)
	case PartToolResult:
		ok = r.add(o.text, Message{Role: "tool", Name: p.Name, ToolCallID: p.ID}, make)
		if ok {
			ok = r.media(o, 0)
		}
	default:
		role := r.role
		if strings.HasSuffix(kind, "_call") {
			role = "assistant"
		}
		ok = r.join(o.text, role, make)
	}
	return ok || r.stopped(item, 0)
}

// outcome reads the outcome of a call that is in the same item.
func (r *reader) outcome(o *object, kind string) bool {
	p := outcome(o, kind)
	return p.Type == "" || r.add(o.text, Message{Role: "tool", Name: p.Name, ToolCallID: p.ID}, func() piece { return p }) || r.stopped(outcomeOf, 0)
}

// media reads the images and files in a tool's result, from the one at text[at] on; zero means all. Where it stopped is recorded in a frame of its
// own, before that of the result.
func (r *reader) media(o *object, at int) bool {
	s, _ := o.resultOf()
	switch {
	case s.len() > maxInside:
		return true
	case o.isObject(s) && isMedia(s.in(o.text)): // a single one, such as a picture of the screen
		return r.piece(o.text, func() piece { return part(o.text, s.from) }, false) || r.stopped(resultMedia, s.from)
	case !o.isArray(s):
		return true
	case at == 0:
		at = s.from + 1
	}
	stop, ok := r.within(o.text, at, func(at int) bool {
		if !r.begunPiece() && !isMedia(o.text[at:spanAt(o.text, at).to]) {
			return true
		}
		return r.piece(o.text, func() piece { return part(o.text, at) }, false)
	})
	return ok || r.stopped(resultMedia, stop)
}

// inside returns the JSON value in the string at text[i], if there is one. known means that the caller knows there is.
func (r *reader) inside(text []byte, i int, known bool, holds func(text []byte, i int) bool) ([]byte, bool) {
	s := spanAt(text, i)
	if r.strings >= maxStrings || s.len() > maxInside || s.len() < len(`"{}"`) || !bracketed(text[i+1:]) && !python.IsObject(text[i+1:]) {
		return nil, false
	}
	// For a message, this is called twice: for an item, and for blocks.
	if at := &text[i]; r.decodedAt != at {
		r.decodedAt = at
		r.decoded, r.decodedJSON = unquote(text, s)
	}
	return r.decoded, r.decoded != nil && (known || r.decodedJSON && holds(r.decoded, 0))
}

// unquote returns the content of the string at s, converted to JSON if Python wrote it, and whether it is JSON. It returns nil if Python's form cannot
// be converted.
func unquote(text []byte, s span) (said []byte, isJSON bool) {
	body := text[s.from+1 : s.to-1]
	said = rawjson.Trim(rawjson.AppendText(make([]byte, 0, len(body)), body))
	if python.IsObject(said) {
		said = python.JSON(said)
		return said, said != nil
	}
	return said, parsable(said)
}

// bracketed reports whether the inside of a JSON string begins, after white space, with a bracket.
func bracketed(s []byte) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
		case '\\': // \n, \r and \t are white space; no other escape is white space or a bracket
			if i++; i < len(s) && s[i] != 'n' && s[i] != 'r' && s[i] != 't' {
				return false
			}
		default:
			return s[i] == '{' || s[i] == '['
		}
	}
	return false
}

// isItem reports whether a value is one item of the responses API.
func isItem(text []byte, i int) bool {
	if text[i] != '{' {
		return false
	}
	o := objectAt(text, i)
	return (!o.has(nRole) || !o.has(nContent)) && shapes[o.str(nType)] != nil
}

// isBlocks reports whether a value consists only of content blocks.
func isBlocks(text []byte, i int) bool { return all(text, i, isItem) }

// isMessages reports whether a value is a message, item or block, or consists only of these.
func isMessages(text []byte, i int) bool {
	if text[i] == '[' {
		return all(text, i, isMessage)
	}
	return isMessage(text, i)
}

func isMessage(text []byte, i int) bool {
	if text[i] != '{' {
		return false
	}
	o := objectAt(text, i)
	return o.has(nRole) && (o.has(nContent) || o.has(nParts)) || !o.has(nRole) && shapes[o.str(nType)] != nil || o.isArray(o.get(nChoices))
}

// all reports whether a value is an array with items that all meet a condition.
func all(text []byte, i int, holds func(text []byte, i int) bool) bool {
	if text[i] != '[' {
		return false
	}
	some := false
	for item := range rawjson.Items(text[i:]) {
		if some = holds(item, 0); !some {
			return false
		}
	}
	return some
}
