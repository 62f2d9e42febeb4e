package activity

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// rrweb's sources of incremental events, and the interaction that is a click.
const (
	sourceMutation    = 0
	sourceInteraction = 2
	sourceScroll      = 3
	sourceResize      = 4
	sourceInput       = 5
	sourceMedia       = 7
	sourceStyleRule   = 8
	sourceCanvas      = 9
	sourceStyle       = 13
	sourceSelection   = 14
	sourceAdopted     = 15

	interactionClick = 2
)

// The longest breaks within a run, in milliseconds.
const (
	typingBreak    = 5000
	scrollBreak    = 1000
	selectionBreak = 1000
)

// run is a row that goes on: the keys of one field, the scrolling of one element.
type run struct {
	node   int64
	at     int // the row in out; its block has not ended, so it is there
	count  int
	lastMS int64
}

// goes reports whether what happens to a node belongs to the run.
func (r *run) goes(node, ms, pause int64) bool {
	return r.count > 0 && r.node == node && ms-r.lastMS <= pause
}

func (r *run) another(ms int64) {
	r.count++
	r.lastMS = max(r.lastMS, ms)
}

// incremental reads what changed or was done.
func (t *Track) incremental(line int, ms int64, data []byte) Effect {
	source, kind, node := int64(-1), int64(-1), int64(0)
	var x, y float64
	for key, v := range rawjson.Members(data) {
		switch string(key) {
		case "source":
			source = whole(v)
		case "type":
			kind = whole(v)
		case "id":
			node = max(whole(v), 0)
		case "x":
			x, _ = rawjson.Float(v)
		case "y":
			y, _ = rawjson.Float(v)
		}
	}
	switch source {
	case sourceMutation:
		t.followed(ms)
		return Mutation
	case sourceInteraction:
		if kind == interactionClick {
			t.click(line, ms, node, x, y)
		}
	case sourceScroll:
		t.followed(ms)
		t.scroll(line, ms, node, y)
	case sourceResize:
		t.sized(data)
	case sourceInput:
		t.followed(ms)
		t.input(line, ms, node, data)
	case sourceMedia, sourceStyleRule, sourceCanvas, sourceStyle, sourceAdopted:
		t.followed(ms)
	case sourceSelection:
		t.selection(line, ms, data)
	}
	return None
}

// scroll makes one row for each run. Its detail is where the run ended, in pixels.
func (t *Track) scroll(line int, ms, node int64, y float64) {
	if !t.scrolling.goes(node, ms, scrollBreak) {
		a, ok := t.row(line, 0, ms, model.ActivityScroll)
		if !ok {
			return
		}
		a.Node = node // as a rule the page scrolls, which has no label
		t.scrolling = run{node: node, at: len(t.out) - 1}
	}
	t.scrolling.another(ms)
	a := &t.out[t.scrolling.at]
	a.EndMS = t.scrolling.lastMS
	if y >= 0 && y < 1<<31 {
		a.Detail = strconv.FormatInt(int64(y), 10)
	}
}

// selection makes one row for each run of changes of the selection.
func (t *Track) selection(line int, ms int64, data []byte) {
	for r := range rawjson.Items(rawjson.Member(data, "ranges")) {
		start, end := rawjson.Member(r, "start"), rawjson.Member(r, "end")
		node := max(whole(start), 0)
		if node == 0 || string(start) == string(end) && string(rawjson.Member(r, "startOffset")) == string(rawjson.Member(r, "endOffset")) {
			return // a caret
		}
		if t.selecting.count == 0 || ms-t.selecting.lastMS > selectionBreak {
			a, ok := t.row(line, 0, ms, model.ActivitySelection)
			if !ok {
				return
			}
			t.about(a, node)
			t.selecting = run{node: node, at: len(t.out) - 1}
		}
		t.selecting.another(ms)
		t.out[t.selecting.at].EndMS = t.selecting.lastMS
		return
	}
}

// input reads that the value of a field changed. A row is for a run of keys in one field, with their number, or for a value that came at once: pasted,
// chosen, filled in. A masked value is not in the row.
func (t *Track) input(line int, ms, node int64, data []byte) {
	var text string
	checked, byUser := false, true
	for key, v := range rawjson.Members(data) {
		switch string(key) {
		case "text":
			text = rawjson.Scalar(v, maxLabel)
		case "isChecked":
			checked = string(v) == "true"
		case "userTriggered":
			byUser = string(v) != "false"
		}
	}
	before, known := t.texts[node]
	if t.texts == nil {
		t.texts = map[int64]string{}
	}
	if len(t.texts) < maxRows {
		t.texts[node] = text
	}
	if !byUser {
		return
	}
	if checked || known && before == text {
		t.toggled(line, ms, node, checked)
		return
	}
	if t.typing.goes(node, ms, typingBreak) {
		t.typing.another(ms)
		a := &t.out[t.typing.at]
		a.Kind, a.Detail, a.EndMS = model.ActivityKey, strconv.Itoa(t.typing.count), t.typing.lastMS
		return
	}
	a, ok := t.row(line, 0, ms, model.ActivityInput)
	if !ok {
		return
	}
	t.about(a, node)
	// What the element is determines what the row says, but not whether there is a row: see the package comment.
	role, grown := t.page.Role(node), utf8.RuneCountInString(text)-utf8.RuneCountInString(before)
	switch {
	case role == "checkbox" || role == "radio":
		a.Detail = "unchecked"
	case grown >= -1 && grown <= 1 && (known || grown != 0):
		a.Kind, a.Detail = model.ActivityKey, "1"
	case !masked(text):
		a.Detail = rawjson.Clip(text, maxValue)
	}
	t.typing = run{node: node, at: len(t.out) - 1}
	t.typing.another(ms)
}

func (t *Track) toggled(line int, ms, node int64, checked bool) {
	a, ok := t.row(line, 0, ms, model.ActivityInput)
	if !ok {
		return
	}
	t.about(a, node)
	a.Detail = "unchecked"
	if checked {
		a.Detail = "checked"
	}
}

// masked reports whether the recorder wrote only the length of a text, as stars.
func masked(text string) bool { return strings.Trim(text, "*") == "" }
