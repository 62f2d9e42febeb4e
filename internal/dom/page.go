package dom

import (
	"bytes"
	"iter"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Node is one node of the page.
type Node struct {
	ID int
	// Tag is the name of an element as it was recorded, which for HTML is in lower case. Other nodes have "#text", "#comment", "#document" or
	// "#doctype".
	Tag string
	// Attributes are the current attributes of an element, without the properties of the style attribute that changed since. Boolean attributes have "".
	Attributes map[string]string
	// Text is that of a text or a comment.
	Text string
	// Value is what stands in a field, Checked whether a box is ticked.
	Value   string
	Checked bool
	// Parent is the id of the parent, 0 for the page's document. The parent of a node in a shadow tree is the element that has the tree; that of a
	// document in a frame is the frame. Shadow means that the node is in the shadow tree of its parent.
	Parent int
	Shadow bool
	// Children are the ids of the children: the node's own children, then those of its shadow tree, then the document of a frame.
	Children []int
	// Masked means that the recorder replaced or left out what stood there.
	Masked bool
}

// Node returns the node with an id. The caller owns its memory: even large parts, such as the children of a large list, are copied at each call.
func (t *Tree) Node(id int) (Node, bool) {
	n := t.byID.get(id)
	if n == nil {
		return Node{}, false
	}
	out := Node{ID: id, Tag: n.name(), Shadow: n.inShadow()}
	if p := n.host(); p != nil {
		out.Parent = p.id
	}
	for c := n.written(); c != nil; c = c.writtenAfter() {
		out.Children = append(out.Children, c.id)
	}
	switch n.kind {
	case elementNode:
		if n.inner != nil && n.inner.kind == documentNode {
			out.Children = append(out.Children, n.inner.id)
		}
		out.Attributes = map[string]string{}
		for name, v := range n.all() {
			out.Attributes[string(name)] = text(v)
		}
		out.Value, out.Checked = n.value(), n.checked()
	case textNode, cdataNode, commentNode:
		out.Text = rawjson.Text(n.raw)
	}
	out.Masked = n.is(isBlocked) || masked(out.Value) || n.kind == textNode && masked(out.Text)
	return out, true
}

// Parent returns the id of a node's parent as in Node, 0 if there is none.
func (t *Tree) Parent(id int) int {
	if n := t.byID.get(id); n != nil && n.host() != nil {
		return n.host().id
	}
	return 0
}

// Tag returns the name of a node as in Node, "" if there is no such node.
func (t *Tree) Tag(id int) string {
	if n := t.byID.get(id); n != nil {
		return n.name()
	}
	return ""
}

// Attribute returns one attribute of an element, "" when it has none of that name.
func (t *Tree) Attribute(id int, name string) string {
	if n := t.byID.get(id); n != nil {
		return text(n.attribute(name))
	}
	return ""
}

// Title is the title of the page.
func (t *Tree) Title() string {
	if t.root == nil {
		return ""
	}
	at := t.root
	for _, tag := range []string{"html", "head", "title"} {
		c := at.first
		for c != nil && !c.tagIs(tag) {
			c = c.next
		}
		if c == nil {
			return ""
		}
		at = c
	}
	var b []byte
	for c := at.first; c != nil && len(b) < maxLabel; c = c.next {
		if c.kind == textNode {
			b = append(b, rawjson.Scalar(c.raw, maxLabel)...)
		}
	}
	return squeeze(b, maxLabel)
}

// Element is one element that a reader may see.
type Element struct {
	ID  int
	Tag string
	// Label is the accessible name of what is pressed or filled in, and of images; "" for other elements without a name of their own.
	Label string
	// Text is the element's own text, without the text of elements in it, on one line, at most 1,000 bytes.
	Text string
	// Parent is the id of the element that it is in, across shadow trees and frames; 0 for the first element.
	Parent int
	Role   string
	// Value is what stands in a field, at most 1,000 bytes; Checked means that a box is ticked.
	Value   string
	Checked bool
	// Masked means that the recorder replaced or left out what stood there.
	Masked bool
}

// maxOwn is the longest text or value of an Element, in bytes.
const maxOwn = 1000

// Outline returns elements in the order of the page, without those that are hidden by their own attributes or by those of an element around them. It begins
// after the element with the id after (0: at the beginning), and returns at most most elements and about size bytes. more means that others follow.
func (t *Tree) Outline(after, most, size int) (list []Element, more bool) {
	if t.root == nil {
		return nil, false
	}
	begun := after == 0
	for n := t.root; n != nil; {
		if n.kind == elementNode && (unseen[n.tag] || n.isHidden()) {
			n = n.past(t.root)
			continue
		}
		if n.kind == elementNode && begun {
			if len(list) == most || size <= 0 {
				return list, true
			}
			e := t.element(n)
			size -= len(e.Label) + len(e.Text) + len(e.Value) + len(e.Tag) + len(e.Role) + elementBytes
			list = append(list, e)
		}
		begun = begun || n.id == after
		n = n.after(t.root)
	}
	return list, false
}

// elementBytes is about how many bytes an element takes in an outline besides its texts.
const elementBytes = 64

func (t *Tree) element(n *node) Element {
	e := Element{ID: n.id, Tag: n.tag, Value: rawjson.Clip(n.value(), maxOwn), Checked: n.checked()}
	p := n.host()
	for p != nil && p.kind == documentNode {
		p = p.host()
	}
	if p != nil {
		e.Parent = p.id
	}
	f := n.facts()
	e.Role = f.role
	if n.isPressed() || n.isField() || pressed[f.role] || n.tag == "img" || f.label != "" || f.labelledBy != "" || f.title != "" {
		e.Label = t.nameOf(n, f)
	}
	var own []byte
	for c := n.written(); c != nil && len(own) < maxOwn; c = c.writtenAfter() {
		if c.kind == textNode && n.tag != "textarea" {
			own = append(append(own, rawjson.Scalar(c.raw, maxOwn)...), ' ')
		}
	}
	e.Text = squeeze(own, maxOwn)
	e.Masked = n.is(isBlocked) || masked(e.Text) || masked(e.Value)
	return e
}

// after returns the next node in the order of the page; nil at the end of root. Frames come after the element's own children.
func (n *node) after(root *node) *node {
	if c := n.written(); c != nil {
		return c
	}
	if n.inner != nil && n.inner.kind == documentNode {
		return n.inner
	}
	return n.past(root)
}

// past returns the next node after all descendants of n.
func (n *node) past(root *node) *node {
	for n != root {
		p := n.host()
		if p.inner != n {
			if s := n.writtenAfter(); s != nil {
				return s
			}
			if p.inner != nil && p.inner.kind == documentNode {
				return p.inner
			}
		}
		n = p
	}
	return nil
}

func (n *node) name() string {
	switch n.kind {
	case documentNode:
		return "#document"
	case doctypeNode:
		return "#doctype"
	case elementNode:
		return n.tag
	case commentNode:
		return "#comment"
	}
	return "#text"
}

// all yields the attributes of an element as they are now.
func (n *node) all() iter.Seq2[[]byte, []byte] {
	return func(yield func(name, v []byte) bool) {
		for name, v := range rawjson.Members(n.raw) {
			name = plain(name)
			if n.more != nil && n.more.attributes.find(string(name)) >= 0 || rawjson.KindOf(v) == rawjson.Null || string(v) == "false" {
				continue
			}
			if !yield(name, v) {
				return
			}
		}
		if n.more == nil {
			return
		}
		for _, p := range n.more.attributes.list {
			if p.value != nil && !yield([]byte(p.name), p.value) {
				return
			}
		}
	}
}

// text returns the value of an attribute as a string.
func text(v []byte) string {
	switch rawjson.KindOf(v) {
	case rawjson.String:
		return rawjson.Text(v)
	case rawjson.Number:
		return string(v)
	}
	return ""
}

// value is what stands in a field, as it was recorded.
func (n *node) value() string {
	switch n.tag {
	case "input", "textarea", "select":
	default:
		return ""
	}
	if n.more != nil {
		if v := rawjson.Member(n.more.input, "text"); rawjson.KindOf(v) == rawjson.String {
			return rawjson.Text(v)
		}
	}
	if v := n.attribute("value"); v != nil {
		return text(v)
	}
	if n.tag == "textarea" && n.first != nil && n.first.kind == textNode {
		return rawjson.Text(n.first.raw)
	}
	return ""
}

func (n *node) checked() bool {
	if n.tag != "input" {
		return false
	}
	if n.more != nil {
		if v := rawjson.Member(n.more.input, "isChecked"); v != nil {
			return string(v) == "true"
		}
	}
	v := n.attribute("checked")
	return v != nil && string(v) != "false" && string(v) != "null"
}

// masked reports whether a text is what recorders write instead of a masked one: stars.
func masked(s string) bool {
	stars := 0
	for i := range len(s) {
		switch s[i] {
		case '*':
			stars++
		case ' ', '\n', '\t', '\r':
		default:
			return false
		}
	}
	return stars > 1
}

// squeeze replaces each run of white space with one space, and cuts the text to at most most bytes, between characters.
func squeeze(b []byte, most int) string {
	return rawjson.Clip(string(bytes.Join(bytes.Fields(b), []byte{' '})), most)
}
