package posthog

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
	"unsafe"

	"github.com/playheadhq/playhead/internal/intake"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// parsed is a parsed request. Its slices are parts of the body.
type parsed struct {
	events []incoming
	// refused are the elements that are not events, one entry for each kind.
	refused []model.Refusal
	// sentMS is the client's clock when it sent the request; 0 if unknown.
	sentMS int64
}

// maxDepth is the deepest nesting of arrays and objects inside a property. An uncompressed DOM snapshot nests two levels for each element, so this
// allows a page with 2,000 nested elements. It limits the recursion of later readers.
const maxDepth = 4096

// parser parses a body of valid UTF-8. It knows three shapes: an object with a batch, a bare array, a single event.
type parser struct {
	rawjson.Scanner
	parsed
	// route determines the special cases of a route: the shape of v1, the default name of /engage.
	route *route
	// library is the sender according to its headers, used if the body has none ("posthog-node/5.70.0").
	library   library
	maxEvents int
	work      *intake.Work
	nowMS     int64
	claim     claim
}

// library is a client's name and version.
type library struct{ name, version string }

func (l library) String() string {
	if l.version == "" {
		return l.name
	}
	return l.name + "/" + l.version
}

// parse parses the body. Errors: *intake.Failure.
func (p *parser) parse() error {
	switch c := p.Peek(); {
	case c == '{':
		p.object()
	case c == '[':
		p.array()
	case p.AtEnd():
		return intake.BadRequest("empty", "the body is empty: send a JSON object or array of events")
	default:
		p.Fail("an object or array of events")
	}
	if p.Err() == nil {
		p.End()
	}
	if p.Err() == nil {
		return nil
	}
	if known, ok := errors.AsType[*intake.Failure](p.Err()); ok {
		return known
	}
	return intake.BadRequest("bad_json", "the body is not valid JSON: "+p.Err().Error())
}

// object parses a body that is one object: a batch with fields around it, or a single event.
func (p *parser) object() {
	start := p.At()
	p.Open()
	var e fields
	var sent []byte
	batch := false
	p.Shallow()
	for first := true; ; first = false {
		name, more := p.Member(first)
		if !more {
			break
		}
		switch string(name) {
		case "batch":
			if p.Peek() != '[' {
				p.Fail("an array of events")
				return
			}
			batch = true
			p.array()
		case "sent_at":
			sent, _ = p.Value()
		case "api_key", "token", "$token":
			raw, _ := p.Value()
			p.claim.atTop(raw)
		case "created_at":
			if raw, _ := p.Value(); sent == nil {
				sent = raw // the only clock of v1 bodies
			}
		default:
			p.field(&e, name)
		}
		if p.Err() != nil {
			return
		}
	}
	if p.Err() != nil {
		return
	}
	p.sentMS = clockMS(sent)
	if !batch {
		p.add(&e, p.Since(start))
	}
}

// array parses a batch of events, or a body that is an array.
func (p *parser) array() {
	p.Open()
	for first := true; p.Element(first); first = false {
		if c := p.Peek(); c != '{' {
			raw, ok := p.Value()
			if !ok {
				return
			}
			p.refuse(model.ReasonNotObject, "", p.library, int64(len(raw)), strangers[c])
			continue
		}
		start := p.At()
		p.Open()
		var e fields
		p.Shallow()
		for first := true; ; first = false {
			name, more := p.Member(first)
			if !more {
				break
			}
			if string(name) == "sent_at" {
				if raw, ok := p.Value(); ok && p.sentMS == 0 {
					p.sentMS = clockMS(raw) // posthog-js sends it in each $snapshot
				}
			} else {
				p.field(&e, name)
			}
			if p.Err() != nil {
				return
			}
		}
		if p.Err() != nil || !p.add(&e, p.Since(start)) {
			return
		}
	}
}

// fields are an event's members as they were sent.
type fields struct {
	uuid, event, distinctID, timestamp, offset []byte
	sessionID, windowID                        []byte
	properties, set, setOnce, options          []byte
	token                                      []byte

	// These are found inside properties.
	innerID, innerToken, lib, libVersion []byte
}

