package dom

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Snapshot returns rrweb events, as JSON lines, that show the page as it is: a Meta event, a full snapshot, and incremental events for what a full
// snapshot cannot say, which are documents of frames, changed style properties, rules of style sheets, inputs, scrolling, media, focus, selection and
// pointer. All have the time atMS (Unix milliseconds), and a member "checkpoint":true, because nobody did at that time what they describe. Applying
// them to an empty tree makes the same page. The error is ErrNoPage.
func (t *Tree) Snapshot(atMS int64) ([]byte, error) {
	if t.root == nil || !t.root.is(hasElement) {
		return nil, ErrNoPage
	}
	w := writer{t: t, out: make([]byte, 0, t.bytes/2), atMS: atMS}
	w.begin(typeMeta)
	w.text(`{"href":`)
	if t.href == nil {
		w.text(`""`)
	}
	w.raw(t.href)
	w.text(`,"width":`)
	w.number(t.width)
	w.text(`,"height":`)
	w.number(t.height)
	w.text(`}`)
	w.end()

	w.begin(typeFull)
	w.text(`{"node":`)
	w.node(t.root)
	left, top := t.root.scroll()
	w.text(`,"initialOffset":{"left":`)
	w.number(left)
	w.text(`,"top":`)
	w.number(top)
	w.text(`}}`)
	w.end()

	w.documents()
	w.styles()
	w.sheets()
	w.state()
	return w.out, nil
}

type writer struct {
	t    *Tree
	out  []byte
	atMS int64
	// frames are the documents of frames, which are written after the document that they are in; changed are the nodes with a more.
	frames  []*node
	changed []*node
}

func (w *writer) text(s string)    { w.out = append(w.out, s...) }
func (w *writer) raw(v []byte)     { w.out = append(w.out, v...) }
func (w *writer) integer(n int)    { w.out = strconv.AppendInt(w.out, int64(n), 10) }
func (w *writer) number(f float64) { w.out = strconv.AppendFloat(w.out, f, 'f', -1, 64) }

func (w *writer) begin(kind int) {
	w.text(`{"type":`)
	w.integer(kind)
	w.text(`,"data":`)
}

func (w *writer) end() {
	w.text(`,"timestamp":`)
	w.out = strconv.AppendInt(w.out, w.atMS, 10)
	w.text(`,"checkpoint":true}` + "\n")
}

// event writes an incremental event with data as they are.
func (w *writer) event(data []byte) {
	if len(data) > 0 {
		w.begin(typeIncremental)
		w.raw(data)
		w.end()
	}
}

// written returns the child that rrweb writes first: a node's own children come before those of its shadow tree.
func (n *node) written() *node {
	if n.first != nil || n.inner == nil || n.inner.kind != shadowRoot {
		return n.first
	}
	return n.inner.first
}

// writtenAfter is the sibling that is written next.
func (n *node) writtenAfter() *node {
	if p := n.parent; n.next == nil && p.kind != shadowRoot && p.inner != nil && p.inner.kind == shadowRoot {
		return p.inner.first
	}
	return n.next
}

// node writes a node and its descendants.
func (w *writer) node(root *node) {
	document := root
	n := root
	w.open(n)
	for {
		if c := n.written(); c != nil {
			n = c
			w.open(n)
			continue
		}
		for {
			w.close(n, document)
			if n == root {
				return
			}
			if s := n.writtenAfter(); s != nil {
				n = s
				w.text(`,`)
				w.open(n)
				break
			}
			n = n.host()
		}
	}
}

