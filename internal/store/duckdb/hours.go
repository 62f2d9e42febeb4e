//go:build cgo

package duckdb

import (
	"context"
	"database/sql"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/model"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/hours"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
	"github.com/playheadhq/playhead/internal/store/table"
)

// Sum implements store.Lists. Sums that are kept by the hour, and sums that only need links, are not read from all events.
func (s *Store) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	return hours.Sum(ctx, &s.hours, summing{s}, q, sum, span)
}

// summing implements hours.Engine. There is one writer, which reports the hours that it changes, also for late data. It does so before it answers, so
// later reads know of the change, and a read that began earlier does not keep its result for these hours.
type summing struct{ s *Store }

func (e summing) Dialect() *sqlgen.Dialect { return sqlgen.DuckDB }

func (e summing) Ask(ctx context.Context, do func(hours.Asking) error) error {
	return e.s.dear(ctx, "sum by hour", func(ctx context.Context, db *sql.DB) error {
		return inSnapshot(ctx, db, func(db querier) error {
			return do(func(s sqlgen.Statement, scan func(func(...any) error) error) error {
				return ask(ctx, db, s, func(r *sql.Rows) error { return scan(r.Scan) })
			})
		})
	})
}

// AtOnce implements hours.Engine. DuckDB cannot move lists of values to the disk: those of two days of ten million generations in a month, which are
// 700,000, need some 50 MB.
func (e summing) AtOnce() int64 { return 48 }

func (e summing) Stamps(context.Context, string, int64, int64) (map[int64]hours.Stamp, error) {
	return nil, nil
}

// Sum computes a sum of what matches, and its total with another statement.
func (e summing) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	return store.SumTotal(ctx, sum, func(ctx context.Context, sum filter.Sum) (store.Table, error) { return e.s.sumWhole(ctx, q, sum, span) })
}

func (e summing) SumLinks(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	err = e.s.dear(ctx, "sum of links", func(ctx context.Context, db *sql.DB) error {
		t, err = sumOf(ctx, db, sqlgen.LinkSum(sqlgen.DuckDB, sqlgen.Scope{Question: q}, sum, span), sum, span)
		return err
	})
	return t, err
}

// hoursChanged reports events that were stored or got other costs. picked selects some of them; nil means all.
func (s *Store) hoursChanged(events []model.Event, picked []int) {
	byProject := map[string][]int64{}
	add := func(e *model.Event) {
		if e.Kind.IsCall() {
			project := table.Clean(e.Project)
			byProject[project] = append(byProject[project], e.StartMS)
		}
	}
	if picked == nil {
		for i := range events {
			add(&events[i])
		}
	}
	for _, i := range picked {
		add(&events[i])
	}
	for project, began := range byProject {
		s.hours.Changed(project, began)
	}
}

// linksChanged reports stored links.
func (s *Store) linksChanged(links []model.Link) {
	byProject := map[string][]int64{}
	for i := range links {
		project := table.Clean(links[i].Project)
		byProject[project] = append(byProject[project], links[i].StartMS)
	}
	for project, began := range byProject {
		s.hours.Changed(project, began)
	}
}
