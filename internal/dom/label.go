package dom

import (
	"strings"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// maxLabel is the longest label, in bytes.
const maxLabel = 200

// labels finds elements by the ids that pages give them, and the labels of fields by the ids of the fields.
type labels struct {
	byID  map[string]*node
	byFor map[string]*node
}

func newLabels() labels { return labels{byID: map[string]*node{}, byFor: map[string]*node{}} }

// maxKey is the longest id that can be found.
const maxKey = 256

func key(v []byte) string {
	if len(v) > maxKey {
		return ""
	}
	return text(v)
}

// add adds an element under its id and for attributes.
func (l *labels) add(t *Tree, n *node) {
	if n.is(hasID) {
		l.enter(t, n, []byte("id"))
	}
	if n.is(hasFor) {
		l.enter(t, n, []byte("for"))
	}
}

// enter adds an element under one attribute, unless another element has the same value.
func (l *labels) enter(t *Tree, n *node, name []byte) {
	m, flag := l.byID, hasID
	if string(name) == "for" {
		m, flag = l.byFor, hasFor
	}
	k := key(n.attribute(string(name)))
	if n.flags &^= flag; k == "" || m[k] != nil {
		return
	}
	n.flags |= flag
	m[k] = n
	t.bytes += entryBytes + len(k)
}

// leave undoes enter, before the attribute changes.
func (l *labels) leave(t *Tree, n *node, name []byte) {
	m, flag := l.byID, hasID
	switch string(name) {
	case "id":
	case "for":
		m, flag = l.byFor, hasFor
	default:
		return
	}
	if !n.is(flag) {
		return
	}
	n.flags &^= flag
	if k := key(n.attribute(string(name))); m[k] == n {
		delete(m, k)
		t.bytes -= entryBytes + len(k)
	}
}

func (l *labels) forget(t *Tree, n *node) {
	if n.is(hasID | hasFor) {
		l.leave(t, n, []byte("id"))
		l.leave(t, n, []byte("for"))
	}
}

// facts are what an element's attributes say about its name.
type facts struct {
	label, labelledBy, id, role, alt, title, placeholder, kind, value, data string
}

// maxFacts is how much of an element's attributes is looked at. Data URLs may be far longer.
const maxFacts = 64 << 10

func (n *node) facts() facts {
	var f facts
	read := 0
	for name, v := range n.all() {
		if read += len(v); read > maxFacts {
			break
		}
		into := (*string)(nil)
		switch string(name) {
		case "aria-label":
			into = &f.label
		case "aria-labelledby":
			into = &f.labelledBy
		case "id":
			into = &f.id
		case "role":
			into = &f.role
		case "alt":
			into = &f.alt
		case "title":
			into = &f.title
		case "placeholder":
			into = &f.placeholder
		case "type":
			into = &f.kind
		case "value":
			into = &f.value
		case "data-attr":
			into = &f.data
		}
		if into != nil {
			*into = squeeze([]byte(rawjson.Scalar(v, 2*maxLabel)), maxLabel)
		}
	}
	return f
}

// pressed are the roles of elements that are pressed as a whole, whichever part of them the pointer hits.
var pressed = words("button link menuitem menuitemcheckbox menuitemradio option tab switch checkbox radio treeitem")

func words(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}

// above is how many ancestors are checked for being pressed as a whole.
const above = 24

// Label returns what a person calls the node: the accessible name of the button, link or field that it is or is in, otherwise that of the element
// itself. In order: aria-labelledby, aria-label, the label of a field, alt, the text in it, title, placeholder, data-attr. At most 200 bytes on one
// line; "" if nothing names it. Masked text stays as it was recorded, in stars. What a person typed is never in a label.
func (t *Tree) Label(id int) string {
	n := t.byID.get(id)
	if n == nil {
		return ""
	}
	if n.kind != elementNode {
		if n = n.host(); n == nil || n.kind != elementNode {
			return ""
		}
	}
	for at, i := n, 0; at != nil && at.kind == elementNode && i < above; at, i = at.host(), i+1 {
		f := at.facts()
		if at.isPressed() || pressed[f.role] || at.isField() {
			if name := t.nameOf(at, f); name != "" {
				return name
			}
			break
		}
	}
	return t.nameOf(n, n.facts())
}

func (n *node) isPressed() bool {
	switch n.tag {
	case "button", "a", "summary", "label", "option", "area":
		return true
	}
	return false
}

func (n *node) isField() bool { return n.tag == "input" || n.tag == "textarea" || n.tag == "select" }

// labelWork is how many nodes are visited for the text of a label.
const labelWork = 256

func (t *Tree) nameOf(n *node, f facts) string {
	if f.labelledBy != "" {
		var parts []string
		for id := range strings.FieldsSeq(f.labelledBy) {
			if l := t.labels.byID[id]; l != nil && len(parts) < 8 {
				part, _ := t.labelText(l)
				parts = append(parts, part)
			}
		}
		if name := squeeze([]byte(strings.Join(parts, " ")), maxLabel); name != "" {
			return name
		}
	}
	if f.label != "" {
		return f.label
	}
	if n.isField() {
		return t.fieldName(n, f)
	}
	if f.alt != "" {
		return f.alt
	}
	// The beginning of a large element's text, such as that of the body, is no name unless the element is pressed as a whole.
	if name, whole := t.labelText(n); whole || n.isPressed() || pressed[f.role] {
		if name != "" {
			return name
		}
	}
	return first(f.title, t.imageIn(n), f.placeholder, f.data)
}

func (t *Tree) fieldName(n *node, f facts) string {
	if n.tag == "input" {
		switch strings.ToLower(f.kind) {
		case "submit", "button", "reset":
			if name := first(f.value, f.title, f.data); name != "" {
				return name
			}
		case "image":
			if f.alt != "" {
				return f.alt
			}
		}
	}
	if f.id != "" {
		if l := t.labels.byFor[f.id]; l != nil {
			if name, _ := t.labelText(l); name != "" {
				return name
			}
		}
	}
	for at, i := n.host(), 0; at != nil && i < above; at, i = at.host(), i+1 {
		if at.tagIs("label") {
			if name, _ := t.labelText(at); name != "" {
				return name
			}
			break
		}
	}
	return first(f.placeholder, f.title, f.data)
}

// labelText returns the text in an element without what stands in its fields, and whether that is all of it.
func (t *Tree) labelText(n *node) (text string, whole bool) {
	r := reader{t: t, most: maxLabel, work: labelWork, label: true}
	whole = r.read(n)
	return squeeze(r.out, maxLabel), whole
}

// imageIn returns the name of the first image in an element, for buttons that show only an image.
func (t *Tree) imageIn(n *node) string {
	c := n
	for i := 0; i < labelWork && c != nil; i++ {
		if c = c.after(n); c != nil && c.kind == elementNode && (c.tag == "img" || c.tag == "svg") {
			f := c.facts()
			if name := first(f.label, f.alt, f.title); name != "" {
				return name
			}
		}
		if c != nil && c.tagIs("title") && c.is(isSVG) && c.first != nil {
			return squeeze([]byte(rawjson.Scalar(c.first.raw, maxLabel)), maxLabel)
		}
	}
	return ""
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}
