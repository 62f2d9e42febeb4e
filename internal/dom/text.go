package dom

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Text returns the text that a reader sees on the page: blocks on lines of their own, cells of tables separated by tabs, fields with what stands in
// them. Scripts, styles, and what the hidden attribute or display:none in a style attribute hides are left out. What style sheets hide is included,
// because no style sheet is evaluated.
func (t *Tree) Text() string {
	text, _ := t.TextUpTo(1 << 40)
	return text
}

// TextUpTo returns the beginning of Text, at most most bytes, and whether that is all of it.
func (t *Tree) TextUpTo(most int) (text string, whole bool) {
	if t.root == nil {
		return "", true
	}
	r := reader{t: t, most: most, work: 8*t.byID.len() + 1000}
	whole = r.read(t.root)
	return strings.TrimRight(string(r.out), " \t\n"), whole
}

// TextOf returns the text in one element, on one line, at most most bytes.
func (t *Tree) TextOf(id, most int) string {
	n := t.byID.get(id)
	if n == nil {
		return ""
	}
	r := reader{t: t, most: most, work: most + labelWork}
	r.read(n)
	return squeeze(r.out, most)
}

// reader collects visible text.
type reader struct {
	t    *Tree
	out  []byte
	most int
	// work is how many nodes may still be visited: nodes that are shown in slots are visited once for each slot.
	work int
	// label means that what stands in fields is left out.
	label bool
	// gap is what separates the next text from the text before it.
	gap   byte
	slots map[slotOf]bool
	short bool // a text was cut before it was read
}

// slotOf is a slot of a shadow tree. If several slots have one name, the first one shows the assigned nodes.
type slotOf struct {
	host *node
	name string
}

// level is an element whose children are being read.
type level struct {
	at *node // the next child
	// slot is the name that the children must ask for, if assigned is set.
	slot     string
	assigned bool
	block    bool
	pre      bool
}

// read appends the text of a node and its descendants. It returns false if not all of it was read.
func (r *reader) read(root *node) bool {
	var levels []level
	if l, ok := r.enter(root, false); ok {
		levels = append(levels, l)
	}
	for len(levels) > 0 {
		l := &levels[len(levels)-1]
		n := l.at
		if n == nil {
			if l.block {
				r.gap = '\n'
			}
			levels = levels[:len(levels)-1]
			continue
		}
		l.at = n.next
		if r.work--; r.work < 0 || len(r.out) >= r.most {
			r.cut()
			return false
		}
		if l.assigned && (n.kind != textNode && n.kind != elementNode || slotName(n) != l.slot) {
			continue
		}
		if next, ok := r.enter(n, l.pre); ok {
			levels = append(levels, next)
		}
	}
	return r.cut()
}

// cut shortens the text to the allowed length. It returns false if a part of it is missing.
func (r *reader) cut() bool {
	if len(r.out) <= r.most {
		return !r.short
	}
	n := r.most
	for n > 0 && !utf8.RuneStart(r.out[n]) {
		n--
	}
	r.out = r.out[:n]
	return false
}

func slotName(n *node) string { return text(n.attribute("slot")) }

var (
	blocks = words("address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option p pre search section summary table caption thead tbody tfoot tr ul")
	unseen = words("script style noscript template head title meta link base datalist object embed param audio video canvas desc metadata defs symbol area map source track rp")
)

// enter reads a node without its children. If it returns true, the children are still to be read: they are those of the level.
func (r *reader) enter(n *node, pre bool) (level, bool) {
	switch n.kind {
	case textNode, cdataNode:
		r.write(r.some(n.raw), pre)
		return level{}, false
	case documentNode, shadowRoot:
		return level{at: n.first}, true
	case elementNode:
	default:
		return level{}, false
	}
	if unseen[n.tag] || n.isHidden() {
		return level{}, false
	}
	l := level{at: n.first, block: blocks[n.tag], pre: pre || n.tag == "pre"}
	if l.block {
		r.gap = '\n'
	}
	switch n.tag {
	case "br":
		if len(r.out) > 0 {
			r.gap = '\n'
		}
	case "td", "th":
		r.separate('\t')
	case "iframe":
		l.at = nil
		if n.inner != nil {
			l = level{at: n.inner.first, block: true}
			r.gap = '\n'
		}
		return l, true
	case "input", "textarea", "select":
		if !r.label {
			r.field(n)
		}
		return level{}, false
	case "details":
		if n.attribute("open") == nil {
			for l.at != nil && !l.at.tagIs("summary") {
				l.at = l.at.next
			}
			if l.at == nil {
				return level{}, false
			}
			summary := l.at // a closed element shows only its summary
			return r.enter(summary, pre)
		}
	case "slot":
		r.slot(n, &l)
	}
	if n.inner != nil && n.inner.kind == shadowRoot {
		l.at = n.inner.first // children that are in none of its slots are not shown
	}
	return l, true
}

