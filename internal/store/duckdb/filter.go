//go:build cgo

package duckdb

import (
	"math"

	"github.com/playheadhq/playhead/internal/store"
)

// listValues are the parameters of every list.
func listValues(project string, f *store.Filter, p *store.Page) values {
	return values{
		"project": project,
		"from_ms": f.FromMS, "to_ms": f.ToMS, "trace_id": f.TraceID, "session_id": f.SessionID,
		"distinct_ids": f.DistinctIDs, "errors_only": f.ErrorsOnly,
		"text": f.Text, "json_text": store.JSONText(f.Text), "text_from_ms": int64(longAgo), "since_ms": int64(longAgo),
		"before_ms": p.BeforeMS, "before_id": p.BeforeID, "limit": int64(p.Limit),
	}
}

// walk fills a page of a list that is ordered by what has to be summed up first. It looks at the newest rows, then at
// 32 times as many, and at last at everything, until the page is full: a list without a narrow filter is done in the
// first step, and one that few rows pass costs little more than reading everything at once.
func walk(first int64, f *store.Filter, step func(rows int64) (full bool, err error)) error {
	for _, rows := range steps(first, f) {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}

// steps leaves out those that would find too little: of one trace or session at first, which may lie anywhere, and of
// what passes a narrow filter in the middle. Only a text is so dear to look for that the middle pays all the same.
func steps(first int64, f *store.Filter) []int64 {
	switch {
	case f.TraceID != "" || f.SessionID != "":
		return []int64{everything}
	case f.Text == "" && (f.ErrorsOnly || len(f.DistinctIDs) > 0 || f.FromMS != 0 || f.ToMS != 0):
		return []int64{first, everything}
	}
	return []int64{first, 32 * first, everything}
}

// firstRows is how many rows are likely to hold a page. DuckDB finds up to 4096 newest rows of a million in 23 ms; from
// 8192 on it sorts everything, for 65.
func (s *Store) firstRows(kind string, limit int) int64 {
	rows := max(s.firstStep, s.firstStep/64*int64(limit))
	if kind == "sessions" { // of which each has more rows than a trace
		rows *= 2
	}
	return min(rows, max(4096, int64(limit)))
}

const (
	defaultFirstStep = 2048
	// defaultFew events take 15 ms to read; a page of traces has 200.
	defaultFew = 2048
	everything = math.MaxInt64
	longAgo    = math.MinInt64
)
