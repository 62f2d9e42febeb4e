package dom_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/testfile"
)

// randomPage is a page with random changes, as testdata/record/random.mjs makes it from a seed.
type randomPage struct {
	Seed   int64
	Events []json.RawMessage
	Trees  []struct {
		At     int64
		Nodes  []node
		Sheets [][]any
	}
}

// deepPages is how many pages the deep variant makes anew.
const deepPages = 200

// Random pages with random changes (added, removed and moved nodes, attributes, texts, shadow trees, frames, constructed style sheets), recorded by rrweb in a
// real Chromium, are at random instants in the tree as they were in the browser, node for node. A few were made before; PLAYHEAD_LONG=1 makes many from new seeds, and
// PLAYHEAD_SEED=n that one, which needs e2e/node_modules and Chromium. A failure says its seed.
func TestRandomPages(t *testing.T) {
	pages := testfile.Unzipped(t, "testdata/random.gz")
	seed, given := os.LookupEnv("PLAYHEAD_SEED")
	switch {
	case given:
		pages = randomPages(t, seed, 1)
	case os.Getenv("PLAYHEAD_LONG") != "":
		pages = append(pages, randomPages(t, strconv.FormatInt(time.Now().Unix(), 10), deepPages)...)
	}
	nodes, sheets, n, unrecorded := 0, 0, 0, 0
	for line := range bytes.Lines(pages) {
		n++
		var page randomPage
		if err := json.Unmarshal(line, &page); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint("seed ", page.Seed), func(t *testing.T) {
			tree, next := dom.New(dom.Limits{}), 0
			written := writtenIn(t, page.Events)
			adopting := map[string]bool{} // what rrweb reports style sheets of; not of a shadow tree that has them before it is observed
			for _, e := range page.Events {
				if data := rawjson.Member(e, "data"); rawjson.Scalar(rawjson.Member(data, "source"), 8) == "15" {
					adopting[rawjson.Scalar(rawjson.Member(data, "id"), 16)] = true
				}
			}
			for _, want := range page.Trees {
				for ; next < len(page.Events); next++ {
					if ms, _ := rawjson.Float(rawjson.Member(page.Events[next], "timestamp")); int64(ms) > want.At {
						break
					}
					if err := tree.Apply(page.Events[next]); err != nil {
						t.Fatalf("PLAYHEAD_SEED=%d: %v: %.300s", page.Seed, err, page.Events[next])
					}
				}
				unrecorded += leaveOutUnrecorded(tree, want.Nodes, written)
				compare(t, tree, want.Nodes, want.At)
				compareSheets(t, tree, want.Sheets, adopting, want.At)
				nodes += len(want.Nodes)
				sheets += len(want.Sheets)
			}
			if tree.Bytes() != tree.Recount() {
				t.Errorf("%d bytes are counted, and %d are there", tree.Bytes(), tree.Recount())
			}
		})
	}
	if unrecorded*200 > nodes {
		t.Errorf("%d attributes of %d nodes were not recorded", unrecorded, nodes)
	}
	if n < 1 || nodes < 20*n || !given && sheets == 0 {
		t.Errorf("%d pages with %d nodes and %d lists of style sheets were compared", n, nodes, sheets)
	}
}

// attribute is a value of an attribute that an event has, "" and removed if it has none.
type attribute struct {
	id          int
	name, value string
	removed     bool
}

// writtenIn are all attributes in events. rrweb loses a few changes of nodes that are on their way between a page and a shadow tree.
func writtenIn(t *testing.T, events []json.RawMessage) map[attribute]bool {
	all := map[attribute]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			id, _ := v["id"].(float64)
			if attributes, ok := v["attributes"].(map[string]any); ok {
				for name, value := range attributes {
					all[attribute{int(id), name, fmt.Sprint(value), value == nil}] = true
				}
			}
			for _, member := range v {
				walk(member)
			}
		}
	}
	for _, e := range events {
		var v any
		if err := json.Unmarshal(e, &v); err != nil {
			t.Fatal(err)
		}
		walk(v)
	}
	return all
}

// leaveOutUnrecorded gives nodes the tree's values of attributes whose own value is in no event, and counts them.
func leaveOutUnrecorded(tree *dom.Tree, nodes []node, written map[attribute]bool) (count int) {
	for _, w := range nodes {
		got, ok := tree.Node(w.id)
		if !ok || w.attributes == nil {
			continue
		}
		for name, raw := range w.attributes {
			value := rawjson.Text(raw)
			if have, ok := got.Attributes[name]; name != "style" && (!ok || have != value) && !written[attribute{w.id, name, value, false}] {
				count++
				if delete(w.attributes, name); ok {
					w.attributes[name] = json.RawMessage(strconv.Quote(have))
				}
			}
		}
		for name, have := range got.Attributes {
			if _, ok := w.attributes[name]; !ok && name != "style" && !ours(got, name) && !written[attribute{w.id, name, "<nil>", true}] {
				count++
				w.attributes[name] = json.RawMessage(strconv.Quote(have))
			}
		}
	}
	return count
}

func randomPages(t *testing.T, seed string, count int) []byte {
	t.Helper()
	make := exec.CommandContext(t.Context(), "node", "testdata/record/random.mjs", seed, strconv.Itoa(count), "40", "5")
	make.Stderr = os.Stderr
	pages, err := make.Output()
	if err != nil {
		t.Fatalf("make pages from seed %s: %v", seed, err)
	}
	return pages
}

// compareSheets compares how many constructed style sheets each document and shadow tree uses.
func compareSheets(t *testing.T, tree *dom.Tree, want [][]any, adopting map[string]bool, at int64) {
	t.Helper()
	got := map[string]string{}
	for _, id := range tree.All() {
		if n := tree.Adopted(id); n > 0 {
			got[fmt.Sprint(id)] = fmt.Sprint(n)
		}
	}
	expected := map[string]string{}
	for _, one := range want {
		if host := fmt.Sprint(one[0]); adopting[host] {
			expected[host] = fmt.Sprint(one[1])
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(expected) {
		t.Fatalf("after %d ms: style sheets %v, want %v", at, got, expected)
	}
}
