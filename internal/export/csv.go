package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/filter"
)

// csvWriter writes CSV as in RFC 4180, with the names of the columns in the first line. Several values in one cell are a JSON array, times are RFC
// 3339 in UTC, and a cell without a value is empty.
//
// Text comes from strangers, and spreadsheets run cells that begin with = + - @, a tab or a carriage return as formulas. So an apostrophe is put
// before this text; spreadsheets do not show it. Numbers are never written as text.
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
	_ = c.w.Write(c.record) // the next flush returns the error
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

// asText returns the text of a cell in CSV.
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

// instant returns a time, given in Unix milliseconds, in RFC 3339 and UTC.
func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
