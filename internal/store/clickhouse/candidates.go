package clickhouse

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"

	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

const (
	// mostCandidates is the maximum number of rows that are read for one term. Reading stops there, so that it costs little to find out that there
	// are more.
	mostCandidates = 20_000
	// fewCandidates are checked at once, because selecting the latest of them would cost as much.
	fewCandidates = 200
)

// candidate is a trace or session that may match, or a generation, in which case the id is empty.
type candidate struct {
	id   string
	atMS int64
}

// candidates reads everything that may match a question, each once, the latest first, if one of its terms finds few enough; otherwise complete is
// false.
func candidates(ctx context.Context, conn driver.Conn, q store.Question) (all []candidate, complete bool, err error) {
	for _, statement := range sqlgen.Candidates(sqlgen.ClickHouse, q, mostCandidates+1) {
		all = all[:0]
		err := ask(ctx, conn, statement, func(scan func(...any) error) error {
			var one candidate
			err := scan(&one.id, &one.atMS)
			all = append(all, one)
			return err
		})
		if err != nil {
			return nil, false, err
		}
		if len(all) <= mostCandidates {
			return latest(all, q.Of), true, nil
		}
	}
	return nil, false, nil
}

// latest are candidates by time, the latest first, each trace or session once.
func latest(all []candidate, of filter.Of) []candidate {
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(b.atMS, a.atMS) })
	if of == filter.Generations {
		return all
	}
	seen := make(map[string]bool, len(all))
	return slices.DeleteFunc(all, func(c candidate) bool {
		twice := seen[c.id]
		seen[c.id] = true
		return twice
	})
}

// set runs a statement with settings in addition to those of expensive ones.
func set(ctx context.Context, settings ch.Settings) context.Context {
	all := maps.Clone(patient)
	maps.Copy(all, settings)
	return ch.Context(ctx, ch.WithSettings(all))
}

// scopeOf is the scope of a question, including the traces, conversations or sessions that one of its terms names, if there are few.
func scopeOf(ctx context.Context, conn driver.Conn, q store.Question) (sqlgen.Scope, error) {
	scope := sqlgen.Scope{Question: q}
	if ids, rest := filter.Named(q.Where, "conversation"); ids != nil && q.Of == filter.Conversations {
		scope.Only, scope.Where, scope.AtOnce = ids, rest, true
		return scope, nil
	}
	if q.Of == filter.Generations {
		return scope, fewLinks(ctx, conn, &scope)
	}
	if !filter.Narrow(q.Where) {
		return scope, nil
	}
	all, complete, err := candidates(ctx, conn, q)
	if complete {
		scope.Only, scope.AtOnce = idsOf(all), true
	}
	return scope, err
}

// fewLinks finds out whether few links meet the terms about links of a question about generations.
func fewLinks(ctx context.Context, conn driver.Conn, scope *sqlgen.Scope) error {
	count, ok := sqlgen.CountLinks(sqlgen.ClickHouse, scope.Question, mostCandidates+1)
	if !ok {
		return nil
	}
	return ask(ctx, conn, count, func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		scope.FewLinks = n <= mostCandidates
		return err
	})
}

func idsOf(all []candidate) []string {
	ids := make([]string, len(all)) // never nil, which would mean no restriction
	for i, c := range all {
		ids[i] = c.id
	}
	return ids
}

// findAmong finds the matching rows with the latest activity among all candidates. If there are many, it first checks as many of the latest
// candidates as a page has rows, and then more, until the page is full.
func findAmong(ctx context.Context, conn driver.Conn, q store.Question, all []candidate, p store.Part) (found []store.Found, err error) {
	if p.After != nil { // an id with a row later than the start of the page is on an earlier page
		all = slices.DeleteFunc(all, func(c candidate) bool { return c.atMS > p.After.Number })
	}
	if len(all) == 0 && q.Of != filter.Generations {
		return nil, nil
	}
	for n := p.Limit + 8; ; n *= 8 {
		scope := sqlgen.Scope{Question: q}
		edge := int64(math.MinInt64)
		if n < len(all) && len(all) > fewCandidates {
			edge = all[n].atMS
		}
		switch {
		case q.Of == filter.Generations:
			if edge != math.MinInt64 {
				scope.ActiveFromMS = edge
			}
		case edge == math.MinInt64:
			scope.Only, scope.AtOnce = idsOf(all), true
		default:
			scope.AtOnce = true
			if scope.Only, err = active(ctx, conn, q, idsOf(all), edge); err != nil {
				return nil, err
			}
		}
		if found, err = find(ctx, conn, scope, p); err != nil || edge == math.MinInt64 {
			return found, err
		}
		enough := len(found)
		if q.Of != filter.Generations {
			enough = certain(found, edge)
		}
		if enough >= p.Limit {
			return found, nil
		}
	}
}

// active returns the ids that have a row at that time or later.
func active(ctx context.Context, conn driver.Conn, q store.Question, ids []string, fromMS int64) (some []string, err error) {
	some = []string{}
	err = ask(set(ctx, withoutIDs), conn, sqlgen.Active(sqlgen.ClickHouse, q, ids, fromMS), func(scan func(...any) error) error {
		var id string
		err := scan(&id)
		some = append(some, id)
		return err
	})
	return some, err
}
