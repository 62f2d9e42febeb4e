package history

import (
	"encoding/json"
	"time"
)

// The types and sources of rrweb's events that are used here.
const (
	fullSnapshot = 2
	incremental  = 3
	meta         = 4
	custom       = 5
	plugin       = 6

	sourceMutation    = 0
	sourceMove        = 1
	sourceInteraction = 2
	sourceScroll      = 3
	sourceInput       = 5

	mouseUp   = 0
	mouseDown = 1
	click     = 2
	focus     = 5
)

// perSnapshot is how many events go into one $snapshot: posthog-js sends the events of some seconds together.
const perSnapshot = 160

// recorded is one rrweb event.
type recorded struct {
	Type      int             `json:"type"`
	Data      json.RawMessage `json:"data"`
	Timestamp int64           `json:"timestamp"`
}

// recording is what posthog-js records of one tab. A nil recording records nothing.
type recording struct {
	s             *scene
	window, url   string
	width, height int
	nodes         int
	events        []recorded
	x, y          int // position of the mouse
}

// emit adds an event. data is JSON, or a value that can be encoded as JSON.
func (r *recording) emit(at time.Time, kind int, data any) {
	raw, ok := data.([]byte)
	if !ok {
		var err error
		if raw, err = json.Marshal(data); err != nil {
			panic(err) // it consists of texts, numbers and maps
		}
	}
	r.events = append(r.events, recorded{kind, raw, at.UnixMilli()})
	if len(r.events) >= perSnapshot {
		r.flush()
	}
}

// flush sends what was recorded so far.
func (r *recording) flush() {
	if r == nil || len(r.events) == 0 {
		return
	}
	last := r.events[len(r.events)-1].Timestamp
	e := r.s.event("$snapshot", time.UnixMilli(last), map[string]any{
		"$snapshot_data": r.events, "$session_id": r.s.session, "$window_id": r.window, "$lib": "web", "$lib_version": "1.305.0",
	})
	r.s.parcel.Recording = append(r.s.parcel.Recording, e)
	r.events = nil
}

// number gives a node and its children their ids.
func (r *recording) number(n *node) {
	r.nodes++
	n.id = r.nodes
	for _, child := range n.children {
		r.number(child)
	}
}

// shows begins with a full snapshot of a page.
func (r *recording) shows(at time.Time, url string, page *node) {
	if r == nil {
		return
	}
	r.url, r.nodes = url, 2 // of the document and its type
	r.number(page)
	r.emit(at, meta, map[string]any{"href": url, "width": r.width, "height": r.height})
	b := []byte(`{"node":{"type":0,"childNodes":[{"type":1,"name":"html","publicId":"","systemId":"","id":2},`)
	b = append(page.write(b, true), `],"id":1},"initialOffset":{"left":0,"top":0}}`...)
	r.emit(at.Add(time.Millisecond), fullSnapshot, b)
}

// change is a mutation of the page.
type change struct {
	Source     int         `json:"source"`
	Texts      []newText   `json:"texts"`
	Attributes []newValues `json:"attributes"`
	Removes    []removal   `json:"removes"`
	Adds       []addition  `json:"adds"`
}

type newText struct {
	ID    int    `json:"id"`
	Value string `json:"value"`
}

type newValues struct {
	ID         int               `json:"id"`
	Attributes map[string]string `json:"attributes"`
}

type removal struct {
	Parent int `json:"parentId"`
	ID     int `json:"id"`
}

type addition struct {
	Parent int             `json:"parentId"`
	Next   *int            `json:"nextId"` // always null: everything is added at the end
	Built  json.RawMessage `json:"node"`
}

func (r *recording) changes(at time.Time, c change) {
	// Players expect four arrays.
	c.Texts, c.Attributes = append([]newText{}, c.Texts...), append([]newValues{}, c.Attributes...)
	c.Removes, c.Adds = append([]removal{}, c.Removes...), append([]addition{}, c.Adds...)
	r.emit(at, incremental, c)
}

// adds appends nodes and their descendants to an element.
func (r *recording) adds(at time.Time, parent *node, children ...*node) {
	if r == nil {
		return
	}
	var c change
	var flat func(parent, n *node)
	flat = func(parent, n *node) { // rrweb adds each node separately
		c.Adds = append(c.Adds, addition{Parent: parent.id, Built: n.write(nil, false)})
		for _, child := range n.children {
			flat(n, child)
		}
	}
	for _, n := range children {
		r.number(n)
		parent.children = append(parent.children, n)
		flat(parent, n)
	}
	r.changes(at, c)
}

