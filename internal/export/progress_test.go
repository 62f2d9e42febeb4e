package export

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
)

var update = flag.Bool("update", false, "write the file that the UI's tests read")

// TestPagesOfParquet: the UI counts the rows of a Parquet file while it arrives, from the headers of its pages. Its tests read this file, of 6,000 rows in
// two row groups.
func TestPagesOfParquet(t *testing.T) {
	const file = "../../web/src/lib/rows.parquet"
	var out bytes.Buffer
	w := newParquet(&out, columns).(*parquetWriter)
	for i := range 6000 {
		row := []filter.Cell{"id", filter.Many{"gpt-4o", "gpt-5"}, float64(i % 5), nil, 1.5, int64(1), int64(1_795_418_806_254), strings.Repeat("text ", i%50), filter.Many{200.0}}
		if i%7 == 0 {
			row[1], row[7] = nil, nil
		}
		if i == 4000 {
			w.bytes = rowGroupBytes // the row group is full
		}
		if err := w.Write([][]filter.Cell{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := out.Bytes()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("Parquet files are written in another way: run go test ./internal/export -update, and the tests of web/src/lib/rowcount.ts")
	}
}