// open writes a node up to its children.
func (w *writer) open(n *node) {
	if n.more != nil {
		w.changed = append(w.changed, n)
	}
	w.text(`{"type":`)
	w.integer(int(n.kind))
	switch n.kind {
	case documentNode:
		w.text(`,"childNodes":[`)
	case doctypeNode:
		if len(n.raw) > 0 {
			w.text(`,`)
			w.raw(n.raw)
		}
	case elementNode:
		if n.inner != nil && n.inner.kind == documentNode {
			w.frames = append(w.frames, n.inner)
		}
		w.text(`,"tagName":`)
		w.out = appendString(w.out, n.tag)
		w.text(`,"attributes":`)
		w.attributes(n)
		w.text(`,"childNodes":[`)
	default:
		w.text(`,"textContent":`)
		if n.raw == nil {
			w.text(`""`)
		}
		w.raw(n.raw)
	}
}

// close writes the rest of a node.
func (w *writer) close(n, document *node) {
	switch n.kind {
	case documentNode:
		w.text(`]`)
		if len(n.raw) > 0 {
			w.text(`,"compatMode":`)
			w.raw(n.raw)
		}
	case elementNode:
		w.text(`]`)
		for _, f := range []struct {
			flag flags
			name string
		}{{isSVG, `,"isSVG":true`}, {isCustom, `,"isCustom":true`}, {isBlocked, `,"needBlock":true`}} {
			if n.is(f.flag) {
				w.text(f.name)
			}
		}
		if n.inner != nil && n.inner.kind == shadowRoot {
			w.text(`,"isShadowHost":true`)
		}
	case textNode:
		if n.is(isStyle) {
			w.text(`,"isStyle":true`)
		}
	}
	if n.inShadow() {
		w.text(`,"isShadow":true`)
	}
	if document != w.t.root && n != document {
		w.text(`,"rootId":`)
		w.integer(document.id)
	}
	w.text(`,"id":`)
	w.integer(n.id)
	w.text(`}`)
}

func (w *writer) attributes(n *node) {
	var changes *pairs
	if n.more != nil {
		changes = &n.more.attributes
	}
	if changes == nil || len(changes.list) == 0 {
		if n.raw == nil {
			w.text(`{}`)
		}
		w.raw(n.raw)
		return
	}
	begin := byte('{')
	write := func(name, value []byte) {
		w.out = append(append(append(w.out, begin, '"'), name...), '"', ':')
		w.raw(value)
		begin = ','
	}
	for name, v := range rawjson.Members(n.raw) {
		if changes.find(string(plain(name))) < 0 {
			write(name, v)
		}
	}
	for _, p := range changes.list {
		if p.value != nil {
			w.out = append(w.out, begin)
			w.out = appendString(w.out, p.name)
			w.text(`:`)
			w.raw(p.value)
			begin = ','
		}
	}
	if begin == '{' {
		w.text(`{`)
	}
	w.text(`}`)
}

// documents writes the documents of frames as recorders do: each is added to its frame. They may have frames themselves.
func (w *writer) documents() {
	const head, tail = `{"source":0,"texts":[],"attributes":[],"removes":[],"adds":[`, `],"isAttachIframe":true}`
	begin := func(parent int) {
		w.text(`{"parentId":`)
		w.integer(parent)
		w.text(`,"nextId":null,"node":`)
	}
	for i := 0; i < len(w.frames); i++ {
		w.begin(typeIncremental)
		w.text(head)
		begin(w.frames[i].parent.id)
		w.node(w.frames[i])
		w.text(`}` + tail)
		w.end()
	}
	if len(w.t.frames) == 0 {
		return
	}
	w.begin(typeIncremental)
	w.text(head)
	for i, parent := range slices.Sorted(maps.Keys(w.t.frames)) {
		if i > 0 {
			w.text(`,`)
		}
		begin(parent)
		w.raw(w.t.frames[parent])
		w.text(`}`)
	}
	w.text(tail)
	w.end()
}

// styles writes the changed properties of style attributes, in one mutation.
func (w *writer) styles() {
	begun := false
	for _, n := range w.changed {
		if len(n.more.style.list) == 0 {
			continue
		}
		if !begun {
			w.begin(typeIncremental)
			w.text(`{"source":0,"texts":[],"removes":[],"adds":[],"attributes":[`)
		} else {
			w.text(`,`)
		}
		begun = true
		w.text(`{"id":`)
		w.integer(n.id)
		w.text(`,"attributes":{"style":{`)
		for i, p := range n.more.style.list {
			if i > 0 {
				w.text(`,`)
			}
			w.out = appendString(w.out, p.name)
			w.text(`:`)
			w.raw(p.value)
		}
		w.text(`}}}`)
	}
	if begun {
		w.text(`]}`)
		w.end()
	}
}

