package texts

import "testing"

func TestQuote(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "plain ï 🎬 / <b>": "plain ï 🎬 / <b>", `a "b" \c`: `a \"b\" \\c`, "\b\f\n\r\t": `\b\f\n\r\t`, "\x00\x1f\x7f": `\u0000\u001f` + "\x7f",
	} {
		if got := string(quote(text)); got != want {
			t.Errorf("quote(%q) = %s, want %s", text, got, want)
		}
	}
}
