package dom

import (
	"bytes"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// open is a node that is being read.
type open struct {
	n *node
	// text is the textContent, mode the compatMode, doctype the members of a doctype.
	text, mode, doctype []byte
	// begun means that a member was read, in that the children are being read, and inBegun that a child was read.
	begun, in, inBegun bool
	// early means that the children came before the type. rrweb writes the type first, but JSON that another program wrote may have its names in any order.
	early bool
	// alone means that its children are not read.
	alone bool
}

// build reads a node with its descendants as rrweb writes them, and gives them their ids. under is the number of ancestors that it will have. The scanner
// stands at the opening brace. build returns nil if the node cannot be in a page.
func (t *Tree) build(s *rawjson.Scanner, under int) *node {
	o := t.read(s, under, false)
	if o.n == nil || !t.finish(&o) {
		return nil
	}
	return o.n
}

// read does what build does, but leaves it to the caller to finish the node. Every byte is read once, without recursion: rrweb writes a node's id after its
// children. There is no node if it is broken or too large.
func (t *Tree) read(s *rawjson.Scanner, under int, alone bool) open {
	s.Open()
	stack := []open{{n: &node{kind: noKind}, alone: alone}}
	for {
		top := &stack[len(stack)-1]
		if top.in {
			more := s.Element(!top.inBegun)
			top.inBegun = true
			switch {
			case !more:
				top.in = false
			case s.Peek() == '{' && under+len(stack) < deepest:
				s.Open()
				stack = append(stack, open{n: &node{kind: noKind}})
			default:
				t.skipped++
				s.Skip()
			}
			if t.full = t.full || t.bytes > t.limit; t.full || s.Err() != nil {
				return t.abandon(stack)
			}
			continue
		}
		name, more := s.Member(!top.begun)
		top.begun = true
		if more {
			if !t.member(s, top, name) {
				return t.abandon(stack)
			}
			continue
		}
		if s.Err() != nil {
			return t.abandon(stack)
		}
		if len(stack) == 1 {
			return *top
		}
		n := top.n
		ok := t.finish(top)
		stack = stack[:len(stack)-1]
		if ok && !t.append(stack[len(stack)-1].n, n) {
			t.skipped++
			t.forget(n)
		}
	}
}

// abandon drops what was built of JSON that is broken or too large.
func (t *Tree) abandon(stack []open) open {
	for i := range stack {
		t.dropBuilt(stack[i].n)
	}
	t.skipped++
	return open{}
}

// dropBuilt forgets the descendants of a node that has no id yet.
func (t *Tree) dropBuilt(n *node) {
	t.removeChildren(n)
	if n.inner != nil {
		t.remove(n.inner)
	}
	t.bytes -= len(n.raw)
}

// member reads one member of a node. It returns false if the JSON is broken.
func (t *Tree) member(s *rawjson.Scanner, o *open, name []byte) bool {
	n := o.n
	switch string(name) {
	case "childNodes":
		if !o.alone && s.Peek() == '[' {
			s.Open()
			o.early = n.kind == noKind
			t.dropChildrenOf(o)
			o.in, o.inBegun = true, false
			return true
		}
	case "attributes":
		if s.Peek() == '{' {
			return t.readAttributes(s, n)
		}
	}
	v, ok := s.Value()
	if !ok {
		return false
	}
	yes := string(v) == "true"
	set := func(f flags) {
		if n.flags &^= f; yes {
			n.flags |= f
		}
	}
	switch string(name) {
	case "type":
		if n.kind == noKind {
			n.kind = kindOf(v)
		}
	case "id":
		n.id = idOf(v)
	case "tagName":
		n.tag = ""
		if len(v) > 2 && len(v) < 4*maxName && v[0] == '"' {
			n.tag = t.name(plain(v[1 : len(v)-1]))
		}
	case "textContent":
		if o.text = nil; rawjson.KindOf(v) == rawjson.String {
			o.text = v
		}
	case "compatMode":
		if rawjson.KindOf(v) == rawjson.String && len(v) < maxName {
			o.mode = v
		}
	case "name", "publicId", "systemId":
		if rawjson.KindOf(v) == rawjson.String {
			o.doctype = append(append(append(append(append(o.doctype, '"'), name...), '"', ':'), v...), ',')
		}
	case "isSVG":
		set(isSVG)
	case "isCustom":
		set(isCustom)
	case "isStyle":
		set(isStyle)
	case "isShadowHost":
		set(isHost)
	case "isShadow":
		set(isShadow)
	case "needBlock":
		set(isBlocked)
	}
	return true
}

// dropChildrenOf forgets the children that were read so far. If a node has two lists of children, the last one counts.
func (t *Tree) dropChildrenOf(o *open) {
	t.removeChildren(o.n)
	if o.n.inner != nil {
		t.remove(o.n.inner)
	}
}

// readAttributes keeps the attributes of an element as they are, and sets flags for those that change what the element is.
func (t *Tree) readAttributes(s *rawjson.Scanner, n *node) bool {
	start := s.At()
	s.Open()
	n.flags &^= hasID | hasFor | hasCSS | hasTextArea | hasSize
	for first := true; ; first = false {
		name, more := s.Member(first)
		if !more {
			break
		}
		v, ok := s.Value()
		if !ok {
			return false
		}
		if text := v[0] == '"'; text {
			switch string(name) {
			case "id":
				n.flags |= hasID
			case "for":
				n.flags |= hasFor
			case "_cssText":
				n.flags |= hasCSS
			case "value":
				n.flags |= hasTextArea
			case "rr_width":
				n.flags |= hasSize
			}
		}
	}
	if s.Err() != nil {
		return false
	}
	t.keep(&n.raw, s.Since(start))
	return true
}

// finish puts a node that was read under its id. It returns false if the node is impossible, which is then dropped.
func (t *Tree) finish(o *open) bool {
	n := o.n
	ok := n.id != 0 && t.byID.get(n.id) == nil
	if o.early {
		t.appendAnew(n)
	}
	switch n.kind {
	case documentNode:
		t.keep(&n.raw, o.mode)
	case doctypeNode:
		t.keep(&n.raw, bytes.TrimSuffix(o.doctype, []byte{','}))
	case elementNode:
		ok = ok && n.tag != ""
	case textNode, cdataNode, commentNode:
		ok = ok && o.text != nil
		if string(o.text) == `""` {
			o.text = nil // nil stands for the empty text
		}
		t.keep(&n.raw, o.text)
	default:
		ok = false
	}
	if n.kind != documentNode && n.kind != elementNode {
		t.dropChildrenOf(o)
	}
	if !ok {
		t.skipped++
		t.dropBuilt(n)
		return false
	}
	if !n.isSheet() {
		n.flags &^= hasCSS
	}
	if n.tag != "textarea" {
		n.flags &^= hasTextArea
	}
	// The replayer shows that attribute instead of the children.
	if n.is(hasCSS | hasTextArea) {
		t.removeChildren(n)
	}
	if n.is(hasSize) {
		n.flags |= isBlocked
	}
	t.byID.put(n)
	t.newest = max(t.newest, n.id)
	t.bytes += nodeBytes
	t.tellText(n)
	if n.kind == elementNode {
		t.labels.add(t, n)
		if n.is(isHost) {
			t.shadow(n)
		}
	}
	return true
}

// appendAnew appends the children of a node again, now that its type is known.
func (t *Tree) appendAnew(parent *node) {
	c := parent.first
	for parent.first, parent.last = nil, nil; c != nil; {
		next := c.next
		c.parent, c.prev, c.next = nil, nil, nil
		if parent.kind == noKind || !t.append(parent, c) {
			t.skipped++
			t.forget(c)
		}
		c = next
	}
}

// append puts a node that was read after the other children of its parent. It returns false if the node cannot be there.
func (t *Tree) append(parent, n *node) bool {
	if parent.kind == noKind { // see appendAnew
		insert(parent, n, nil)
		return true
	}
	if n.kind == documentNode {
		if parent.tag != "iframe" || parent.inner != nil {
			return false
		}
		n.parent, parent.inner = parent, n
		return true
	}
	container := parent
	if parent.kind == documentNode {
		if !fitsDocument(parent, n) {
			return false
		}
	} else if n.kind == doctypeNode {
		return false
	} else if n.is(isShadow) {
		if container = t.shadow(parent); container == nil {
			return false
		}
	}
	n.flags &^= isShadow
	insert(container, n, nil)
	return true
}

// maxDocument is how many children a document may have: a doctype, an element, and comments.
const maxDocument = 64

// fitsDocument reports whether a document can have one more child: one doctype, one element, comments.
func fitsDocument(document, n *node) bool {
	all := 0
	for c := document.first; c != nil; c = c.next {
		if all++; all == maxDocument {
			return false
		}
	}
	switch n.kind {
	case commentNode:
		return true
	case doctypeNode:
		return !document.is(hasDoctype)
	case elementNode:
		return !document.is(hasElement)
	}
	return false
}
