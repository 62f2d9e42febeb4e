package clients

import (
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed testdata/page.md
var frame string

// page is docs/clients.md: testdata/page.md with the table and the reasons in it.
func page(all []client, rows map[string]row) string {
	var table, reasons strings.Builder
	table.WriteString("| client | version | speaks to |")
	for _, c := range columns {
		table.WriteString(" " + c + " |")
	}
	table.WriteString("\n| --- | --- | --- |" + strings.Repeat(" :-: |", len(columns)) + "\n")
	language := ""
	for _, c := range all {
		if c.Language != language {
			language = c.Language
			fmt.Fprintf(&table, "| **%s** |%s\n", language, strings.Repeat(" |", 2+len(columns)))
		}
		fmt.Fprintf(&table, "| %s, %s | %s | %s |", c.Name, c.Sends, strings.Join(c.Version, ", "), c.API)
		for _, column := range columns {
			mark := "–"
			if rows[c.ID].works[column] {
				mark = "yes"
			}
			table.WriteString(" " + mark + " |")
		}
		table.WriteString("\n")
		if len(lacks[c.ID]) > 0 {
			fmt.Fprintf(&reasons, "- **%s**, %s (%s): %s\n", c.Name, c.Sends, cmp.Or(strings.Join(c.Version[:min(1, len(c.Version))], ""), c.Language), sentences(lacks[c.ID]))
		}
	}
	return fmt.Sprintf(strings.NewReplacer("{{clients}}", "%[1]d", "{{table}}", "%[2]s", "{{reasons}}", "%[3]s").Replace(frame), len(all), strings.TrimSuffix(table.String(), "\n"), strings.TrimSuffix(reasons.String(), "\n"))
}

// sentences names the columns of each reason.
func sentences(reasons map[string]string) string {
	of := map[string][]string{}
	var order []string
	for _, column := range columns {
		if reason, is := reasons[column]; is {
			if of[reason] == nil {
				order = append(order, reason)
			}
			of[reason] = append(of[reason], column)
		}
	}
	var all []string
	for _, reason := range order {
		all = append(all, "*"+strings.Join(of[reason], ", ")+"*: "+reason)
	}
	return strings.Join(slices.Compact(all), "; ") + "."
}
