package replay

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// wireSnapshots returns the $snapshot_data of every $snapshot in a recorded request.
func wireSnapshots(tb testing.TB, name string) []json.RawMessage {
	tb.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			tb.Fatal(err)
		}
		if body, err = io.ReadAll(z); err != nil {
			tb.Fatal(err)
		}
	}
	all := snapshotsOf(tb, body)
	if len(all) == 0 {
		tb.Fatalf("no $snapshot in %s", name)
	}
	return all
}

// snapshotsOf returns the $snapshot_data of every $snapshot in the body of a request.
func snapshotsOf(tb testing.TB, body []byte) []json.RawMessage {
	tb.Helper()
	type event struct {
		Event      string
		Properties struct {
			Data json.RawMessage `json:"$snapshot_data"`
		}
	}
	var events []event
	if err := json.Unmarshal(body, &events); err != nil {
		tb.Fatal(err)
	}
	var out []json.RawMessage
	for _, e := range events {
		if e.Event == "$snapshot" {
			out = append(out, e.Properties.Data)
		}
	}
	return out
}

func fixtures(tb testing.TB) []string {
	tb.Helper()
	names, err := filepath.Glob("testdata/*.req")
	if err != nil || len(names) == 0 {
		tb.Fatalf("no recorded requests: %v", err)
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return names
}
