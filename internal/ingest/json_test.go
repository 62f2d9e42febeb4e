package ingest

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
	"github.com/playheadhq/playhead/internal/rawjson"
)

func TestCanonical(t *testing.T) {
	for in, want := range map[string]string{
		`"plain"`:                    `"plain"`,
		`"\u00e9\u00E9"`:             `"éé"`,
		`"\/\/x"`:                    `"//x"`,
		`"\"\\\b\f\n\r\t"`:           `"\"\\\b\f\n\r\t"`,
		`"\u0022\u005c\u002F\u000a"`: `"\"\\/\n"`,
		`"\u0000\u001F\u007f"`:       "\"\\u0000\\u001f\x7f\"",
		`"\ud83d\ude00"`:             `"😀"`,
		`"\ud83d"`:                   `"\ud83d"`,
		`"\ude00\ud83d"`:             `"\ude00\ud83d"`,
		`"\ud83d\u0041"`:             `"\ud83dA"`,
		`"\ufffd"`:                   `"` + "\ufffd" + `"`,
		`"\\u00e9"`:                  `"\\u00e9"`,
		`{"\u0061": [1, "\u0061"]}`:  `{"a": [1, "a"]}`,
	} {
		if got := string(appendCanonical(nil, nil, []byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`"\u00e9\/\ud83d\ude00\ud800"`, `{"a":"\u0022"}`, `"\\\\u00e9"`, `[1,"x\ny"]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		if rawjson.Check(v, 1000) != nil {
			return
		}
		out := appendCanonical(nil, nil, v)
		if err := rawjson.Check(out, 1000); err != nil {
			t.Fatalf("%q became %q: %v", v, out, err)
		}
		if len(out) > len(v) {
			t.Fatalf("%q grew to %q", v, out)
		}
		var a, b any
		if json.Unmarshal(v, &a) != nil || json.Unmarshal(out, &b) != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%q became %q", v, out)
		}
		if again := appendCanonical(nil, nil, out); string(again) != string(out) {
			t.Fatalf("%q is not canonical: %q", out, again)
		}
	})
}

func truncateJSON(v []byte, most int) []byte { return appendTruncated(nil, nil, v, most, asSent) }

func TestTruncateJSON(t *testing.T) {
	whole := `{"a":"` + strings.Repeat("x", 900) + `"}`
	if got := string(truncateJSON([]byte(whole), 1000)); got != whole {
		t.Errorf("what fits was cut: %s", got)
	}
	long := strings.Repeat("x", 2000)
	got := truncateJSON([]byte(`["`+long+`","short","`+long+`"]`), 1000)
	var items []string
	if err := json.Unmarshal(got, &items); err != nil || len(got) > 1000 || len(got) < 950 || len(items) != 3 || items[1] != "short" || len(items[0]) != len(items[2]) {
		t.Errorf("%v: strings share what is left: %d bytes, %s", err, len(got), got)
	}
	got = truncateJSON([]byte(`{"a":1,"b":[`+strings.Repeat("1,", 500)+`1],"c":2}`), 100)
	if text := string(got); !json.Valid(got) || len(got) > 200 || !strings.Contains(text, `1,"… [`) || !strings.HasSuffix(text, `"…":"… [5 bytes cut off]"}`) {
		t.Errorf("many small items: %s", got)
	}
}

func FuzzTruncateJSON(f *testing.F) {
	f.Add([]byte(`[{"role":"user","content":"`+strings.Repeat(`\ud83d\ude00é\n`, 60)+`"},{"a":[1,2,{"b":null}]}]`), 100)
	f.Add([]byte(`{"a":"x","b":{"c":{"d":[[[[]]]]}}}`), 10)
	for _, s := range heavy.Shapes {
		f.Add(s.Value(4<<10), 1000)
	}
	f.Fuzz(func(t *testing.T, v []byte, most int) {
		v = rawjson.Trim(v)
		if rawjson.Check(v, 1000) == nil && most >= 0 {
			checkTruncated(t, v, most)
		}
	})
}

func checkTruncated(t *testing.T, v []byte, most int) {
	t.Helper()
	out := truncateJSON(v, most)
	if err := rawjson.Check(out, 1000); err != nil {
		t.Fatalf("%q became %q: %v", v, out, err)
	}
	if len(v) <= most && string(out) != string(v) {
		t.Fatalf("%q fits into %d, became %q", v, most, out)
	}
	if rawjson.KindOf(out) != rawjson.KindOf(v) {
		t.Fatalf("%q became %q", v, out)
	}
	// Each level of nesting may add brackets and a mark; nothing else may exceed the limit.
	depth := strings.Count(string(v), "[") + strings.Count(string(v), "{")
	if limit := max(most, 64) + (depth+2)*(maxMark+16) + longestScalar(v); len(out) > limit {
		t.Fatalf("%d bytes of %d, %d allowed: %q", len(out), len(v), most, out)
	}
	if want := referenceTruncate(v, most); string(out) != string(want) {
		t.Fatalf("%q cut to %d is\n%q, want\n%q", v, most, out, want)
	}
	// Cutting during the conversion to the canonical form gives the same result as cutting the canonical form.
	plain := appendCanonical(nil, nil, v)
	if n := canonicalSize(nil, v); n != len(plain) {
		t.Fatalf("the canonical form of %q has %d bytes, %d were announced", v, len(plain), n)
	}
	if got, want := appendTruncated(nil, nil, v, most, canonical), referenceTruncate(plain, most); string(got) != string(want) {
		t.Fatalf("%q made canonical and cut to %d is\n%q, want\n%q", v, most, got, want)
	}
}

// Any value cut to any length gives the result of the reference.
func TestTruncateIsTheReference(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		v := appendRandom(nil, r, 6)
		checkTruncated(t, v, r.IntN(len(v)+100))
	}
}

// appendRandom appends a JSON value of at most depth levels, with spaces, escapes, and strings on both sides of keepWhole.
func appendRandom(dst []byte, r *rand.Rand, depth int) []byte {
	space := func() {
		if r.IntN(8) == 0 {
			dst = append(dst, " \t\n"[:1+r.IntN(3)]...)
		}
	}
	text := func(most int) {
		dst = append(dst, '"')
		for range r.IntN(most) {
			dst = append(dst, [...]string{"a", "é", "😀", `\"`, `\\`, `\n`, `\/`, `\u0041`, `\ud83d\ude00`, `\ud800`, `\u0007`, "{", ","}[r.IntN(13)]...)
		}
		dst = append(dst, '"')
	}
	kind := r.IntN(6)
	if depth == 0 {
		kind %= 3
	}
	switch kind {
	case 0:
		return append(dst, [...]string{"null", "true", "0", "-1.5e+10", "12345678901234567890"}[r.IntN(5)]...)
	case 1:
		text(12)
		return dst
	case 2:
		text(400)
		return dst
	}
	open, end := byte('['), byte(']')
	if kind == 5 {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	for i := range r.IntN(6) {
		if i > 0 {
			dst = append(dst, ',')
		}
		space()
		if open == '{' {
			text(8 << (r.IntN(8)))
			space()
			dst = append(dst, ':')
			space()
		}
		dst = appendRandom(dst, r, depth-1)
		space()
	}
	return append(dst, end)
}

// longestScalar bounds the length of a number or a name, which are never cut.
func longestScalar(v []byte) int { return min(len(v), 1<<12) }
