package dom

import (
	"bytes"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// begin reads the data of a full snapshot, at whose opening brace the scanner stands. size is that of the event.
func (t *Tree) begin(s *rawjson.Scanner, size int) error {
	t.reset()
	t.work = size
	var root *node
	var offset []byte
	s.Open()
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		if string(name) == "node" && root == nil && s.Peek() == '{' {
			if root = t.build(s, 0); t.full {
				return nil
			}
			if root == nil || root.kind != documentNode || !root.is(hasElement) {
				return ErrNoPage
			}
			continue
		}
		v, _ := s.Value()
		if string(name) == "initialOffset" {
			offset = v
		}
	}
	if t.root = root; root == nil {
		return ErrNoPage
	}
	left, ok := rawjson.Float(rawjson.Member(offset, "left"))
	top, also := rawjson.Float(rawjson.Member(offset, "top"))
	if ok && also && (left != 0 || top != 0) {
		t.keep(&t.change(root).scroll, scrolled(left, top))
	}
	return nil
}

// incremental applies the data of an incremental event.
func (t *Tree) incremental(data []byte) {
	source, id := int64(-1), 0
	for name, v := range rawjson.Members(data) {
		switch string(name) {
		case "source":
			source = small(v)
		case "id":
			id = idOf(v)
		}
	}
	n := t.byID.get(id)
	if id == 0 && (source == sourceInput || source == sourceScroll) {
		return // of an element that was not recorded yet
	}
	ok := true
	switch source {
	case sourceMutation: // its names are in another order
		s := rawjson.NewScanner(data, deepestJSON, nil)
		t.mutate(&s)
	case sourceScroll:
		if ok = n != nil && (n.kind == elementNode || n.kind == documentNode); ok {
			t.keep(&t.change(n).scroll, data)
		}
	case sourceInput:
		if ok = n != nil && n.kind == elementNode; ok {
			m := t.change(n)
			t.keep(&m.input, data)
			t.inputs++
			m.inputAt = t.inputs
		}
	case sourceMedia:
		if ok = n != nil && n.kind == elementNode; ok {
			t.media(n, data)
		}
	case sourceResize:
		ok = t.resize(data)
	case sourceRules, sourceDeclaration:
		ok = t.rules(n, data)
	case sourceAdopted:
		ok = t.adopt(n, data)
	case sourceFont:
		t.fonts = append(t.fonts, bytes.Clone(data))
		t.bytes += len(data) + entryBytes
	case sourceSelection:
		t.keep(&t.selection, data)
	case sourceInteraction:
		switch small(rawjson.Member(data, "type")) {
		case interactionFocus:
			t.keep(&t.focus, data)
		case interactionBlur:
			t.keep(&t.focus, nil)
		}
	case sourceMouse, sourceTouch, sourceDrag:
		t.point(rawjson.Member(data, "positions"))
	}
	if !ok {
		t.skipped++
	}
}

// rrweb's types of the interactions that give an element the focus and take it.
const (
	interactionFocus = 5
	interactionBlur  = 6
)

// point keeps the last of several positions of the pointer.
func (t *Tree) point(positions []byte) {
	var last []byte
	for p := range rawjson.Items(positions) {
		last = p
	}
	if last != nil {
		t.keep(&t.pointer, last)
	}
}

// mutate applies the data of a mutation, at whose opening brace the scanner stands: first what is removed, then what is added, then new texts and attributes,
// as the replayer does. rrweb writes additions last, so they are read where they stand.
func (t *Tree) mutate(s *rawjson.Scanner) {
	var removes, adds, texts, attributes []byte
	removed := false
	s.Open()
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		if string(name) == "adds" && removes != nil && !removed && s.Peek() == '[' {
			t.removeAll(removes)
			removed = true
			if t.addAll(s); t.full {
				return
			}
			continue
		}
		v, _ := s.Value()
		switch string(name) {
		case "removes":
			removes = v
		case "adds":
			adds = v
		case "texts":
			texts = v
		case "attributes":
			attributes = v
		}
	}
	if !removed {
		t.removeAll(removes)
		s := rawjson.NewScanner(adds, deepestJSON, nil)
		if s.Peek() == '[' {
			t.addAll(&s)
		}
	}
	for item := range rawjson.Items(texts) {
		if !t.retext(t.byID.get(idOf(rawjson.Member(item, "id"))), rawjson.Member(item, "value")) {
			t.skipped++
		}
	}
	for item := range rawjson.Items(attributes) {
		if t.full = t.full || t.bytes > t.limit; t.full {
			return
		}
		n := t.byID.get(idOf(rawjson.Member(item, "id")))
		if n == nil || n.kind != elementNode {
			t.skipped++
			continue
		}
		t.reattribute(n, rawjson.Member(item, "attributes"))
	}
}

