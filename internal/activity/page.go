package activity

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// tags are the recorder's own custom events, and the activity of each. Those without an activity are listed so that they are not taken for the program's.
var tags = map[string]string{
	"window hidden": model.ActivityTabHidden, "window visible": model.ActivityTabVisible,
	"browser offline": "", "browser online": "", "recording paused": "", "recording resumed": "", "sessionIdle": "", "sessionNoLongerIdle": "",
	"samplingDecisionMade": "", "triggerGroupSamplingDecisionMade": "",
}

// copyTag is the probe's event for a copy of text of an answer: {"node": the answer's number, "chars": how many characters of it}. The probe writes
// another event, playhead.shown, which package seen reads.
const copyTag = "playhead.copy"

// copied reads that somebody copied text of an answer.
func (t *Track) copied(line int, ms int64, payload []byte) {
	a, ok := t.row(line, 0, ms, model.ActivityCopy)
	if !ok {
		return
	}
	a.Node = max(whole(rawjson.Member(payload, "node")), 0)
	if chars := whole(rawjson.Member(payload, "chars")); chars > 0 {
		a.Detail = strconv.FormatInt(chars, 10) + " characters"
	}
}

// custom reads a custom event. If the event has an address, the page has this address from now on.
func (t *Track) custom(line int, ms int64, data []byte) {
	tag, payload := "", []byte(nil)
	for key, v := range rawjson.Members(data) {
		switch string(key) {
		case "tag":
			tag = rawjson.Scalar(v, model.MaxName)
		case "payload":
			payload = v
		}
	}
	if href := rawjson.Scalar(rawjson.Member(payload, "href"), model.MaxURL); href != "" {
		t.moved(line, ms, href)
		return
	}
	kind, own := tags[tag]
	switch {
	case tag == copyTag:
		t.copied(line, ms, payload)
		return
	case own && kind == "", tag == "", tag[0] == '$', strings.HasPrefix(tag, "playhead."):
		return
	case !own:
		if a, ok := t.row(line, 0, ms, model.ActivityCustom); ok {
			a.Label = tag
		}
		return
	}
	t.followed(ms) // a click may open another tab
	t.row(line, 0, ms, kind)
}

// plugin reads an event of a plugin of the recorder.
func (t *Track) plugin(line int, ms int64, data []byte) {
	name, payload := "", []byte(nil)
	for key, v := range rawjson.Members(data) {
		switch string(key) {
		case "plugin":
			name = rawjson.Scalar(v, model.MaxName)
		case "payload":
			payload = v
		}
	}
	switch {
	case strings.HasPrefix(name, "rrweb/console@"):
		t.console(line, ms, payload)
	case strings.HasPrefix(name, "rrweb/network@"):
		n := 0
		for request := range rawjson.Items(rawjson.Member(payload, "requests")) {
			t.request(line, n, ms, request)
			n++
		}
	}
}

// console reads a line of the console: its parts with spaces between them, as the browser shows them.
func (t *Track) console(line int, ms int64, payload []byte) {
	level, parts := "log", []byte(nil)
	for key, v := range rawjson.Members(payload) {
		switch string(key) {
		case "level":
			level = rawjson.Scalar(v, 32)
		case "payload":
			parts = v
		}
	}
	a, ok := t.row(line, 0, ms, model.ActivityConsole)
	if !ok {
		return
	}
	a.Detail, a.Failed = level, level == "error"
	var b strings.Builder
	for part := range rawjson.Items(parts) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		// Each is JSON in a string. A string in it is shown without its quotes.
		text := rawjson.Scalar(part, maxLabel)
		if inner := []byte(text); len(inner) > 1 && inner[0] == '"' && inner[len(inner)-1] == '"' {
			text = rawjson.Text(inner)
		}
		b.WriteString(text)
		if b.Len() > maxLabel {
			break
		}
	}
	a.Label = rawjson.Clip(b.String(), maxLabel)
}

// request reads the n-th request of a network event.
func (t *Track) request(line, n int, ms int64, request []byte) {
	var name, method, initiator string
	var began, took, start, first float64
	status, loaded := int64(-1), int64(-1)
	for key, v := range rawjson.Members(request) {
		switch string(key) {
		case "name":
			name = rawjson.Scalar(v, model.MaxURL)
		case "method":
			method = rawjson.Scalar(v, 16)
		case "timestamp":
			began, _ = rawjson.Float(v)
		case "duration":
			took, _ = rawjson.Float(v)
		case "initiatorType":
			initiator = rawjson.Scalar(v, 16)
		case "startTime":
			start, _ = rawjson.Float(v)
		case "responseStart":
			first, _ = rawjson.Float(v)
		case "status":
			status = whole(v)
		case "responseStatus":
			loaded = whole(v)
		}
	}
	took = math.Round(min(max(took, 0), 86_400_000))
	at := int64(began)
	if !(began > 0) || at > ms || ms-at > 86_400_000 {
		at = max(ms-int64(took), 0)
	}
	t.followed(at)
	a, ok := t.row(line, n, at, model.ActivityRequest)
	if !ok {
		return
	}
	a.EndMS = at + int64(took)
	// Requests that the page's scripts made have a method. For others, a browser reports 0 if the origin is another one, whatever the result was.
	switch {
	case status >= 0:
	case loaded > 0 || method != "":
		status = max(loaded, 0)
	}
	a.Status = int32(min(status, 999))
	a.Failed = a.Status == 0 || a.Status >= 400
	host, path := address(name)
	byScript := method != "" || scripts[initiator]
	if !byScript {
		method = "GET" // only a recorder that captures headers reports the method of a script's request
	}
	a.Label = rawjson.Clip(strings.TrimSpace(method+" "+path), maxLabel)
	a.Detail = strconv.FormatInt(int64(took), 10) + " ms"
	if byScript {
		a.FirstByteMS = 0
		if waited, ok := firstByte(took, start, first); ok {
			a.FirstByteMS = at + waited
			if int64(took)-waited >= streamMS {
				a.Detail += ", first byte after " + strconv.FormatInt(waited, 10) + " ms"
			}
		}
	}
	if host != "" {
		a.Detail = rawjson.Clip(host, model.MaxName) + ", " + a.Detail
	}
}

// scripts are the initiators of requests that a script makes, by Resource Timing. An EventSource is "other" in Chromium.
var scripts = map[string]bool{"fetch": true, "xmlhttprequest": true, "eventsource": true, "other": true}

// streamMS: if the last byte of an answer arrives at least this much later than the first byte, the answer came in parts.
const streamMS = 100

// firstByte returns after how many milliseconds of a request its answer began. start and first are Resource Timing's startTime and responseStart, which
// posthog-js rounds in part; first is 0 if the browser does not report it.
func firstByte(took, start, first float64) (waited int64, ok bool) {
	after := math.Round(first - start)
	if !(first > 0) || !(after >= -1 && after <= took+1) {
		return 0, false
	}
	return int64(min(max(after, 0), took)), true
}

// address splits a URL into its host and its path, without query and fragment.
func address(url string) (host, path string) {
	rest := []byte(url)
	scheme := bytes.Index(rest, []byte("://"))
	if scheme < 0 {
		if kind, _, ok := bytes.Cut(rest, []byte{':'}); ok && len(kind) < 16 { // data: may be long
			return "", string(kind) + ":"
		}
	} else {
		rest = rest[scheme+3:]
		end := bytes.IndexAny(rest, "/?#")
		if end < 0 {
			return string(rest), "/"
		}
		host, rest = string(rest[:end]), rest[end:]
	}
	if end := bytes.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	if len(rest) == 0 {
		return host, "/"
	}
	return host, string(rest)
}