// removes removes everything from an element.
func (r *recording) removes(at time.Time, parent *node) {
	if r == nil || len(parent.children) == 0 {
		return
	}
	var c change
	for _, n := range parent.children {
		c.Removes = append(c.Removes, removal{parent.id, n.id})
	}
	parent.children = nil
	r.changes(at, c)
}

// writes changes a text.
func (r *recording) writes(at time.Time, n *node, text string) {
	if r == nil {
		return
	}
	n.text = text
	r.changes(at, change{Texts: []newText{{n.id, text}}})
}

// sets changes an attribute.
func (r *recording) sets(at time.Time, n *node, name, value string) {
	if r == nil {
		return
	}
	r.changes(at, change{Attributes: []newValues{{n.id, map[string]string{name: value}}}})
}

// moves moves the mouse to an element within some time, which ends at an instant.
func (r *recording) moves(at time.Time, over *node, x, y int, within time.Duration) {
	if r == nil {
		return
	}
	const pieces = 5
	var positions []map[string]any
	for i := 1; i <= pieces; i++ {
		positions = append(positions, map[string]any{
			"x": r.x + (x-r.x)*i/pieces, "y": r.y + (y-r.y)*i/pieces, "id": over.id, "timeOffset": -int(within.Milliseconds()) * (pieces - i) / pieces,
		})
	}
	r.x, r.y = x, y
	r.emit(at, incremental, map[string]any{"source": sourceMove, "positions": positions})
}

// clicks presses the mouse on an element.
func (r *recording) clicks(at time.Time, on *node, x, y int) {
	if r == nil {
		return
	}
	if r.x != x || r.y != y {
		r.moves(at.Add(-40*time.Millisecond), on, x, y, 400*time.Millisecond)
	}
	for i, kind := range []int{mouseDown, mouseUp, click} {
		r.emit(at.Add(time.Duration(30*i)*time.Millisecond), incremental, map[string]any{"source": sourceInteraction, "type": kind, "id": on.id, "x": x, "y": y})
	}
}

func (r *recording) focuses(at time.Time, on *node) {
	if r == nil {
		return
	}
	r.emit(at, incremental, map[string]any{"source": sourceInteraction, "type": focus, "id": on.id})
}

func (r *recording) types(at time.Time, into *node, text string) {
	if r == nil {
		return
	}
	r.emit(at, incremental, map[string]any{"source": sourceInput, "id": into.id, "text": text, "isChecked": false, "userTriggered": true})
}

func (r *recording) scrolls(at time.Time, what *node, y int) {
	if r == nil || y < 0 {
		return
	}
	r.emit(at, incremental, map[string]any{"source": sourceScroll, "id": what.id, "x": 0, "y": y})
}

// says adds a custom event, such as that the page was hidden or visible again.
func (r *recording) says(at time.Time, name string, payload map[string]any) {
	if r == nil {
		return
	}
	r.emit(at, custom, map[string]any{"tag": name, "payload": payload})
}

// logs is a line of the browser's console.
func (r *recording) logs(at time.Time, level, text string) {
	if r == nil {
		return
	}
	r.emit(at, plugin, map[string]any{"plugin": "rrweb/console@1", "payload": map[string]any{
		"level": level, "trace": []string{"send (" + r.url + ":214:17)"}, "payload": []string{string(quoted(nil, text))},
	}})
}

// requests is a request of the page that ended.
func (r *recording) requests(began time.Time, took time.Duration, opened time.Time, method, url string, status int) {
	if r == nil {
		return
	}
	initiator, kind := "fetch", "resource"
	if method == "" {
		initiator, kind, method = "navigation", "navigation", "GET"
	}
	r.emit(began.Add(took), plugin, map[string]any{"plugin": "rrweb/network@1", "payload": map[string]any{"requests": []any{map[string]any{
		"name": url, "entryType": kind, "initiatorType": initiator, "method": method, "status": status, "responseStatus": status,
		"startTime": began.Sub(opened).Milliseconds(), "duration": took.Milliseconds(), "endTime": began.Add(took).Sub(opened).Milliseconds(),
		"timestamp": began.UnixMilli(), "timeOrigin": opened.UnixMilli(), "transferSize": 1800 + took.Milliseconds()%2400, "isInitial": kind == "navigation",
	}}}})
}
