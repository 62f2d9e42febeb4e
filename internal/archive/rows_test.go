package archive

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/model"
)

// The lines in testdata define the format. Lines that were exported before projects existed are read as rows of the default project, and are written
// again byte for byte, so that their sums can be compared. Lines with every member set show what a line may contain.
func TestFormat(t *testing.T) {
	text, err := os.ReadFile("testdata/lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	for n, want := range lines {
		var l line
		if err := json.Unmarshal([]byte(want), &l); err != nil {
			t.Fatalf("line %d: %v", n+1, err)
		}
		var out strings.Builder
		e := json.NewEncoder(&out)
		e.SetEscapeHTML(false)
		if err := e.Encode(&l); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != want {
			t.Errorf("line %d:\n got %s\nwant %s", n+1, got, want)
		}
		if old := !strings.Contains(want, `"project"`); l.Event != nil && (l.Event.Project == "default") != old {
			t.Errorf("line %d is of the project %q", n+1, l.Event.Project)
		}
	}
}

// Every field of a model's row is read again from its line. A field that is not a column would be lost.
func TestEveryFieldIsInALine(t *testing.T) {
	text, err := os.ReadFile("testdata/lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	full := map[reflect.Type]bool{}
	for want := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		var l line
		if err := json.Unmarshal([]byte(want), &l); err != nil || !strings.Contains(want, `"project"`) {
			continue
		}
		for _, row := range []any{l.Event, (*model.Identity)(l.Identity), (*model.Saved)(l.Saved)} {
			if v := reflect.ValueOf(row); !v.IsNil() {
				full[v.Elem().Type()] = true
				checkSet(t, v.Elem())
			}
		}
		if l.Block != nil {
			row := l.Block.Block
			row.Location = model.Location{Key: "elsewhere", Offset: 1, Length: 1} // a location is not exported
			full[reflect.TypeFor[model.Block]()] = true
			checkSet(t, reflect.ValueOf(row))
		}
	}
	if len(full) != 4 {
		t.Errorf("testdata show all fields of %d kinds of rows, want 4", len(full))
	}
}

func checkSet(t *testing.T, row reflect.Value) {
	t.Helper()
	for i := range row.NumField() {
		if row.Field(i).IsZero() {
			t.Errorf("%s.%s is not in the line", row.Type(), row.Type().Field(i).Name)
		}
	}
}