// sheets writes the changes of the rules of style sheets, and the constructed style sheets with the nodes that use them.
func (w *writer) sheets() {
	for _, n := range w.changed {
		for _, data := range n.more.rules {
			w.event(data)
		}
	}
	left := slices.Sorted(maps.Keys(w.t.sheets))
	written := map[int]bool{}
	// A sheet belongs to the document in which it was made, so it is written with the first node that uses it.
	for _, n := range w.changed {
		if n != w.t.root && n.more.adopted != nil {
			var used []int
			for id := range rawjson.Items(n.more.adopted) {
				used = append(used, idOf(id))
			}
			w.adopt(n, n.more.adopted, used, written)
		}
	}
	own := []byte(`[]`)
	if m := w.t.root.more; m != nil && m.adopted != nil {
		own = m.adopted
	}
	if len(written) < len(left) || string(own) != `[]` { // no other node uses the rest now
		w.adopt(w.t.root, own, left, written)
	}
	for _, id := range left {
		for _, data := range w.t.sheets[id].changes {
			w.event(data)
		}
	}
}

// adopt writes which constructed style sheets a document or an element uses, with the rules of those that were not written yet.
func (w *writer) adopt(host *node, used []byte, sheets []int, written map[int]bool) {
	w.begin(typeIncremental)
	w.text(`{"source":15,"id":`)
	w.integer(host.id)
	w.text(`,"styleIds":`)
	w.raw(used)
	w.text(`,"styles":[`)
	first := true
	for _, id := range sheets {
		s := w.t.sheets[id]
		if s == nil || written[id] {
			continue
		}
		written[id] = true
		if !first {
			w.text(`,`)
		}
		first = false
		w.text(`{"styleId":`)
		w.integer(id)
		w.text(`,"rules":`)
		if s.rules == nil {
			w.text(`[]`)
		}
		w.raw(s.rules)
		w.text(`}`)
	}
	w.text(`]}`)
	w.end()
}

// state writes what is neither structure nor style.
func (w *writer) state() {
	for _, data := range w.t.fonts {
		w.event(data)
	}
	inputs := slices.Clone(w.changed)
	slices.SortStableFunc(inputs, func(a, b *node) int { return cmp.Compare(a.more.inputAt, b.more.inputAt) })
	for _, n := range inputs {
		w.event(n.more.input) // in their order: a radio button that is checked unchecks the others
	}
	for _, n := range w.changed {
		if n.more.media != nil {
			w.event(n.mediaAt(w.atMS))
		}
		if n.more.scroll == nil || n == w.t.root {
			continue
		}
		left, top := n.scroll()
		w.begin(typeIncremental)
		w.text(`{"source":3,"id":`)
		w.integer(n.id)
		w.text(`,"x":`)
		w.number(left)
		w.text(`,"y":`)
		w.number(top)
		w.text(`}`)
		w.end()
	}
	w.event(w.t.focus)
	w.event(w.t.selection)
	if p := w.t.pointer; p != nil {
		w.begin(typeIncremental)
		w.text(`{"source":1,"positions":[{"timeOffset":0`)
		for _, name := range []string{"x", "y", "id"} {
			if v := rawjson.Member(p, name); rawjson.KindOf(v) == rawjson.Number {
				w.text(`,"` + name + `":`)
				w.raw(v)
			}
		}
		w.text(`}]}`)
		w.end()
	}
}

// appendString appends a JSON string. If the event is valid UTF-8, so is the text that was read from it.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			const digits = "0123456789abcdef"
			dst = append(dst, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
