package dom_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/replay"
	"github.com/playheadhq/playhead/internal/testfile"
)

// recordings are made by testdata/record/record.mjs: what posthog-js recorded, and what rrweb's replayer made of it at ten instants.
var recordings = []string{"chat", "list", "frames", "shadow", "churn", "fields", "minute", "rich"}

type event struct {
	ms   int64
	line []byte
}

// eventsOf are the events of a recording in order of time. Two recordings are kept as requests that were sent, because other tests use them too.
func eventsOf(t testing.TB, name string) (events []event) {
	t.Helper()
	switch name {
	case "minute":
		files, err := filepath.Glob("../../bench/data/minute/*.gz")
		if err != nil || len(files) == 0 {
			t.Fatal(err, files)
		}
		for _, f := range files {
			events = append(events, sent(t, testfile.Unzipped(t, f))...)
		}
	case "rich":
		raw, err := os.ReadFile("../replay/testdata/web_s_rich_full_snapshot_network_console_gzip.req")
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
		events = sent(t, testfile.Gunzip(t, body))
	default:
		lines := bufio.NewScanner(bytes.NewReader(testfile.Unzipped(t, "testdata/"+name+".events.gz")))
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			ms, _ := rawjson.Float(rawjson.Member(lines.Bytes(), "timestamp"))
			events = append(events, event{int64(ms), bytes.Clone(lines.Bytes())})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return int(a.ms - b.ms) })
	return events
}

// sent are the events in the body of a request.
func sent(t testing.TB, body []byte) (events []event) {
	t.Helper()
	for item := range rawjson.Items(body) {
		if rawjson.Text(rawjson.Member(item, "event")) != "$snapshot" {
			continue
		}
		encoded, err := replay.NewEncoder(nil, nil).Encode(rawjson.Path(item, "properties", "$snapshot_data"))
		if err != nil {
			t.Fatal(err)
		}
		lines, err := replay.Decode(encoded.Body)
		if err != nil {
			t.Fatal(err)
		}
		for ms, line := range lines.All() {
			events = append(events, event{ms, line})
		}
	}
	return events
}

// node is a node of the replayer's page: its id, its parent's id, whether it is in the parent's shadow tree, its name in lower case, its attributes
// (the style attribute as properties with value and priority), its text, and the value and the tick of a field.
type node struct {
	id, parent, shadow int
	name               string
	attributes         map[string]json.RawMessage
	text               *string
	field              []any
}

func (n *node) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&n.id, &n.parent, &n.shadow, &n.name, &n.attributes, &n.text, &n.field})
}

// Every node of every recording is where the replayer has it, with the same attributes and text, at ten instants each.
func TestTreeIsTheReplayers(t *testing.T) {
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := eventsOf(t, name)
			tree := dom.New(dom.Limits{})
			next, nodes := 0, 0
			for line := range bytes.Lines(testfile.Unzipped(t, "testdata/"+name+".trees.gz")) {
				var want struct {
					At    int64
					Nodes []node
				}
				if err := json.Unmarshal(line, &want); err != nil {
					t.Fatal(err)
				}
				for ; next < len(events) && events[next].ms <= want.At; next++ {
					if err := tree.Apply(events[next].line); err != nil {
						t.Fatalf("%v: %.300s", err, events[next].line)
					}
				}
				compare(t, tree, want.Nodes, want.At-events[0].ms)
				nodes += len(want.Nodes)
			}
			if tree.Skipped() != 0 {
				t.Errorf("%d changes of a real recording were skipped", tree.Skipped())
			}
			if tree.Bytes() != tree.Recount() {
				t.Errorf("%d bytes are counted, and %d are there", tree.Bytes(), tree.Recount())
			}
			if nodes < 50 {
				t.Errorf("only %d nodes were compared", nodes)
			}
		})
	}
}

