package query

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/playheadhq/playhead/internal/store"
)

func TestBadRequests(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		r     ListRequest
		field string // of the error, "" for none
		says  string
		at    int // position in the field, -1 if the error is about the whole field
	}{
		"nothing asked":                {},
		"everything asked":             {r: ListRequest{Narrowing: Narrowing{From: "2026-05-04T13:30:00Z", To: "2026-05-04T15:30:00.5+02:00", Q: "a model:b", TraceID: "t", SessionID: "s", Person: "p", ErrorsOnly: true}, Sort: "-latency", Limit: 500, Count: true}},
		"no time":                      {r: ListRequest{Narrowing: Narrowing{From: "yesterday"}}, field: "from", says: "RFC 3339", at: -1},
		"a + that became a space":      {r: ListRequest{Narrowing: Narrowing{To: "2026-05-04T13:30:00 02:00"}}, field: "to", says: "%2B", at: -1},
		"empty range":                  {r: ListRequest{Narrowing: Narrowing{From: "2026-05-04T13:30:00Z", To: "2026-05-04T13:30:00Z"}}, field: "to", says: "later than from", at: -1},
		"too many":                     {r: ListRequest{Limit: 501}, field: "limit", says: "between 1 and 500", at: -1},
		"less than none":               {r: ListRequest{Limit: -1}, field: "limit", says: "between 1 and 500", at: -1},
		"endless text":                 {r: ListRequest{Narrowing: Narrowing{Q: strings.Repeat("x ", 5000)}}, field: "q", says: "Shorten the expression"},
		"unknown field":                {r: ListRequest{Narrowing: Narrowing{Q: "a modle:b"}}, field: "q", says: `at character 3: There is no field "modle". Did you mean "model"?`, at: 2},
		"unknown sort":                 {r: ListRequest{Sort: "-latencyy"}, field: "sort", says: `Did you mean "latency"?`, at: 1},
		"not a cursor":                 {r: ListRequest{Cursor: "2"}, field: "cursor", says: "Remove cursor", at: -1},
		"a cursor of another list":     {r: ListRequest{Cursor: formatPosition(listSessions, "", store.Position{ID: "x"})}, field: "cursor", says: "this list", at: -1},
		"a cursor of another sort":     {r: ListRequest{Sort: "latency", Cursor: formatPosition(listGenerations, "", store.Position{ID: "x"})}, field: "cursor", says: "another sort", at: -1},
		"a cursor whose id is no uuid": {r: ListRequest{Cursor: formatPosition(listGenerations, "", store.Position{ID: "x"})}, field: "cursor", says: "this list", at: -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.Generations(t.Context(), scope, c.r)
			var e *Error
			switch {
			case c.field == "":
				if err != nil {
					t.Fatal(err)
				}
			case !errors.As(err, &e) || e.Code != CodeBadInput || e.Field != c.field || !strings.Contains(e.Message, c.says):
				t.Fatalf("got %v", err)
			case (e.Position == nil) != (c.at < 0) || e.Position != nil && *e.Position != c.at:
				t.Fatalf("position %v, want %d", e.Position, c.at)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	for _, p := range []store.Position{{ID: "x"}, {ID: "", None: true}, {ID: "with/slash and ünïcode", Number: -5, Text: "a\x00b"}, {ID: strings.Repeat("i", 1000), Text: strings.Repeat("t", 1000)}} {
		c := formatPosition(listTraces, "-name", p)
		if got, err := parsePosition(listTraces, "-name", c); err != nil || got != p {
			t.Fatalf("%+v: %+v, error %v", p, got, err)
		}
		for n := range c {
			if _, err := parsePosition(listTraces, "-name", c[:n]); err == nil {
				t.Errorf("%+v: cut to %d characters, taken", p, n)
			}
		}
	}
}

func TestCursor(t *testing.T) {
	for _, id := range []string{"x", "", "with/slash and ünïcode", strings.Repeat("i", 1000)} {
		c := formatCursor(listTraces, 1_795_418_800_123, id)
		ms, got, err := parseCursor(listTraces, c)
		if err != nil || ms != 1_795_418_800_123 || got != id {
			t.Fatalf("%q: %d %q %v", id, ms, got, err)
		}
		if _, _, err := parseCursor(listSessions, c); err == nil {
			t.Errorf("%q: taken by another list", id)
		}
		for n := range c { // cut off, and changed in one place
			if _, _, err := parseCursor(listTraces, c[:n]); err == nil {
				t.Errorf("%q: cut to %d characters, taken", id, n)
			}
			b, err := base64.RawURLEncoding.DecodeString(c)
			if err != nil {
				t.Fatal(err)
			}
			b[n%len(b)] ^= 1 << (n % 8)
			if _, _, err := parseCursor(listTraces, base64.RawURLEncoding.EncodeToString(b)); err == nil {
				t.Errorf("%q: byte %d changed, taken", id, n%len(b))
			}
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(formatCursor(listTraces, 5, "x"))
	f.Add("AXQK")
	f.Fuzz(func(t *testing.T, s string) {
		ms, id, err := parseCursor(listTraces, s)
		var e *Error
		switch {
		case err != nil && (!errors.As(err, &e) || e.Field != "cursor"):
			t.Fatalf("untyped error %v", err)
		case err == nil:
			if m, i, err := parseCursor(listTraces, formatCursor(listTraces, ms, id)); err != nil || m != ms || i != id {
				t.Fatalf("%d %q does not survive: %d %q %v", ms, id, m, i, err)
			}
		}
	})
}
