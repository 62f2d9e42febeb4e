package export

import (
	"io"
	"reflect"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/playheadhq/playhead/internal/filter"
)

const (
	// rowGroupBytes is about how many bytes of values a row group has. Values that are not written yet are in memory.
	rowGroupBytes = 16 << 20
	pageBytes     = 256 << 10
)

// parquetWriter writes optional columns in the given order: text as strings, counts as 64-bit integers, other numbers as doubles, times as timestamps
// in milliseconds UTC, several values as lists.
type parquetWriter struct {
	w       *parquet.GenericWriter[any]
	columns []Column
	rows    []parquet.Row
	values  []parquet.Value
	bytes   int
}

func newParquet(w io.Writer, columns []Column) Writer {
	root := ordered{Group: parquet.Group{}}
	for i := range columns {
		node := columns[i].node()
		root.Group[columns[i].Name] = node
		root.fields = append(root.fields, field{node, columns[i].Name})
	}
	schema := parquet.NewSchema("rows", root)
	return &parquetWriter{columns: columns, w: parquet.NewGenericWriter[any](w, schema, parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}), parquet.PageBufferSize(pageBytes))}
}

// ordered is a group whose fields are in the given order, and not sorted by name.
type ordered struct {
	parquet.Group
	fields []parquet.Field
}

func (o ordered) Fields() []parquet.Field { return o.fields }

type field struct {
	parquet.Node
	name string
}

func (f field) Name() string { return f.name }

// Value implements parquet.Field. It is only called when Go values are written; this package writes rows.
func (f field) Value(base reflect.Value) reflect.Value { return base.MapIndex(reflect.ValueOf(f.name)) }

func (c *Column) node() parquet.Node {
	var node parquet.Node
	switch c.Type {
	case filter.Number:
		node = parquet.Int(64)
	case filter.Duration, filter.Decimal:
		node = parquet.Leaf(parquet.DoubleType)
	case filter.Bool:
		node = parquet.Leaf(parquet.BooleanType)
	case filter.Time:
		node = parquet.Timestamp(parquet.Millisecond)
	default:
		node = parquet.String()
	}
	if c.Many {
		node = parquet.List(node)
	}
	return parquet.Optional(node)
}

func (p *parquetWriter) Write(rows [][]filter.Cell) error {
	p.rows, p.values = p.rows[:0], p.values[:0]
	for _, row := range rows {
		from := len(p.values)
		for i, cell := range row {
			p.put(&p.columns[i], i, cell)
		}
		p.rows = append(p.rows, parquet.Row(p.values[from:len(p.values):len(p.values)]))
	}
	if _, err := p.w.WriteRows(p.rows); err != nil {
		return err
	}
	if p.bytes < rowGroupBytes {
		return nil
	}
	p.bytes = 0
	return p.w.Flush()
}

// put appends the values of one cell, with the levels that say whether there is a value, and whether it is the first of several.
func (p *parquetWriter) put(c *Column, column int, cell filter.Cell) {
	switch cell := cell.(type) {
	case nil:
		p.values = append(p.values, parquet.NullValue().Level(0, 0, column))
	case filter.Many:
		for i, one := range cell {
			p.values = append(p.values, p.value(c, one).Level(min(i, 1), 2, column))
		}
	default:
		p.values = append(p.values, p.value(c, cell).Level(0, 1, column))
	}
}

func (p *parquetWriter) value(c *Column, cell filter.Cell) parquet.Value {
	p.bytes += 8
	switch v := cell.(type) {
	case string:
		p.bytes += len(v)
		return parquet.ByteArrayValue([]byte(v))
	case float64:
		if c.Type == filter.Number {
			return parquet.Int64Value(int64(v))
		}
		return parquet.DoubleValue(v)
	case int64:
		switch c.Type {
		case filter.Bool:
			return parquet.BooleanValue(v != 0)
		case filter.Duration, filter.Decimal:
			return parquet.DoubleValue(float64(v))
		}
		return parquet.Int64Value(v)
	}
	return parquet.NullValue()
}

func (p *parquetWriter) Close() error { return p.w.Close() }
