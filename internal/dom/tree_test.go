package dom

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// pageJSON is a page in a short notation: elements in brackets with attributes as JSON, and text. An element in the shadow tree of its parent
// begins with #. Ids are given in order: the body has 3, what is in it 4 and so on.
//
//	<div {"id":"a"} text <b bold>>
func pageJSON(t testing.TB, body string) string {
	t.Helper()
	id := 3
	var rest = body
	var nodes func() string
	nodes = func() string {
		var out []string
		for rest != "" && rest[0] != '>' {
			id++
			own := id
			if rest[0] != '<' {
				n := strings.IndexAny(rest, "<>")
				if n < 0 {
					n = len(rest)
				}
				if strings.TrimSpace(rest[:n]) == "" {
					id--
					rest = rest[n:]
					continue
				}
				out = append(out, fmt.Sprintf(`{"type":3,"textContent":%s,"id":%d}`, quoted(rest[:n]), own))
				rest = rest[n:]
				continue
			}
			n := strings.IndexAny(rest, " >")
			tag := rest[1:n]
			if rest = rest[n:]; rest[0] == ' ' {
				rest = rest[1:]
			}
			attributes := "{}"
			if rest[0] == '{' {
				d := json.NewDecoder(strings.NewReader(rest))
				var raw json.RawMessage
				if err := d.Decode(&raw); err != nil {
					t.Fatal(err)
				}
				attributes = string(raw)
				rest = strings.TrimPrefix(rest[d.InputOffset():], " ")
			}
			more := ""
			if tag, shadow := strings.CutPrefix(tag, "#"); shadow { // in the shadow tree of its parent
				more = `"isShadow":true,`
				children := nodes()
				out = append(out, fmt.Sprintf(`{"type":2,"tagName":%q,"attributes":%s,"childNodes":[%s],%s"id":%d}`, tag, attributes, children, more, own))
			} else {
				children := nodes()
				out = append(out, fmt.Sprintf(`{"type":2,"tagName":%q,"attributes":%s,"childNodes":[%s],"id":%d}`, tag, attributes, children, own))
			}
			rest = strings.TrimPrefix(rest, ">")
		}
		return strings.Join(out, ",")
	}
	inside := nodes()
	return `{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":2,"tagName":"body","attributes":{},"childNodes":[` + inside + `],"id":3}],"id":2}],"id":1}`
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// treeOf is the tree of a page in pageJSON's notation.
func treeOf(t testing.TB, body string) *Tree {
	t.Helper()
	tree := New(Limits{})
	apply(t, tree, `{"type":2,"data":{"node":`+pageJSON(t, body)+`,"initialOffset":{"left":0,"top":0}},"timestamp":1000}`)
	if tree.Skipped() != 0 {
		t.Fatalf("%d nodes of %s were skipped", tree.Skipped(), body)
	}
	return tree
}

func apply(t testing.TB, tree *Tree, events ...string) {
	t.Helper()
	for _, e := range events {
		if !json.Valid([]byte(e)) {
			t.Fatalf("not JSON: %s", e)
		}
		if err := tree.Apply([]byte(e)); err != nil {
			t.Fatalf("%.200s: %v", e, err)
		}
	}
}

// mutation is a mutation event. Lists that are not in parts are empty.
func mutation(parts string) string {
	return `{"type":3,"data":{"source":0,` + parts + `},"timestamp":2000}`
}

// shape writes the tree in one line: ids in brackets, shadow trees after a slash.
func shape(t *Tree) string {
	var write func(id int) string
	write = func(id int) string {
		n, _ := t.Node(id)
		var parts []string
		for _, c := range n.Children {
			s := write(c)
			if child, _ := t.Node(c); child.Shadow {
				s = "/" + s
			}
			parts = append(parts, s)
		}
		if len(parts) == 0 {
			return fmt.Sprint(id)
		}
		return fmt.Sprintf("%d[%s]", id, strings.Join(parts, " "))
	}
	return write(3)
}

func TestMutations(t *testing.T) {
	const across = `<div <section <b words>>> <x-card slotted>` // div 4, section 5, b 6 with text 7, x-card 8 with text 9
	into := mutation(`"adds":[{"parentId":8,"nextId":null,"node":{"type":2,"tagName":"section","attributes":{},"childNodes":[],"id":5,"isShadow":true}},
		{"parentId":5,"nextId":null,"node":{"type":2,"tagName":"b","attributes":{},"childNodes":[],"id":6}},{"parentId":6,"nextId":null,"node":{"type":3,"textContent":"words","id":7}}]`)
	out := strings.NewReplacer(`"parentId":8`, `"parentId":4`, `,"isShadow":true`, "").Replace(into)
	const list = `<ul <li a> <li b> <li c>>` // ul 4, li 5 with text 6, li 7 with 8, li 9 with 10
	tests := []struct {
		name, body string
		events     []string
		want       string
		skipped    int
	}{
		{name: "as it is", body: list, want: "3[4[5[6] 7[8] 9[10]]]"},
		{name: "removed with what is in it", body: list, events: []string{mutation(`"removes":[{"parentId":4,"id":7}]`)}, want: "3[4[5[6] 9[10]]]"},
		{name: "an unknown node is removed", body: list, events: []string{mutation(`"removes":[{"parentId":4,"id":77},{"parentId":4,"id":9}]`)}, want: "3[4[5[6] 7[8]]]", skipped: 1},
		{name: "a child of what was removed is removed", body: list, events: []string{mutation(`"removes":[{"parentId":3,"id":4},{"parentId":4,"id":9}]`)}, want: "3"},
		{name: "added before a sibling", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":7,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":20}}]`)}, want: "3[4[5[6] 20 7[8] 9[10]]]"},
		{name: "added at the end", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":3,"textContent":"x","id":20}}]`)}, want: "3[4[5[6] 7[8] 9[10] 20]]"},
		{name: "the sibling is unknown", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":99,"node":{"type":3,"textContent":"x","id":20}}]`)}, want: "3[4[5[6] 7[8] 9[10] 20]]"},
		{name: "the sibling is elsewhere", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":6,"node":{"type":3,"textContent":"x","id":20}}]`)}, want: "3[4[5[6] 7[8] 9[10] 20]]"},
		{name: "the parent comes later", body: list, events: []string{mutation(`"adds":[
			{"parentId":20,"nextId":22,"node":{"type":3,"textContent":"1","id":21}},{"parentId":20,"nextId":null,"node":{"type":3,"textContent":"2","id":22}},
			{"parentId":4,"nextId":5,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":20}}]`)}, want: "3[4[20[21 22] 5[6] 7[8] 9[10]]]"},
		{name: "the parent never comes", body: list, events: []string{mutation(`"adds":[{"parentId":20,"nextId":null,"node":{"type":3,"textContent":"1","id":21}}]`)}, want: "3[4[5[6] 7[8] 9[10]]]", skipped: 1},
		{name: "moved", body: list, events: []string{mutation(`"removes":[{"parentId":4,"id":5}],"adds":[
			{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":5}},{"parentId":5,"nextId":null,"node":{"type":3,"textContent":"a","id":6}}]`)}, want: "3[4[7[8] 9[10] 5[6]]]"},
		{name: "moved, and the removal was lost", body: list, events: []string{mutation(`"adds":[
			{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[],"id":5}},{"parentId":5,"nextId":null,"node":{"type":3,"textContent":"a","id":6}}]`)}, want: "3[4[7[8] 9[10] 5[6]]]"},
		{name: "added to itself", body: list, events: []string{mutation(`"adds":[{"parentId":5,"nextId":null,"node":{"type":2,"tagName":"ul","attributes":{},"childNodes":[],"id":4}}]`)}, want: "3[4[5[6] 7[8] 9[10]]]", skipped: 1},
		{name: "the children of an element that is added come by themselves", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"li","attributes":{},"childNodes":[{"type":3,"textContent":"x","id":21}],"id":20}}]`)}, want: "3[4[5[6] 7[8] 9[10] 20]]"},
		{name: "a text has no children", body: list, events: []string{mutation(`"adds":[{"parentId":6,"nextId":null,"node":{"type":3,"textContent":"x","id":20}}]`)}, want: "3[4[5[6] 7[8] 9[10]]]", skipped: 1},
		{name: "into a shadow tree", body: list, events: []string{mutation(`"adds":[{"parentId":4,"nextId":5,"node":{"type":2,"tagName":"p","attributes":{},"childNodes":[],"isShadow":true,"id":20}},
			{"parentId":4,"nextId":20,"node":{"type":3,"textContent":"x","isShadow":true,"id":21}}]`)}, want: "3[4[5[6] 7[8] 9[10] /21 /20]]"},
		{name: "out of a shadow tree", body: `<div <#p in> light>`, events: []string{mutation(`"removes":[{"parentId":4,"id":5,"isShadow":true}]`)}, want: "3[4[7]]"},
		// The observers of a document and of a shadow tree report a move between them in either order. Events of posthog-js 1.240 and 1.449.
		{name: "into a shadow tree, which reports it first", body: across, events: []string{into, mutation(`"removes":[{"parentId":4,"id":5}]`)}, want: "3[4 8[9 /5[6[7]]]]"},
		{name: "into a shadow tree, which reports it last", body: across, events: []string{mutation(`"removes":[{"parentId":4,"id":5}]`), into}, want: "3[4 8[9 /5[6[7]]]]"},
		{name: "into a shadow tree and out again", body: across, events: []string{into, mutation(`"removes":[{"parentId":4,"id":5}]`), out, mutation(`"removes":[{"parentId":8,"id":5,"isShadow":true}]`)}, want: "3[4[5[6[7]]] 8[9]]"},
		{name: "with another attribute", body: across, events: []string{into, mutation(`"removes":[{"parentId":4,"id":5}]`), strings.ReplaceAll(out, `"attributes":{}`, `"attributes":{"class":"x"}`), mutation(`"removes":[{"parentId":8,"id":5,"isShadow":true}]`)}, want: "3[4[5[6[7]]] 8[9]]"},
		{name: "out of a shadow tree and gone", body: across, events: []string{into, mutation(`"removes":[{"parentId":4,"id":5}]`), out, mutation(`"removes":[{"parentId":8,"id":5,"isShadow":true}]`), mutation(`"removes":[{"parentId":4,"id":5}]`)}, want: "3[4 8[9]]"},
		{name: "between two shadow trees", body: `<x-one <#p in>> <x-two <#b in>>`, events: []string{
			mutation(`"adds":[{"parentId":7,"nextId":null,"node":{"type":2,"tagName":"p","attributes":{},"childNodes":[],"id":5,"isShadow":true}},{"parentId":5,"nextId":null,"node":{"type":3,"textContent":"in","id":6}}]`),
			mutation(`"removes":[{"parentId":4,"id":5,"isShadow":true}]`)}, want: "3[4 7[/8[9] /5[6]]]"},
		{name: "a child into its parent's shadow tree", body: `<x-card light>`, events: []string{
			mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":3,"textContent":"light","id":5,"isShadow":true}}]`), mutation(`"removes":[{"parentId":4,"id":5}]`)}, want: "3[4[/5]]"},
		{name: "the document of a frame", body: `<iframe>`, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[{"type":3,"textContent":"x","id":22}],"id":21}],"id":20}}]`)}, want: "3[4[20[21[22]]]]"},
		{name: "the document comes before its frame", body: `<p>`, events: []string{
			mutation(`"adds":[{"parentId":30,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":21}],"id":20}}]`),
			mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"iframe","attributes":{},"childNodes":[],"id":30}}]`)}, want: "3[4[30[20[21]]]]"},
		{name: "a frame is loaded again", body: `<iframe>`, events: []string{
			mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":21}],"id":20}}]`),
			mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":0,"childNodes":[{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":31}],"id":30}}]`)}, want: "3[4[30[31]]]"},
		{name: "the page is written anew", body: list, events: []string{mutation(`"adds":[{"parentId":1,"nextId":null,"node":{"type":2,"tagName":"html","attributes":{},"childNodes":[],"id":20}},{"parentId":20,"nextId":null,"node":{"type":2,"tagName":"body","attributes":{},"childNodes":[],"id":3}}]`)}, want: "3"},
		{name: "added again as it is", body: `<main <div <p a>> <p b>>`, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"div","attributes":{},"childNodes":[],"id":5}}]`)}, want: "3[4[8[9] 5[6[7]]]]"},
		{name: "added again elsewhere", body: `<main <div <p a>> <p b>>`, events: []string{mutation(`"adds":[{"parentId":8,"nextId":9,"node":{"type":2,"tagName":"div","attributes":{},"childNodes":[],"id":5}}]`)}, want: "3[4[8[5[6[7]] 9]]]"},
		{name: "added again as another one", body: `<main <div <p a>> <p b>>`, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":2,"tagName":"section","attributes":{},"childNodes":[],"id":5}}]`)}, want: "3[4[8[9] 5]]"},
		{name: "one text in a text area", body: `<textarea one>`, events: []string{mutation(`"adds":[{"parentId":4,"nextId":null,"node":{"type":3,"textContent":"two","id":20}}]`)}, want: "3[4[20]]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := treeOf(t, tt.body)
			apply(t, tree, tt.events...)
			if got := shape(tree); got != tt.want || tree.Skipped() != tt.skipped {
				t.Errorf("%s with %d skipped, want %s with %d", got, tree.Skipped(), tt.want, tt.skipped)
			}
			if tree.Bytes() != tree.Recount() {
				t.Errorf("%d bytes are counted, and %d are there", tree.Bytes(), tree.Recount())
			}
			again(t, tree)
		})
	}
}

