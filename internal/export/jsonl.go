package export

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/playheadhq/playhead/internal/filter"
)

// jsonlWriter writes one object per line, with a member for each column; times are RFC 3339 in UTC.
type jsonlWriter struct {
	w       io.Writer
	columns []Column
	names   [][]byte // each with the characters before and after it
	line    []byte
}

func newJSONL(w io.Writer, columns []Column) Writer {
	j := &jsonlWriter{w: w, columns: columns}
	for i := range columns {
		begin := byte(',')
		if i == 0 {
			begin = '{'
		}
		j.names = append(j.names, append(appendText([]byte{begin}, columns[i].Name), ':'))
	}
	return j
}

// enough is how many bytes are collected before they are written.
const enough = 64 << 10

func (j *jsonlWriter) Write(rows [][]filter.Cell) error {
	for _, row := range rows {
		for i, cell := range row {
			j.line = append(j.line, j.names[i]...)
			j.line = appendJSON(j.line, &j.columns[i], cell)
		}
		if j.line = append(j.line, '}', '\n'); len(j.line) >= enough {
			if err := j.flush(); err != nil {
				return err
			}
		}
	}
	return j.flush()
}

func (j *jsonlWriter) flush() error {
	_, err := j.w.Write(j.line)
	j.line = j.line[:0]
	return err
}

func (j *jsonlWriter) Close() error { return nil }

func appendJSON(b []byte, c *Column, cell filter.Cell) []byte {
	switch v := cell.(type) {
	case string:
		return appendText(b, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case int64:
		switch c.Type {
		case filter.Time:
			return appendText(b, instant(v))
		case filter.Bool:
			return strconv.AppendBool(b, v != 0)
		}
		return strconv.AppendInt(b, v, 10)
	case filter.Many:
		b = append(b, '[')
		for i, one := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, c, one)
		}
		return append(b, ']')
	}
	return append(b, "null"...)
}

// appendText appends a string without escaping what only web pages need escaped.
func appendText(b []byte, text string) []byte {
	if plain(text) {
		return append(append(append(b, '"'), text...), '"')
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // encoding a string cannot fail
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

// plain reports whether a text needs no escapes between quotes.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
