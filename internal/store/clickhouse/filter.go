package clickhouse

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/store"
)

// listValues are the parameters of every list.
func listValues(f *store.Filter, p *store.Page) values {
	errorsOnly := uint8(0)
	if f.ErrorsOnly {
		errorsOnly = 1
	}
	return values{
		"from_ms": f.FromMS, "to_ms": f.ToMS, "trace_id": f.TraceID, "session_id": f.SessionID,
		"distinct_ids": f.DistinctIDs, "errors_only": errorsOnly,
		"text": f.Text, "json_pattern": "%" + escapeLike(inJSON(f.Text)) + "%", "text_from_ms": int64(math.MinInt64),
		"before_ms": p.BeforeMS, "before_id": p.BeforeID, "before_uuid": uuid.Nil, "limit": uint64(max(p.Limit, 0)),
		"edge_ms": int64(math.MinInt64),
	}
}

// empty reports whether the filter lets everything pass.
func empty(f *store.Filter) bool {
	return f.FromMS == 0 && f.ToMS == 0 && f.TraceID == "" && f.SessionID == "" && len(f.DistinctIDs) == 0 && !f.ErrorsOnly && f.Text == ""
}

// narrow reports whether the filter names what an index finds, so that looking at the newest rows first is no gain.
func narrow(f *store.Filter) bool {
	return f.TraceID != "" || f.SessionID != "" || len(f.DistinctIDs) > 0
}

// escapeLike makes a pattern of LIKE that matches s alone.
func escapeLike(s string) string { return likeEscaper.Replace(s) }

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

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

// everything is the last step of walk.
const everything = math.MaxInt64

// walk fills a page of a list that is ordered by what has to be summed up first. It looks at the newest rows, then at
// thirty times as many, and at last at everything, until the page is full: a list without a narrow filter is done in
// the first step, and one that few rows pass costs little more than the whole.
func walk(limit int, step func(rows int64) (full bool, err error)) error {
	for _, rows := range []int64{max(2048, 32*int64(limit)), max(1<<16, 1024*int64(limit)), everything} {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}
