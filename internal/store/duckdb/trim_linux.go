//go:build cgo && linux

package duckdb

/*
#include <stddef.h>

// glibc has it, other libraries of C need not.
extern int malloc_trim(size_t) __attribute__((weak));

static void trim(void) {
	if (malloc_trim) malloc_trim(0);
}
*/
import "C"

// trim returns memory that DuckDB has freed to the system: its C library keeps free pages that lie below used ones.
func trim() { C.trim() }
