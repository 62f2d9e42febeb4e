package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

var samples = []string{
	`{}`, `[]`, `{"a":1}`, ` { "a" : [ 1 , {"b":"\"}"} , null ] , "c":true } `, `"x\\"`, `"\ud83d\ude00\ud800"`, `-0.5e+10`, `[[[[]]]]`,
	`{"a":{"b":{"c":[1,2,3]}},"a":2}`, `""`, `"\u0041\n\/"`, `0`, `[1,"]",2]`, `{"":""}`, "[\n1,\r\n2\t]",
}

var broken = []string{
	``, ` `, `{`, `[`, `{"a"}`, `{"a":}`, `{a:1}`, `[1,]`, `{"a":1,}`, `01`, `1.`, `1e`, `-`, `+1`, `tru`, `nul`, `"`, `"\x"`, `"\u12"`,
	"\"\n\"", `1 2`, `[1}`, `{"a":1]`, "\"\xff\"", `]`, `,`, `[1 2]`, `{"a":1 "b":2}`,
}

func TestCheck(t *testing.T) {
	for _, s := range samples {
		if err := Check([]byte(s), 100); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for _, s := range broken {
		if err := Check([]byte(s), 100); err == nil {
			t.Errorf("%q passed", s)
		}
	}
	// Every position of a special byte among the eight bytes that are read together.
	for n := range 20 {
		pad := strings.Repeat("é", n/2) + strings.Repeat("x", n%2)
		for _, end := range []string{`"`, `\""`, `\\"`, `\u00e9"`} {
			if s := `{"` + pad + end + `:"` + pad + end + `}`; Check([]byte(s), 5) != nil {
				t.Errorf("%s failed", s)
			}
		}
		for _, end := range []string{"", "\x1f\"", "\\", `\x"`, `\u00e"`, "\n\""} {
			if s := `"` + pad + end; Check([]byte(s), 5) == nil {
				t.Errorf("%q passed", s)
			}
		}
	}
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	if err := Check([]byte(deep), 100); err != nil {
		t.Error(err)
	}
	if err := Check([]byte("["+deep+"]"), 100); !errors.Is(err, ErrDepth) {
		t.Errorf("101 levels: %v", err)
	}
}

func TestWalk(t *testing.T) {
	object := []byte(` { "a" : [ 1 , {"b":"\"}"} , null ] , "c":true, "a":{"x":{"y":"z\u0041"}} } `)
	var got []string
	for k, v := range Members(object) {
		got = append(got, string(k)+"="+string(v))
	}
	want := []string{`a=[ 1 , {"b":"\"}"} , null ]`, `c=true`, `a={"x":{"y":"z\u0041"}}`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := Text(Path(object, "a", "x", "y")); got != "zA" {
		t.Errorf("path: %q", got)
	}
	if Path(object, "a", "no", "y") != nil {
		t.Error("a missing name was found")
	}
	var items []string
	for v := range Items([]byte("[ 1 ,[2,3] , \"]\" ]")) {
		items = append(items, string(v))
	}
	if !slices.Equal(items, []string{"1", "[2,3]", `"]"`}) {
		t.Errorf("items: %q", items)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		`""`: "", `"a"`: "a", `"\ud83d\ude00"`: "😀", `"\ud83dx"`: "\ufffdx", `"\/\\\"\b\f\n\r\t"`: "/\\\"\b\f\n\r\t", `"\ud800\ud800"`: "\ufffd\ufffd", `1`: "",
	} {
		if got := Text([]byte(in)); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func FuzzWalk(f *testing.F) {
	for _, s := range append(samples, broken...) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		valid := json.Valid(b) && Check(b, 1<<20) == nil
		if json.Valid(b) != valid && bytes.ToValidUTF8(b, nil) != nil && len(bytes.ToValidUTF8(b, nil)) == len(b) {
			t.Fatalf("Check and encoding/json disagree about %q", b)
		}
		if err := Check(b, 1<<20); err == nil && !json.Valid(b) {
			t.Fatalf("%q passed", b)
		}
		members, items := 0, 0
		for k, v := range Members(b) {
			members++
			_, _ = AppendText(nil, k), Text(v)
			Float(v)
		}
		for v := range Items(b) {
			items++
			_ = Text(v)
		}
		compact := AppendCompact(nil, b)
		if !valid {
			return
		}
		var std bytes.Buffer
		if err := json.Compact(&std, b); err != nil || !bytes.Equal(std.Bytes(), compact) {
			t.Fatalf("compact: %q, want %q (%v)", compact, std.Bytes(), err)
		}
		trimmed := Trim(b)
		if Skip(trimmed, 0) != len(trimmed) {
			t.Fatalf("Skip(%q) = %d", trimmed, Skip(trimmed, 0))
		}
		var s string
		if KindOf(trimmed) == String && json.Unmarshal(b, &s) == nil && s != Text(trimmed) {
			t.Fatalf("text %q, want %q", Text(trimmed), s)
		}
		var a []json.RawMessage
		if KindOf(trimmed) == Array && json.Unmarshal(b, &a) == nil && len(a) != items {
			t.Fatalf("%d items, want %d", items, len(a))
		}
		_ = members
	})
}