// field parses the value of one member of an event.
func (p *parser) field(e *fields, name []byte) {
	switch string(name) {
	case "properties":
		p.properties(e)
	case "event":
		e.event, _ = p.Value()
	case "uuid":
		e.uuid, _ = p.Value()
	case "timestamp":
		e.timestamp, _ = p.Value()
	case "distinct_id", "$distinct_id":
		e.distinctID, _ = p.Value()
	case "offset":
		e.offset, _ = p.Value()
	case "$set":
		e.set, _ = p.Value()
	case "$set_once":
		e.setOnce, _ = p.Value()
	case "token", "api_key", "$token":
		e.token, _ = p.Value()
	case "session_id":
		e.sessionID, _ = p.Value()
	case "window_id":
		e.windowID, _ = p.Value()
	case "options":
		e.options, _ = p.Value()
	default:
		p.Skip()
	}
}

// properties skips over an event's properties and records the few that are needed here.
func (p *parser) properties(e *fields) {
	if p.Peek() != '{' {
		p.Skip() // null or not an object: an event without properties
		return
	}
	start := p.At()
	p.Open()
	for first := true; ; first = false {
		name, more := p.Member(first)
		if !more {
			break
		}
		switch string(name) {
		case "distinct_id":
			e.innerID, _ = p.Value()
		case "token":
			e.innerToken, _ = p.Value()
		case "$lib":
			e.lib, _ = p.Value()
		case "$lib_version":
			e.libVersion, _ = p.Value()
		default:
			p.Skip()
		}
		if p.Err() != nil {
			return
		}
	}
	if p.Err() == nil {
		e.properties = p.Since(start)
	}
}

// add makes an event from the parsed fields.
func (p *parser) add(e *fields, raw []byte) bool {
	p.claim.ofEvent(e.token, e.innerToken)
	lib := library{str(e.lib), str(e.libVersion)}
	if lib.name == "" {
		lib = p.library
	}
	if p.Deep() {
		p.refuse(model.ReasonTooDeep, str(e.event), lib, int64(len(raw)), tooDeep)
		return true
	}
	if len(p.events) == p.maxEvents {
		p.Stop(intake.TooLarge(fmt.Sprintf("more than %d events in one request: send smaller batches", p.maxEvents)))
		return false
	}
	if len(p.events) == cap(p.events) && !p.grow() {
		return false
	}
	copies := 0
	for _, raw := range [...][]byte{e.uuid, e.event, e.distinctID, e.innerID, e.timestamp, e.sessionID, e.windowID} {
		copies += min(len(raw), maxText)
	}
	if p.route.v1 {
		copies += restoredSize(e)
	}
	if err := p.work.Reserve(int64(copies)); err != nil {
		p.Stop(err)
		return false
	}
	in := incoming{
		name:       str(e.event),
		distinctID: str(e.distinctID),
		timestamp:  str(e.timestamp),
		offsetMS:   offsetMS(e.offset),
		sessionID:  str(e.sessionID),
		windowID:   str(e.windowID),
		properties: e.properties,
		set:        objectOrNil(e.set),
		setOnce:    objectOrNil(e.setOnce),
		raw:        raw,
	}
	if len(e.uuid) > 0 && e.uuid[0] == '"' {
		in.id = idOf(e.uuid)
	}
	if in.distinctID == "" {
		in.distinctID = str(e.innerID)
	}
	if in.name == "" {
		in.name = p.route.defaultName
	}
	if in.properties == nil {
		in.properties = []byte("{}")
	}
	if p.route.v1 {
		in.properties = restore(in.properties, e, p.library)
	}
	p.events = append(p.events, in)
	return true
}

// maxText is the length in bytes at which an event's name, ids, times and tokens are cut. Later readers keep less.
const maxText = 4096

// str returns the text of a valid JSON value: a string's content, a number or boolean as written, "" for everything else. Some SDKs send ids as
// numbers. The text is cut to maxText, and the rest is not copied.
func str(raw []byte) string { return rawjson.Scalar(raw, maxText) }

// longestID is the length of the longest id that is passed on unchanged; a uuid has 36 bytes.
const longestID = 256

// idOf returns the text of an id. A longer id is replaced by its hash: it could be as long as the body, and is repeated in v1's answer.
func idOf(raw []byte) string {
	if len(raw) <= longestID+2 {
		return rawjson.Text(raw) // copied: it does not keep the body in memory
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(raw))
}

