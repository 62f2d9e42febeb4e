package clickhouse

import (
	"context"
	"math"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// density is how many events of each trace or session on a page are read first: enough that most pages need no second read, which costs more than the
// additional rows. Lists without an entry use the general method.
var density = map[filter.Of]int{filter.Generations: 32, filter.Traces: 32, filter.Sessions: 256}

// everything is the number of rows in the last step of walk.
const everything = math.MaxInt64

// walk fills a page of a list whose order needs sums. It reads the newest rows, then thirty times as many, and then everything, until the page is
// full. A list that most rows match needs only the first step, and one that few rows match costs little more than reading everything.
func walk(q store.Question, p store.Part, step func(rows int64) (full bool, err error)) error {
	rows := max(2048, int64(max(32, density[q.Of])*p.Limit))
	for _, rows := range []int64{rows, 32 * rows, everything} {
		if full, err := step(rows); full || err != nil {
			return err
		}
	}
	return nil
}

// pageValues are the parameters of statements that read the newest rows before a page.
func pageValues(project string, p store.Part) values {
	v := values{"project": project, "before_ms": int64(0), "before_id": "", "limit": uint64(max(p.Limit, 0)), "edge_ms": int64(math.MinInt64)}
	if p.After != nil {
		v["before_ms"], v["before_id"] = p.After.Number, p.After.ID
	}
	return v
}

// newestOf finds the traces or sessions with the latest activity among all, with less work than findNewest, which must read more of their rows.
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

// findNewest finds the matching rows with the latest activity. It first reads the newest rows, because frequent matches are among them; if that is
// not enough, it reads all candidates of a term. For terms that name a trace, a session or a person it reads only the candidates.
func findNewest(ctx context.Context, conn driver.Conn, q store.Question, p store.Part) (found []store.Found, err error) {
	v := pageValues(q.Project, p)
	looked := filter.Searches(q.Where) // text is searched as far back as necessary, see below
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

// certain returns how many rows are certainly next in the list: a row without activity after the edge may be in the wrong position.
func certain(found []store.Found, edgeMS int64) (n int) {
	for _, f := range found {
		if f.AtMS > edgeMS {
			n++
		}
	}
	return n
}

// findEdge is the time of about the nth newest row; the beginning of time if there are fewer rows.
func findEdge(ctx context.Context, conn driver.Conn, of filter.Of, v values, rows int64) (fromMS int64, err error) {
	if rows == everything {
		return math.MinInt64, nil
	}
	v["rows"] = uint64(rows)
	if density[of] == 0 {
		of = filter.Generations // the edge is determined by events
	}
	var n uint64
	err = query(ctx, conn, string(of)+"_edge", v, func(r driver.Rows) error { return r.Scan(&fromMS, &n) })
	if int64(n) < rows {
		fromMS = math.MinInt64
	}
	return fromMS, err
}
