package filter

import (
	"errors"
	"strings"
	"testing"
)

// Questions larger than anybody writes are refused with a message before they reach a storage.
func TestBounds(t *testing.T) {
	for what, text := range map[string]string{
		"10,000 terms":            strings.Repeat("x ", 10_000),
		"as many as fit in bytes": strings.Repeat("x ", MaxLength/2),
		"10,000 values":           "model:" + strings.Repeat("x,", 10_000) + "x",
		"values up to the length": "model:" + strings.Repeat("x,", 4000) + "x",
		"1,000 parentheses":       strings.Repeat("(", 1000) + "x" + strings.Repeat(")", 1000),
		"4,000 negations":         strings.Repeat("-", 4000) + "x",
		"1,000 times NOT":         strings.Repeat("NOT ", 1000) + "x",
		"a phrase of many words":  `"` + strings.Repeat("x ", 1000) + `"`,
		"many wildcards":          "model:" + strings.Repeat("*a", 1000),
		"wildcards in a search":   strings.Repeat("*a", 1000),
	} {
		_, err := Parse(Generations, text)
		var s *SyntaxError
		if !errors.As(err, &s) || s.Message == "" || s.At > len(text) {
			t.Errorf("%s: error %v", what, err)
		}
	}
	century := Span{FromMS: 0, ToMS: 100 * 365 * 86_400_000}
	if _, err := ParseGroups(Generations, "time(1s)", century); err == nil || !strings.Contains(err.Error(), "buckets") {
		t.Errorf("a hundred years in seconds: error %v", err)
	}
	if by, err := ParseGroups(Generations, "time(auto)", century); err != nil || century.ToMS/by[0].Step.length() > MaxBuckets {
		t.Errorf("a hundred years: %v, error %v", by, err)
	}
	if _, err := ParseGroups(Generations, "trace,session,model,provider", century); err == nil {
		t.Error("four groups")
	}
	if _, err := Rows(MaxRows+1, nil); err == nil {
		t.Error("too many rows")
	}
}