func TestNode(t *testing.T) {
	tree := treeOf(t, `<input {"type":"text","value":"first","disabled":true,"class":"a"}> <p ***** ***>`)
	apply(t, tree,
		mutation(`"attributes":[{"id":4,"attributes":{"class":null,"title":"t","style":{"color":"red"}}}],"texts":[{"id":99,"value":"x"}]`),
		`{"type":3,"data":{"source":5,"id":4,"text":"typed","isChecked":false},"timestamp":2000}`,
		`{"type":3,"data":{"source":3,"id":3,"x":0,"y":120},"timestamp":2000}`,
		`{"type":4,"data":{"href":"https://shop.example/a","width":1280,"height":720},"timestamp":2000}`,
		`{"type":3,"data":{"source":4,"width":800,"height":600},"timestamp":2001}`,
	)
	n, ok := tree.Node(4)
	if want := map[string]string{"type": "text", "value": "first", "disabled": "", "title": "t"}; !ok || n.Tag != "input" || n.Parent != 3 || n.Value != "typed" || fmt.Sprint(n.Attributes) != fmt.Sprint(want) {
		t.Errorf("%+v", n)
	}
	if n, _ := tree.Node(6); n.Text != "***** ***" || !n.Masked {
		t.Errorf("%+v", n)
	}
	if _, ok := tree.Node(99); ok || tree.Skipped() != 1 {
		t.Errorf("an unknown node, %d skipped", tree.Skipped())
	}
	if w, h := tree.Size(); w != 800 || h != 600 || tree.URL() != "https://shop.example/a" || tree.AtMS() != 2001 {
		t.Errorf("%d x %d, %s, %d", w, h, tree.URL(), tree.AtMS())
	}
	again(t, tree)
}

