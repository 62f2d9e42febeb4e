// Package sqlgen translates the query language (package filter) into two dialects of SQL. catalogue.go has the column of each field in each table,
// dialect.go the differences between engines. Identifiers come only from the catalogue and values are only bound: nothing that a client wrote becomes
// part of a statement's text.
//
// A statement means the same as filter.Match and filter.Compute; filtertest compares them.
package sqlgen