func (t *Tree) removeAll(removes []byte) {
	for item := range rawjson.Items(removes) { // counted first, because removing one may remove others
		if n := t.byID.get(readRemoval(item).id); n == nil || n == t.root {
			t.skipped++
		}
	}
	for item := range rawjson.Items(removes) {
		r := readRemoval(item)
		if n := t.byID.get(r.id); n != nil && n != t.root && r.isFrom(n) {
			t.resheet(n)
			t.remove(n)
		}
	}
}

// removal says which node leaves which tree: the children of parent, or what is in the shadow tree of parent.
type removal struct {
	parent, id int
	shadow     bool
}

func readRemoval(item []byte) (r removal) {
	for name, v := range rawjson.Members(item) {
		switch string(name) {
		case "parentId":
			r.parent = idOf(v)
		case "id":
			r.id = idOf(v)
		case "isShadow":
			r.shadow = string(v) == "true"
		}
	}
	return r
}

// isFrom reports whether the node is where the removal takes it from. A document and each shadow tree have an observer of their own. When a node moves from
// one to another, both report, in an order that only the browser knows. A removal that comes after the addition is of the place where the node was before.
func (r removal) isFrom(n *node) bool {
	host := n.host()
	return host != nil && host.id == r.parent && n.inShadow() == r.shadow
}

// resheet drops the changes of the rules of the style sheet that a text belongs to: browsers make a new sheet when the text changes.
func (t *Tree) resheet(text *node) {
	if p := text.parent; p != nil && p.more != nil && text.kind == textNode && p.isSheet() {
		t.dropRules(p)
	}
}

func (t *Tree) retext(n *node, value []byte) bool {
	if n == nil || n.kind < textNode || n.kind > commentNode {
		return false
	}
	switch {
	case rawjson.KindOf(value) == rawjson.Null, string(value) == `""`:
		value = nil
	case rawjson.KindOf(value) != rawjson.String:
		return false
	}
	t.resheet(n)
	t.keep(&n.raw, value)
	t.tellText(n)
	return true
}

// addition is a node to add.
type addition struct {
	parent, next int
	// node is its JSON. If the parent was there when it was read, and it is no document, it is open instead.
	node []byte
	open open
}

// isMissing reports whether there is nothing to add.
func (a *addition) isMissing() bool { return a.parent == 0 || a.node == nil && a.open.n == nil }

// readAddition reads an addition, at whose opening brace the scanner stands. Most of what recorders send are additions. rrweb writes the parent before the node.
func (t *Tree) readAddition(s *rawjson.Scanner) (a addition) {
	s.Open()
	for name, more := s.Member(true); more; name, more = s.Member(false) {
		if string(name) == "node" {
			t.drop(&a)
			if parent := t.byID.get(a.parent); s.Peek() == '{' && parent != nil && !bytes.HasPrefix(s.Rest(), documentHead) {
				a.open = t.read(s, depth(parent)+1, true)
				continue
			}
		}
		v, ok := s.Value()
		if !ok {
			break
		}
		switch string(name) {
		case "parentId":
			a.parent = idOf(v)
		case "nextId":
			a.next = idOf(v)
		case "node":
			if v[0] == '{' {
				a.node = v
			}
		}
	}
	return a
}

// documentHead is how rrweb begins a document.
var documentHead = []byte(`{"type":0,`)

// drop drops the node of an addition.
func (t *Tree) drop(a *addition) {
	if a.open.n != nil {
		t.dropBuilt(a.open.n)
	}
	a.node, a.open = nil, open{}
}

// addAll adds nodes in their order. Nodes whose parent comes later in the same event wait for it. Documents wait for their frame, even if a later event
// brings it. The scanner stands at the opening bracket.
func (t *Tree) addAll(s *rawjson.Scanner) {
	var waiting map[int][]addition
	s.Open()
	for more := s.Element(true); more && s.Err() == nil; more = s.Element(false) {
		var a addition
		if s.Peek() == '{' {
			a = t.readAddition(s)
		} else {
			s.Skip()
		}
		if a.isMissing() {
			t.skipped++
			continue
		}
		if t.byID.get(a.parent) == nil && a.node != nil {
			if waiting == nil {
				waiting = map[int][]addition{}
			}
			waiting[a.parent] = append(waiting[a.parent], a)
			continue
		}
		for next := []addition{a}; len(next) > 0; {
			a := next[len(next)-1]
			next = next[:len(next)-1]
			if t.full = t.full || t.bytes > t.limit; t.full {
				return
			}
			n := t.add(&a)
			if n == nil {
				continue
			}
			next = t.addFrame(n, next)
			// The last one first: each is put before a sibling that exists.
			if children := waiting[n.id]; children != nil {
				next = append(next, children...)
				delete(waiting, n.id)
			}
		}
	}
	for parent, left := range waiting {
		for _, a := range left {
			if kindOf(rawjson.Member(a.node, "type")) == documentNode && t.byID.get(parent) == nil {
				t.dropFrame(parent)
				t.frames[parent] = bytes.Clone(a.node)
				t.bytes += len(a.node) + entryBytes
			} else {
				t.skipped++
			}
		}
	}
}

