package llm

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// captured returns what unmodified clients sent for calls to a local server with scripted answers; testdata/capture says how.
func captured(tb testing.TB) []captureCase {
	tb.Helper()
	files, err := filepath.Glob("testdata/clients/*.jsonl")
	if err != nil {
		tb.Fatal(err)
	}
	var out []captureCase
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		sc := bufio.NewScanner(bytes.NewReader(b))
		for sc.Buffer(nil, 1<<20); sc.Scan(); {
			var c captureCase
			if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
				tb.Fatal(file, err)
			}
			c.client = strings.TrimSuffix(filepath.Base(file), ".jsonl")
			// As posthog.content does.
			c.Input = given(c.Properties, "$ai_input", "$ai_input_state")
			c.Output = given(c.Properties, "$ai_output_choices", "$ai_output", "$ai_output_state")
			out = append(out, c)
		}
		if err := sc.Err(); err != nil {
			tb.Fatal(file, err)
		}
	}
	if len(files) < 16 || len(out) < 400 {
		tb.Fatalf("only %d captured events of %d clients", len(out), len(files))
	}
	return out
}

func given(properties map[string]json.RawMessage, names ...string) json.RawMessage {
	for _, name := range names {
		if v := properties[name]; len(v) > 0 && string(v) != "null" {
			return v
		}
	}
	return nil
}

type captureCase struct {
	client        string
	Case          string                     `json:"case"`
	Event         string                     `json:"event"`
	Properties    map[string]json.RawMessage `json:"properties"`
	Input, Output json.RawMessage            `json:"-"`
}

func (c *captureCase) call() bool { return c.Event == "$ai_generation" || c.Event == "$ai_embedding" }

// TestCaptured compares the previews and messages of every captured event with golden files that people have read.
func TestCaptured(t *testing.T) {
	got := make(map[string]*strings.Builder)
	seen := make(map[string]bool)
	for _, c := range captured(t) {
		if c.Input == nil && c.Output == nil {
			continue
		}
		b := got[c.client]
		if b == nil {
			b = new(strings.Builder)
			got[c.client] = b
		}
		one := new(strings.Builder)
		fmt.Fprintf(one, "== %s %s\n", c.Case, strings.TrimPrefix(c.Event, "$ai_"))
		in, out := Preview(nil, c.Input, false), Preview(nil, c.Output, true)
		fmt.Fprintf(one, "title: %s\nanswer: %s\n", in, out)
		printMessages(one, "in", Messages(c.Input, speaker(c, Asked, Given)))
		printMessages(one, "out", Messages(c.Output, speaker(c, Answered, Returned)))
		if s := one.String(); !seen[c.client+s] { // an agent's chain says the same as the chains inside of it
			seen[c.client+s] = true
			b.WriteString(s)
		}
	}
	for client, b := range got {
		t.Run(client, func(t *testing.T) {
			golden := filepath.Join("testdata/clients", client+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			got, want2 := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
			for i := range min(len(got), len(want2)) {
				if got[i] != want2[i] {
					t.Fatalf("line %d\ngot  %s\nwant %s\nrun with -update and read the difference", i+1, got[i], want2[i])
				}
			}
			if len(got) != len(want2) {
				t.Errorf("%d lines, want %d", len(got), len(want2))
			}
		})
	}
}

// printMessages writes messages as people read them: one line each, and one for each part.
func printMessages(b *strings.Builder, of string, messages []Message) {
	for _, m := range messages {
		fmt.Fprintf(b, "%s %s", of, m.Role)
		for _, s := range []string{m.Name, m.ToolCallID} {
			if s != "" {
				fmt.Fprintf(b, " %s", s)
			}
		}
		b.WriteByte('\n')
		for i := range m.Parts {
			part, _ := json.Marshal(&m.Parts[i])
			var fields map[string]json.RawMessage
			_ = json.Unmarshal(part, &fields)
			fmt.Fprintf(b, "    %s", m.Parts[i].Type)
			delete(fields, "type")
			names := make([]string, 0, len(fields))
			for name := range fields {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				v := new(bytes.Buffer)
				enc := json.NewEncoder(v)
				enc.SetEscapeHTML(false)
				_ = enc.Encode(fields[name])
				fmt.Fprintf(b, " %s=%s", name, bytes.TrimSpace(v.Bytes()))
			}
			b.WriteByte('\n')
		}
	}
}

func speaker(c captureCase, call, step Speaker) Speaker {
	if c.call() {
		return call
	}
	return step
}
