package config

import (
	"strings"
	"testing"
)

func TestReadTokens(t *testing.T) {
	c, _, err := Load(Source{Command: "serve", Environ: []string{"PLAYHEAD_READ_TOKENS=[{name: claude, token: phr_0123456789abcdefghij}, {name: ci, token: phr_0123456789abcdefghik}]"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.ReadTokensByName(); len(got) != 2 || got["claude"] != "phr_0123456789abcdefghij" || got["ci"] != "phr_0123456789abcdefghik" {
		t.Errorf("%v", got)
	}
}

// All problems are reported at once, and none of them shows a token.
func TestReadTokensThatCannotBeUsed(t *testing.T) {
	text := `[{name: a, token: phr_short_secret}, {name: B, token: phr_0123456789abcdefghij}, {name: c}, {name: d, token: phr_0123456789abcdefghij}, {name: e, secret: x}, 7]`
	_, _, err := Load(Source{Command: "serve", Environ: []string{"PLAYHEAD_READ_TOKENS=" + text}})
	if err == nil {
		t.Fatal("they can be used")
	}
	for _, want := range []string{"read_tokens[0].token: not a token", `read_tokens[1].name: "B" is not a name`, "read_tokens[2]: a read token needs", "has the same token", "read_tokens[4].secret: no such setting", "read_tokens[5]: not a read token"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no problem says %q: %v", want, err)
		}
	}
	if strings.Contains(err.Error(), "phr_short") || strings.Contains(err.Error(), "phr_0123") {
		t.Errorf("a token is shown: %v", err)
	}
	if _, _, err := Load(Source{Command: "serve", Environ: []string{"PLAYHEAD_READ_TOKENS=phr_0123456789abcdefghij"}}); err == nil || !strings.Contains(err.Error(), "not a list of read tokens") {
		t.Errorf("%v", err)
	}
}
