package main

import (
	"fmt"
	"os"
	"strings"
)

// comparison has the measurements of several things of one kind, one in each row.
type comparison struct {
	Part string `json:"part"`
	// Data says what was sent, and how.
	Data    string   `json:"data"`
	Columns []string `json:"columns"` // with their units, the first one names the rows
	Rows    [][]any  `json:"rows"`    // of numbers and text
}

// below replaces the data of a figure that summarizes a comparison.
const below = "see below"

// newComparison adds an empty comparison to the report.
func (r *report) newComparison(data string, columns ...string) *comparison {
	t := &comparison{Part: r.part, Data: data, Columns: columns}
	r.Tables = append(r.Tables, t)
	return t
}

// add adds a row, and shows it.
func (t *comparison) add(row ...any) {
	t.Rows = append(t.Rows, row)
	for i, v := range row {
		fmt.Fprintf(os.Stderr, "%s %s  ", cell(v), t.Columns[i])
	}
	fmt.Fprintln(os.Stderr)
}

func (t *comparison) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n%s: %s\n\n| %s |\n|%s\n", t.Part, t.Data, strings.Join(t.Columns, " | "), " --- |"+strings.Repeat(" ---: |", len(t.Columns)-1))
	for _, row := range t.Rows {
		b.WriteString("|")
		for _, v := range row {
			fmt.Fprintf(b, " %s |", cell(v))
		}
		b.WriteString("\n")
	}
}

func cell(v any) string {
	if f, ok := v.(float64); ok {
		return number(f)
	}
	return fmt.Sprint(v)
}
