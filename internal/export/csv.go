package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
)

// csvWriter writes RFC 4180 with a line of names. What is several values is a JSON array, times are RFC 3339 in UTC, and what has no
// value is empty.
//
// Text is a stranger's, and spreadsheets run cells that begin with = + - @, a tabulator or a carriage return as formulas: such text
// gets an apostrophe before it, which spreadsheets do not show. Numbers are never text.
type csvWriter struct {
	w       *csv.Writer
	columns []Column
	record  []string
}

func newCSV(w io.Writer, columns []Column) Writer {
	c := &csvWriter{w: csv.NewWriter(w), columns: columns, record: make([]string, len(columns))}
	for i := range columns {
		c.record[i] = harmless(columns[i].Name)
	}
	_ = c.w.Write(c.record) // the next flush says it
	return c
}

func (c *csvWriter) Write(rows [][]filter.Cell) error {
	for _, row := range rows {
		for i, cell := range row {
			c.record[i] = c.columns[i].asText(cell)
		}
		if err := c.w.Write(c.record); err != nil {
			return err
		}
	}
	c.w.Flush()
	return c.w.Error()
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// asText is a cell as a CSV has it.
func (c *Column) asText(cell filter.Cell) string {
	switch v := cell.(type) {
	case string:
		return harmless(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		switch c.Type {
		case filter.Time:
			return instant(v)
		case filter.Bool:
			return strconv.FormatBool(v != 0)
		}
		return strconv.FormatInt(v, 10)
	case filter.Many:
		return string(appendJSON(nil, c, v))
	}
	return ""
}

func harmless(text string) string {
	if text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0 {
		return "'" + text
	}
	return text
}

// instant is a time as RFC 3339 says it, in milliseconds.
func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
