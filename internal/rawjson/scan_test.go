package rawjson

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// scanDepth is how deep values may nest in tests.
const scanDepth = 4096

// valid reports whether the scanner accepts text as one JSON value, and whether the text nests too deeply.
func valid(text []byte) (ok, deep bool) {
	s := NewScanner(text, scanDepth, nil)
	return s.Skip() && s.End(), s.Deep()
}

var jsonSeeds = []string{
	`{}`, `[]`, `""`, `0`, `-0.5e+10`, `true`, `false`, `null`, ` [ 1 , { "a" : [ ] } , "x" ] `,
	`{"a":1,}`, `[1,]`, `[,1]`, `{,}`, `{"a"}`, `{"a":}`, `{a:1}`, `[1 2]`, `{"a":1 "b":2}`, `[}`, `{]`, `[1}`, `{"a":1]`,
	`01`, `1.`, `.5`, `-`, `+1`, `1e`, `0x10`, `NaN`, `Infinity`, `tru`, `nul`, `truee`,
	`"\u00e9\ud83d\ude00"`, `"\ud800"`, `"\u12"`, `"\u12G4"`, `"\x"`, `"\`, `"`, "\"\x00\"", "\"\x1f\"", "\"a\nb\"", `"12345678"`, `"1234567\"8"`, "\"12345678\x01\"",
	"\"\x7f\u0080é漢😀\"", `{"a":{"b":[{"c":[[[]]]}]}}`, `{"a":1,"a":2}`, `[1] x`, `1 1`, ``, ` `, "\x00", `{"\u0061":1}`,
}

func TestScanner(t *testing.T) {
	for _, text := range jsonSeeds {
		if ok, _ := valid([]byte(text)); ok != json.Valid([]byte(text)) {
			t.Errorf("%q: %t", text, ok)
		}
	}
}

func TestScannerDepth(t *testing.T) {
	for _, scenario := range []struct {
		text     string
		ok, deep bool
	}{
		{strings.Repeat("[", scanDepth) + strings.Repeat("]", scanDepth), true, false},
		{strings.Repeat("[", scanDepth+1) + strings.Repeat("]", scanDepth+1), true, true},
		{strings.Repeat(`{"a":`, scanDepth+1) + `"]}"` + strings.Repeat("}", scanDepth+1), true, true},
		{strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000), true, true},
		{strings.Repeat("[", 1_000_000), false, true},
		{strings.Repeat("[", scanDepth+1) + strings.Repeat("]", scanDepth), false, true},
	} {
		if ok, deep := valid([]byte(scenario.text)); ok != scenario.ok || deep != scenario.deep {
			t.Errorf("%.20s…, %d bytes: valid %t, deep %t", scenario.text, len(scenario.text), ok, deep)
		}
	}
}

// FuzzScanner compares the scanner with encoding/json, which has the same grammar.
func FuzzScanner(f *testing.F) {
	for _, text := range jsonSeeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		ok, deep := valid(text)
		if want := json.Valid(text); ok != want && !deep {
			t.Fatalf("%q: %t, encoding/json says %t", text, ok, want)
		}
		// Text decodes a string as encoding/json does.
		if ok && text[0] == '"' && text[len(text)-1] == '"' {
			var want string
			if err := json.Unmarshal(text, &want); err == nil && utf8.Valid(text) && Text(text) != want {
				t.Fatalf("%q: unquoted to %q", text, Text(text))
			}
		}
	})
}