func TestText(t *testing.T) {
	for _, tt := range []struct{ body, want string }{
		{`<p one  two> <p three <b four>>`, "one two\nthree four"},
		{`a<script x><style y><noscript z>b`, "ab"},
		{`<div {"hidden":true} no><div {"style":"color:red;display: none"} no><div {"style":"display:block"} yes><div {"aria-hidden":"true"} seen>`, "yes\nseen"},
		{`<table <tr <td a> <td b>> <tr <td c> <td d>>>`, "a\tb\nc\td"},
		{`one<br>two<hr>three`, "one\ntwo\nthree"},
		{"<pre a\n  b>", "a\n  b"},
		{`<label Name <input {"value":"Ada"}>> <input {"type":"hidden","value":"no"}> <textarea {"value":"note"}>`, "Name Ada\nnote"},
		{`<select <option {"value":"1"} One> <option {"value":"2","selected":true} Two>>`, "Two"},
		{`<details <summary More> <p inside>>`, "More"},
		{`<details {"open":""} <summary More> <p inside>>`, "More\ninside"},
		{`<dialog closed><dialog {"open":""} open>`, "open"},
		{`<x-card <#p shadow > <#slot {"name":"title"} none> <#slot > <b {"slot":"title"} title> light>`, "shadow\ntitle light"},
		{`<x-card <#slot {"name":"title"} none> light>`, "none"},
		{`<x-card <#p only> light>`, "only"},
		{`📦 – “é”`, "📦 – “é”"},
	} {
		if got := treeOf(t, tt.body).Text(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.body, got, tt.want)
		}
	}
	tree := treeOf(t, `<p one><p {"style":"display:none"} two>`)
	apply(t, tree, mutation(`"attributes":[{"id":6,"attributes":{"style":{"display":false}}},{"id":4,"attributes":{"style":{"display":["none","important"]}}}]`))
	if got := tree.Text(); got != "two" {
		t.Errorf("after a change: %q", got)
	}
	tree = treeOf(t, strings.Repeat(`<p éé>`, 1000))
	if got, whole := tree.TextUpTo(8); got != "éé\né" || whole {
		t.Errorf("the beginning: %q, %t", got, whole)
	}
	if got, whole := tree.TextUpTo(1 << 20); len(got) != 5*1000-1 || !whole {
		t.Errorf("%d bytes, %t", len(got), whole)
	}
}

