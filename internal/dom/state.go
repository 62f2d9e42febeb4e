package dom

import (
	"bytes"
	"strconv"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// sheets are style sheets that scripts constructed, by the id that the recorder gave them.
type sheets map[int]*sheet

// sheet is what is known of such a style sheet: the rules that it was recorded with, and the data of the events that changed them since.
type sheet struct {
	rules   []byte
	changes [][]byte
}

// rules notes a change of the rules of a style sheet: of an element, or of a constructed one.
func (t *Tree) rules(n *node, data []byte) bool {
	if v := rawjson.Member(data, "styleId"); v != nil {
		s := t.sheets[idOf(v)]
		if s == nil {
			return false
		}
		if rawjson.KindOf(rawjson.Member(data, "replaceSync")) == rawjson.String || rawjson.KindOf(rawjson.Member(data, "replace")) == rawjson.String {
			s.changes = t.dropAll(s.changes) // all rules are new
			t.keep(&s.rules, nil)
		}
		t.note(&s.changes, data)
		return true
	}
	if n == nil || !n.isSheet() {
		return false
	}
	t.note(&t.change(n).rules, data)
	return true
}

func (t *Tree) note(list *[][]byte, data []byte) {
	*list = append(*list, bytes.Clone(data))
	t.bytes += len(data) + entryBytes
}

func (t *Tree) dropRules(n *node) {
	if n.more != nil {
		n.more.rules = t.dropAll(n.more.rules)
	}
}

func (t *Tree) dropAll(list [][]byte) [][]byte {
	for _, data := range list {
		t.bytes -= len(data) + entryBytes
	}
	return nil
}

// adopt notes which constructed style sheets a document or a shadow tree uses, and the rules of those that are new.
func (t *Tree) adopt(n *node, data []byte) bool {
	if n == nil || n.kind != documentNode && n.kind != elementNode {
		return false
	}
	var ids, styles []byte
	for name, v := range rawjson.Members(data) {
		switch string(name) {
		case "styleIds":
			ids = v
		case "styles":
			styles = v
		}
	}
	if rawjson.KindOf(ids) != rawjson.Array {
		return false
	}
	for style := range rawjson.Items(styles) {
		id := idOf(rawjson.Member(style, "styleId"))
		if id == 0 {
			t.skipped++
			continue
		}
		s := t.sheets[id]
		if s == nil {
			s = &sheet{}
			t.sheets[id] = s
			t.bytes += 2 * entryBytes
		}
		s.changes = t.dropAll(s.changes)
		t.keep(&s.rules, rawjson.Member(style, "rules"))
	}
	t.keep(&t.change(n).adopted, ids)
	return true
}

// media notes the state of a sound or a video. Every such event has the whole state, except whether it plays.
func (t *Tree) media(n *node, data []byte) {
	const play, pause = 0, 1
	m := t.change(n)
	t.keep(&m.media, data)
	m.mediaMS = t.atMS
	switch small(rawjson.Member(data, "type")) {
	case play:
		m.playing = true
	case pause:
		m.playing = false
	}
}

// mediaAt returns the data of an event that sets a sound or a video to its state at an instant.
func (n *node) mediaAt(atMS int64) []byte {
	m := n.more
	b := append([]byte(nil), `{"source":7,"type":`...)
	b = append(b, map[bool]byte{true: '0', false: '1'}[m.playing])
	b = strconv.AppendInt(append(b, `,"id":`...), int64(n.id), 10)
	rate := 1.0
	if f, ok := rawjson.Float(rawjson.Member(m.media, "playbackRate")); ok {
		rate = f
	}
	for _, name := range []string{"volume", "muted", "loop", "playbackRate"} {
		if v := rawjson.Member(m.media, name); v != nil {
			b = append(append(append(append(b, `,"`...), name...), `":`...), v...)
		}
	}
	if f, ok := rawjson.Float(rawjson.Member(m.media, "currentTime")); ok {
		if m.playing {
			f += rate * float64(max(0, atMS-m.mediaMS)) / 1000
		}
		b = strconv.AppendFloat(append(b, `,"currentTime":`...), f, 'f', -1, 64)
	}
	return append(b, '}')
}

// scrolled is the data of a scroll event, without its source and id.
func scrolled(left, top float64) []byte {
	b := strconv.AppendFloat([]byte(`{"x":`), left, 'f', -1, 64)
	return append(strconv.AppendFloat(append(b, `,"y":`...), top, 'f', -1, 64), '}')
}

// scroll is how far a node is scrolled.
func (n *node) scroll() (left, top float64) {
	if n.more == nil {
		return 0, 0
	}
	left, _ = rawjson.Float(rawjson.Member(n.more.scroll, "x"))
	top, _ = rawjson.Float(rawjson.Member(n.more.scroll, "y"))
	return left, top
}
