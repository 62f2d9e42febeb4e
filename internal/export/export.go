// Package export writes rows of lists as CSV, as JSON lines and as Parquet, while they come. It keeps no more of them than it has to.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
)

// Column is one of a list's.
type Column struct {
	Name string
	Type filter.Type
	// Many says that its cells are filter.Many.
	Many bool
}

// Writer takes rows, a cell for each column: nil, text, a float64, an int64, or filter.Many of these. Times are Unix milliseconds.
type Writer interface {
	Write(rows [][]filter.Cell) error
	// Close writes what is left. It does not close what is written to.
	Close() error
}

// Format is a way of writing rows.
type Format struct {
	Name, ContentType string
	// Compressed says that compressing what is written gains nothing.
	Compressed bool
	open       func(io.Writer, []Column) Writer
}

// Formats are all there are.
var Formats = []Format{
	{"csv", "text/csv; charset=utf-8", false, newCSV},
	{"jsonl", "application/x-ndjson", false, newJSONL},
	{"parquet", "application/vnd.apache.parquet", true, newParquet},
}

// FormatOf is the format of a name, "" being CSV. The error is for people.
func FormatOf(name string) (Format, error) {
	if name == "" {
		return Formats[0], nil
	}
	if i := slices.IndexFunc(Formats, func(f Format) bool { return f.Name == name }); i >= 0 {
		return Formats[i], nil
	}
	var names []string
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return Format{}, fmt.Errorf("format is one of %s; got %.40q", strings.Join(names, ", "), name)
}

// Open begins to write rows.
func (f Format) Open(w io.Writer, columns []Column) Writer { return f.open(w, columns) }
