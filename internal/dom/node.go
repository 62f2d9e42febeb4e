package dom

import (
	"bytes"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// kind is rrweb's type of a node.
type kind uint8

const (
	documentNode kind = 0
	doctypeNode  kind = 1
	elementNode  kind = 2
	textNode     kind = 3
	cdataNode    kind = 4
	commentNode  kind = 5
	// shadowRoot is not one of rrweb's types: the children of an element's shadow tree have it as their parent. It has no id.
	shadowRoot kind = 11
	noKind     kind = 255
)

// kindOf reads rrweb's type of a node; noKind if v is none.
func kindOf(v []byte) kind {
	if k := small(v); k >= 0 && k <= int64(commentNode) {
		return kind(k)
	}
	return noKind
}

// node is a node of the page. Parts that are seldom read stay JSON.
type node struct {
	id                              int
	parent, first, last, prev, next *node
	// inner is the shadow root of an element, or the document of a frame.
	inner *node
	tag   string
	// raw are the attributes of an element as they were recorded, an object; of text and comments the text, a string; of a doctype its members;
	// of a document its mode.
	raw   []byte
	more  *more
	kind  kind
	flags flags
}

type flags uint16

const (
	isSVG flags = 1 << iota
	isCustom
	isStyle     // text of a style sheet
	isHost      // it has a shadow tree, even when there is nothing in it
	isShadow    // it was added to the shadow tree of its parent; only while it is read
	isBlocked   // not recorded: it has a size instead of children
	hasSize     // it has that size, by which posthog-js alone says that it is blocked
	hasID       // it is in labels by its id attribute
	hasFor      // it is in labels by its for attribute
	hasCSS      // it has the text of a style sheet as an attribute
	hasTextArea // it has the text of a text area as an attribute
	hasDoctype  // a document that has one
	hasElement  // a document that has its element
)

func (n *node) is(f flags) bool { return n.flags&f != 0 }

// more is what few nodes have: what changed since they were recorded.
type more struct {
	attributes pairs // values are JSON; nil: removed
	style      pairs // properties of the style attribute: a string, [value, priority], or false for a removed one
	// input, scroll and media are the data of the last such event, inputAt says in which order inputs came.
	input   []byte
	inputAt int
	scroll  []byte
	media   []byte
	mediaMS int64
	playing bool
	// rules are the data of the events that changed the rules of its style sheet since that was made.
	rules [][]byte
	// adopted are the ids of the style sheets that its document or shadow tree uses.
	adopted []byte
}

const (
	// nodeBytes is what a node takes: its struct and its row in byID, which doubles.
	nodeBytes = 128 + 64
	moreBytes = 320
	// entryBytes is what an entry of a map or a list takes besides its text.
	entryBytes = 64
)

// change returns the more of a node, and makes it if there is none.
func (t *Tree) change(n *node) *more {
	if n.more == nil {
		n.more = &more{}
		t.bytes += moreBytes
	}
	return n.more
}

// keep replaces a stored value with a copy of v, and counts the bytes of both.
func (t *Tree) keep(old *[]byte, v []byte) {
	t.bytes += len(v) - len(*old)
	*old = bytes.Clone(v)
}

// cost is how many bytes are free again when a node is forgotten.
func (n *node) cost() int {
	c := nodeBytes + len(n.raw)
	if m := n.more; m != nil {
		c += moreBytes + m.attributes.cost() + m.style.cost() + len(m.input) + len(m.scroll) + len(m.media) + len(m.adopted)
		for _, r := range m.rules {
			c += len(r) + entryBytes
		}
	}
	return c
}

// insert links a node before next, at the end when next is nil.
func insert(parent, n, next *node) {
	n.parent, n.next = parent, next
	if parent.kind == documentNode {
		parent.flags |= n.only()
	}
	if next == nil {
		n.prev, parent.last = parent.last, n
	} else {
		n.prev, next.prev = next.prev, n
	}
	if n.prev == nil {
		parent.first = n
	} else {
		n.prev.next = n
	}
}

// only returns the flag of a document that has such a child. A document can have only one.
func (n *node) only() flags {
	switch n.kind {
	case doctypeNode:
		return hasDoctype
	case elementNode:
		return hasElement
	}
	return 0
}

// unlink takes a node out of its parent.
func unlink(n *node) {
	p := n.parent
	if p == nil {
		return
	}
	if p.kind == documentNode {
		p.flags &^= n.only()
	}
	if p.inner == n {
		p.inner = nil
	} else {
		if n.prev == nil {
			p.first = n.next
		} else {
			n.prev.next = n.next
		}
		if n.next == nil {
			p.last = n.prev
		} else {
			n.next.prev = n.prev
		}
	}
	n.parent, n.prev, n.next = nil, nil, nil
}

// remove takes a node out of the page, with its descendants.
func (t *Tree) remove(n *node) {
	unlink(n)
	t.forget(n)
}

// forget drops a node that is not linked, and its descendants, from the ids and from what is counted.
func (t *Tree) forget(n *node) {
	stack := append(t.stack[:0], n)
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack[len(stack)-1] = nil // so that the stack does not keep it in memory
		stack = stack[:len(stack)-1]
		for c := n.first; c != nil; c = c.next {
			stack = append(stack, c)
		}
		if n.inner != nil {
			stack = append(stack, n.inner)
		}
		t.bytes -= n.cost()
		t.labels.forget(t, n)
		if t.byID.get(n.id) == n {
			t.byID.remove(n.id)
			if n.kind == elementNode && n.more != nil && n.more.adopted != nil {
				t.left[n.id] = n.more.adopted
				t.bytes += entryBytes + len(n.more.adopted)
			}
			t.tellGone(n)
		}
	}
	t.stack = stack
}

