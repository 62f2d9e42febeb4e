package rawjson

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// referenceRest is SkipRest, a byte at a time.
func referenceRest(b []byte, i int) int {
	depth, inside := 0, false
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case inside && c == '\\':
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth == 0 {
				return i
			}
			depth--
		}
	}
	return len(b)
}

// SkipRest finds the right end, wherever a quote, a bracket or a backslash is among the bytes that are read together.
func TestSkipFindsTheEnd(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	pieces := []string{`"`, `"`, `\`, `\"`, `\\`, `{`, `}`, `[`, `]`, `,`, `a`, `"abc"`, `"a longer text than that"`, `é`, "12345678"}
	for range 200_000 {
		var b []byte
		for range random.IntN(24) {
			b = append(b, pieces[random.IntN(len(pieces))]...)
		}
		if got, want := SkipRest(b, 0), referenceRest(b, 0); got != want {
			t.Fatalf("%s: ends at %d, want %d", b, got, want)
		}
	}
}

// A walk through one value pauses, whatever the value consists of, and ends when pausing fails.
func TestWalksPause(t *testing.T) {
	const size = 8 << 20
	for name, v := range map[string]string{
		"brackets": "[" + strings.Repeat("{},", size/3) + "1]",
		"strings":  "[" + strings.Repeat(`"",`, size/3) + "1]",
		"text":     `"` + strings.Repeat("a", size) + `"`,
		"quotes":   `"` + strings.Repeat(`\"`, size/2) + `"`,
		"slashes":  `"` + strings.Repeat(`\\`, size/2) + `"`,
		"digits":   strings.Repeat("1", size),
		"spaces":   "[1" + strings.Repeat(" ", size) + "]",
	} {
		object := []byte(`{"a":` + v + `}`)
		pauses := 0
		p := NewPace(func() error { pauses++; return nil })
		if got := p.Member(object, "a"); string(got) != v || pauses < size>>20-1 || p.Err() != nil {
			t.Errorf("%s: %d bytes of %d, %d pauses, %v", name, len(got), len(v), pauses, p.Err())
		}
		gone := errors.New("gone")
		p = NewPace(func() error { pauses = -1; return gone })
		if p.Member(object, "a"); !errors.Is(p.Err(), gone) {
			t.Errorf("%s: the walk went on: %v", name, p.Err())
		}
		p = NewPace(func() error { return gone })
		if err := p.Check(bytes.Clone(object), 10); !errors.Is(err, gone) {
			t.Errorf("%s: the check went on: %v", name, err)
		}
	}
}
