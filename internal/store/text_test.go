package store_test

import (
	"testing"

	"github.com/playheadhq/playhead/internal/store"
)

func TestJSONText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain ï 🎬 / <b>": "plain ï 🎬 / <b>", `a "b" \c`: `a \"b\" \\c`, "\b\f\n\r\t": `\b\f\n\r\t`, "\x00\x1f\x7f": `\u0000\u001f` + "\x7f",
	} {
		if got := store.JSONText(text); got != want {
			t.Errorf("JSONText(%q) = %s, want %s", text, got, want)
		}
	}
}
