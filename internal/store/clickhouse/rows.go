package clickhouse

import (
	"context"
	"fmt"

	chcolumn "github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// inserted are rows to be inserted into a table.
type inserted[T any] struct {
	table *table.Table[T]
	rows  []*T
	// sortMS is the column of that name, nil if there is none.
	sortMS []int64
	// version is the same for all rows; 0 if there is no such column.
	version uint64
}

// insert sends rows as one block and waits until it is stored.
func (n inserted[T]) insert(ctx context.Context, conn driver.Conn) error {
	if len(n.rows) == 0 {
		return nil
	}
	columns := n.table.Names("")
	if n.sortMS != nil {
		columns += ", sort_ms"
	}
	if n.version != 0 {
		columns += ", version"
	}
	batch, err := conn.PrepareBatch(ctx, "INSERT INTO "+n.table.Name+" ("+columns+")")
	if err != nil {
		return fmt.Errorf("insert into %s: %w", n.table.Name, err)
	}
	defer batch.Close()
	add := func(i int, name string, values any) error {
		if err := batch.Column(i).Append(values); err != nil {
			return fmt.Errorf("insert into %s: column %s: %w", n.table.Name, name, err)
		}
		return nil
	}
	at := len(n.table.Columns)
	for i := range n.table.Columns {
		if err := add(i, n.table.Columns[i].Name, valuesOf(&n.table.Columns[i], n.rows)); err != nil {
			return err
		}
	}
	if n.sortMS != nil {
		if err := add(at, "sort_ms", n.sortMS); err != nil {
			return err
		}
		at++
	}
	if n.version != 0 {
		versions := make([]uint64, len(n.rows))
		for i := range versions {
			versions[i] = n.version
		}
		if err := add(at, "version", versions); err != nil {
			return err
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("insert into %s: %w", n.table.Name, err)
	}
	return nil
}

// valuesOf are a column's values of all rows, as the driver accepts them. ClickHouse itself accepts any bytes as text.
func valuesOf[T any](c *table.Column[T], rows []*T) any {
	switch c.Type {
	case table.UUID:
		return mapped(c, rows, func(at *uuid.UUID) uuid.UUID { return *at })
	case table.Text:
		return mapped(c, rows, table.TextAt)
	case table.Int64:
		return mapped(c, rows, func(at any) int64 {
			if v, ok := at.(table.Int64Value); ok {
				return v.Int64()
			}
			return *at.(*int64)
		})
	case table.Int32:
		return mapped(c, rows, func(at *int32) int32 { return *at })
	case table.Uint8:
		return mapped(c, rows, func(at *uint8) uint8 { return *at })
	case table.Float64:
		return mapped(c, rows, func(at *float64) float64 { return *at })
	case table.Bool:
		return mapped(c, rows, func(at *bool) bool { return *at })
	case table.JSON:
		return mapped(c, rows, func(at *[]byte) string { return table.Clean(string(*at)) })
	case table.Int64s:
		return mapped(c, rows, func(at table.Int64List) []int64 { return at.Int64s() })
	case table.Int32s:
		return mapped(c, rows, func(at table.Int32List) []int32 { return at.Int32s() })
	case table.Map:
		return mapped(c, rows, func(at *[]model.Property) *properties {
			p := properties(table.CleanProperties(*at))
			return &p
		})
	}
	panic(fmt.Sprintf("no column holds a %T", c.At(rows[0])))
}

func mapped[T, P, V any](c *table.Column[T], rows []*T, value func(P) V) []V {
	all := make([]V, len(rows))
	for i, r := range rows {
		all[i] = value(c.At(r).(P))
	}
	return all
}

// properties is a map sorted by name, in the form that the driver reads and writes.
type properties []model.Property

var _ chcolumn.IterableOrderedMap = (*properties)(nil)

// Put implements chcolumn.IterableOrderedMap.
func (p *properties) Put(name, value any) {
	*p = append(*p, model.Property{Name: name.(string), Value: value.(string)})
}

// Iterator implements chcolumn.IterableOrderedMap.
func (p *properties) Iterator() chcolumn.MapIterator { return &propertyIterator{all: *p, at: -1} }

type propertyIterator struct {
	all []model.Property
	at  int
}

// Next implements chcolumn.MapIterator.
func (i *propertyIterator) Next() bool { i.at++; return i.at < len(i.all) }

// Key implements chcolumn.MapIterator.
func (i *propertyIterator) Key() any { return i.all[i.at].Name }

// Value implements chcolumn.MapIterator.
func (i *propertyIterator) Value() any { return i.all[i.at].Value }

// scanned is a row into which all rows of a result are scanned, one after the other.
type scanned[T any] struct {
	row T
	to  []any
	// after are functions that copy values into the row that cannot be scanned there directly.
	after []func()
}

func scan[T any](t *table.Table[T]) *scanned[T] {
	s := &scanned[T]{to: make([]any, len(t.Columns))}
	for i := range t.Columns {
		switch at := t.Columns[i].At(&s.row).(type) {
		case *[]model.Property:
			s.to[i] = (*properties)(at)
		case *[]byte:
			s.to[i] = (*scanJSON)(at)
		case table.TextValue:
			var text string
			s.to[i], s.after = &text, append(s.after, func() { at.SetText(text) })
		case table.Int64Value:
			s.to[i] = new(int64) // it is computed from the other columns
		case table.Int64List:
			var all []int64
			s.to[i], s.after = &all, append(s.after, func() { at.SetInt64s(all) })
		case table.Int32List:
			var all []int32
			s.to[i], s.after = &all, append(s.after, func() { at.SetInt32s(all) })
		default:
			s.to[i] = at
		}
	}
	return s
}

// next scans a row with the table's columns, followed by others.
func (s *scanned[T]) next(rows driver.Rows, more ...any) (T, error) {
	var none T
	s.row = none // do not overwrite the lists of the previous row
	err := rows.Scan(append(s.to, more...)...)
	for _, set := range s.after {
		set()
	}
	return s.row, err
}

// scanJSON scans JSON, for which "" means none.
type scanJSON []byte

// Scan implements sql.Scanner.
func (s *scanJSON) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("scan JSON from %T", src)
	}
	*s = nil
	if text != "" {
		*s = scanJSON(text)
	}
	return nil
}

