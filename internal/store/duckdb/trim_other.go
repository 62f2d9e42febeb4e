//go:build cgo && !linux

package duckdb

func trim() {}
