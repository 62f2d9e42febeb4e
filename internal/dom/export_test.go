package dom

import "github.com/playheadhq/playhead/internal/rawjson"

// Same checks that two trees have the same snapshot.
var Same = same

// Restyled returns the properties of the style attribute that changed since it was set, as JSON.
func (t *Tree) Restyled(id int) map[string]string {
	n := t.byID.get(id)
	if n.more == nil || len(n.more.style.list) == 0 {
		return nil
	}
	m := map[string]string{}
	for _, p := range n.more.style.list {
		m[p.name] = string(p.value)
	}
	return m
}

// All returns the ids of all nodes in the order of the page.
func (t *Tree) All() (ids []int) {
	if t.root == nil {
		return nil
	}
	for n := t.root; n != nil; n = n.after(t.root) {
		ids = append(ids, n.id)
	}
	return ids
}

// Recount counts anew what Bytes returns.
func (t *Tree) Recount() int {
	bytes := 0
	if t.root == nil {
		return 0
	}
	for n := t.root; n != nil; n = n.after(t.root) {
		bytes += n.cost()
		if n.inner != nil && n.inner.kind == shadowRoot {
			bytes += n.inner.cost()
		}
	}
	for k := range t.labels.byID {
		bytes += entryBytes + len(k)
	}
	for k := range t.labels.byFor {
		bytes += entryBytes + len(k)
	}
	for _, s := range t.sheets {
		bytes += 2*entryBytes + len(s.rules)
		for _, c := range s.changes {
			bytes += entryBytes + len(c)
		}
	}
	for _, f := range t.frames {
		bytes += entryBytes + len(f)
	}
	for _, f := range t.fonts {
		bytes += entryBytes + len(f)
	}
	for _, adopted := range t.left {
		bytes += entryBytes + len(adopted)
	}
	return bytes + len(t.pointer) + len(t.selection) + len(t.focus)
}

// Adopted returns how many constructed style sheets a document or the shadow tree of an element uses.
func (t *Tree) Adopted(id int) (count int) {
	if n := t.byID.get(id); n.more != nil {
		for range rawjson.Items(n.more.adopted) {
			count++
		}
	}
	return count
}
