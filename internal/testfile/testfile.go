// Package testfile reads the files of tests.
package testfile

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"testing"
)

// Unzipped returns what a file contains that gzip compressed. It ends the test if the file cannot be read.
func Unzipped(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return Gunzip(t, raw)
}

// Gunzip returns what gzip compressed. It ends the test if that is damaged.
func Gunzip(t testing.TB, raw []byte) []byte {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}
