// Package table describes the columns of every table once: name, type, the field of the model's row, and what an engine should expect of its values.
// The engines derive CREATE TABLE, inserts, lists of columns and scans from it, and package archive the lines of an export. A new column is one line
// here.
//
// There is no SQL here: the engine decides how a type is named, compressed or indexed.
package table

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/model"
)

// Type is the type of a column.
type Type uint8

// The types of columns, with the pointer that Column.At returns for each.
const (
	UUID    Type = iota // *uuid.UUID
	Text                // *string, TextValue
	Int64               // *int64, Int64Value
	Int32               // *int32
	Uint8               // *uint8
	Float64             // *float64
	Bool                // *bool
	JSON                // *[]byte: JSON as text, nil is absent
	Int64s              // Int64List
	Int32s              // Int32List
	Map                 // *[]model.Property: text by name, each name once
)

// TextValue is a value that has another form in a row, and is a text in its column.
type TextValue interface {
	Text() string
	SetText(string)
}

// Int64Value is a value that is computed from others of its row, and is a number in its column.
type Int64Value interface {
	Int64() int64
}

// Int64List is a list that has another form in a row.
type Int64List interface {
	Int64s() []int64
	SetInt64s([]int64)
}

// Int32List is the same of smaller numbers.
type Int32List interface {
	Int32s() []int32
	SetInt32s([]int32)
}

// Hint says what to expect of a column's values. An engine may ignore it.
type Hint uint8

// Hints.
const (
	// Few different values: a dictionary is worthwhile.
	Few Hint = 1 << iota
	// Near the value of the previous row: storing the difference is worthwhile.
	Near
	// Long text, for which slower compression is worthwhile.
	Long
)

// Column is one column of rows T.
type Column[T any] struct {
	Name string
	// At returns a pointer to the value in a row, of the type that Type requires, for reading and setting it. A pointer in an interface needs no
	// allocation, so this is efficient enough for storing events.
	At   func(*T) any
	Hint Hint
	Type Type // set by newTable
}

// Table is a table with rows of type T.
type Table[T any] struct {
	Name    string
	Columns []Column[T]
	// Key names the columns that identify a row. Storing a row with the key of a stored one changes nothing. nil means that rows have no key.
	Key []string
	// Sort names the columns by which an engine with sorted rows sorts them.
	Sort []string
	// Month is the column of Unix milliseconds whose month determines the partition of a row; "" means no partitions.
	Month string
}

// newTable sets the types of columns, and panics if a description is invalid.
func newTable[T any](t Table[T]) *Table[T] {
	var row T
	seen := map[string]bool{}
	for i := range t.Columns {
		c := &t.Columns[i]
		c.Type = typeOf(c.At(&row))
		if seen[c.Name] {
			panic(fmt.Sprintf("table %s has two columns %s", t.Name, c.Name))
		}
		seen[c.Name] = true
	}
	for _, names := range [][]string{t.Key, t.Sort, {t.Month}} {
		for _, name := range names {
			if name != "" && !seen[name] {
				panic(fmt.Sprintf("table %s has no column %s", t.Name, name))
			}
		}
	}
	return &t
}

func typeOf(at any) Type {
	switch at.(type) {
	case *uuid.UUID:
		return UUID
	case *string, TextValue:
		return Text
	case *int64, Int64Value:
		return Int64
	case *int32:
		return Int32
	case *uint8:
		return Uint8
	case *float64:
		return Float64
	case *bool:
		return Bool
	case *[]byte:
		return JSON
	case Int64List:
		return Int64s
	case Int32List:
		return Int32s
	case *[]model.Property:
		return Map
	}
	panic(fmt.Sprintf("no column can hold what %T points to", at))
}

// Names lists the table's columns for a SELECT or INSERT, each with a prefix ("e."), separated by commas.
func (t *Table[T]) Names(prefix string) string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = prefix + t.Columns[i].Name
	}
	return strings.Join(names, ", ")
}

// Type returns the type of a column by name; false if there is none.
func (t *Table[T]) Type(name string) (Type, bool) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return t.Columns[i].Type, true
		}
	}
	return 0, false
}

// Clean changes a row to the form in which it is read after storing it.
func (t *Table[T]) Clean(row *T) {
	for i := range t.Columns {
		switch at := t.Columns[i].At(row).(type) {
		case *string:
			*at = Clean(*at)
		case *[]byte:
			*at = CleanJSON(*at)
		case *[]model.Property:
			if *at = CleanProperties(*at); len(*at) == 0 {
				*at = nil
			}
		}
	}
}

// Hint returns the hint of a column by name.
func (t *Table[T]) Hint(name string) Hint {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return t.Columns[i].Hint
		}
	}
	return 0
}

// TextAt is the stored form of the text to which a pointer of a column of type Text points.
func TextAt(at any) string {
	if v, ok := at.(TextValue); ok {
		return Clean(v.Text())
	}
	return Clean(*at.(*string))
}

// Clean makes a string storable: valid UTF-8, with U+FFFD for each run of bytes that is not.
func Clean(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// CleanJSON is Clean for JSON, where nil means absent.
func CleanJSON(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return []byte(Clean(string(b)))
}

// CleanProperties is Clean for the names and values of a Map, sorted by name, with the first of equal names. It returns its argument if that is
// already so.
func CleanProperties(all []model.Property) []model.Property {
	clean := true
	for i := range all {
		clean = clean && (i == 0 || all[i-1].Name < all[i].Name) && utf8.ValidString(all[i].Name) && utf8.ValidString(all[i].Value)
	}
	if clean {
		return all
	}
	out := make([]model.Property, len(all))
	for i, p := range all {
		out[i] = model.Property{Name: Clean(p.Name), Value: Clean(p.Value)}
	}
	slices.SortStableFunc(out, func(a, b model.Property) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(out, func(a, b model.Property) bool { return a.Name == b.Name })
}
