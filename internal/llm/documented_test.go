package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestDocumented compares with a golden file what people see of shapes that providers document and that the captured clients did not send. The field "source" of each line
// of documented.jsonl says where its shape is documented.
func TestDocumented(t *testing.T) {
	raw, err := os.ReadFile("testdata/documented.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	b := new(strings.Builder)
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Buffer(nil, 1<<20); lines.Scan(); {
		var c struct {
			Case, Source  string
			Input, Output json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil || c.Source == "" {
			t.Fatal(err, lines.Text())
		}
		for _, limit := range []Limit{{Parts: 1}, {Parts: 2}, {Bytes: 700}} { // read page by page, it is the same
			checkPages(t, c.Input, false, limit)
			checkPages(t, c.Output, true, limit)
		}
		fmt.Fprintf(b, "== %s\npreview: %s%s\n", c.Case, Preview(nil, c.Input, false), Preview(nil, c.Output, true))
		printMessages(b, "in", Messages(c.Input, Asked))
		printMessages(b, "out", Messages(c.Output, Answered))
	}
	if *update {
		if err := os.WriteFile("testdata/documented.golden", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/documented.golden")
	if err != nil {
		t.Fatal(err)
	}
	got, wanted := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(wanted)) {
		if i >= len(got) || i >= len(wanted) || got[i] != wanted[i] {
			t.Fatalf("line %d\ngot  %q\nwant %q\nrun with -update and read the difference", i+1, got[min(i, len(got)-1)], wanted[min(i, len(wanted)-1)])
		}
	}
}