// grow allocates space for more events, which in a hostile body could take a hundred times the size of the body.
func (p *parser) grow() bool {
	n := min(max(8, 2*cap(p.events)), p.maxEvents)
	if err := p.work.Reserve(int64(n-cap(p.events)) * int64(unsafe.Sizeof(incoming{}))); err != nil {
		p.Stop(err)
		return false
	}
	events := make([]incoming, len(p.events), n)
	copy(events, p.events)
	p.events = events
	return true
}

// refuse counts an element that is not an event.
func (p *parser) refuse(reason model.Reason, event string, lib library, size int64, detail string) {
	for i := range p.refused {
		if r := &p.refused[i]; r.Reason == reason && (r.Event == event || len(p.refused) >= maxRefusals) {
			r.Count++
			r.Bytes += size
			return
		}
	}
	p.refused = append(p.refused, model.Refusal{AtMS: p.nowMS, Reason: reason, Event: event, Detail: detail, Library: lib.String(), Bytes: size, Count: 1})
}

// maxRefusals is the largest number of event names that are counted separately in one request's refusals.
const maxRefusals = 32

// tooDeep and strangers explain to people why an element was refused. strangers is for elements that are not objects, by their first byte. The texts
// are made only once, because a body can have a million such elements.
var (
	tooDeep   = fmt.Sprintf("nests deeper than %d levels", maxDepth)
	strangers = func() (details [256]string) {
		for c := range details {
			kind := "a number"
			switch c {
			case '[':
				kind = "an array"
			case '"':
				kind = "a string"
			case 't', 'f':
				kind = "a boolean"
			case 'n':
				kind = "null"
			}
			details[c] = "a batch must contain event objects, this one contained " + kind
		}
		return details
	}()
)

func objectOrNil(raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	return raw
}

// offsetMS returns the age of an event in milliseconds when it was sent; -1 if unknown.
func offsetMS(raw []byte) int64 {
	if len(raw) == 0 || len(raw) > 64 { // too long to be an age
		return -1
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f < 0 || f > 1<<53 {
		return -1
	}
	return int64(f)
}

// clockMS reads a client's clock: usually RFC 3339, milliseconds in some clients, 0 if it is neither.
func clockMS(raw []byte) int64 {
	text := str(raw)
	if text == "" {
		return 0
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UnixMilli()
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 0 && ms < 1<<53 {
		return ms
	}
	return 0
}

// restore returns the properties together with what v1 clients moved out of them: the library is in a header, and four properties are options with
// other names. The result is at most restoredSize bytes long.
func restore(properties []byte, e *fields, lib library) []byte {
	out := append(make([]byte, 0, restoredSize(e)), '{')
	member := func(name string, raw []byte) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(append(out, '"'), name...), '"', ':'), raw...)
	}
	if e.lib == nil && lib.name != "" {
		member("$lib", quote(lib.name))
		if lib.version != "" {
			member("$lib_version", quote(lib.version))
		}
	}
	if objectOrNil(e.options) != nil {
		s := rawjson.NewScanner(e.options, maxDepth, nil)
		s.Open()
		for first := true; ; first = false {
			name, more := s.Member(first)
			if !more {
				break
			}
			raw, ok := s.Value()
			if !ok {
				break
			}
			if property, known := optionProperties[string(name)]; known {
				member(property, raw)
			}
		}
	}
	if len(out) == 1 {
		return properties
	}
	rest := bytes.TrimLeft(properties[1:], " \t\r\n")
	if rest[0] != '}' {
		out = append(out, ',')
	}
	return append(out, rest...)
}

// restoredSize returns the largest possible size of restore's result: a property's name can be one byte longer than the option's.
func restoredSize(e *fields) int {
	return len(e.properties) + len(e.options) + len(e.options)/16 + 1024
}

var optionProperties = map[string]string{
	"cookieless_mode":         "$cookieless_mode",
	"disable_skew_correction": "$ignore_sent_at",
	"process_person_profile":  "$process_person_profile",
	"product_tour_id":         "$product_tour_id",
}

// quote formats text as JSON.
func quote(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`) // cannot happen: every string has a JSON form
	}
	return b
}
