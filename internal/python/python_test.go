package python

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/heavy"
)

// TestPython: what Python's repr writes, as Python 3.11 writes it.
func TestPython(t *testing.T) {
	for in, want := range map[string]string{
		`None`:                           `null`,
		`[True, False, 1, -2.5, 1e3]`:    `[true,false,1,-2.5,1e3]`,
		`(1,)`:                           `[1]`,
		`{'a': 1, 2: 'b', (1, 2): None}`: `{"a":1,"2":"b","[1,2]":null}`,
		`{'a', 'b'}`:                     `["a","b"]`,
		`'it\'s "fine"\n\\ \x00 é \u2028 \U0001f389'`: `"it's \"fine\"\n\\ \u0000 é ` + "\u2028" + ` 🎉"`,
		`"it's"`:                          `"it's"`,
		`b'\x89PNG'`:                      `"` + "\u0089" + `PNG"`,
		`Text(text='a', n=[Sub(x=None)])`: `{"text":"a","n":[{"x":null}]}`,
		`Text('a', 2, key='b')`:           `{"args":["a",2],"key":"b"}`,
		`datetime.datetime(2026, 11, 26)`: `{"args":[2026,11,26]}`,
		`[<Outcome.OK: 'ok'>, Outcome.OK, <object at 0x7f00>, nan]`: `["ok","Outcome.OK","<object at 0x7f00>",null]`,
		`Text()`: `{}`,
	} {
		got := JSON([]byte(in))
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(want), &b) != nil || text(a) != text(b) {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{``, `[1`, `{'a'}}`, `Text(a='b'`, `'open`, `{'a': 1, 'b'}`, `Text(a=)`, `hello world`, `'\x4'`, strings.Repeat("[", 5000) + strings.Repeat("]", 5000), strings.Repeat("A(", 5000)} {
		if got := JSON([]byte(in)); got != nil {
			t.Errorf("%.40s: got %.80s", in, got)
		}
	}
}

func text(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// TestPythonIsLinear: quoting what was quoted, and closing what never opens, cost no more than the bytes.
func TestPythonIsLinear(t *testing.T) {
	for name, unit := range map[string]string{
		"brackets": `A(`, "lists": `[`, "keys": `{(`, "dicts": `{'a':{`, "quotes": `'"`, "escapes": `\'`, "angles": `<A:`, "words": `A`, "numbers": `1_`,
	} {
		t.Run(name, func(t *testing.T) {
			heavy.LinearIn(t, 20, func(size int) []byte { return []byte(strings.Repeat(unit, size/len(unit))) }, func(v []byte) { JSON(v) })
		})
	}
}

// FuzzPython: what Python wrote becomes JSON of bounded length, or nothing.
func FuzzPython(f *testing.F) {
	f.Add([]byte(`ResponseOutputMessage(id='m', content=[ResponseOutputText(text='it\'s', annotations=[])], n={'a': (1, 2.5)}, e=<E.A: 'a'>)`))
	f.Add([]byte(`{(1, 2): {'b', 'c'}, b'\x00': -1e5}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := JSON(in)
		if out != nil && !json.Valid(out) {
			t.Errorf("%q became %q", in, out)
		}
		if len(out) > 8*len(in)+100 {
			t.Errorf("%d bytes became %d", len(in), len(out))
		}
	})
}
