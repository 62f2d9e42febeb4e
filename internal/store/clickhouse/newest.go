package clickhouse

import (
	"context"
	"math"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// density is how many events of each trace or session on a page are looked at first: enough that most pages need no second
// look, which costs more than the rows do. Of what has no entry the newest are found in the general way.
var density = map[filter.Of]int{filter.Generations: 32, filter.Traces: 32, filter.Sessions: 256}

// everything is the last step of walk.
const everything = math.MaxInt64

// walk fills a page of a list that is ordered by what has to be summed up first. It looks at the newest rows, then at
// thirty times as many, and at last at everything, until the page is full: a list that most rows match
// is done in the first step, and one that few rows match costs little more than the whole.
func walk(q store.Question, p store.Part, step func(rows int64) (full bool, err error)) error {
	rows := max(2048, int64(max(32, density[q.Of])*p.Limit))
	for _, rows := range []int64{rows, 32 * rows, everything} {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}

// pageValues are the parameters of statements that look at the newest rows before a page.
func pageValues(project string, p store.Part) values {
	v := values{"project": project, "before_ms": int64(0), "before_id": "", "limit": uint64(max(p.Limit, 0)), "edge_ms": int64(math.MinInt64)}
	if p.After != nil {
		v["before_ms"], v["before_id"] = p.After.Number, p.After.ID
	}
	return v
}

// newestOf finds the traces or sessions with the latest activity among all, with less work than findNewest, which has to look at more of
// their rows.
func newestOf(ctx context.Context, conn driver.Conn, q store.Question, p store.Part) (found []store.Found, err error) {
	v, name := pageValues(q.Project, p), string(q.Of)+"_latest"
	if p.After != nil {
		name = string(q.Of) + "_newest"
	}
	err = walk(q, p, func(rows int64) (full bool, err error) {
		edge, err := findEdge(ctx, conn, q.Of, v, rows)
		if err != nil {
			return false, err
		}
		v["edge_ms"] = edge
		found = nil
		err = query(ctx, conn, name, v, func(r driver.Rows) error {
			var f store.Found
			err := r.Scan(&f.ID, &f.AtMS)
			f.Number = f.AtMS
			found = append(found, f)
			return err
		})
		return edge == math.MinInt64 || certain(found, edge) == p.Limit, err
	})
	return found, err
}

// findNewest finds what matches and has the latest activity: among the newest rows, as what many rows have is there, and else among all
// that may match where a term finds those. What names a trace, a session or a person is looked for in that way only.
func findNewest(ctx context.Context, conn driver.Conn, q store.Question, p store.Part) (found []store.Found, err error) {
	v := pageValues(q.Project, p)
	looked := filter.Searches(q.Where) // text is looked at as far back as that takes, see below
	among := func() (bool, error) {
		looked = true
		all, complete, err := candidates(ctx, conn, q)
		if complete {
			found, err = findAmong(ctx, conn, q, all, p)
		}
		return complete, err
	}
	if filter.Narrow(q.Where) {
		if done, err := among(); done || err != nil {
			return found, err
		}
	}
	first := true
	err = walk(q, p, func(rows int64) (full bool, err error) {
		if !first && !looked {
			if done, err := among(); done || err != nil {
				return done, err
			}
		}
		scope := sqlgen.Scope{Question: q, Many: !first}
		first = false
		edge, err := findEdge(ctx, conn, q.Of, v, rows)
		if err != nil {
			return false, err
		}
		if edge != math.MinInt64 {
			scope.ActiveFromMS, scope.ContentsFromMS = edge, edge
		}
		switch {
		case scope.ActiveFromMS == 0 || q.Of.Events() || !filter.Searches(q.Where):
		case density[q.Of] == 0:
			scope.ContentsFromMS = 0
		default:
			// A trace or session may be much older than its last event.
			v["edge_ms"] = edge
			err := query(ctx, conn, string(q.Of)+"_text_from", v, func(r driver.Rows) error { return r.Scan(&scope.ContentsFromMS) })
			if err != nil {
				return false, err
			}
		}
		if found, err = find(ctx, conn, scope, p); err != nil {
			return false, err
		}
		complete := len(found)
		if !q.Of.Events() {
			complete = certain(found, scope.ActiveFromMS)
		}
		return complete == p.Limit || scope.ActiveFromMS == 0, nil
	})
	return found, err
}

// certain counts those that are certainly the next in the list: what has no row after the edge may have been overtaken.
func certain(found []store.Found, edgeMS int64) (n int) {
	for _, f := range found {
		if f.AtMS > edgeMS {
			n++
		}
	}
	return n
}

// findEdge is a time down to which about as many of the newest rows go; where there are fewer it is the beginning of time.
func findEdge(ctx context.Context, conn driver.Conn, of filter.Of, v values, rows int64) (fromMS int64, err error) {
	if rows == everything {
		return math.MinInt64, nil
	}
	v["rows"] = uint64(rows)
	if density[of] == 0 {
		of = filter.Generations // the edge is one of events
	}
	var n uint64
	err = query(ctx, conn, string(of)+"_edge", v, func(r driver.Rows) error { return r.Scan(&fromMS, &n) })
	if int64(n) < rows {
		fromMS = math.MinInt64
	}
	return fromMS, err
}
