// Package table describes the columns of every table once: name, type, where in a row of the model a value lies, and what an engine
// should expect of it. The engines make their CREATE TABLE, their inserts, their lists of columns and what they scan into of it, and
// package archive the lines of an export. A new column is a line here.
//
// Nothing here is SQL: how a type is spelled, compressed or indexed is the engine's business.
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

// Type is what a column holds.
type Type uint8

// The types of columns, with the pointer that Column.At returns for each.
const (
	UUID    Type = iota // *uuid.UUID
	Text                // *string
	Int64               // *int64
	Int32               // *int32
	Uint8               // *uint8
	Float64             // *float64
	Bool                // *bool
	JSON                // *[]byte: JSON as text, nil is absent
	Int64s              // Int64List
	Int32s              // Int32List
	Map                 // *[]model.Property: text by name, each name once
)

// Int64List is a list that lies in a row in another form.
type Int64List interface {
	Int64s() []int64
	SetInt64s([]int64)
}

// Int32List is the same of smaller numbers.
type Int32List interface {
	Int32s() []int32
	SetInt32s([]int32)
}

// Hint says what to expect of a column's values. An engine may do nothing about it.
type Hint uint8

// Hints.
const (
	// Few different values: worth a dictionary.
	Few Hint = 1 << iota
	// Near the value of the row before: worth storing the difference.
	Near
	// Long text, which is worth more time to compress.
	Long
)

// Column is one column of rows T.
type Column[T any] struct {
	Name string
	// At returns a pointer to the value in a row, of the kind that Type says, through which it is read and set. A pointer in an
	// interface costs no allocation, so this is all that the path of every stored event needs.
	At   func(*T) any
	Hint Hint
	Type Type // set by newTable
}

// Table is one table, whose rows are T.
type Table[T any] struct {
	Name    string
	Columns []Column[T]
	// Key names the columns that name a row. Storing a row with the key of another one changes nothing. Nil: rows have none.
	Key []string
	// Sort names the columns by which an engine that keeps rows sorted sorts them.
	Sort []string
	// Month is the column of Unix milliseconds by whose month an engine that keeps rows in parts parts them; "" is none.
	Month string
}

// newTable sets the types of columns, and panics when a description cannot be right.
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
	case *string:
		return Text
	case *int64:
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

// Names lists the table's columns for a SELECT or INSERT, each behind prefix ("e."), with commas between.
func (t *Table[T]) Names(prefix string) string {
	names := make([]string, len(t.Columns))
	for i := range t.Columns {
		names[i] = prefix + t.Columns[i].Name
	}
	return strings.Join(names, ", ")
}

// Type is what the column of that name holds; false when there is none.
func (t *Table[T]) Type(name string) (Type, bool) {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return t.Columns[i].Type, true
		}
	}
	return 0, false
}

// Clean makes a row what it is read as when it was stored.
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

// Hint is what to expect of the column of that name.
func (t *Table[T]) Hint(name string) Hint {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return t.Columns[i].Hint
		}
	}
	return 0
}

// Clean makes a string storable: valid UTF-8, with U+FFFD for each run of bytes that is not.
func Clean(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// CleanJSON is Clean of JSON, of which nil is absent.
func CleanJSON(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return []byte(Clean(string(b)))
}

// CleanProperties is Clean of a Map's names and values, by name, of each name the first. It returns its argument when that is so
// already.
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
