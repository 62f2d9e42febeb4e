package dom

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// FuzzApply applies lines as events. Whatever they are, nothing panics, the counted bytes are right, and a snapshot makes the same page.
func FuzzApply(f *testing.F) {
	for _, h := range hostile {
		f.Add(h.make(1 << 10))
	}
	for _, s := range heavy.Shapes {
		f.Add(incremental(sourceMutation, "adds", s.Value(1<<10)))
	}
	for _, e := range []string{
		`{"type":3,"data":{"source":0,"removes":[{"parentId":3,"id":4}],"adds":[{"parentId":3,"nextId":5,"node":{"type":2,"tagName":"iframe","attributes":{"id":"a"},"childNodes":[],"isShadow":true,"id":9}}]}}`,
		`{"type":3,"data":{"source":15,"id":1,"styleIds":[1],"styles":[{"styleId":1,"rules":[]}]}}` + "\n" + `{"type":3,"data":{"source":8,"styleId":1,"replaceSync":"x"}}`,
		`{"type":3,"data":{"source":0,"attributes":[{"id":4,"attributes":{"style":{"color":false},"for":"a","value":null}}],"texts":[{"id":5,"value":null}]}}`,
		`{"type":3,"data":{"source":7,"id":4,"type":0,"currentTime":1e300}}`,
	} {
		f.Add([]byte(e))
	}
	f.Fuzz(func(t *testing.T, lines []byte) {
		tree := New(Limits{Bytes: 1 << 20})
		if err := tree.Apply(start); err != nil {
			t.Fatal(err)
		}
		valid := true
		for line := range bytes.Lines(lines) {
			valid = valid && json.Valid(line)
			_ = tree.Apply(line) // an error leaves an empty tree
		}
		if n := tree.Recount(); tree.HasPage() && n != tree.Bytes() {
			t.Fatalf("%d bytes are counted, and %d are there", tree.Bytes(), n)
		}
		tree.Text()
		for _, id := range tree.All() {
			tree.Label(id)
			if n, ok := tree.Node(id); !ok || n.ID != id {
				t.Fatalf("node %d is %+v", id, n)
			}
		}
		tree.Outline(0, 10, 1000)
		if _, err := tree.Snapshot(0); err == nil && valid {
			again(t, tree)
		}
	})
}