func TestLabel(t *testing.T) {
	for _, tt := range []struct {
		body string
		id   int
		want string
	}{
		{`<button Send <svg <path>>>`, 7, "Send"}, // the pointer hit a part of the icon
		{`<button {"aria-label":"Close"} x>`, 5, "Close"},
		{`<h2 {"id":"h"} Title><button {"aria-labelledby":"h gone","aria-label":"no"} x>`, 6, "Title"},
		{`<label {"for":"f"} E-mail><input {"id":"f","value":"ada@example.com","placeholder":"no"}>`, 6, "E-mail"},
		{`<label Name <input {"value":"Ada"}>>`, 6, "Name"},
		{`<input {"placeholder":"Search"}>`, 4, "Search"},
		{`<input {"type":"submit","value":"Pay"}>`, 4, "Pay"},
		{`<a {"href":"/"} <img {"alt":"Home"}>>`, 5, "Home"},
		{`<button <img {"alt":"Menu"}>>`, 4, "Menu"},
		{`<img {"alt":"Logo"}>`, 4, "Logo"},
		{`<div {"role":"button"} <span Open > <span it>>`, 6, "Open it"},
		{`<button {"title":"More"}>`, 4, "More"},
		{`<button {"data-attr":"new-chat"}>`, 4, "new-chat"},
		{`<p short>`, 4, "short"},
		{`<button *****>`, 4, "*****"},
		{`<textarea {"value":"secret"}>`, 4, ""},
		{`<div ` + strings.Repeat("<p much text>", 100) + `>`, 4, ""},
		{`<button ` + strings.Repeat("é", 150) + `>`, 4, strings.Repeat("é", 100)},
		{`<p x>`, 99, ""},
	} {
		tree := treeOf(t, tt.body)
		if got := tree.Label(tt.id); got != tt.want {
			t.Errorf("%.100s %d: %q, want %q", tt.body, tt.id, got, tt.want)
		}
	}
	// Ids that come, change and go.
	tree := treeOf(t, `<label {"for":"a"} One><input {"id":"a"}>`)
	apply(t, tree, mutation(`"attributes":[{"id":6,"attributes":{"id":"b"}}]`))
	if got := tree.Label(6); got != "" {
		t.Errorf("under another id: %q", got)
	}
	apply(t, tree, mutation(`"attributes":[{"id":4,"attributes":{"for":"b"}}]`))
	if got := tree.Label(6); got != "One" {
		t.Errorf("after the label followed: %q", got)
	}
	apply(t, tree, mutation(`"removes":[{"parentId":3,"id":4}]`))
	if got := tree.Label(6); got != "" || tree.Bytes() != tree.Recount() {
		t.Errorf("after the label went: %q; %d and %d bytes", got, tree.Bytes(), tree.Recount())
	}
}

