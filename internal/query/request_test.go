package query

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestNarrow(t *testing.T) {
	tests := []struct {
		name  string
		r     ListRequest
		field string // of the error, "" for none
		says  string
	}{
		{name: "nothing asked"},
		{name: "everything asked", r: ListRequest{From: "2026-05-04T13:30:00Z", To: "2026-05-04T15:30:00.5+02:00", Limit: 500, Text: "a", TraceID: "t", SessionID: "s"}},
		{name: "no time", r: ListRequest{From: "yesterday"}, field: "from", says: "RFC 3339"},
		{name: "an offset whose + became a space", r: ListRequest{To: "2026-05-04T13:30:00 02:00"}, field: "to", says: "%2B"},
		{name: "empty range", r: ListRequest{From: "2026-05-04T13:30:00Z", To: "2026-05-04T13:30:00Z"}, field: "to", says: "later than from"},
		{name: "too many", r: ListRequest{Limit: 501}, field: "limit", says: "between 1 and 500"},
		{name: "less than none", r: ListRequest{Limit: -1}, field: "limit", says: "between 1 and 500"},
		{name: "endless text", r: ListRequest{Text: strings.Repeat("x", 1001)}, field: "q", says: "Shorten"},
		{name: "not a cursor", r: ListRequest{Cursor: "2"}, field: "cursor", says: "Leave cursor out"},
		{name: "a cursor of another list", r: ListRequest{Cursor: formatCursor(listSessions, 1, "x")}, field: "cursor", says: "this list"},
		{name: "a cursor whose id is no uuid", r: ListRequest{Cursor: formatCursor(listGenerations, 1, "x")}, field: "cursor", says: "this list"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, p, err := tt.r.narrow(listGenerations)
			if tt.field == "" {
				if err != nil || p.Limit < 1 {
					t.Fatalf("page %+v, error %v", p, err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Code != CodeBadInput || e.Field != tt.field || !strings.Contains(e.Message, tt.says) {
				t.Fatalf("got %#v", err)
			}
		})
	}
	f, p, err := ListRequest{From: "2026-05-04T13:30:00Z", To: "2026-05-04T15:30:00.5+02:00"}.narrow(listTraces)
	if want := time.Date(2026, 5, 4, 13, 30, 0, 0, time.UTC).UnixMilli(); err != nil || f.FromMS != want || f.ToMS != want+500 || p.Limit != 50 {
		t.Errorf("filter %+v, page %+v, error %v", f, p, err)
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
