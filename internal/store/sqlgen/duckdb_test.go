package sqlgen

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"testing"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"github.com/playheadhq/playhead/internal/filter/filtertest"
	store "github.com/playheadhq/playhead/internal/store/duckdb"
)

type duck struct{ db *sql.DB }

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

// query makes a func that runs statements.
func (d *duck) query(ctx context.Context, s Statement, scan func(row) error) error {
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

func TestDuckDB(t *testing.T) {
	compare(t, DuckDB, 12, 400, func(t *testing.T, w, other *filtertest.World) (query, func()) {
		d := openDuck(t)
		d.fill(t, w, "a")
		d.fill(t, other, "b")
		return d.query, func() { d.db.Close() }
	})
}