func TestOutline(t *testing.T) {
	tree := treeOf(t, `<main <h1 Orders> <p {"hidden":true} <b no>> <button {"role":"tab"} Send> <input {"value":"***","placeholder":"Name"}>>`)
	all, more := tree.Outline(0, 100, 1<<20)
	var got []string
	for _, e := range all {
		got = append(got, fmt.Sprintf("%d<%d %s %s|%s|%s %s %t", e.ID, e.Parent, e.Tag, e.Label, e.Text, e.Role, e.Value, e.Masked))
	}
	want := []string{"2<0 html ||  false", "3<2 body ||  false", "4<3 main ||  false", "5<4 h1 |Orders|  false", "10<4 button Send|Send|tab  false", "12<4 input Name|| *** true"}
	if !slices.Equal(got, want) || more {
		t.Errorf("%q", got)
	}
	some, more := tree.Outline(3, 2, 1<<20)
	if len(some) != 2 || some[0].ID != 4 || !more {
		t.Errorf("%+v, %t", some, more)
	}
}

// JSON that another program wrote has its names in another order than rrweb's.
func TestNamesInAnyOrder(t *testing.T) {
	body := `<x-card <#p in> light><iframe><p {"id":"a"} text>`
	var page any
	if err := json.Unmarshal([]byte(pageJSON(t, body)), &page); err != nil {
		t.Fatal(err)
	}
	sorted, err := json.Marshal(page) // "childNodes" before "tagName" and "type"
	if err != nil {
		t.Fatal(err)
	}
	tree := New(Limits{})
	apply(t, tree, `{"type":2,"data":{"node":`+string(sorted)+`}}`)
	if want := treeOf(t, body); shape(tree) != shape(want) || tree.Text() != want.Text() || tree.Skipped() != 0 {
		t.Errorf("%s, want %s; %d skipped", shape(tree), shape(want), tree.Skipped())
	}
	if tree.Bytes() != tree.Recount() {
		t.Errorf("%d bytes are counted, and %d are there", tree.Bytes(), tree.Recount())
	}
}

