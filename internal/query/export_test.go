package query

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/playheadhq/playhead/internal/export"
	"github.com/playheadhq/playhead/internal/filter"
)

// exportedLines are the rows of a list as JSON lines.
func exportedLines(t *testing.T, w *world, r ExportRequest) (lines []map[string]any) {
	t.Helper()
	out, err := w.Export(t.Context(), scope, r)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	f, _ := export.FormatOf("jsonl")
	to := f.Open(&text, out.Columns)
	for rows, err := range out.Rows {
		if err != nil {
			t.Fatal(err)
		}
		if err := to.Write(rows); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(text.String()) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, v)
	}
	return lines
}

func TestExport(t *testing.T) {
	w, ids := talks(t)
	w.page = 2 // so that each list has several pages
	for list, want := range map[string]int{"generations": 6, "traces": 5, "sessions": 1, "conversations": 2, "feedback": 3, "people": 3, "errors": 3, "tools": 2, "prompts": 2, "models": 4, "providers": 1} {
		for _, sort := range []string{"", "start", "-start"} {
			if sort != "" && slices.Contains([]string{"people", "errors", "tools", "prompts", "models", "providers"}, list) {
				sort = strings.Replace(sort, "start", "last_ms", 1)
			}
			lines := exportedLines(t, w, ExportRequest{List: list, Sort: sort})
			seen := map[string]bool{}
			for _, line := range lines {
				seen[fmt.Sprint(line)] = true
			}
			if len(lines) != want || len(seen) != want {
				t.Errorf("%s by %q: %d rows, %d different, want %d: %v", list, sort, len(lines), len(seen), want, lines)
			}
		}
	}
	lines := exportedLines(t, w, ExportRequest{List: "generations", Narrowing: Narrowing{Q: "model:claude"}, Columns: "id,model,cost,error,input,output,person,tool,prop.none"})
	want := map[string]any{
		"id": ids["again"].String(), "model": "claude", "cost": 1.0, "error": false, "person": "ada", "tool": nil, "prop.none": nil,
		"input":  `[{"role":"user","content":"first question"},{"role":"assistant","content":"first answer"},{"role":"user","content":"second question"}]`,
		"output": `[{"role":"assistant","content":"second answer"}]`,
	}
	if len(lines) != 1 || fmt.Sprint(lines[0]) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", lines, want)
	}
	lines = exportedLines(t, w, ExportRequest{List: "traces", Narrowing: Narrowing{TraceID: "t1"}, Columns: "id,tool,start"})
	if fmt.Sprint(lines) != "[map[id:t1 start:2026-11-23T06:26:40.000Z tool:[fetch search]]]" {
		t.Errorf("several values: %v", lines)
	}
	lines = exportedLines(t, w, ExportRequest{List: "people", Narrowing: Narrowing{Person: "bob"}, Columns: "person,cost_usd,unpriced"})
	if fmt.Sprint(lines) != "[map[cost_usd:<nil> person:bob unpriced:1]]" {
		t.Errorf("a group: %v", lines)
	}
	for what, r := range map[string]ExportRequest{
		"list": {List: "nothing"}, "column": {List: "traces", Columns: "id,nothing"}, "column of generations": {List: "traces", Columns: "input"}, "twice": {List: "traces", Columns: "id,id"},
		"column of a group": {List: "tools", Columns: "nothing"}, "sort": {List: "traces", Sort: "nothing"}, "sort of a group": {List: "tools", Sort: "nothing"}, "q": {List: "traces", Narrowing: Narrowing{Q: "("}},
		"columns": {List: "traces", Columns: strings.Repeat("x,", maxColumns+1)},
	} {
		if _, err := w.Export(t.Context(), scope, r); !is(err, CodeBadInput) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, of := range filter.Lists {
		if !slices.Contains(ExportLists(), string(of)) {
			t.Errorf("%s cannot be exported", of)
		}
	}
}

// Exports have rows in memory, so there are few at once; an export that ends early makes room.
func TestExportsAtOnce(t *testing.T) {
	w, _ := talks(t)
	w.page, w.exporting = 2, newReading(1, time.Millisecond, "exports")
	export := func() Exported {
		out, err := w.Export(t.Context(), scope, ExportRequest{List: "generations"})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for range 2 {
		for _, err := range export().Rows {
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range export().Rows {
				if !is(err, CodeUnavailable) {
					t.Errorf("a second export at once: %v", err)
				}
			}
			break // the client has disconnected
		}
	}
}