// addFrame appends the document that waited for its frame n to the nodes to add.
func (t *Tree) addFrame(n *node, next []addition) []addition {
	if !n.tagIs("iframe") {
		return next
	}
	document, ok := t.frames[n.id]
	if !ok {
		return next
	}
	t.dropFrame(n.id)
	return append(next, addition{parent: n.id, node: document})
}

func (t *Tree) dropFrame(id int) {
	if document, ok := t.frames[id]; ok {
		t.bytes -= len(document) + entryBytes
		delete(t.frames, id)
	}
}

// add adds one node. It leaves out the children, because they come as additions of their own, except those of a document. It returns nil if the node
// cannot be there.
func (t *Tree) add(a *addition) *node {
	parent := t.byID.get(a.parent)
	if parent == nil {
		t.skipped++
		t.drop(a)
		return nil
	}
	if a.open.n == nil {
		if kindOf(rawjson.Member(a.node, "type")) == documentNode {
			return t.addDocument(a, parent)
		}
		s := rawjson.NewScanner(a.node, deepestJSON, nil)
		if a.open = t.read(&s, depth(parent)+1, true); a.open.n == nil {
			return nil
		}
	}
	n := a.open.n
	if old := t.byID.get(n.id); old != nil {
		if within(parent, old) {
			t.skipped++
			t.drop(a)
			return nil
		}
		if again, done := t.addAgain(old, parent, a); done {
			t.drop(a)
			return again
		}
		// The event that removed it was lost. What was in it comes again as well.
		t.resheet(old)
		t.remove(old)
	}
	if !t.finish(&a.open) {
		return nil
	}
	if n.kind == elementNode {
		if adopted, ok := t.left[n.id]; ok {
			delete(t.left, n.id)
			t.bytes -= entryBytes + len(adopted)
			t.keep(&t.change(n).adopted, adopted)
		}
	}
	return t.placed(n, parent, a.next)
}

// placed links a node that was built. It returns nil, and drops the node, if it cannot be there.
func (t *Tree) placed(n, parent *node, nextID int) *node {
	if !t.place(n, parent, nextID) {
		t.skipped++
		t.forget(n)
		return nil
	}
	return n
}

// addDocument adds the document of a frame, with what is in it. If the same document is there already, it stays.
func (t *Tree) addDocument(a *addition, parent *node) *node {
	if old := t.byID.get(idOf(rawjson.Member(a.node, "id"))); old != nil {
		if within(parent, old) {
			t.skipped++
			return nil
		}
		if old.kind == documentNode && old.parent == parent && bytes.Equal(rawjson.Member(a.node, "compatMode"), old.raw) {
			return old
		}
		t.remove(old)
	}
	s := rawjson.NewScanner(a.node, deepestJSON, nil)
	n := t.build(&s, depth(parent)+1)
	if n == nil {
		return nil
	}
	return t.placed(n, parent, a.next)
}

// addAgain adds an element that is already there. Recorders do this when both a document and a shadow tree in it are observed. Like the replayer, addAgain
// keeps what is in the element if it is the same as before. done is false if it is another node.
func (t *Tree) addAgain(old, parent *node, a *addition) (n *node, done bool) {
	n = a.open.n
	if n.kind != elementNode || old.kind != elementNode {
		return nil, false
	}
	container := parent
	if old.flags &^= isShadow; n.is(isShadow) {
		old.flags |= isShadow
		container = parent.inner
	}
	if n.tag != old.tag || !bytes.Equal(n.raw, old.raw) || old.parent != container && !t.movable(old, depth(parent)+1) {
		return nil, false
	}
	unlink(old)
	return t.placed(old, parent, a.next), true
}

