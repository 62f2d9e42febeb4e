//go:build cgo

package duckdb

import (
	"fmt"

	"github.com/google/uuid"
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
