package sqlgen

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/filter"
	"github.com/playheadhq/playhead/internal/filter/filtertest"
	store "github.com/playheadhq/playhead/internal/store/duckdb"
)

type duck struct {
	db    *sql.DB
	world *filtertest.World
}

const ddl = `
CREATE TABLE events (project VARCHAR, uuid UUID, kind UTINYINT, time_ms BIGINT, received_ms BIGINT, distinct_id VARCHAR, session_id VARCHAR, window_id VARCHAR, url VARCHAR,
 library VARCHAR, env VARCHAR, properties MAP(VARCHAR, VARCHAR), trace_id VARCHAR, parent_id VARCHAR, conversation_id VARCHAR, title VARCHAR, model VARCHAR, provider VARCHAR,
 start_ms BIGINT, latency_ms DOUBLE, first_token_ms DOUBLE, input_tokens BIGINT, output_tokens BIGINT, total_tokens BIGINT, cache_read_tokens BIGINT, cache_write_tokens BIGINT,
 reasoning_tokens BIGINT, http_status INTEGER, is_error BOOLEAN, error VARCHAR, stop_reason VARCHAR, metric_value VARCHAR);
CREATE TABLE contents (project VARCHAR, uuid UUID, input VARCHAR, output VARCHAR);
CREATE TABLE blocks (project VARCHAR, uuid UUID, session_id VARCHAR, window_id VARCHAR, distinct_id VARCHAR, received_ms BIGINT, first_ms BIGINT, last_ms BIGINT, clicks INTEGER, keys INTEGER, url VARCHAR);
`

func openDuck(t *testing.T) *duck {
	c, err := duckdb.NewConnector("", nil)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	t.Cleanup(func() { db.Close() })
	if _, err := db.Exec(ddl); err != nil {
		t.Fatal(err)
	}
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.RegisterFinds(conn); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	return &duck{db: db}
}

func (d *duck) fill(t *testing.T, w *filtertest.World, project string) {
	d.world = w
	conn, err := d.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(raw any) error {
		add := func(table string, n int, row func(i int) []driver.Value) error {
			a, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), "", table)
			if err != nil {
				return err
			}
			for i := range n {
				if err := a.AppendRow(row(i)...); err != nil {
					return err
				}
			}
			return a.Close()
		}
		err := add("events", len(w.Events), func(i int) []driver.Value {
			e := &w.Events[i]
			m := duckdb.Map{}
			for _, p := range e.Properties {
				m[p.Name] = p.Value
			}
			k := e.Tokens
			return []driver.Value{project, duckdb.UUID(e.UUID), uint8(e.Kind), e.TimeMS, e.ReceivedMS, e.DistinctID, e.SessionID, e.WindowID, e.URL, e.Library, e.Env, m, e.TraceID, e.ParentID,
				e.ConversationID, e.Title, e.Model, e.Provider, e.StartMS, e.LatencyMS, e.FirstTokenMS, k.Input, k.Output, k.Total, k.CacheRead, k.CacheWrite, k.Reasoning,
				e.HTTPStatus, e.IsError, e.Error, e.StopReason, e.MetricValue}
		})
		if err != nil {
			return err
		}
		text := func(b []byte) driver.Value {
			if b == nil {
				return nil
			}
			return string(b)
		}
		err = add("contents", len(w.Contents), func(i int) []driver.Value {
			c := &w.Contents[i]
			return []driver.Value{project, duckdb.UUID(c.UUID), text(c.Input), text(c.Output)}
		})
		if err != nil {
			return err
		}
		return add("blocks", len(w.Blocks), func(i int) []driver.Value {
			b := &w.Blocks[i]
			return []driver.Value{project, duckdb.UUID(b.UUID), b.SessionID, b.WindowID, b.DistinctID, b.ReceivedMS, b.FirstMS, b.LastMS, b.Clicks, b.Keys, b.URL}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *duck) query(ctx context.Context, s Statement, scan func(*sql.Rows) error) error {
	var args []any
	for _, v := range s.Values {
		args = append(args, sql.Named(v.Name, v.Value))
	}
	rows, err := d.db.QueryContext(ctx, s.SQL, args...)
	if err != nil {
		return fmt.Errorf("%w\n%s\n%v", err, s.SQL, s.Values)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%w\n%s", err, s.SQL)
		}
	}
	return rows.Err()
}

func (d *duck) scope(of filter.Of, where filter.Expr) Scope {
	return Scope{Project: "a", Of: of, Where: where, People: d.world.People}
}

func (d *duck) IDs(ctx context.Context, of filter.Of, where filter.Expr, sort filter.Sort, limit int) ([]string, error) {
	var ids []string
	p := Page{Sort: sort, Limit: limit}
	for {
		n := 0
		err := d.query(ctx, Rows(DuckDB, d.scope(of, where), p), func(r *sql.Rows) error {
			var x Listed
			err := r.Scan(&x.ID, &x.AtMS, &x.None, &x.Number, &x.Text)
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

func (d *duck) Count(ctx context.Context, of filter.Of, where filter.Expr) (n int64, err error) {
	err = d.query(ctx, Count(DuckDB, d.scope(of, where)), func(r *sql.Rows) error { return r.Scan(&n) })
	return n, err
}

func (d *duck) Sum(ctx context.Context, of filter.Of, where filter.Expr, sum filter.Sum, span filter.Span) (filter.Table, error) {
	var rows [][]filter.Cell
	err := d.query(ctx, Sum(DuckDB, d.scope(of, where), sum, span, 100_000), func(r *sql.Rows) error {
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

func (d *duck) Facet(ctx context.Context, of filter.Of, where filter.Expr, f filter.Field, limit int) (filter.Facet, error) {
	facet := filter.Facet{Field: f}
	err := d.query(ctx, Facet(DuckDB, d.scope(of, where), f, limit), func(r *sql.Rows) error {
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

func TestDuckDB(t *testing.T) {
	worlds := 12
	if os.Getenv("PLAYHEAD_LONG") != "" {
		worlds = 400
	}
	for seed := range worlds {
		r := filtertest.NewRandom(uint64(seed))
		d := openDuck(t)
		other := r.World(30)
		w := r.World(1 + r.IntN(120))
		d.fill(t, other, "b")
		d.fill(t, w, "a")
		filtertest.Compare(t, r, w, d, 25)
		d.db.Close()
		if t.Failed() {
			t.Fatalf("with the seed %d", seed)
		}
	}
}
