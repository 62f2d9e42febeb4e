package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// captured is what the OpenAI wrappers of @posthog/ai 8.13.1 (openai 6.49.0) and posthog-python 7.42.0 (openai 3.54.0)
// sent for calls to a local OpenAI-compatible server: every API, streamed and not, by case.
func captured(tb testing.TB) []captureCase {
	tb.Helper()
	b, err := os.ReadFile("testdata/captured.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var out []captureCase
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		var c captureCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			tb.Fatal(err)
		}
		out = append(out, c)
	}
	if len(out) < 70 {
		tb.Fatalf("only %d captured cases", len(out))
	}
	return out
}

type captureCase struct {
	Case   string          `json:"case"`
	Input  json.RawMessage `json:"input"`
	Output json.RawMessage `json:"output"`
}

// TestCaptured compares the messages made of every captured payload with a golden file that people have read.
func TestCaptured(t *testing.T) {
	type result struct {
		Case          string    `json:"case"`
		InputPreview  string    `json:"input_preview"`
		OutputPreview string    `json:"output_preview"`
		Input         []Message `json:"input"`
		Output        []Message `json:"output"`
	}
	var got bytes.Buffer
	enc := json.NewEncoder(&got)
	enc.SetEscapeHTML(false)
	for _, c := range captured(t) {
		if err := enc.Encode(result{
			c.Case, Preview(nil, c.Input, false), Preview(nil, c.Output, true), Messages(c.Input, false), Messages(c.Output, true),
		}); err != nil {
			t.Fatal(err)
		}
	}
	const golden = "testdata/captured.golden.jsonl"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := bytes.Split(got.Bytes(), []byte("\n")), bytes.Split(want, []byte("\n"))
	if len(gotLines) != len(wantLines) {
		t.Fatalf("%d lines, want %d; run with -update and read the difference", len(gotLines), len(wantLines))
	}
	for i := range gotLines {
		if !bytes.Equal(gotLines[i], wantLines[i]) {
			t.Errorf("got  %s\nwant %s", gotLines[i], wantLines[i])
		}
	}
}
