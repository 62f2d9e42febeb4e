package mcp

import (
	"strconv"
	"strings"
	"time"

	"github.com/playheadhq/playhead/internal/query"
	"github.com/playheadhq/playhead/internal/rawjson"
)

// instant is the time that an argument means, in Unix milliseconds, 0 for none.
func (t *tools) instant(name, text string) (int64, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UnixMilli(), nil
	}
	if at, err := time.Parse(time.DateOnly, text); err == nil {
		return at.UnixMilli(), nil
	}
	if ms, err := strconv.ParseInt(text, 10, 64); err == nil && ms > 1e11 && ms < 1e14 {
		return ms, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 36500 {
			return t.now().Add(-time.Duration(n * 24 * float64(time.Hour))).UnixMilli(), nil
		}
	}
	if before, err := time.ParseDuration(text); err == nil && before >= 0 {
		return t.now().Add(-before).UnixMilli(), nil
	}
	return 0, bad("%s is a time: 2026-05-04T13:30:00.250Z, a day such as 2026-05-04, Unix milliseconds, or a duration before now such as 24h or 7d; got %q.", name, rawjson.Clip(text, 100))
}

// begin begins the answer of a tool that takes a budget and a choice of rows.
func (t *tools) begin(budget int, q, from, to string) (*answer, query.Narrowing, error) {
	a, err := newAnswer(budget)
	if err != nil {
		return nil, query.Narrowing{}, err
	}
	n, err := t.narrowing(q, from, to)
	return a, n, err
}

// narrowing is the choice of rows that the arguments make.
func (t *tools) narrowing(q, from, to string) (query.Narrowing, error) {
	n := query.Narrowing{Q: q}
	for _, side := range []struct {
		name, text string
		into       *string
	}{{"from", from, &n.From}, {"to", to, &n.To}} {
		ms, err := t.instant(side.name, side.text)
		if err != nil {
			return n, err
		}
		if ms != 0 {
			*side.into = iso(ms)
		}
	}
	return n, nil
}

// iso is an instant in the form that results and arguments use.
func iso(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }

// clock is the time of an instant within its day, for transcripts whose heading says the day.
func clock(ms int64) string { return time.UnixMilli(ms).UTC().Format("15:04:05.000") }

func day(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }

// lasted is a duration in seconds.
func lasted(s float64) string {
	switch {
	case s < 0.1:
		return strconv.FormatFloat(s*1000, 'f', 0, 64) + " ms"
	case s < 120:
		return strconv.FormatFloat(s, 'f', 1, 64) + " s"
	}
	return (time.Duration(s) * time.Second).String()
}