func TestErrors(t *testing.T) {
	tree := New(Limits{Bytes: 20_000})
	for _, e := range []string{`[]`, `{}`, `{"type":"x","data":{}}`, `{"type":3,"data":null}`, `1`} {
		if err := tree.Apply([]byte(e)); !errors.Is(err, ErrNotEvent) {
			t.Errorf("%s: %v", e, err)
		}
	}
	for _, node := range []string{`null`, `{}`, `{"type":0,"id":1}`, `{"type":0,"id":1,"childNodes":[]}`, `{"type":2,"id":1,"tagName":"p","attributes":{},"childNodes":[]}`} {
		if err := tree.Apply([]byte(`{"type":2,"data":{"node":` + node + `}}`)); !errors.Is(err, ErrNoPage) {
			t.Errorf("%s: %v", node, err)
		}
	}
	if _, err := tree.Snapshot(0); !errors.Is(err, ErrNoPage) {
		t.Errorf("a snapshot of nothing: %v", err)
	}
	large := `{"type":2,"data":{"node":` + pageJSON(t, strings.Repeat(`<p text>`, 1000)) + `}}`
	if err := tree.Apply([]byte(large)); !errors.Is(err, ErrTooLarge) || tree.HasPage() || tree.Bytes() != 0 {
		t.Errorf("%v, %t, %d bytes", err, tree.HasPage(), tree.Bytes())
	}
	// Events that follow change nothing until there is a page again.
	apply(t, tree, mutation(`"adds":[{"parentId":3,"nextId":null,"node":{"type":3,"textContent":"x","id":20}}]`))
	apply(t, tree, `{"type":2,"data":{"node":`+pageJSON(t, `<p a>`)+`}}`)
	if !tree.HasPage() || tree.Text() != "a" {
		t.Errorf("%q", tree.Text())
	}
	var err error
	for i := 100; err == nil && i < 10_000; i++ {
		err = tree.Apply(fmt.Appendf(nil, `{"type":3,"data":{"source":0,"adds":[{"parentId":3,"nextId":null,"node":{"type":3,"textContent":"x","id":%d}}]}}`, i))
	}
	if !errors.Is(err, ErrTooLarge) || tree.HasPage() {
		t.Errorf("growing: %v", err)
	}
}