// movable reports whether a node and what is in it can be under that many ancestors. The number of nodes that it visits is bounded by the bytes of all
// events since the full snapshot, which are at least 38 for each node.
func (t *Tree) movable(n *node, under int) bool {
	type entry struct {
		n     *node
		level int
	}
	for stack := []entry{{n, under}}; len(stack) > 0; {
		e := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if t.work--; t.work < 0 || e.level >= deepest {
			return false
		}
		for c := e.n.first; c != nil; c = c.next {
			stack = append(stack, entry{c, e.level + 1})
		}
		if e.n.inner != nil {
			stack = append(stack, entry{e.n.inner, e.level})
		}
	}
	return true
}

// place links a node that was built. It returns false if the node cannot be there.
func (t *Tree) place(n, parent *node, nextID int) bool {
	if depth(parent)+1 >= deepest {
		return false
	}
	container := parent
	switch {
	case n.kind == documentNode:
		if !parent.tagIs("iframe") {
			return false
		}
		if parent.inner != nil {
			t.remove(parent.inner)
		}
		n.parent, parent.inner = parent, n
		return true
	case parent.tagIs("iframe"):
		return false // the replayer takes nothing but a document there
	case parent.kind == documentNode:
		// A page that is written anew has a second doctype and a second element, which replace the old ones.
		if parent.is(n.only()) {
			for c := parent.first; c != nil; c = c.next {
				if c.kind == n.kind {
					t.remove(c)
					break
				}
			}
		}
		if !fitsDocument(parent, n) {
			return false
		}
	case parent.kind != elementNode || n.kind == doctypeNode:
		return false
	case n.is(isShadow):
		if container = t.shadow(parent); container == nil {
			return false
		}
	case n.kind == textNode && parent.tag == "textarea":
		t.textInArea(parent)
	case n.kind == textNode && parent.isSheet():
		t.textInSheet(parent, n)
	}
	n.flags &^= isShadow
	next := t.byID.get(nextID)
	if next != nil && next.parent != container {
		next = nil
	}
	insert(container, n, next)
	return true
}

// textInArea removes the text of a text area, which can have only one.
func (t *Tree) textInArea(area *node) {
	for c := area.first; c != nil; {
		next := c.next
		if c.kind == textNode {
			t.remove(c)
		}
		c = next
	}
	t.dropText(area, hasTextArea, "value")
}

// textInSheet drops the changes of the rules of a style sheet that gets one more text. If a style element had its text as an attribute, this becomes
// the text of the new node: browsers that recorded both recorded the same text twice.
func (t *Tree) textInSheet(sheet, text *node) {
	t.dropRules(sheet)
	if sheet.tag == "style" && sheet.is(hasCSS) && sheet.first == nil {
		t.keep(&text.raw, sheet.attribute("_cssText"))
		t.dropText(sheet, hasCSS, "_cssText")
	}
}

// dropText removes the attribute that stands for an element's text.
func (t *Tree) dropText(n *node, flag flags, attribute string) {
	if n.is(flag) {
		n.flags &^= flag
		t.put(&t.change(n).attributes, []byte(attribute), nil)
	}
}

// reattribute changes attributes of an element.
func (t *Tree) reattribute(n *node, changes []byte) {
	for name, v := range rawjson.Members(changes) {
		name = plain(name)
		switch rawjson.KindOf(v) {
		case rawjson.Null:
			t.setAttribute(n, name, nil)
		case rawjson.String:
			t.setAttribute(n, name, v)
		case rawjson.Object:
			if string(name) == "style" {
				t.restyle(n, v)
			}
		}
	}
}

// setAttribute sets an attribute, or removes it when the value is nil.
func (t *Tree) setAttribute(n *node, name, value []byte) {
	t.labels.leave(t, n, name)
	t.put(&t.change(n).attributes, name, value)
	defer t.tellDisplay(n, name)
	switch string(name) {
	case "style":
		t.clear(&n.more.style)
	case "id", "for":
		t.labels.enter(t, n, name)
	case "value":
		// The text of a text area: the replayer puts it in the place of the children.
		if n.tag == "textarea" && value != nil {
			t.removeChildren(n)
			n.flags |= hasTextArea
		}
	case "_cssText":
		// The recorder read the text of a style sheet later. The replayer makes the element anew from its first recorded state. Here the element keeps
		// attributes that changed since, as on the page.
		if n.isSheet() && value != nil {
			t.removeChildren(n)
			t.dropRules(n)
			n.flags |= hasCSS
		}
	}
}

// restyle changes properties of the style attribute. They are kept beside its text, and not written into it: that text may have
// a shorthand of which one part changes.
func (t *Tree) restyle(n *node, properties []byte) {
	for name, v := range rawjson.Members(properties) {
		switch rawjson.KindOf(v) {
		case rawjson.String, rawjson.Array, rawjson.Bool:
			t.put(&t.change(n).style, plain(name), v)
		}
	}
	t.tellDisplay(n, []byte("style"))
}