// slot makes the nodes that are assigned to a slot its children, unless there are none.
func (r *reader) slot(slot *node, l *level) {
	root := slot
	for i := 0; root != nil && root.kind != shadowRoot && i < deepest; i++ {
		root = root.parent
	}
	if root == nil || root.kind != shadowRoot {
		return
	}
	host, name := root.parent, text(slot.attribute("name"))
	if r.slots[slotOf{host, name}] {
		return
	}
	for c := host.first; c != nil; c = c.next {
		if r.work--; r.work < 0 {
			return
		}
		if (c.kind == textNode || c.kind == elementNode) && slotName(c) == name {
			if r.slots == nil {
				r.slots = map[slotOf]bool{}
			}
			r.slots[slotOf{host, name}] = true
			l.at, l.slot, l.assigned = c, name, true
			return
		}
	}
}

// field writes what stands in a field.
func (r *reader) field(n *node) {
	switch n.tag {
	case "input":
		switch strings.ToLower(text(n.attribute("type"))) {
		case "hidden", "checkbox", "radio", "file", "image", "range", "color":
			return
		}
		r.separate(' ')
		r.write(n.value(), false)
		r.separate(' ')
	case "textarea":
		r.gap = '\n'
		r.write(n.value(), true)
		r.gap = '\n'
	case "select":
		r.separate(' ')
		r.write(r.chosen(n), false)
		r.separate(' ')
	}
}

// chosen is the text of the option that a select shows.
func (r *reader) chosen(n *node) string {
	value := n.value()
	var shown *node
	for c := n.after(n); c != nil; c = c.after(n) {
		if r.work--; r.work < 0 {
			break
		}
		if !c.tagIs("option") {
			continue
		}
		if n.more != nil && n.more.input != nil {
			if v := c.attribute("value"); v != nil && text(v) == value {
				shown = c
				break
			}
		} else if c.attribute("selected") != nil || shown == nil {
			if shown = c; c.attribute("selected") != nil {
				break
			}
		}
	}
	if shown == nil || shown.first == nil {
		return value
	}
	return rawjson.Text(shown.first.raw)
}

// isHidden reports whether the element's own attributes hide it.
func (n *node) isHidden() bool {
	if n.tag == "dialog" && n.attribute("open") == nil {
		return true
	}
	if v := n.attribute("hidden"); v != nil && string(v) != "false" {
		return true
	}
	if n.more != nil {
		if v, ok := n.more.style.value("display"); ok {
			if rawjson.KindOf(v) == rawjson.Array {
				for item := range rawjson.Items(v) {
					v = item
					break
				}
			}
			if rawjson.KindOf(v) == rawjson.String {
				return text(v) == "none"
			}
			return false // the property was removed
		}
	}
	style := n.attribute("style")
	if !bytes.Contains(style, []byte("display")) || len(style) > maxFacts {
		return false
	}
	hidden := false
	for declaration := range strings.SplitSeq(text(style), ";") {
		property, value, _ := strings.Cut(declaration, ":")
		if strings.EqualFold(strings.TrimSpace(property), "display") {
			value, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(value)), "!")
			hidden = strings.TrimSpace(value) == "none"
		}
	}
	return hidden
}

// some returns as much of a text, a JSON string, as may still be needed.
func (r *reader) some(v []byte) string {
	most := max(0, r.most-len(r.out)) + maxGap
	if len(v)-2 > 6*most {
		r.short = true
	}
	return rawjson.Scalar(v, min(len(v), most))
}

// maxGap is how many more bytes of a text are read, because white space in it may be left out.
const maxGap = 4 << 10

// write appends text. Runs of white space are one space, unless pre says that they are shown as they are.
func (r *reader) write(s string, pre bool) {
	for i := range len(s) {
		if len(r.out) > r.most {
			return
		}
		switch c := s[i]; c {
		case ' ', '\n', '\t', '\r', '\f':
			if !pre {
				if r.gap == 0 {
					r.gap = ' '
				}
			} else if c != '\r' {
				r.flush()
				r.out = append(r.out, c)
			}
		default:
			r.flush()
			r.out = append(r.out, c)
		}
	}
}

// separate puts a space or a tab before the next text, unless it begins a line anyway.
func (r *reader) separate(by byte) {
	if r.gap != '\n' && r.gap != '\t' {
		r.gap = by
	}
}

// flush appends the separator that is due.
func (r *reader) flush() {
	by := r.gap
	r.gap = 0
	if by == 0 || len(r.out) == 0 {
		return
	}
	if by == '\n' {
		if r.out = bytes.TrimRight(r.out, " \t"); len(r.out) == 0 {
			return
		}
	}
	if last := r.out[len(r.out)-1]; last != '\n' && (by == '\n' || last != ' ' && last != '\t') {
		r.out = append(r.out, by)
	}
}
