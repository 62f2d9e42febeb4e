package filter

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// row is a row of a test: values by field, and texts.
type row struct {
	values map[string][]Value
	texts  []string
}

func (r row) Values(field string) []Value { return r.values[field] }
func (r row) Texts() []string             { return r.texts }

func words(all ...string) (v []Value) {
	for _, s := range all {
		v = append(v, Value{Text: s})
	}
	return v
}

var refund = row{
	values: map[string][]Value{
		"model": words("gpt-4o-mini"), "provider": words("openai"), "latency": {{Number: 2.5}}, "input_tokens": {{Number: 1500}},
		"error": {{}}, "person": words("ann@example.com", "u1", "Ann"), "prop.tenant": words("acme co"), "start": {{Int: 1795418806254}},
		"kind": words("generation"), "name": words("a*b(c)"),
	},
	texts: []string{"How do I get a REFUND for order 17?", `{"city":"Zürich","note":"naïve_case"}`, "我想退款 please"},
}

func TestMatch(t *testing.T) {
	for q, want := range map[string]bool{
		"":                                true,
		"model:gpt-4o-mini":               true,
		"model:gpt-4o":                    false,
		"model:gpt-4o,gpt-4o-mini":        true,
		"model:gpt-*":                     true,
		"model:*mini":                     true,
		"model:g*4*mini":                  true,
		"model:g*5*mini":                  false,
		"model:GPT-4o-mini":               false,
		"-provider:openai":                false,
		"NOT provider:anthropic":          true,
		"NOT NOT provider:openai":         true,
		"latency:>2s":                     true,
		"latency:>2500ms":                 false,
		"latency:>=2500ms":                true,
		"latency:<=150ms":                 false,
		"input_tokens:>=1.5k":             true,
		"input_tokens:1500":               true,
		"input_tokens:1,1500":             true,
		"output_tokens:>=0":               false,
		"-output_tokens:>=0":              true,
		"error:false":                     true,
		"error:true":                      false,
		"person:*":                        true,
		"conversation:*":                  false,
		"person:Ann":                      true,
		"kind:generation":                 true,
		`prop.tenant:"acme co"`:           true,
		"prop.tenant:acme*":               true,
		"prop.other:*":                    false,
		`name:"a*b(c)"`:                   true,
		"start:>=2026-01-01":              true,
		"start:<2026-01-01T00:00:00Z":     false,
		"refund":                          true,
		"Refund order":                    true,
		`"a refund for"`:                  true,
		`"refund a"`:                      false,
		"fund":                            false,
		"*fund*":                          true,
		"refu*":                           true,
		"zürich":                          true,
		"ZÜR*":                            true,
		"naïve_case":                      true,
		"naïve":                           false,
		"退款":                              true,
		"款退":                              false,
		"想":                               true,
		"refund missing":                  false,
		"refund OR missing":               true,
		"missing OR model:gpt-* refund":   true,
		"(missing OR model:gpt-*) refund": true,
		"-(missing OR absent)":            true,
		"missing AND refund":              false,
		"refund AND order":                true,
		"or":                              false,
		`"OR"`:                            false,
		"order-17":                        true,
	} {
		e, err := Parse(Generations, q)
		if err != nil {
			t.Errorf("%s: %v", q, err)
			continue
		}
		if got := Match(e, refund); got != want {
			t.Errorf("%s: %v, want %v (%#v)", q, got, want, e)
		}
		checkPrinted(t, Generations, e)
	}
}

func checkPrinted(t *testing.T, of Of, e Expr) {
	t.Helper()
	again, err := Parse(of, String(e))
	if err != nil {
		t.Fatalf("%#v is written as %s: %v", e, String(e), err)
	}
	if !reflect.DeepEqual(again, e) {
		t.Fatalf("%#v is written as %s, which is %#v", e, String(e), again)
	}
}

