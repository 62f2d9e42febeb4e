package dom

import (
	"iter"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// Watcher is told which texts of a page change while an event is applied. Its methods must not call the tree, which is complete only when Apply has returned.
type Watcher interface {
	// Text says that a text came into the page, or that its content changed. The text may be gone again before Apply returns.
	Text(id int)
	// Gone says that a text left the page. The same id may come again in the same event, when an element was moved.
	Gone(id int)
	// Display says that an attribute of an element changed that may hide or show it, and whether it now hides it.
	Display(id int, hidden bool)
}

// Watch tells w of changes from now on; nil ends that. A full snapshot is a new page: w is told of all its texts, but not that the texts before it are
// gone. The same holds for an error of Apply, after which there is no page.
func (t *Tree) Watch(w Watcher) { t.watcher = w }

// tellText tells the watcher of a text that came or changed.
func (t *Tree) tellText(n *node) {
	if t.watcher != nil && n.kind == textNode {
		t.watcher.Text(n.id)
	}
}

func (t *Tree) tellGone(n *node) {
	if t.watcher != nil && n.kind == textNode {
		t.watcher.Gone(n.id)
	}
}

func (t *Tree) tellDisplay(n *node, name []byte) {
	if t.watcher == nil {
		return
	}
	switch string(name) {
	case "style", "hidden", "open":
		t.watcher.Display(n.id, n.isHidden())
	}
}

// AppendText appends the content of a text of the page. It returns false if there is no text with that id.
func (t *Tree) AppendText(dst []byte, id int) ([]byte, bool) {
	n := t.byID.get(id)
	if n == nil || n.kind != textNode {
		return dst, false
	}
	if len(n.raw) > 2 {
		dst = rawjson.AppendText(dst, n.raw[1:len(n.raw)-1])
	}
	return dst, true
}

// TextLen returns the length of a text of the page as JSON, in bytes. The text itself is no longer than that.
func (t *Tree) TextLen(id int) int {
	if n := t.byID.get(id); n != nil && n.kind == textNode {
		return len(n.raw)
	}
	return 0
}

// Texts yields the ids of all texts of the page, in its order.
func (t *Tree) Texts() iter.Seq[int] {
	return func(yield func(int) bool) {
		if t.root == nil {
			return
		}
		for n := t.root; n != nil; n = n.after(t.root) {
			if n.kind == textNode && !yield(n.id) {
				return
			}
		}
	}
}

// Standing is how a text or an element stands in the page.
type Standing struct {
	// Hidden: the node, or an element around it, is one that browsers never show, or is hidden by its own attributes. What style sheets hide does not count.
	Hidden bool
	// Editable: the user can write in it.
	Editable bool
}

// Standing returns how a node stands. It looks at all elements around the node.
func (t *Tree) Standing(id int) Standing {
	var s Standing
	n := t.byID.get(id)
	for i := 0; n != nil && i < deepest; i++ {
		if n.kind == elementNode {
			s.Hidden = s.Hidden || unseen[n.tag] || n.isHidden()
			s.Editable = s.Editable || n.isEditable()
		}
		n = n.host()
	}
	return s
}

func (n *node) isEditable() bool {
	if n.tag == "textarea" {
		return true
	}
	v := n.attribute("contenteditable")
	return v != nil && string(v) != `"false"` && string(v) != "false" && string(v) != "null"
}

// TextsBefore appends the ids of the texts that come before a node in the order of the page, the nearest first: at most most, and none that are far away.
func (t *Tree) TextsBefore(dst []int, id, most int) []int {
	n := t.byID.get(id)
	for steps := near; n != nil && most > 0 && steps > 0; steps-- {
		if n = n.before(&steps); n != nil && n.kind == textNode {
			dst = append(dst, n.id)
			most--
		}
	}
	return dst
}

// TextsAfter appends the ids of the texts that come after a text, as TextsBefore does.
func (t *Tree) TextsAfter(dst []int, id, most int) []int {
	n := t.byID.get(id)
	for steps := near; n != nil && most > 0 && steps > 0; steps-- {
		if n = n.after(t.root); n != nil && n.kind == textNode {
			dst = append(dst, n.id)
			most--
		}
	}
	return dst
}

// near is how many nodes are visited to find texts that are near.
const near = 64

// before returns the previous node in the order of the page: the last one in the previous sibling, otherwise the parent.
func (n *node) before(steps *int) *node {
	if n.prev == nil {
		return n.host()
	}
	for n = n.prev; *steps > 0; *steps-- {
		switch {
		case n.inner != nil && n.inner.kind == documentNode:
			n = n.inner
		case n.inner != nil && n.inner.last != nil:
			n = n.inner.last
		case n.last != nil:
			n = n.last
		default:
			return n
		}
	}
	return n
}

// Siblings appends the ids of the elements that follow an element in its parent, at most most.
func (t *Tree) Siblings(dst []int, id, most int) []int {
	n := t.byID.get(id)
	if n == nil {
		return dst
	}
	for n, steps := n.next, near; n != nil && most > 0 && steps > 0; n, steps = n.next, steps-1 {
		if n.kind == elementNode {
			dst = append(dst, n.id)
			most--
		}
	}
	return dst
}

// Newest returns the highest id that a node had so far. Recorders number nodes in the order in which they come to the page.
func (t *Tree) Newest() int { return t.newest }

// IsDocument reports whether a node is a document: the page's own, or that of a frame.
func (t *Tree) IsDocument(id int) bool {
	n := t.byID.get(id)
	return n != nil && n.kind == documentNode
}

// Unrecorded returns why the content of an element was not recorded: "blocked" because the page asked for that, "frame" because it is a frame of
// another site, "" if it was recorded.
func (t *Tree) Unrecorded(id int) string {
	n := t.byID.get(id)
	switch {
	case n == nil:
	case n.is(isBlocked):
		return "blocked"
	case n.tagIs("iframe") && n.inner == nil:
		return "frame"
	}
	return ""
}

// Elements yields the ids of all elements of the page, in its order.
func (t *Tree) Elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if t.root == nil {
			return
		}
		for n := t.root; n != nil; n = n.after(t.root) {
			if n.kind == elementNode && !yield(n.id) {
				return
			}
		}
	}
}