func compare(t *testing.T, tree *dom.Tree, want []node, at int64) {
	t.Helper()
	var ids []int
	for _, n := range want {
		ids = append(ids, n.id)
	}
	if got := tree.All(); !slices.Equal(got, ids) {
		n := 0
		for n < len(got) && n < len(ids) && got[n] == ids[n] {
			n++
		}
		t.Fatalf("after %d ms: %d nodes, want %d; the first that differs is number %d: …%v, want …%v", at, len(got), len(ids), n, got[max(0, n-5):min(len(got), n+10)], ids[max(0, n-5):min(len(ids), n+10)])
	}
	styles := map[int]bool{}
	for _, w := range want {
		n, _ := tree.Node(w.id)
		if n.Parent != w.parent || n.Shadow != (w.shadow == 1) {
			t.Errorf("after %d ms: node %d is in %d (%t), want %d", at, w.id, n.Parent, n.Shadow, w.parent)
		}
		if w.name == "style" {
			styles[w.id] = true
		}
		switch {
		case w.attributes != nil:
			if name := rebuilt(n); name != w.name {
				t.Errorf("after %d ms: node %d is a %s, want %s", at, w.id, name, w.name)
			}
			compareAttributes(t, tree, n, w, at)
		case w.text != nil && !styles[w.parent]: // the replayer adapts style sheets
			if text := strings.ReplaceAll(n.Text, "SCRIPT_PLACEHOLDER", ""); text != *w.text {
				t.Errorf("after %d ms: the text of %d is %q, want %q", at, w.id, text, *w.text)
			}
		}
		if len(w.field) == 2 {
			compareField(t, n, w, at)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
}

// rebuilt is the name that the replayer gives an element.
func rebuilt(n dom.Node) string {
	tag := strings.ToLower(n.Tag)
	if tag == "script" {
		return "noscript"
	}
	if _, inlined := n.Attributes["_cssText"]; tag == "link" && inlined {
		return "style"
	}
	return tag
}

// ours reports whether the replayer sets an attribute by itself, or under another name.
func ours(n dom.Node, name string) bool {
	return strings.HasPrefix(name, "rr_") || strings.HasPrefix(name, "on") || strings.HasPrefix(name, "_on") || strings.HasPrefix(name, "rrweb-") ||
		name == "srcdoc" || name == "_cssText" || name == "autocomplete" || name == "style" ||
		name == "value" && (n.Tag == "textarea" || n.Attributes["type"] == "checkbox" || n.Attributes["type"] == "radio")
}

func classes(s string) string {
	var kept []string
	for c := range strings.FieldsSeq(s) {
		if c != ":hover" && c != "rrweb-paused" && !slices.Contains(kept, c) {
			kept = append(kept, c)
		}
	}
	return strings.Join(kept, " ")
}

func compareAttributes(t *testing.T, tree *dom.Tree, n dom.Node, w node, at int64) {
	t.Helper()
	got, want := map[string]string{}, map[string]string{}
	for name, v := range n.Attributes {
		if name == "class" {
			v = classes(v)
		}
		if !ours(n, name) && (name != "class" || v != "") {
			got[name] = v
		}
	}
	for name, raw := range w.attributes {
		v := rawjson.Text(raw)
		if name == "class" {
			v = classes(v)
		}
		if !ours(n, name) && (name != "class" || v != "") {
			want[name] = v
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("after %d ms: the attributes of %d are\n%v, want\n%v", at, n.ID, got, want)
	}
	var style map[string][]string
	if raw := w.attributes["style"]; raw != nil {
		if err := json.Unmarshal(raw, &style); err != nil {
			t.Fatal(err)
		}
	}
	changed := tree.Restyled(n.ID)
	for property, raw := range changed {
		var value, priority string
		switch v := []byte(raw); rawjson.KindOf(v) {
		case rawjson.Bool:
			if style[property] != nil {
				t.Errorf("after %d ms: the style of %d has %s, which was removed", at, n.ID, property)
			}
			continue
		case rawjson.Array:
			var pair []string
			if err := json.Unmarshal(v, &pair); err != nil || len(pair) != 2 {
				t.Fatal(raw, err)
			}
			value, priority = pair[0], pair[1]
		default:
			value = rawjson.Text(v)
		}
		if have := style[property]; len(have) != 2 || have[0] != value || have[1] != priority {
			t.Errorf("after %d ms: the style of %d has %s: %v, want %s %s", at, n.ID, property, have, value, priority)
		}
	}
	// Properties that did not change are as they were written, if they were written as browsers write them.
	for declaration := range strings.SplitSeq(n.Attributes["style"], ";") {
		property, value, _ := strings.Cut(declaration, ":")
		property, value = strings.TrimSpace(property), strings.TrimSpace(value)
		if _, later := changed[property]; later || style[property] == nil {
			continue
		}
		if have := style[property][0]; have != value && !strings.ContainsAny(value, "(!#") {
			t.Errorf("after %d ms: the style of %d has %s: %s, want %s", at, n.ID, property, value, have)
		}
	}
	if (n.Attributes["style"] != "" || changed != nil) != (len(style) > 0) && n.Attributes["rr_width"] == "" && !removedOnly(n, changed) {
		t.Errorf("after %d ms: the style of %d is %q and %v, want %v", at, n.ID, n.Attributes["style"], changed, style)
	}
}

// removedOnly reports whether nothing may be left of a style attribute.
func removedOnly(n dom.Node, changed map[string]string) bool {
	for _, v := range changed {
		if v != "false" {
			return false
		}
	}
	return len(changed) > 0
}

func compareField(t *testing.T, n dom.Node, w node, at int64) {
	t.Helper()
	switch kind := n.Attributes["type"]; {
	case kind == "checkbox" || kind == "radio":
		if n.Checked != w.field[1] {
			t.Errorf("after %d ms: field %d is ticked: %t, want %v", at, n.ID, n.Checked, w.field[1])
		}
	case n.Tag == "textarea" || n.Tag == "input" && (kind == "" || kind == "text" || kind == "password"):
		if n.Value != w.field[0] {
			t.Errorf("after %d ms: the value of %d is %q, want %q", at, n.ID, n.Value, w.field[0])
		}
	}
}

// A checkpoint at any instant, and what follows it, makes the page that the whole recording makes.
func TestCheckpointEqualsTheRecording(t *testing.T) {
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events := eventsOf(t, name)
			random := rand.New(rand.NewPCG(1, uint64(len(events))))
			first := slices.IndexFunc(events, func(e event) bool { return small(e.line) == 2 })
			at := map[int]bool{}
			for range 10 {
				at[first+random.IntN(len(events)-first)] = true
			}
			whole := dom.New(dom.Limits{})
			var made []*dom.Tree
			for i, e := range events {
				for _, tree := range append(made, whole) {
					if err := tree.Apply(e.line); err != nil {
						t.Fatal(err)
					}
				}
				if at[i] {
					lines, err := whole.Snapshot(e.ms)
					if err != nil {
						t.Fatal(err)
					}
					tree := dom.New(dom.Limits{})
					for line := range bytes.Lines(lines) {
						if err := tree.Apply(line); err != nil {
							t.Fatal(err)
						}
					}
					dom.Same(t, whole, tree)
					made = append(made, tree)
				}
			}
			for _, tree := range made {
				dom.Same(t, whole, tree)
			}
		})
	}
}

func small(line []byte) int {
	f, _ := rawjson.Float(rawjson.Member(line, "type"))
	return int(f)
}
