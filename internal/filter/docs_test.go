package filter

import (
	"os"
	"strings"
	"testing"
)

// Every example of docs/query.md can be parsed, and what String writes for it has the same meaning.
func TestExamplesOfDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for _, block := range strings.Split(string(text), "\n```q")[1:] {
		first, lines, _ := strings.Cut(block, "\n")
		of := Of(strings.TrimSpace(first))
		if of == "" {
			of = Generations
		}
		lines, _, _ = strings.Cut(lines, "```")
		for line := range strings.SplitSeq(strings.TrimSpace(lines), "\n") {
			examples++
			e, err := Parse(of, line)
			if err != nil {
				t.Errorf("%s: %v", line, err)
				continue
			}
			checkPrinted(t, of, e)
		}
	}
	if examples < 40 {
		t.Errorf("%d examples found", examples)
	}
}