// rowsOf runs a query that selects the columns of a table, in their order.
func rowsOf[T any](ctx context.Context, conn driver.Conn, t *table.Table[T], name string, v values) ([]T, error) {
	var all []T
	s := scan(t)
	err := query(ctx, conn, name, v, func(rows driver.Rows) error {
		row, err := s.next(rows)
		all = append(all, row)
		return err
	})
	return all, err
}

// rowsRead is rowsOf on its own connection.
func rowsRead[T any](ctx context.Context, s *Store, what string, t *table.Table[T], name string, v values) (all []T, err error) {
	err = s.read(ctx, what, func(ctx context.Context, conn driver.Conn) error {
		all, err = rowsOf(ctx, conn, t, name, v)
		return err
	})
	return all, err
}

// onceRead reads the rows that a statement selects with every copy, each once.
func onceRead[T any, K comparable](ctx context.Context, s *Store, what string, t *table.Table[T], name string, v values, key func(*T) K) (all []T, err error) {
	err = s.read(ctx, what, func(ctx context.Context, conn driver.Conn) error {
		copies, err := queryCopies(ctx, conn, t, name, v)
		all = once(copies, key)
		return err
	})
	return all, err
}

// untimedMS is the sort_ms of events that were sent without a time, see sortMS.
const untimedMS = 0

// sortMS is the time by which an event is sorted. It must be the same for every copy. An event that was sent without a time has the time of its
// receipt, which differs if it is sent again. Most clients that do so (posthog-js) send version 7 uuids, which contain the time at which the event
// was made. The events of other clients are together in one partition, sorted only by uuid: looking them up by uuid is as quick as for other events,
// but finding them by time means reading all of them.
func sortMS(e *model.Event) int64 {
	if ms, ok := timeIn(e.UUID); ok {
		return ms
	}
	if e.Untimed {
		return untimedMS
	}
	return e.TimeMS
}

// timeIn is the time that a version 7 uuid contains.
func timeIn(id uuid.UUID) (ms int64, ok bool) {
	if id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return 0, false
	}
	return int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5]), true
}
