package posthog

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/rawjson"
)

// valid says whether the scanner takes text for one JSON value.
func valid(text []byte) (ok, deep bool) {
	s := scanner{b: text}
	return s.skip() && s.end(), s.deep
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
		{strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth), true, false},
		{strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1), true, true},
		{strings.Repeat(`{"a":`, maxDepth+1) + `"]}"` + strings.Repeat("}", maxDepth+1), true, true},
		{strings.Repeat("[", 1_000_000) + strings.Repeat("]", 1_000_000), true, true},
		{strings.Repeat("[", 1_000_000), false, true},
		{strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth), false, true},
	} {
		if ok, deep := valid([]byte(scenario.text)); ok != scenario.ok || deep != scenario.deep {
			t.Errorf("%.20s…, %d bytes: valid %t, deep %t", scenario.text, len(scenario.text), ok, deep)
		}
	}
}

// FuzzScanner holds the scanner against encoding/json, which has the same grammar.
func FuzzScanner(f *testing.F) {
	for _, text := range jsonSeeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		ok, deep := valid(text)
		if want := json.Valid(text); ok != want && !deep {
			t.Fatalf("%q: %t, encoding/json says %t", text, ok, want)
		}
		// A string's text is what encoding/json makes of it.
		if ok && text[0] == '"' && text[len(text)-1] == '"' {
			var want string
			if err := json.Unmarshal(text, &want); err == nil && utf8.Valid(text) && rawjson.Text(text) != want {
				t.Fatalf("%q: unquoted to %q", text, rawjson.Text(text))
			}
		}
	})
}

var utf8Seeds = []string{
	"", "plain ascii, longer than eight bytes", "\u0080\u00ff\u07ff", "1234567\u00e9", "12345678\u00e9", "漢字 and é and 😀",
	"1234567\xc3", "12345678\xc3", "1234567\xc3x", "\xa9", "12345678\xa9", "\xc3\xc3\xa9\xa9....", "\xc0\x80......", "\xc1\xbf......",
	"\xed\xa0\x80.....", "\xf5\x80\x80\x80....", "\xff\xfe......", "1234567\xe6\xbc\xa2", "123456\xc3\xa9\xe6\xbc\xa2", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xa9",
}

func TestValidUTF8(t *testing.T) {
	for _, text := range utf8Seeds {
		for pad := range 9 {
			b := []byte(strings.Repeat("x", pad) + text)
			if validUTF8(b) != utf8.Valid(b) {
				t.Errorf("%q: %t", b, validUTF8(b))
			}
		}
	}
	b := &body{work: alone(), data: []byte("{\"a\":\"x\xff\xfey\xc3\"}")}
	if err := b.repair(); err != nil {
		t.Fatal(err)
	}
	if got := string(b.data); got != "{\"a\":\"x\ufffdy\ufffd\"}" {
		t.Errorf("repaired to %q", got)
	}
}

func FuzzValidUTF8(f *testing.F) {
	for _, text := range utf8Seeds {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if validUTF8(b) != utf8.Valid(b) {
			t.Fatalf("%q: %t", b, validUTF8(b))
		}
	})
}