// removeChildren removes the children of a node, not its shadow tree or its document.
func (t *Tree) removeChildren(n *node) {
	for n.first != nil {
		t.remove(n.first)
	}
}

// host returns the parent as rrweb has it: for a node in a shadow tree, the element that the tree belongs to.
func (n *node) host() *node {
	if n.parent != nil && n.parent.kind == shadowRoot {
		return n.parent.parent
	}
	return n.parent
}

func (n *node) inShadow() bool { return n.parent != nil && n.parent.kind == shadowRoot }

// shadow returns the shadow root of an element, and makes it if there is none. It returns nil if the element cannot have one.
func (t *Tree) shadow(n *node) *node {
	if n.inner == nil {
		n.inner = &node{kind: shadowRoot, parent: n}
		t.bytes += nodeBytes
	}
	if n.inner.kind != shadowRoot {
		return nil
	}
	return n.inner
}

// depth is the number of ancestors, at most deepest.
func depth(n *node) int {
	d := 0
	for p := n.host(); p != nil && d < deepest; p = p.host() {
		d++
	}
	return d
}

// within reports whether n is a, or a descendant of a. It looks no further up than nodes can be nested.
func within(n, a *node) bool {
	for i := 0; n != nil && i <= 2*deepest; i++ {
		if n == a {
			return true
		}
		n = n.parent
	}
	return false
}

// attribute is the value of an attribute as JSON, nil when there is none.
func (n *node) attribute(name string) []byte {
	if n.kind != elementNode {
		return nil
	}
	if n.more != nil {
		if v, ok := n.more.attributes.value(name); ok {
			return v
		}
	}
	return rawjson.Member(n.raw, name)
}

// tagIs reports whether n is an element with that name, in lower case.
func (n *node) tagIs(name string) bool { return n.kind == elementNode && n.tag == name }

// isSheet reports whether an element can show a style sheet: a link does if its text was recorded.
func (n *node) isSheet() bool { return n.tagIs("style") || n.tagIs("link") }

// pairs are names with values, in the order in which they came first.
type pairs struct {
	list []pair
	at   map[string]int // only of long lists
}

type pair struct {
	name  string
	value []byte
}

// manyPairs is the number of pairs above which a map finds them.
const manyPairs = 16

func (p *pairs) find(name string) int {
	if p.at != nil {
		if i, ok := p.at[name]; ok {
			return i
		}
		return -1
	}
	for i := range p.list {
		if p.list[i].name == name {
			return i
		}
	}
	return -1
}

func (p *pairs) value(name string) (value []byte, ok bool) {
	if i := p.find(name); i >= 0 {
		return p.list[i].value, true
	}
	return nil, false
}

func (p *pairs) cost() int {
	c := 0
	for i := range p.list {
		c += p.list[i].cost()
	}
	return c
}

func (p *pair) cost() int { return entryBytes + len(p.name) + len(p.value) }

// put sets a value, a copy of v.
func (t *Tree) put(p *pairs, name, v []byte) {
	value := bytes.Clone(v)
	if i := p.find(string(name)); i >= 0 {
		t.bytes += len(value) - len(p.list[i].value)
		p.list[i].value = value
		return
	}
	p.list = append(p.list, pair{t.name(name), value})
	t.bytes += p.list[len(p.list)-1].cost()
	switch {
	case p.at != nil:
		p.at[p.list[len(p.list)-1].name] = len(p.list) - 1
	case len(p.list) > manyPairs:
		p.at = make(map[string]int, 2*manyPairs)
		for i := range p.list {
			p.at[p.list[i].name] = i
		}
	}
}

func (t *Tree) clear(p *pairs) {
	t.bytes -= p.cost()
	*p = pairs{}
}

const (
	maxNames = 4096
	maxName  = 64
)

// name returns a name as a string, the same one for all nodes that have it.
func (t *Tree) name(b []byte) string {
	if s, ok := t.names[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(s) <= maxName && len(t.names) < maxNames {
		t.names[s] = s
	}
	return s
}

// plain returns the name of a member without escapes.
func plain(name []byte) []byte {
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	return rawjson.AppendText(nil, name)
}
