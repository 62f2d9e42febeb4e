//go:build cgo

package duckdb

import (
	"fmt"

	duckdb "github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store/table"
)

// id scans a UUID column.
func id(to *uuid.UUID) *scanID { return (*scanID)(to) }

type scanID uuid.UUID

// Scan implements sql.Scanner: the driver hands over the 16 bytes.
func (s *scanID) Scan(src any) error {
	b, ok := src.([]byte)
	if !ok || len(b) != len(s) {
		return fmt.Errorf("scan uuid from %T", src)
	}
	copy(s[:], b)
	return nil
}

// list scans a list column.
func list(to *[]any) *scanList { return (*scanList)(to) }

type scanList []any

// Scan implements sql.Scanner.
func (s *scanList) Scan(src any) error {
	l, ok := src.([]any)
	if !ok {
		return fmt.Errorf("scan list from %T", src)
	}
	*s = l
	return nil
}

type scanText struct{ to table.TextValue }

// Scan implements sql.Scanner.
func (s scanText) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("scan a text from %T", src)
	}
	s.to.SetText(text)
	return nil
}

type scanInt64s struct{ to table.Int64List }

// Scan implements sql.Scanner.
func (s scanInt64s) Scan(src any) error {
	all, err := listOf[int64](src)
	s.to.SetInt64s(all)
	return err
}

type scanInt32s struct{ to table.Int32List }

// Scan implements sql.Scanner.
func (s scanInt32s) Scan(src any) error {
	all, err := listOf[int32](src)
	s.to.SetInt32s(all)
	return err
}

func listOf[V any](src any) ([]V, error) {
	l, ok := src.([]any)
	if !ok {
		return nil, fmt.Errorf("scan list from %T", src)
	}
	all := make([]V, len(l))
	for i := range l {
		all[i] = l[i].(V)
	}
	return all, nil
}

// scanProperties scans a map column.
type scanProperties []model.Property

// Scan implements sql.Scanner.
func (s *scanProperties) Scan(src any) error {
	m, ok := src.(duckdb.OrderedMap)
	if !ok {
		return fmt.Errorf("scan map from %T", src)
	}
	names, values := m.Keys(), m.Values()
	for i := range names {
		*s = append(*s, model.Property{Name: names[i].(string), Value: values[i].(string)})
	}
	return nil
}
