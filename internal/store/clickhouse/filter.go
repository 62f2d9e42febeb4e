package clickhouse

import (
	"math"
	"strings"

	"github.com/google/uuid"

	"github.com/playheadhq/playhead/internal/store"
)

// listValues are the parameters of every list.
func listValues(project string, f *store.Filter, p *store.Page) values {
	errorsOnly := uint8(0)
	if f.ErrorsOnly {
		errorsOnly = 1
	}
	return values{
		"project": project,
		"from_ms": f.FromMS, "to_ms": f.ToMS, "trace_id": f.TraceID, "session_id": f.SessionID,
		"distinct_ids": f.DistinctIDs, "errors_only": errorsOnly,
		"text": f.Text, "json_pattern": "%" + escapeLike(store.JSONText(f.Text)) + "%", "text_from_ms": int64(math.MinInt64),
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

// everything is the last step of walk.
const everything = math.MaxInt64

// walk fills a page of a list that is ordered by what has to be summed up first. It looks at the newest rows, as many as
// are said, then at thirty times as many, and at last at everything, until the page is full: a list without a narrow
// filter is done in the first step, and one that few rows pass costs little more than the whole.
func walk(first int, step func(rows int64) (full bool, err error)) error {
	rows := max(2048, int64(first))
	for _, rows := range []int64{rows, 32 * rows, everything} {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}
