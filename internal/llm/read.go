package llm

import (
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Limit is the largest size of a page of messages. A zero field means no limit.
type Limit struct {
	// Parts is the largest number of parts, or of messages if there are more of these.
	Parts int
	// Bytes is the approximate size of a page as JSON. A page always has at least one part; only its text may be cut.
	Bytes int
}

// Page is a run of messages.
type Page struct {
	// Messages is never nil.
	Messages []Message
	// Next is where the next page begins; nil at the end.
	Next Cursor
}

// Speaker is the role of messages without a role.
type Speaker string

// Speakers.
const (
	Asked    Speaker = "user"      // in what a call was given
	Answered Speaker = "assistant" // in what a call answered
	Given    Speaker = "input"     // in what a step (a tool or a chain) was given, because nobody speaks to a step
	Returned Speaker = "output"    // in what a step returned
)

// step reports whether the messages are a value of a step.
func (s Speaker) step() bool { return s == Given || s == Returned }

// Messages converts an event's input or output ($ai_input, $ai_output_choices and similar), as it was sent, to messages. It reads arrays of messages,
// of response items, of content blocks or of strings; one of these alone; the objects in which providers and frameworks wrap them ({choices: …},
// {messages: …}, {output: {message: …}}, …); and any of these inside a JSON string, or as Python prints an object. The table of blocks in part.go and
// the names in object.go list the known forms; testdata/clients has them as clients send them. Everything else becomes parts of type "json".
//
// It never fails and never returns nil. Bytes that are not JSON (content that was cut to size) become one text.
func Messages(raw []byte, speaker Speaker) []Message {
	p, _ := Read(raw, speaker, nil, Limit{}) // a nil cursor causes no error
	return p.Messages
}

// Read is Messages page by page: it reads from a cursor up to the limit. All pages together are equal to Messages. A message or text that continues
// on the next page is Continued there. The work is proportional to the page, whatever surrounds it; only the first page reads all of raw, once or
// twice for each level of lists.
func Read(raw []byte, speaker Speaker, at Cursor, limit Limit) (Page, error) {
	r := reader{limit: limit, role: string(speaker), out: []Message{}}
	if at != nil {
		s, err := parseCursor(at)
		if err != nil {
			return Page{Messages: r.out}, err
		}
		r.state, r.resume = s, s.frames
		r.frames = nil
	}
	return r.read(raw), nil
}

// Ends returns the first messages of an input and, if these do not soon reach it, the latest turn: from the user's last message on. Reading on from
// first ends where last begins.
func Ends(raw []byte, speaker Speaker, firstLimit, lastLimit Limit) (first, last Page) {
	first, _ = Read(raw, speaker, nil, firstLimit)
	last = Page{Messages: []Message{}}
	if first.Next == nil {
		return first, last
	}
	s, err := parseCursor(first.Next)
	if err != nil || len(s.frames) == 0 {
		return first, last
	}
	turn, ok := lastTurn(rawjson.Trim(raw), s.frames[0].stage)
	if !ok || turn <= s.frames[0].at {
		return first, last
	}
	s.until = turn
	first.Next = s.cursor()
	there := state{frames: []frame{{s.frames[0].stage, turn}}}
	last, _ = Read(raw, speaker, there.cursor(), lastLimit)
	return first, last
}

// lastTurn is the position of the user's last message in the outermost list.
func lastTurn(text []byte, stage int) (at int, ok bool) {
	list := span{0, len(text)}
	if name, is := lists[stage]; is {
		o := objectAt(text, 0)
		list = o.get(name)
	} else if stage != mixed {
		return 0, false
	}
	for item := range rawjson.Items(list.in(text)) {
		if rawjson.KindOf(item) == rawjson.Object {
			if canonical(label(rawjson.Member(item, "role"))) == "user" && !onlyResults(item) {
				at, ok = cap(text)-cap(item), true
			}
		}
	}
	return at, ok
}

// reader makes one page.
type reader struct {
	state
	limit Limit
	role  string // of messages without a role
	out   []Message
	// parts and bytes are the size of the page so far.
	parts, bytes int
	// resume are the frames that lead to the beginning of the page and have not been followed yet.
	resume []frame
	// strings is the number of JSON strings around the current value, levels the number of values.
	strings, levels int
	// decoded is the content of the string that starts at decodedAt, and decodedJSON whether it is JSON.
	decoded     []byte
	decodedAt   *byte
	decodedJSON bool
	// ended means that until was reached.
	ended bool
	// path are the offsets of the strings around the current value.
	path Ref
}

func (r *reader) read(raw []byte) Page {
	text := rawjson.Trim(raw)
	var done bool
	switch begins := len(r.resume) == 0; {
	case len(text) == 0:
		done = true
	case begins && !parsable(text), !begins && r.resume[0].stage == broken:
		r.follow()
		done = r.add(text, Message{Role: r.role}, func() piece {
			return piece{Part: Part{Type: PartText}, said: span{0, len(text)}}
		})
		if !done {
			r.stopped(broken, 0)
		}
	default:
		done = r.value(text, 0)
	}
	p := Page{Messages: r.out}
	if !done && !r.ended {
		slices.Reverse(r.frames)
		p.Next = r.cursor()
	}
	return p
}

// follow takes the next frame, which has the position in a value at which the page before ended.
func (r *reader) follow() (f frame, resumed bool) {
	if len(r.resume) == 0 {
		return frame{}, false
	}
	f, r.resume = r.resume[0], r.resume[1:]
	return f, true
}

// stopped records the position in a value at which the page ends, innermost value first. It returns false.
func (r *reader) stopped(stage, at int) bool {
	r.frames = append(r.frames, frame{stage, at})
	return false
}

// least is the number of bytes that must be left on a page before a part is begun on it.
const least = 512

// full reports whether the page has no room for another part.
func (r *reader) full() bool {
	return r.limit.Parts > 0 && r.parts >= r.limit.Parts || r.limit.Bytes > 0 && r.bytes+least > r.limit.Bytes && r.bytes > 0
}

// ends reports whether the page has no room for another message. A message that was begun always has room for its first part, unless the bytes are
// used up.
func (r *reader) ends() bool { return r.full() || r.limit.Parts > 0 && len(r.out) >= r.limit.Parts }

// begunPiece reports whether the next piece was begun on the page before.
func (r *reader) begunPiece() bool { return r.unit > 0 || r.into > 0 || r.text.to > 0 }

// start begins a message.
func (r *reader) start(m Message) {
	m.Parts = []Part{}
	r.out = append(r.out, m)
	r.current, r.begun, r.open, r.spoke = Message{Role: m.Role, Name: m.Name, ToolCallID: m.ToolCallID}, true, false, false
	r.bytes += 64 + len(m.Role) + len(m.Name) + len(m.ToolCallID)
}

// add begins a message with one piece.
func (r *reader) add(text []byte, m Message, make func() piece) bool {
	if !r.begunPiece() {
		if r.ends() {
			return false
		}
		r.start(m)
		return r.piece(text, make, true)
	}
	return r.piece(text, make, false)
}

// join adds a piece to the open message if it has this role, otherwise to a new one.
func (r *reader) join(text []byte, role string, make func() piece) bool {
	fresh := false
	if !r.begunPiece() && (!r.open || r.current.Role != role) {
		if r.ends() {
			return false
		}
		r.start(Message{Role: role})
		fresh = true
	}
	r.open = true
	return r.piece(text, make, fresh)
}

// put adds a part to the message.
func (r *reader) put(p Part) {
	if len(r.out) == 0 {
		m := r.current
		m.Continued, m.Parts = true, []Part{}
		r.out = append(r.out, m)
		r.bytes += 64 + len(m.Role) + len(m.Name) + len(m.ToolCallID)
	}
	m := &r.out[len(r.out)-1]
	m.Parts = append(m.Parts, p)
	r.parts++
	r.bytes += 32 + len(p.ID) + len(p.Name) + len(p.Arguments) + len(p.Raw)
	for _, s := range p.Sources {
		r.bytes += 32 + len(s.URL) + len(s.Title) + len(s.Text)
	}
	if p.Media != nil {
		r.bytes += len(p.Media.URL) + len(p.Media.Note) + len(p.Media.Name) + len(p.Media.MIME)
	}
}

// piece adds a piece to the message: one part, and one more for each value that is too long for it. make is called only if the page before did not
// stop inside a text. forced means that there is room for its beginning. It returns false if the page is full; then the same piece comes next.
func (r *reader) piece(text []byte, make func() piece, forced bool) bool {
	if r.text.to > 0 { // the page before stopped inside of a text
		if r.text.to > len(text) {
			r.text.to, r.text.from = len(text), min(r.text.from, len(text))
		}
		if !r.say(text, Part{Type: r.kind, Continued: true}, r.text, r.quoted) {
			return false
		}
		r.unit++
	}
	if !forced && r.unit == 0 && r.into == 0 && r.full() {
		return false
	}
	p := make()
	if p.data > 0 && p.Media != nil {
		p.Media.Ref = append(slices.Clone(r.path), p.data)
	}
	for ; r.unit < 3; r.unit++ {
		switch {
		case r.unit == 1 && p.arguments.to > 0:
			if !r.sayRaw(text, p.arguments, p.argumentsQuoted) {
				return false
			}
		case r.unit == 2 && p.raw.to > 0:
			if !r.sayRaw(text, p.raw, false) {
				return false
			}
		case r.unit == 0 && p.said.to > 0:
			if !r.say(text, p.Part, p.said, p.quoted) {
				return false
			}
		case r.unit == 0:
			if !r.sayMade(p.Part) {
				return false
			}
		}
	}
	r.unit = 0
	return true
}

func (r *reader) sayRaw(text []byte, s span, quoted bool) bool {
	if quoted {
		s = span{s.from + 1, s.to - 1}
	}
	if r.full() {
		return false
	}
	return r.say(text, Part{Type: PartJSON}, s, quoted)
}

// say adds a part with as much of its text as the page has room for. It returns false if some is left.
func (r *reader) say(text []byte, p Part, s span, quoted bool) bool {
	if p.Continued && r.full() {
		return false
	}
	part, next, spent := take(text, s.from, s.to, quoted, r.room())
	p.Text = part
	r.put(p)
	r.bytes += spent
	if next < s.to {
		r.text, r.quoted, r.kind = span{next, s.to}, quoted, p.Type
		return false
	}
	r.text, r.quoted, r.kind = span{}, false, ""
	return true
}

// sayMade is like say, for a part whose text was put together from pieces. The text is put together again for each page, because it is never long.
func (r *reader) sayMade(p Part) bool {
	text := p.Text
	if r.into > 0 {
		if r.full() {
			return false
		}
		p = Part{Type: p.Type, Continued: true}
	}
	from, next, spent := min(r.into, len(text)), len(text), 0
	if text != "" {
		p.Text, next, spent = take([]byte(text), from, len(text), false, r.room())
	}
	r.put(p)
	r.bytes += spent
	if r.into = next; next < len(text) {
		return false
	}
	r.into = 0
	return true
}

// room is the number of bytes of text that fit on the page; zero means any number.
func (r *reader) room() int {
	if r.limit.Bytes == 0 {
		return 0
	}
	return max(r.limit.Bytes-r.bytes, least)
}

// canonical returns the usual name of a role.
func canonical(role string) string {
	role = strings.ToLower(strings.TrimSpace(role))
	switch role {
	case "human", "humanmessage", "humanmessagechunk":
		return "user"
	case "model", "ai", "bot", "aimessage", "aimessagechunk", "chatbot":
		return "assistant"
	case "instructions", "systemmessage":
		return "system"
	case "function", "toolmessage", "functionmessage":
		return "tool"
	}
	return role
}

// spoken is the role that follows from a type: LangChain's messages have no role.
func spoken(kind string) string {
	switch role := canonical(kind); role {
	case "user", "assistant", "system", "tool", "developer":
		return role
	}
	return ""
}
