package sqlgen

import (
	"context"
	"os"
	"testing"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
)

type row interface{ Scan(to ...any) error }

// query runs a statement and calls scan for every row.
type query func(ctx context.Context, s Statement, scan func(row) error) error

// engine answers filtertest's questions.
type engine struct {
	query
	dialect *Dialect
	world   *filtertest.World
}

func (d *engine) scope(of filter.Of, where filter.Expr) Scope {
	return Scope{Project: "a", Of: of, Where: where, People: d.world.People}
}

func (d *engine) IDs(ctx context.Context, of filter.Of, where filter.Expr, sort filter.Sort, limit int) ([]string, error) {
	var ids []string
	p := Page{Sort: sort, Limit: limit}
	for {
		n := 0
		err := d.query(ctx, Rows(d.dialect, d.scope(of, where), p), func(r row) error {
			x, err := ScanListed(r.Scan)
			ids = append(ids, x.ID)
			p.After = &x.Place
			n++
			return err
		})
		if err != nil || n < limit || len(ids) > 1000 {
			return ids, err
		}
	}
}

func (d *engine) Count(ctx context.Context, of filter.Of, where filter.Expr) (n int64, err error) {
	err = d.query(ctx, Count(d.dialect, d.scope(of, where)), func(r row) error { return r.Scan(&n) })
	return n, err
}

func (d *engine) Sum(ctx context.Context, of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) (filter.Table, error) {
	var rows [][]filter.Cell
	err := d.query(ctx, Sum(d.dialect, d.scope(of, where), sum, span, 100_000), func(r row) error {
		values := make([]any, len(sum.By)+len(sum.Measures))
		to := make([]any, len(values))
		for i := range values {
			to[i] = &values[i]
		}
		if err := r.Scan(to...); err != nil {
			return err
		}
		cells, err := Cells(sum, span, values)
		rows = append(rows, cells)
		return err
	})
	return sum.Finish(rows, span), err
}

func (d *engine) Facet(ctx context.Context, of filter.Of, where filter.Expr, f filter.Field, limit int) (filter.Facet, error) {
	facet := filter.Facet{Field: f}
	err := d.query(ctx, Facet(d.dialect, d.scope(of, where), f, limit), func(r row) error {
		var value any
		var n, all int64
		if err := r.Scan(&value, &n, &all); err != nil {
			return err
		}
		c, err := Frequency(f, value)
		if len(facet.Values) == 0 {
			facet.Other = all
		}
		facet.Other -= n
		facet.Values = append(facet.Values, filter.Frequency{Value: c, Rows: n})
		return err
	})
	return facet, err
}

// compare goes through random worlds, few of them or many.
func compare(t *testing.T, d *Dialect, few, many int, open func(t *testing.T, w, other *filtertest.World) (query, func())) {
	worlds := few
	if os.Getenv("PLAYHEAD_LONG") != "" {
		worlds = many
	}
	for seed := range worlds {
		r := filtertest.NewRandom(uint64(seed))
		other, w := r.World(30), r.World(1+r.IntN(120))
		q, done := open(t, w, other)
		filtertest.Compare(t, r, w, &engine{q, d, w}, 25)
		done()
		if t.Failed() {
			t.Fatalf("with the seed %d", seed)
		}
	}
}
