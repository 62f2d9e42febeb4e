package dom

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// again checks that a snapshot makes the same page again, and returns the tree of that page.
func again(t testing.TB, tree *Tree) *Tree {
	t.Helper()
	lines, err := tree.Snapshot(3000)
	if err != nil {
		t.Fatal(err)
	}
	made := New(Limits{})
	for line := range bytes.Lines(lines) {
		if !json.Valid(line) {
			t.Fatalf("not JSON: %.300s", line)
		}
		if err := made.Apply(line); err != nil {
			t.Fatalf("%.300s: %v", line, err)
		}
	}
	if made.Skipped() != 0 {
		t.Errorf("%d parts of a snapshot were skipped:\n%.3000s", made.Skipped(), lines)
	}
	same(t, tree, made)
	return made
}

// same checks that two trees have the same snapshot, except for the order of attributes.
func same(t testing.TB, a, b *Tree) {
	t.Helper()
	x, y := decoded(t, a), decoded(t, b)
	for i := range min(len(x), len(y)) {
		if !reflect.DeepEqual(x[i], y[i]) {
			p, _ := json.Marshal(x[i])
			q, _ := json.Marshal(y[i])
			t.Fatalf("event %d of two snapshots differs:\n%s\n%s", i, around(p, q), around(q, p))
		}
	}
	if len(x) != len(y) {
		t.Fatalf("%d and %d events", len(x), len(y))
	}
}

// around returns the part of a around the first difference from b.
func around(a, b []byte) string {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return string(a[max(0, n-300):min(len(a), n+300)])
}

func decoded(t testing.TB, tree *Tree) (events []any) {
	t.Helper()
	lines, err := tree.Snapshot(3000)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(lines) {
		var e any
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
		events = append(events, e)
	}
	return events
}

func TestSnapshot(t *testing.T) {
	tree := treeOf(t, `<style {"_cssText":"p{}"}><x-card <#p in> light><input {"id":"i"}><iframe><p {"style":"margin: 1px"} text><video>`)
	apply(t, tree,
		`{"type":4,"data":{"href":"https://shop.example/\u00e9","width":1280,"height":720.5},"timestamp":1500}`,
		mutation(`"adds":[{"parentId":10,"nextId":null,"node":{"type":0,"compatMode":"BackCompat","childNodes":[{"type":1,"name":"html","publicId":"","systemId":"","rootId":50,"id":51},
			{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"iframe","attributes":{},"childNodes":[],"rootId":50,"id":53}],"rootId":50,"id":52}],"id":50}}]`),
		mutation(`"adds":[{"parentId":53,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":5,"textContent":"c","id":62}],"id":61}],"id":60}}]`),
		mutation(`"adds":[{"parentId":99,"nextId":null,"node":{"type":0,"childNodes":[],"id":70}}]`), // its frame never comes
		mutation(`"attributes":[{"id":11,"attributes":{"style":{"margin-left":false,"color":["red","important"],"--x":"1"},"class":"a \"b\""}}]`),
		`{"type":3,"data":{"source":8,"id":4,"adds":[{"rule":"b{}","index":0}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":13,"id":4,"index":[0],"set":{"property":"color","value":"red"}},"timestamp":2000}`,
		`{"type":3,"data":{"source":15,"id":1,"styleIds":[1],"styles":[{"styleId":1,"rules":[{"rule":"i{}","index":0}]},{"styleId":2,"rules":[]}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":15,"id":5,"styleIds":[1,3],"styles":[{"styleId":3,"rules":[{"rule":"u{}","index":0}]}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":8,"styleId":3,"adds":[{"rule":"s{}"}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":5,"id":9,"text":"typed \ud83d","isChecked":true},"timestamp":2000}`,
		`{"type":3,"data":{"source":3,"id":11,"x":1.5,"y":20},"timestamp":2000}`,
		`{"type":3,"data":{"source":3,"id":1,"x":0,"y":300},"timestamp":2000}`,
		`{"type":3,"data":{"source":7,"id":13,"type":0,"currentTime":3,"volume":1,"muted":false,"playbackRate":2},"timestamp":2000}`,
		`{"type":3,"data":{"source":2,"type":5,"id":9},"timestamp":2000}`,
		`{"type":3,"data":{"source":14,"ranges":[{"start":12,"startOffset":0,"end":12,"endOffset":2}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":1,"positions":[{"x":1,"y":2,"id":3,"timeOffset":-50},{"x":10,"y":20,"id":11,"timeOffset":0}]},"timestamp":2000}`,
		`{"type":3,"data":{"source":10,"family":"F","fontSource":"url(x)","buffer":false},"timestamp":2000}`,
	)
	if tree.Skipped() != 0 {
		t.Fatalf("%d skipped", tree.Skipped())
	}
	again(t, tree)
	if tree.Bytes() != tree.Recount() {
		t.Errorf("%d bytes are counted, and %d are there", tree.Bytes(), tree.Recount())
	}
	lines, _ := tree.Snapshot(3000)
	for _, want := range []string{
		`"href":"https://shop.example/\u00e9","width":1280,"height":720.5`, `"initialOffset":{"left":0,"top":300}`, `"isShadowHost":true`, `"isShadow":true`, `"compatMode":"BackCompat"`, `"rootId":50`, `"rootId":60`,
		`{"id":11,"attributes":{"style":{"margin-left":false,"color":["red","important"],"--x":"1"}}}`, `"style":"margin: 1px"`, `"class":"a \"b\""`, `"currentTime":5`, `{"rule":"s{}"}`, `typed \ud83d`, `"positions":[{"timeOffset":0,"x":10,"y":20,"id":11}]`,
	} {
		if !strings.Contains(string(lines), want) {
			t.Errorf("%s is missing in\n%s", want, lines)
		}
	}
	for line := range bytes.Lines(lines) {
		if !bytes.HasSuffix(line, []byte(`,"timestamp":3000,"checkpoint":true}`+"\n")) {
			t.Errorf("not said to be of a checkpoint: %.200s", line)
		}
	}
	// When the text of a style sheet changes, the earlier changes of its rules are gone. A sheet that replaces its rules has no history.
	apply(t, tree,
		mutation(`"attributes":[{"id":4,"attributes":{"_cssText":"q{}"}}]`),
		`{"type":3,"data":{"source":8,"styleId":3,"replaceSync":"em{}"},"timestamp":2000}`,
	)
	lines, _ = again(t, tree).Snapshot(3000)
	for _, gone := range []string{`"b{}"`, `"s{}"`, `"u{}"`, `p{}`} {
		if strings.Contains(string(lines), gone) {
			t.Errorf("%s is still in\n%s", gone, lines)
		}
	}
}
