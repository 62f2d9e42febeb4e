//go:build cgo

package duckdb

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/playheadhq/playhead/internal/store"
)

// listValues are the parameters of every list.
func listValues(f *store.Filter, p *store.Page) values {
	return values{
		"from_ms": f.FromMS, "to_ms": f.ToMS, "trace_id": f.TraceID, "session_id": f.SessionID,
		"distinct_ids": f.DistinctIDs, "errors_only": f.ErrorsOnly,
		"text": f.Text, "json_text": inJSON(f.Text), "text_from_ms": int64(longAgo), "since_ms": int64(longAgo),
		"before_ms": p.BeforeMS, "before_id": p.BeforeID, "limit": int64(p.Limit),
	}
}

// inJSON writes text as it stands inside a string of canonical JSON (see model.Content), where only quotes, backslashes
// and control characters are escaped.
func inJSON(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' }) {
		return text
	}
	const hex = "0123456789abcdef"
	out := make([]byte, 0, len(text)+8)
	for _, r := range text {
		switch r {
		case '"', '\\':
			out = append(out, '\\', byte(r))
		case '\b':
			out = append(out, '\\', 'b')
		case '\f':
			out = append(out, '\\', 'f')
		case '\n':
			out = append(out, '\\', 'n')
		case '\r':
			out = append(out, '\\', 'r')
		case '\t':
			out = append(out, '\\', 't')
		default:
			if r < ' ' {
				out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
				continue
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}

// walk fills a page of a list that is ordered by what has to be summed up first. It looks at the newest rows, then at
// 32 times as many, and at last at everything, until the page is full: a list without a narrow filter is done in the
// first step, and one that few rows pass costs little more than reading everything at once.
func (s *Store) walk(f *store.Filter, limit int, step func(rows int64) (full bool, err error)) error {
	if f.TraceID != "" || f.SessionID != "" { // what is asked for may lie anywhere, and is little
		_, err := step(everything)
		return err
	}
	first := max(s.firstStep, s.firstStep/64*int64(limit))
	for _, rows := range []int64{first, 32 * first, everything} {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}

const (
	defaultFirstStep = 2048
	everything       = math.MaxInt64
	longAgo          = math.MinInt64
)
