//go:build cgo

package duckdb

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/playheadhq/playhead/internal/store/table"
)

// definition is a table as this version has it.
type definition struct {
	name    string
	columns []column
}

type column struct{ name, kind, otherwise string }

// definitions are the definitions of all tables with rows of the model. They have no index and no key: an index needs memory for every row, and
// columns are scanned at 100-400 million values a second. The writer's set of fingerprints prevents a second row with the same key (see seen).
var definitions = []definition{
	define(table.Events), define(table.Identities), define(table.Blocks), define(table.Refusals), define(table.Links),
	define(table.Activity), define(table.Clues), define(table.Experiences), define(table.Saved),
}

func define[T any](t *table.Table[T]) definition {
	d := definition{name: t.Name}
	for _, c := range t.Columns {
		kind := types[c.Type]
		d.columns = append(d.columns, column{c.Name, kind[0], kind[1]})
	}
	return d
}

// types are DuckDB's names of types, with the value for rows that are older than the column; "" means NULL.
var types = map[table.Type][2]string{
	table.UUID:    {"UUID", "'00000000-0000-0000-0000-000000000000'"},
	table.Text:    {"VARCHAR", "''"},
	table.Int64:   {"BIGINT", "0"},
	table.Int32:   {"INTEGER", "0"},
	table.Uint8:   {"UTINYINT", "0"},
	table.Float64: {"DOUBLE", "0"},
	table.Bool:    {"BOOLEAN", "false"},
	table.JSON:    {"VARCHAR", ""},
	table.Int64s:  {"BIGINT[]", "[]"},
	table.Int32s:  {"INTEGER[]", "[]"},
	table.Map:     {"MAP(VARCHAR, VARCHAR)", "MAP {}"},
}

// create makes the whole table.
func (d *definition) create() string {
	lines := make([]string, len(d.columns))
	for i, c := range d.columns {
		lines[i] = "    " + c.name + " " + c.kind
		if c.otherwise != "" {
			lines[i] += " NOT NULL"
		}
	}
	return "CREATE TABLE " + d.name + " (\n" + strings.Join(lines, ",\n") + "\n)"
}

// changes are the statements that create the table, or add its missing columns. known are the existing columns, nil if there is no such table. A
// column that is not known here belongs to a newer version.
func (d *definition) changes(known []string) (statements []string, newer string) {
	if known == nil {
		return []string{d.create()}, ""
	}
	has, wanted := map[string]bool{}, map[string]bool{}
	for _, name := range known {
		has[name] = true
	}
	for _, c := range d.columns {
		wanted[c.name] = true
		if !has[c.name] {
			// NOT NULL cannot be added together with a column.
			statements = append(statements, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s DEFAULT %s", d.name, c.name, c.kind, cmp.Or(c.otherwise, "NULL")))
		}
	}
	for _, name := range known {
		if !wanted[name] {
			return nil, name
		}
	}
	return statements, ""
}