// Sort puts ids of nodes into the order of the page, and returns how many nodes it visited. If it would visit more than most, the ids keep their order.
// Ids without a node are left out.
func (t *Tree) Sort(ids []int, most int) (sorted []int, looked int) {
	if t.root == nil {
		return ids, 0
	}
	// in maps each ancestor of the nodes to those of its children that lead to them.
	in := map[*node][]*node{}
	wanted := make(map[*node]bool, len(ids))
	for _, id := range ids {
		n := t.byID.get(id)
		if n == nil || wanted[n] {
			continue
		}
		wanted[n] = true
		for n != t.root && n.parent != nil {
			p := n.parent
			known := in[p] != nil
			in[p] = append(in[p], n)
			looked++
			if known || looked > most {
				break
			}
			n = p
		}
	}
	// A wanted node may be inside another wanted one, so a list of children is put in order only when all are known.
	sorted = make([]int, 0, len(wanted))
	for stack := []*node{t.root}; len(stack) > 0 && looked <= most; {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if wanted[n] {
			sorted = append(sorted, n.id)
		}
		children := in[n]
		if len(children) > 1 {
			leads := make(map[*node]bool, len(children))
			for _, c := range children {
				leads[c] = true
			}
			children = children[:0]
			for c := n.first; c != nil && len(leads) > len(children) && looked <= most; c = c.next {
				if looked++; leads[c] {
					children = append(children, c)
				}
			}
			if n.inner != nil && leads[n.inner] { // what is in a shadow tree or a frame comes last
				children = append(children, n.inner)
			}
		}
		for i := len(children) - 1; i >= 0; i-- {
			stack = append(stack, children[i])
		}
	}
	if looked > most || len(sorted) < len(wanted) {
		return ids, looked
	}
	return sorted, looked
}
