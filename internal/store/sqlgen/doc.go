// Package sqlgen makes statements of the query language (package filter) for two dialects of SQL. What a field is in each table stands
// in one place, catalogue.go; what engines write differently in another, dialect.go. Identifiers come from the catalogue alone, and
// values are bound alone: nothing that anybody wrote becomes part of a statement's text.
//
// It means what filter.Match and filter.Compute mean; filtertest compares them.
package sqlgen