func TestBadSyntax(t *testing.T) {
	for _, c := range []struct {
		q    string
		at   int
		says string
	}{
		{"modle:x", 0, `Did you mean "model"?`},
		{"a clicks:3", 2, "sessions have"},
		{"http://x", 0, "put it into quotes"},
		{":x", 0, "The name of a field was expected"},
		{"model:", 6, "A value was expected after model"},
		{"model:a,", 8, "A value was expected after model"},
		{"ü model:", 8, "A value was expected"},
		{"latency:fast", 8, `"fast" is not a value of latency, which is a duration. Write for instance latency:>2s.`},
		{"latency:>1s,2s", 11, "Only one value"},
		{"model:>a", 6, "cannot be compared with >"},
		{"error:maybe", 6, "true or false"},
		{"kind:some", 5, "generation, embedding, span, trace"},
		{"link:lost", 5, "linked, pending, none"},
		{"start:yesterday", 6, "start:>=2026-05-04"},
		{"(a", 0, "not closed"},
		{"a)", 1, "without its ("},
		{"()", 1, "A term was expected before this )"},
		{"a OR", 4, "the expression ends"},
		{"a AND", 5, "AND"},
		{"OR a", 0, "put it into quotes"},
		{`"a`, 0, "not closed"},
		{"NOT", 3, "the expression ends"},
		{"...", 0, "no letter or digit"},
		{"*a", 0, "around a part"},
		{"*", 0, "remove it"},
		{"model:a*b*c*d*e*f", 6, "wildcards"},
		{"prop.:x", 0, "no field"},
		{"a\xff", 0, "UTF-8"},
		{strings.Repeat("a ", 300), 400, "more than 200 terms"},
		{"model:" + strings.Repeat("a,", 300) + "a", 0, "more than 200 values"},
		{strings.Repeat("(", 1000) + "a" + strings.Repeat(")", 1000), 20, "nested more than 20 deep"},
		{strings.Repeat("-", 1000) + "a", 0, "terms"},
		{strings.Repeat("a", 10_000), 0, "10000 bytes"},
	} {
		_, err := Parse(Generations, c.q)
		var s *SyntaxError
		if !errors.As(err, &s) {
			t.Errorf("%.40s: %v", c.q, err)
			continue
		}
		if s.At != c.at || !strings.Contains(s.Message, c.says) {
			t.Errorf("%.40s: at %d, want %d: %s, want %s", c.q, s.At, c.at, s.Message, c.says)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                       nil,
		" .,;":                   nil,
		"Don't panic":            {"don", "t", "panic"},
		"gpt-4o_mini":            {"gpt", "4o_mini"},
		"Größe ÉTÉ":              {"größe", "été"},
		"我想退款 now":               {"我", "想", "退", "款", "now"},
		"abc漢字def":               {"abc", "漢", "字", "def"},
		"สวัสดี":                 {"ส", "วั", "ส", "ดี"},
		"한국어 문장":                 {"한국어", "문장"},
		"नमस्ते दुनिया":          {"नमस्ते", "दुनिया"},
		"a\xffb \ufffd c":        {"a", "b", "c"},
		"{\"k\":\"v1\",\"n\":2}": {"k", "v1", "n", "2"},
	} {
		if got := Words(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestCatalogue(t *testing.T) {
	for _, of := range Lists {
		seen := map[string]bool{}
		for _, f := range Fields(of) {
			if seen[f.Name] {
				t.Errorf("%s have two fields %s", of, f.Name)
			}
			seen[f.Name] = true
			if f.Doc == "" || f.Measures() == nil || f.Type == Choice && len(f.Choices) == 0 {
				t.Errorf("%s of %s is not described", f.Name, of)
			}
			if _, err := Parse(of, f.Name+":*"); err != nil {
				t.Error(err)
			}
		}
	}
}

// An accepted expression can be written and parsed again, and its size is bounded. A refused one gets an error with a position and a reason.
func FuzzParse(f *testing.F) {
	for _, q := range []string{"", "model:gpt-*,x -a", `(a OR "b c") NOT prop.x:"y \" \\"`, "latency:>=1.5ms *in*", "a* start:<2026-01-01", "((", `name:\*`, "退款*", `name:"<a"`} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, q string) {
		e, err := Parse(Traces, q)
		if err != nil {
			var s *SyntaxError
			if !errors.As(err, &s) || s.At < 0 || s.At > len(q) || s.Message == "" {
				t.Fatalf("%q: %v", q, err)
			}
			return
		}
		printed := String(e)
		if len(printed) > MaxLength { // the written form can be longer than the text that was parsed
			return
		}
		again, err := Parse(Traces, printed)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", q, printed, err)
		}
		if String(again) != printed {
			t.Fatalf("%q is written as %q and then as %q", q, printed, String(again))
		}
		if Match(e, refund) != Match(again, refund) {
			t.Fatalf("%q and %q differ", q, printed)
		}
	})
}
