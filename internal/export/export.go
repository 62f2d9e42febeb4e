// Package export writes the rows of lists as CSV, JSON lines or Parquet, as they come. It keeps only as many rows in memory as the format needs.
package export

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/playheadhq/playhead/internal/filter"
)

// Column is one column of a list.
type Column struct {
	Name string
	Type filter.Type
	// Many says that its cells are filter.Many.
	Many bool
}

// Writer takes rows, a cell for each column: nil, text, a float64, an int64, or filter.Many of these. Times are Unix milliseconds.
type Writer interface {
	Write(rows [][]filter.Cell) error
	// Close writes the remaining rows. It does not close the io.Writer below.
	Close() error
}

// Format is a way of writing rows.
type Format struct {
	Name, ContentType string
	// Compressed means that compressing the output again would gain nothing.
	Compressed bool
	open       func(io.Writer, []Column) Writer
}

// Formats are all formats.
var Formats = []Format{
	{"csv", "text/csv; charset=utf-8", false, newCSV},
	{"jsonl", "application/x-ndjson", false, newJSONL},
	{"parquet", "application/vnd.apache.parquet", true, newParquet},
}

// FormatOf returns the format with a name; "" means CSV. The text of the error is for people.
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

// Open returns a Writer that writes rows with these columns to w.
func (f Format) Open(w io.Writer, columns []Column) Writer { return f.open(w, columns) }
