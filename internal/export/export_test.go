package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/playheadhq/playhead/internal/filter"
)

var columns = []Column{
	{"id", filter.Text, false}, {"model", filter.Text, true}, {"count", filter.Number, false}, {"cost", filter.Decimal, false}, {"latency", filter.Duration, false},
	{"error", filter.Bool, false}, {"start", filter.Time, false}, {"a first name", filter.Choice, false}, {"status", filter.Number, true},
}

var rows = [][]filter.Cell{
	{"a", filter.Many{"gpt-4o", "x\"y"}, 3.0, 0.25, 1.5, int64(1), int64(1_795_418_806_254), "linked", filter.Many{200.0, 429.0}},
	{"=1+1", nil, nil, nil, nil, int64(0), nil, nil, nil},
	{"two\nlines, \"quoted\" <b>", filter.Many{"退款"}, int64(9_007_199_254_740_993), -0.000001, 0.0, nil, int64(0), "-1", filter.Many{1.0}},
}

func written(t testing.TB, format string, rows [][]filter.Cell) []byte {
	t.Helper()
	f, err := FormatOf(format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := f.Open(&out, columns)
	for _, row := range rows { // one by one, so that nothing depends on batches
		if err := w.Write([][]filter.Cell{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCSV(t *testing.T) {
	got, err := csv.NewReader(bytes.NewReader(written(t, "", rows))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"id", "model", "count", "cost", "latency", "error", "start", "a first name", "status"},
		{"a", `["gpt-4o","x\"y"]`, "3", "0.25", "1.5", "true", "2026-11-23T07:26:46.254Z", "linked", "[200,429]"},
		{"'=1+1", "", "", "", "", "false", "", "", ""},
		{"two\nlines, \"quoted\" <b>", `["退款"]`, "9007199254740993", "-0.000001", "0", "", "1970-01-01T00:00:00.000Z", "'-1", "[1]"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// No cell of text begins like a formula.
func TestCSVHasNoFormulas(t *testing.T) {
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r"} {
		for _, text := range []string{begin + "cmd|' /C calc'!A0", begin} {
			out := written(t, "csv", [][]filter.Cell{{text, filter.Many{text}, nil, nil, nil, nil, nil, text, nil}})
			got, err := csv.NewReader(bytes.NewReader(out)).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			for _, cell := range got[1] {
				if strings.HasPrefix(cell, begin) {
					t.Errorf("%q is written as %q", text, cell)
				}
			}
		}
	}
}

func TestJSONL(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(written(t, "jsonl", rows)), "\n"), "\n")
	want := []string{
		`{"id":"a","model":["gpt-4o","x\"y"],"count":3,"cost":0.25,"latency":1.5,"error":true,"start":"2026-11-23T07:26:46.254Z","a first name":"linked","status":[200,429]}`,
		`{"id":"=1+1","model":null,"count":null,"cost":null,"latency":null,"error":false,"start":null,"a first name":null,"status":null}`,
		`{"id":"two\nlines, \"quoted\" <b>","model":["退款"],"count":9007199254740993,"cost":-1e-06,"latency":0,"error":null,"start":"1970-01-01T00:00:00.000Z","a first name":"-1","status":[1]}`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

func TestParquet(t *testing.T) {
	out := written(t, "parquet", rows)
	f, err := parquet.OpenFile(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range f.Schema().Fields() {
		names = append(names, c.Name())
	}
	if want := []string{"id", "model", "count", "cost", "latency", "error", "start", "a first name", "status"}; !slices.Equal(names, want) {
		t.Errorf("columns %q, want %q", names, want)
	}
	if s := f.Schema().String(); !strings.Contains(s, "optional int64 start (TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS))") || !strings.Contains(s, "optional group model (LIST)") {
		t.Error(s)
	}
	r := parquet.NewReader(f)
	var got []string
	for {
		row := map[string]any{}
		if err := r.Read(&row); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(text))
	}
	for i, want := range []string{`"gpt-4o"`, `"id":"=1+1"`, `9007199254740993`} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("row %d: %q, want %s in it", i, got, want)
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := FormatOf("xlsx"); err == nil || !strings.Contains(err.Error(), "csv, jsonl, parquet") {
		t.Error(err)
	}
}

// many returns n rows like those of a list of generations, and the size of their values in bytes.
func many(n int) (all [][]filter.Cell, size int64) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		row := []filter.Cell{
			fmt.Sprintf("%08x-0000-4000-8000-0000%08x", r.Uint32(), r.Uint32()), filter.Many{[]string{"gpt-4o", "claude-sonnet-4", "gpt-5"}[r.IntN(3)]}, float64(r.IntN(3000)), r.Float64(), r.Float64() * 9,
			int64(r.IntN(2)), int64(1_795_418_806_254 + i*1000), []string{"linked", "none"}[r.IntN(2)], filter.Many{200.0},
		}
		size += int64(len(row[0].(string)) + len(row[1].(filter.Many)[0].(string)) + len(row[7].(string)) + 6*8)
		all = append(all, row)
	}
	return all, size
}

// The memory for rows that are not written yet is limited, however many rows there are: here three times as many as a row group has.
func TestParquetIsWrittenAsItComes(t *testing.T) {
	rows, size := many(1000)
	used := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, times := used(), int(3*rowGroupBytes/size)
	w := newParquet(io.Discard, columns)
	for n := range times {
		if err := w.Write(rows); err != nil {
			t.Fatal(err)
		}
		if n == times*5/6 { // in the middle of the last row group
			if most := used() - before; most > 2*rowGroupBytes {
				t.Errorf("%d MB are kept", most>>20)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkWrite(b *testing.B) {
	rows, size := many(1000)
	for _, f := range Formats {
		b.Run(f.Name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			w := f.Open(io.Discard, columns)
			for b.Loop() {
				if err := w.Write(rows); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}
