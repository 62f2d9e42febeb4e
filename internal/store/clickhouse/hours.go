package clickhouse

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/store"
	"github.com/playheadhq/playhead/internal/store/hours"
	"github.com/playheadhq/playhead/internal/store/sqlgen"
)

// Sum implements store.Lists. Sums that are kept by the hour, and sums that only need links, are not read from all events.
func (s *Store) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (store.Table, error) {
	return hours.Sum(ctx, &s.hours, summing{s}, q, sum, span)
}

// summing implements hours.Engine. Each node keeps hours of its own. Other nodes write, too, so the kept hours are compared with what is stored: every
// row that is added, replaced or dropped changes the number of an hour's rows and the sum of their versions, and so do copies of a row and their
// merge. While hours are read, this may change; they are then not kept.
type summing struct{ s *Store }

func (e summing) Dialect() *sqlgen.Dialect { return sqlgen.ClickHouse }

func (e summing) Ask(ctx context.Context, do func(hours.Asking) error) error {
	return e.s.dear(ctx, "sum by hour", func(ctx context.Context, conn driver.Conn) error {
		return do(func(s sqlgen.Statement, scan func(func(...any) error) error) error { return ask(ctx, conn, s, scan) })
	})
}

// AtOnce implements hours.Engine. ClickHouse's lists have each value once.
func (e summing) AtOnce() int64 { return 0 }

func (e summing) Stamps(ctx context.Context, project string, fromMS, toMS int64) (all map[int64]hours.Stamp, err error) {
	err = e.s.read(ctx, "stamps of hours", func(ctx context.Context, conn driver.Conn) (err error) {
		all, err = e.s.stamps.of(ctx, conn, project, fromMS, toMS)
		return err
	})
	return all, err
}

// Sum computes a sum over the matching rows. ClickHouse computes the total of most sums from the same partial results as the groups.
func (e summing) Sum(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	if !sqlgen.WithTotal(sqlgen.ClickHouse, sum, q.Of) && sum.Total {
		return store.SumTotal(ctx, sum, func(ctx context.Context, sum filter.Sum) (store.Table, error) { return e.Sum(ctx, q, sum, span) })
	}
	err = e.s.dear(ctx, "sum", func(ctx context.Context, conn driver.Conn) error {
		scope, err := scopeOf(ctx, conn, q)
		if err != nil {
			return err
		}
		t, err = sumOf(scanning(ctx, scope), conn, sqlgen.Sum(sqlgen.ClickHouse, scope, sum, span), sum, span)
		return err
	})
	return t, err
}

// SumLinks computes a sum that only needs links.
func (e summing) SumLinks(ctx context.Context, q store.Question, sum filter.Sum, span filter.Span) (t store.Table, err error) {
	err = e.s.dear(ctx, "sum of links", func(ctx context.Context, conn driver.Conn) (err error) {
		t, err = sumOf(ctx, conn, sqlgen.LinkSum(sqlgen.ClickHouse, sqlgen.Scope{Question: q}, sum, span), sum, span)
		return err
	})
	return t, err
}
