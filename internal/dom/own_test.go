package dom_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/dom"
	"github.com/playheadhq/playhead/internal/rawjson"
	"github.com/playheadhq/playhead/internal/testfile"
)

// The recordings were made by three versions of posthog-js, of pages that captured their own elements. The tree must have what the page captured.
// e2e/recorded/keep.js makes them; a browser test compares the same with what the player shows.
func TestTreeIsThePagesOwn(t *testing.T) {
	all, err := filepath.Glob("testdata/own/*.moments.gz")
	if err != nil || len(all) < 3 {
		t.Fatal(err, all)
	}
	for _, name := range all {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			lines := bufio.NewScanner(bytes.NewReader(testfile.Unzipped(t, strings.Replace(name, ".moments.", ".events.", 1))))
			lines.Buffer(nil, 16<<20)
			tree := dom.New(dom.Limits{})
			more := lines.Scan()
			moments := 0
			for moment := range bytes.Lines(testfile.Unzipped(t, name)) {
				var want struct {
					At   float64
					Rows []json.RawMessage
				}
				if err := json.Unmarshal(moment, &want); err != nil {
					t.Fatal(err)
				}
				for ; more; more = lines.Scan() {
					if ms, _ := rawjson.Float(rawjson.Member(lines.Bytes(), "timestamp")); ms > want.At {
						break
					}
					if err := tree.Apply(bytes.Clone(lines.Bytes())); err != nil {
						t.Fatal(err)
					}
				}
				got := ownRows(tree)
				for i := range min(len(got), len(want.Rows)) {
					if got[i] != string(want.Rows[i]) {
						t.Fatalf("moment %d, element %d is\n%s, the page says\n%s", moments, i, got[i], want.Rows[i])
					}
				}
				if len(got) != len(want.Rows) {
					t.Fatalf("moment %d has %d elements, the page says %d", moments, len(got), len(want.Rows))
				}
				moments++
			}
			if moments < 10 {
				t.Errorf("only %d moments were compared", moments)
			}
		})
	}
}

// ownRows returns a page's elements in the form in which the page itself captured them: how deep they lie, tag, text, and what stands in a field.
func ownRows(tree *dom.Tree) (rows []string) {
	elements, _ := tree.Outline(0, 1<<20, 1<<30)
	depths := map[int]int{0: -1}
	for _, e := range elements {
		depths[e.ID] = depths[e.Parent] + 1
		value := ""
		if e.Tag == "input" || e.Tag == "textarea" {
			value = e.Value
		}
		rows = append(rows, fmt.Sprintf("[%d,%s,%s,%s]", depths[e.ID], quoted(e.Tag), quoted(e.Text), quoted(value)))
	}
	return rows
}

// quoted is a text as JavaScript writes it in JSON.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n")
}
