package mcp

import (
	"strings"
	"testing"
	"time"
)

// The numbers are those of OpenAI's vocabulary o200k, counted with the package gpt-tokenizer: the estimate must not be far below, nor twice as much.
func TestTokens(t *testing.T) {
	for text, want := range map[string]int{
		"The user asked where the refund for the order was, and the assistant answered with a wrong policy.": 20,
		"2026-05-04T13:30:00.250Z":             15,
		"01997c0e-3f7a-7b52-9d1c-5a0f4c3e2b1a": 32,
		`{"order":"48213","status":"shipped"}`: 11,
		"退款什么时候到账":                             3,
		"12:00:09.000 clicked \"Send\"\n12:00:09.000 AI generation 01997c0e-3f7a-7b52-9d1c-5a0f4c3e2b1a: \"answer\", gpt-5-mini, took 4.0 s, trace trace-1\n  asked: Where is my refund?\n  answered: Your refund left on Monday.": 92,
	} {
		if n := tokens(text); n < want*3/4 || n > want*2 {
			t.Errorf("%q: %d, want about %d", text, n, want)
		}
	}
}

func TestClip(t *testing.T) {
	for _, test := range []struct {
		text string
		most int
		want string
		all  bool
	}{
		{"short", 5, "short", true},
		{"twelve letters", 2, "twelve le", false},
		{"退款什么", 2, "退款什", false},
		{"", 0, "", true},
	} {
		if got, all := clip(test.text, test.most); got != test.want || all != test.all {
			t.Errorf("%q at %d: %q %v", test.text, test.most, got, all)
		}
	}
}

// An answer never has more than its budget, whatever is written.
func TestAnswersStayWithinTheirBudget(t *testing.T) {
	a, err := newAnswer(300)
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		a.line("%s", strings.Repeat("words of a page ", 10))
		a.some(strings.Repeat("more of them ", 50), 40)
		a.fits("a line of its own")
	}
	a.end("There is more: call again with cursor=%s and the same other arguments, or with a larger budget.", "12.AgJnexamplecursor")
	if n := tokens(a.String()); n > 300 || n < 200 {
		t.Errorf("%d tokens", n)
	}
}

func TestInstants(t *testing.T) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	x := &tools{now: func() time.Time { return now }}
	for text, want := range map[string]time.Time{
		"2026-05-01T13:30:00.250Z":  time.Date(2026, 5, 1, 13, 30, 0, 250e6, time.UTC),
		"2026-05-01T13:30:00+02:00": time.Date(2026, 5, 1, 11, 30, 0, 0, time.UTC),
		"2026-05-01":                time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC),
		"1777635000000":             time.UnixMilli(1777635000000),
		"90m":                       now.Add(-90 * time.Minute),
		"7d":                        now.AddDate(0, 0, -7),
		"1.5d":                      now.Add(-36 * time.Hour),
	} {
		if ms, err := x.instant("from", text); err != nil || ms != want.UnixMilli() {
			t.Errorf("%q: %v, error %v", text, time.UnixMilli(ms).UTC(), err)
		}
	}
	for _, text := range []string{"yesterday", "-1h", "17", "2026-13-01"} {
		if _, err := x.instant("from", text); err == nil {
			t.Errorf("%q is a time", text)
		}
	}
}
