package main

import (
	"fmt"
	"strings"
)

// generated is the text between <!-- plan: name --> and <!-- end --> in the document.
type generated struct{ name, text string }

const end = "<!-- end -->"

// put replaces the text between the markers of each table.
func put(document string, tables []generated) (string, error) {
	for _, t := range tables {
		begin := "<!-- plan: " + t.name + " -->\n"
		before, rest, ok := strings.Cut(document, begin)
		if !ok {
			return "", fmt.Errorf("there is no line %q", strings.TrimSpace(begin))
		}
		_, after, ok := strings.Cut(rest, end)
		if !ok {
			return "", fmt.Errorf("no line %q follows %q", end, strings.TrimSpace(begin))
		}
		document = before + begin + "\n" + t.text + "\n" + end + after
	}
	return document, nil
}

// table writes a table in Markdown whose columns after the first are numbers.
type table struct{ b strings.Builder }

func newTable(head ...string) *table {
	t := &table{}
	t.row(head...)
	t.row(append([]string{"---"}, repeat("---:", len(head)-1)...)...)
	return t
}

func (t *table) row(cells ...string) {
	t.b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func (t *table) String() string { return strings.ReplaceAll(t.b.String(), "|  |", "| |") }

func repeat(s string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}
